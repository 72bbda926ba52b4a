// Random: the sample's own generator (SplitMix64), so that a seed gives the same sample with every
// compiler and library; the standard's distributions differ between libraries.
//
// Every record draws from a stream of its own, named by the record: what one record draws never
// depends on the others, so records can be made in any order, and again. Not thread-safe; cheap to
// make.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace crm::sample {

class Random {
 public:
  // The stream that `seed` and `stream` name, from its beginning.
  Random(uint64_t seed, absl::string_view stream);

  // The next 64 bits.
  uint64_t Next();
  // 0 <= result < bound; bound is positive.
  int64_t Below(int64_t bound);
  // low <= result <= high.
  int64_t Between(int64_t low, int64_t high);
  // True in `percent` of 100 draws.
  bool Chance(int percent);
  // An index into `weights`, each as likely as its weight; their sum is positive.
  size_t Weighted(absl::Span<const int> weights);
  // One of `choices`, which is not empty.
  template <class Choices>
  const auto& Pick(const Choices& choices) {
    return choices[static_cast<size_t>(Below(static_cast<int64_t>(choices.size())))];
  }

 private:
  uint64_t state_;
};

}  // namespace crm::sample

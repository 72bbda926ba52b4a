#include "tools/sample/random.h"

#include <numeric>

#include "absl/strings/str_cat.h"
#include "base/hash.h"

namespace crm::sample {

Random::Random(uint64_t seed, absl::string_view stream) : state_(0) {
  const Digest digest = Sha256(absl::StrCat(seed, "/"), stream);
  for (size_t i = 0; i < sizeof(state_); ++i) state_ = state_ << 8 | digest[i];
}

uint64_t Random::Next() {
  uint64_t mixed = state_ += 0x9e3779b97f4a7c15;
  mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
  return mixed ^ mixed >> 31;
}

int64_t Random::Below(int64_t bound) {
  // The bias of the remainder is bound / 2^64: nothing for a sample.
  return static_cast<int64_t>(Next() % static_cast<uint64_t>(bound));
}

int64_t Random::Between(int64_t low, int64_t high) { return low + Below(high - low + 1); }

bool Random::Chance(int percent) { return Below(100) < percent; }

size_t Random::Weighted(absl::Span<const int> weights) {
  int64_t left = Below(std::accumulate(weights.begin(), weights.end(), int64_t{0}));
  size_t index = 0;
  while (left >= weights[index]) left -= weights[index++];
  return index;
}

}  // namespace crm::sample

// A fuzz target: a function that takes any bytes and says, with Require, what must hold of the
// parsers it hands them to. One file per family of parsers:
//
//   CRM_FUZZ_TARGET(page_token) {
//     FuzzInput input(bytes);
//     ...
//     Require(again == value, "a cursor comes back from its token");
//   }
//
// Built twice: with libFuzzer (preset `fuzz`) each file is a program of its own
// (libfuzzer_entry.cc); else all are one test binary, which runs them over their corpus
// (corpus_test.cc). Both end the process where something does not hold. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace crm::fuzz {

using Target = void (*)(absl::string_view bytes);

struct NamedTarget {
  std::string name;  // also the folder of its inputs, tests/fuzz/corpus/{name}
  Target run = nullptr;
};

// Every target of this binary, by name.
const std::vector<NamedTarget>& Targets();
bool AddTarget(absl::string_view name, Target run);

// Runs the target on one input.
void RunTarget(Target run, absl::string_view bytes);

// Has the input shown when the process ends over it; libFuzzer does so by itself.
void ShowInputAtTheEnd();

// Unless it holds: shows the property, and ends the process.
void Require(bool holds, absl::string_view property);

// Takes an input apart, from the front. Past the end everything is zero and empty.
class FuzzInput {
 public:
  explicit FuzzInput(absl::string_view bytes) : rest_(bytes) {}

  uint8_t Byte();
  // Big-endian.
  uint64_t Number();
  // In [0, choices).
  size_t Pick(size_t choices) { return Byte() % choices; }
  // A length in one byte, and so many bytes or what there is of them.
  absl::string_view Text();
  // `size` bytes, filled up with zeros.
  std::string Bytes(size_t size);
  absl::string_view Rest() const { return rest_; }
  bool empty() const { return rest_.empty(); }

 private:
  absl::string_view rest_;
};

}  // namespace crm::fuzz

#define CRM_FUZZ_TARGET(name)                                                 \
  static void Fuzz_##name(absl::string_view bytes);                           \
  static const bool kAdded_##name = crm::fuzz::AddTarget(#name, Fuzz_##name); \
  static void Fuzz_##name(absl::string_view bytes)

// Comparisons: what a reconciliation compared, and what did not agree. Belongs to one thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/stream.h"

namespace crm::domain {

// A published invariant (reconciliation.h), and how often it held.
struct CheckedInvariant {
  std::string check;
  int64_t compared = 0;
  int64_t differing = 0;
};

// Something that two sources say differently.
struct Difference {
  std::string check;
  StreamId subject;
  std::string what;
  int64_t expected = 0;
  int64_t found = 0;
};

class Comparisons {
 public:
  static constexpr size_t kMaxDifferences = 100;  // that are kept; all are counted

  // `what` says which number of the subject it is.
  void Compare(absl::string_view check, const StreamId& subject, absl::string_view what,
               int64_t expected, int64_t found);

  // In the order in which they were first compared.
  const std::vector<CheckedInvariant>& checks() const { return checks_; }
  const std::vector<Difference>& differences() const { return differences_; }

 private:
  std::vector<CheckedInvariant> checks_;
  std::vector<Difference> differences_;
};

}  // namespace crm::domain

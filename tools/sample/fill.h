// FillOrganization: reads who and where it is, makes the plan, sends it phase by phase, says how
// far it is. Doing it again with the same options changes nothing. Blocks; call it from one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "base/clock.h"

namespace crm::sample {

struct FillOptions {
  std::string target;      // host:port
  std::string token_file;  // of an administrator of the organization
  uint64_t seed = 1;
  std::optional<absl::CivilDay> end_date;  // the history ends before it; absent: today
  int jobs = 64;
  int64_t scale_percent = 100;
  std::string member_token_file;  // to hold a token of the head of sales; empty: none is made
};

// Where progress goes: a bar that is drawn over on a terminal, else a line every few seconds.
struct ProgressOutput {
  std::ostream& stream;
  bool is_terminal;
};

// Writes a summary to `out` at the end. FAILED_PRECONDITION: the organization is younger than
// the history, or that would end in the future. Else what the server refused.
absl::Status FillOrganization(const FillOptions& options, const Clock& clock, std::ostream& out,
                              ProgressOutput progress);

}  // namespace crm::sample

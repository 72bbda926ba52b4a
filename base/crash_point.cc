#include "base/crash_point.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace crm {
namespace {

struct Armed {
  std::string name;  // empty: nothing is armed
  std::atomic<int64_t> left{0};
};

Armed& TheArmed() {
  static Armed armed;
  return armed;
}

}  // namespace

absl::Status ArmCrashPoint(absl::string_view setting) {
  if (!kHasCrashPoints) {
    return absl::FailedPreconditionError("this build has no crash points");
  }
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(setting, absl::MaxSplits(':', 1));
  int64_t count = 1;
  const bool counts = parts.second.empty() || absl::SimpleAtoi(parts.second, &count);
  if (parts.first.empty() || !counts || count < 1) {
    return absl::InvalidArgumentError(absl::StrCat("'", setting, "' is no crash point:count"));
  }
  TheArmed().left = count;
  TheArmed().name = std::string(parts.first);
  return absl::OkStatus();
}

void ReachCrashPoint(absl::string_view name) {
  Armed& armed = TheArmed();
  if (armed.name != name || --armed.left != 0) return;
  kill(getpid(), SIGKILL);
}

}  // namespace crm

#include "tools/sample/progress.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace crm::sample {
namespace {

constexpr int64_t kBarColumns = 30;
constexpr absl::Duration kLineInterval = absl::Seconds(5);
constexpr char kEraseLine[] = "\r\x1b[K";

}  // namespace

Progress::Progress(int64_t script_count, ProgressOutput output, const Clock& clock)
    : script_count_(std::max<int64_t>(1, script_count)),
      output_(output),
      clock_(clock),
      last_shown_(clock.Now()) {}

void Progress::Show(absl::string_view phase, const Tally& tally) {
  const int64_t percent = std::min<int64_t>(100, tally.scripts * 100 / script_count_);
  if (output_.is_terminal) {
    const auto filled = static_cast<size_t>(percent * kBarColumns / 100);
    const std::string bar(filled, '#');
    output_.stream << kEraseLine
                   << absl::StrFormat("[%-*s] %3d %%  %s, %d commands", kBarColumns, bar, percent,
                                      phase, tally.commands)
                   << std::flush;
    return;
  }
  if (clock_.Now() - last_shown_ < kLineInterval) return;
  last_shown_ = clock_.Now();
  output_.stream << absl::StrCat("crm_sample: ", percent, " %, ", phase, ", ", tally.commands,
                                 " commands\n")
                 << std::flush;
}

void Progress::Clear() {
  if (output_.is_terminal) output_.stream << kEraseLine << std::flush;
}

}  // namespace crm::sample

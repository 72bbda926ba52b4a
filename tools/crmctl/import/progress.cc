#include "tools/crmctl/import/progress.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/crmctl/dashboard.h"
#include "tools/crmctl/text.h"
#include "tools/crmctl/values.h"

namespace crm::ctl {
namespace {

constexpr absl::Duration kBarInterval = absl::Milliseconds(200);
constexpr absl::Duration kLineInterval = absl::Seconds(10);
constexpr int kBarWidth = 24;
constexpr int kPermille = 1000;

}  // namespace

Progress::Progress(const Environment& environment, int64_t total_bytes)
    : environment_(environment),
      total_bytes_(total_bytes),
      start_(environment.clock.Now()),
      shown_(start_) {}

std::string Progress::Line(int64_t rows, int64_t rejects, int64_t bytes, absl::Time now) const {
  const int64_t elapsed_ms = std::max<int64_t>(1, absl::ToInt64Milliseconds(now - start_));
  std::string text = absl::StrCat(FormatCount(rows), " rows, ",
                                  FormatCount(rows * 1000 / elapsed_ms), " a second");
  if (rejects > 0) absl::StrAppend(&text, ", ", FormatCount(rejects), " rejects");
  if (total_bytes_ <= 0 || bytes <= 0) return text;
  const auto done = static_cast<int>(bytes * kPermille / total_bytes_);
  const absl::Duration left =
      absl::Milliseconds(elapsed_ms * (total_bytes_ - bytes) / std::max<int64_t>(1, bytes));
  return absl::StrCat(LoadBar(done, kPermille, kBarWidth), absl::StrFormat(" %3d %%  ", done / 10),
                      text, ", ", absl::FormatDuration(absl::Trunc(left, absl::Seconds(1))),
                      " left");
}

void Progress::Update(int64_t rows, int64_t rejects, int64_t bytes) {
  const absl::Time now = environment_.clock.Now();
  const bool bar = environment_.err_is_terminal;
  if (now - shown_ < (bar ? kBarInterval : kLineInterval)) return;
  shown_ = now;
  const std::string line = Line(rows, rejects, bytes, now);
  if (bar) {
    environment_.err << "\r\033[K" << Truncate(line, environment_.columns - 1) << std::flush;
  } else {
    environment_.err << line << "\n" << std::flush;
  }
}

void Progress::Finish() {
  if (environment_.err_is_terminal) environment_.err << "\r\033[K" << std::flush;
}

}  // namespace crm::ctl

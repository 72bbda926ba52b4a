#include "tools/crm_bench/disk.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace crm::bench {

absl::StatusOr<int64_t> MeasureFdatasyncUs(const std::string& folder, int rounds) {
  const std::string path = absl::StrCat(folder, "/fdatasync");
  const int file = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return absl::FailedPreconditionError(absl::StrCat("cannot write ", path));
  const std::string record(512, 'x');
  std::vector<int64_t> times;
  for (int i = 0; i < rounds; ++i) {
    const absl::Time begin = absl::Now();
    const bool written = write(file, record.data(), record.size()) > 0 && fdatasync(file) == 0;
    if (!written) break;
    times.push_back(absl::ToInt64Microseconds(absl::Now() - begin));
  }
  close(file);
  unlink(path.c_str());
  if (times.empty()) return absl::FailedPreconditionError(absl::StrCat("cannot sync ", path));
  std::nth_element(times.begin(), times.begin() + static_cast<ptrdiff_t>(times.size() / 2),
                   times.end());
  return times[times.size() / 2];
}

}  // namespace crm::bench

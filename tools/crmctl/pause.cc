#include "tools/crmctl/pause.h"

#include <algorithm>

#include "base/mutex.h"

namespace crm::ctl {
namespace {

constexpr absl::Duration kLongestStep = absl::Milliseconds(50);  // until an interruption is seen

}  // namespace

void Pause(const Clock& clock, absl::Duration duration, const std::function<bool()>& interrupted) {
  Mutex mutex;
  CondVar never;
  MutexLock lock(mutex);
  const absl::Time end = clock.Now() + duration;
  while (!interrupted()) {
    const absl::Duration left = end - clock.Now();
    if (left <= absl::ZeroDuration()) return;
    never.WaitFor(mutex, absl::ToChronoMicroseconds(std::min(left, kLongestStep)));
  }
}

}  // namespace crm::ctl

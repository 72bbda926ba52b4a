#include "base/clock.h"

#include "absl/time/clock.h"

namespace crm {

absl::Time SystemClock::Now() const {
  return absl::FromUnixMicros(absl::GetCurrentTimeNanos() / 1000);
}

}  // namespace crm

// Waiting between tries, cut short when the person wants to stop. Thread-safe.
#pragma once

#include <functional>

#include "absl/time/time.h"
#include "base/clock.h"

namespace crm::ctl {

// Returns after `duration`, or soon after `interrupted` became true.
void Pause(const Clock& clock, absl::Duration duration, const std::function<bool()>& interrupted);

}  // namespace crm::ctl

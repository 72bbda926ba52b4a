// The only place that reads a clock. Everything else takes a Clock& (or an instant) so that tests
// own time.
#pragma once

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"

namespace crm {

// Thread-safe. Now() has microsecond precision; it may step backwards with the operating system's
// clock: the sequencer, not the clock, makes record times strictly increase.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  absl::Time Now() const override;
};

// A clock that stands still until told otherwise.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(absl::Time start) : micros_(absl::ToUnixMicros(start)) {}
  absl::Time Now() const override { return absl::FromUnixMicros(micros_.load()); }
  void Set(absl::Time now) { micros_.store(absl::ToUnixMicros(now)); }
  void Advance(absl::Duration by) { micros_.fetch_add(absl::ToInt64Microseconds(by)); }

 private:
  std::atomic<int64_t> micros_;
};

}  // namespace crm

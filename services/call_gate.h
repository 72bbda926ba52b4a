// CallGate: how many unary calls may be under way. A call counts from its beginning until gRPC is
// done with it: also while its commit waits for the disk, while it waits for a view, and while its
// answer waits to be taken. So what all calls keep in memory is bounded, and so is how long the
// last of them waits.
//
// Thread-safe.
#pragma once

#include <atomic>

#include "absl/status/status.h"
#include "base/reason.h"
#include "services/limits.h"

namespace crm::services {

class CallGate {
 public:
  // `most` calls may be under way at a time.
  explicit CallGate(int most) : most_(most) {}

  // RESOURCE_EXHAUSTED SERVER_OVERLOADED, or OK; Leave then follows, once.
  absl::Status Enter() {
    if (open_.fetch_add(1) < most_) return absl::OkStatus();
    open_.fetch_sub(1);
    return WithReason(absl::StatusCode::kResourceExhausted, "SERVER_OVERLOADED",
                      "the server has more calls under way than it may; nothing was done, try "
                      "again later",
                      {{"retry_delay_ms", kRetryDelayMs}});
  }
  void Leave() { open_.fetch_sub(1); }

  int open() const { return open_; }

 private:
  const int most_;
  std::atomic<int> open_{0};
};

}  // namespace crm::services

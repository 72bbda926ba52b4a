// Watch: asks a server for its health, on both listeners, and for its memory, over and over while
// something else overloads it.
#pragma once

#include <cstdint>
#include <memory>
#include <thread>

#include "absl/time/time.h"
#include "base/mutex.h"
#include "grpcpp/channel.h"
#include "tests/crash/child_server.h"

namespace crm::testing {

class Watch {
 public:
  // Begins at once; every listener has answered when this returns. `server` must run until Stop.
  explicit Watch(const ChildServer& server);
  ~Watch() { Stop(); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // Ends it, once what is under way is answered.
  void Stop();

  struct Found {
    int64_t asked = 0;
    int64_t unanswered = 0;  // no SERVING within the time below
    absl::Duration slowest;
    int64_t grown_bytes = 0;  // the most memory, beyond that at the beginning
  };
  static constexpr absl::Duration kTimeToAnswer = absl::Seconds(30);
  // What was found until now.
  Found found();

 private:
  void Run();
  void AskBoth();

  const ChildServer& server_;
  const int64_t first_bytes_;
  const std::shared_ptr<grpc::Channel> channels_[2];
  Mutex mutex_;
  CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  Found found_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

// For the log of a test.
std::ostream& operator<<(std::ostream& out, const Watch::Found& found);

}  // namespace crm::testing

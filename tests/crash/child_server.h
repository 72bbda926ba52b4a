// ChildServer: crmd as a process of its own, which may be killed and started again on the same
// data, and which may be told to kill itself at a crash point. Not thread-safe; its callers are.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <memory>
#include <string>

#include "tests/support/api_caller.h"
#include "tests/support/scratch_folder.h"

namespace crm::testing {

class ChildServer {
 public:
  ChildServer() = default;
  ~ChildServer() { Kill(); }
  ChildServer(const ChildServer&) = delete;
  ChildServer& operator=(const ChildServer&) = delete;

  // Returns true once it is ready for calls, and false when it ended before: with `crash_at`
  // ("name:count") that may happen. Fails the test when it is neither in time.
  bool Start(const std::string& crash_at = "");
  // kill -9, when it still runs. Returns whether it had been killed before, by itself; fails the
  // test when it had ended in another way.
  bool Kill();
  // Waits until it ends by itself; false when it does not in time.
  bool AwaitEnd(int milliseconds) const;

  // The administrator on a connection of its own.
  ApiCaller Administrator() const;
  // What the process wrote since it was started.
  std::string Log() const;

 private:
  void Spawn(const std::string& crash_at);

  const ScratchFolder folder_;
  const std::shared_ptr<std::atomic<int64_t>> seen_ = std::make_shared<std::atomic<int64_t>>(0);
  pid_t process_ = 0;
  int process_descriptor_ = -1;
  int port_ = 0;
};

}  // namespace crm::testing

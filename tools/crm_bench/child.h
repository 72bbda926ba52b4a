// Child: a server in a process of its own, started for a measurement and killed after it.
//
// Not thread-safe.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"

namespace crm::bench {

class Child {
 public:
  // Runs `program` and waits for a line with " serving " and " port=N" on its output.
  // FAILED_PRECONDITION with what it said when it ends before.
  static absl::StatusOr<std::unique_ptr<Child>> Start(const std::string& program,
                                                      const std::vector<std::string>& arguments);
  ~Child();  // kills it
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  int port() const { return port_; }
  pid_t pid() const { return pid_; }

 private:
  Child(pid_t pid, int output) : pid_(pid), output_(output) {}
  absl::Status AwaitPort();

  const pid_t pid_;
  const int output_;
  int port_ = 0;
  std::thread reader_;  // keeps the pipe empty
};

}  // namespace crm::bench

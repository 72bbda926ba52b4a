// ChildServer: crmd as a process of its own, which may be killed and started again on the same
// data, and which may be told to kill itself at a crash point. Not thread-safe; its callers are.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/api_caller.h"
#include "tests/support/scratch_folder.h"

namespace crm::testing {

class ChildServer {
 public:
  // Every start gets these flags; with `open_files` it may have no more of them at a time.
  explicit ChildServer(std::vector<std::string> flags = {}, int open_files = 0)
      : flags_(std::move(flags)), open_files_(open_files) {}
  ~ChildServer() { Kill(); }
  ChildServer(const ChildServer&) = delete;
  ChildServer& operator=(const ChildServer&) = delete;

  // Returns true once it is ready for calls, and false when it ended before: with `crash_at`
  // ("name:count") that may happen. Fails the test when it is neither in time.
  bool Start(const std::string& crash_at = "");
  // kill -9, when it still runs. Returns whether it had been killed before, by itself; fails the
  // test when it had ended in another way.
  bool Kill();
  // Tells it to end in order (SIGTERM).
  void RequestStop() const;
  // Waits until it has ended by itself, and returns its exit code; fails the test when it does not
  // in time or crashes.
  int AwaitExit(int milliseconds);
  // Waits until it ends by itself; false when it does not in time.
  bool AwaitEnd(int milliseconds) const;

  // The administrator on a connection of its own.
  ApiCaller Administrator() const;
  // The operator, on the admin listener.
  ApiCaller Operator() const;
  // Where backups lie: of the log, of the keys.
  std::string BackupFolder() const { return folder_ / "backups"; }
  std::string KeysBackupFolder() const { return folder_ / "keys"; }
  // What the process wrote since it was started.
  std::string Log() const;

  int port() const { return port_; }
  int admin_port() const { return admin_port_; }
  // Memory it holds, in bytes.
  int64_t ResidentBytes() const;
  // A metric without labels, as scraped now; -1 when there is none.
  int64_t Metric(const std::string& name) const;

 private:
  void Spawn(const std::string& crash_at);

  const std::vector<std::string> flags_;
  const int open_files_;
  const ScratchFolder folder_;
  const std::shared_ptr<std::atomic<int64_t>> seen_ = std::make_shared<std::atomic<int64_t>>(0);
  pid_t process_ = 0;
  int process_descriptor_ = -1;
  int port_ = 0;
  int admin_port_ = 0;
  int metrics_port_ = 0;
};

}  // namespace crm::testing

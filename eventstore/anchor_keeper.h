// AnchorKeeper: keeps the anchor close behind the log. Every write of the log tells it where the
// organizations end now; the engines tell it when their files changed.
//
//   kInterval  a thread of its own writes the anchor, at most 100 ms behind what is durable. Nobody
//              who appends waits for it.
//   kSync      the writer thread writes it after each batch and before anybody is answered: one
//              more fdatasync for every batch, and no window.
//
// In both modes the thread also brings the second file up to date once things are quiet, so that
// losing either of them loses nothing. Thread-safe.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "eventstore/anchor.h"
#include "eventstore/log_storage.h"

namespace crm::eventstore {

enum class AnchorMode { kInterval, kSync };

class AnchorKeeper {
 public:
  struct Parts {
    AnchorMode mode = AnchorMode::kInterval;
    // Makes the anchor durable in the file whose turn it is.
    std::function<absl::Status(Anchor&)> write;
    std::function<absl::StatusOr<std::string>()> log_mark;
    std::function<absl::StatusOr<std::string>()> keys_mark;
    // Called once, on the keeper's thread, when the anchor cannot be written.
    std::function<void(const absl::Status&)> on_failure;
  };

  // `anchor` says what is durable now; both files hold it when this returns.
  static absl::StatusOr<std::unique_ptr<AnchorKeeper>> Start(Parts parts, Anchor anchor);
  // Brings both files up to date. No call may run or follow.
  ~AnchorKeeper();
  AnchorKeeper(const AnchorKeeper&) = delete;
  AnchorKeeper& operator=(const AnchorKeeper&) = delete;

  // The ends of the organizations that a durable batch moved. With kSync the anchor has them when
  // this returns, and an error says that it may not.
  absl::Status OnDurable(const std::vector<OrganizationRow>& rows);

  // A mark changed without a write of the log.
  void OnFilesChanged();

 private:
  AnchorKeeper(Parts parts, Anchor anchor) : parts_(std::move(parts)), anchor_(std::move(anchor)) {}

  void Loop();
  absl::Status Write();

  const Parts parts_;
  Mutex write_mutex_;  // taken first; orders writings
  Mutex mutex_;
  CondVar changed_;
  CondVar closed_;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  Anchor anchor_ ABSL_GUARDED_BY(mutex_);
  int stale_files_ ABSL_GUARDED_BY(mutex_) = 0;  // that do not hold anchor_ yet
  std::thread thread_;
};

}  // namespace crm::eventstore

#include "eventstore/anchor_keeper.h"

#include <chrono>
#include <utility>

#include "base/status_macros.h"

namespace crm::eventstore {
namespace {

constexpr int kFiles = 2;
// Between two writings; with the time that one takes it stays below the 100 ms that are promised.
constexpr std::chrono::milliseconds kPause{50};

}  // namespace

absl::StatusOr<std::unique_ptr<AnchorKeeper>> AnchorKeeper::Start(Parts parts, Anchor anchor) {
  std::unique_ptr<AnchorKeeper> keeper(new AnchorKeeper(std::move(parts), std::move(anchor)));
  for (int file = 0; file < kFiles; ++file) RETURN_IF_ERROR(keeper->Write());
  keeper->thread_ = std::thread([&running = *keeper] { running.Loop(); });
  return keeper;
}

AnchorKeeper::~AnchorKeeper() {
  if (!thread_.joinable()) return;
  {
    MutexLock lock(mutex_);
    closing_ = true;
    changed_.NotifyAll();
    closed_.NotifyAll();
  }
  thread_.join();
  int stale = 0;
  {
    MutexLock lock(mutex_);
    stale = stale_files_;
  }
  // When it fails the files hold what they held: a little less, nothing wrong.
  for (absl::Status status; status.ok() && stale > 0; --stale) status = Write();
}

absl::Status AnchorKeeper::OnDurable(const std::vector<OrganizationRow>& rows) {
  {
    MutexLock lock(mutex_);
    for (const OrganizationRow& row : rows) {
      if (anchor_.ends.size() < row.ordinal) anchor_.ends.resize(row.ordinal);
      anchor_.ends[row.ordinal - 1] = {row.id, row.position, row.hash};
    }
    stale_files_ = kFiles;
    changed_.NotifyOne();
  }
  return parts_.mode == AnchorMode::kSync ? Write() : absl::OkStatus();
}

void AnchorKeeper::OnFilesChanged() {
  MutexLock lock(mutex_);
  stale_files_ = kFiles;
  changed_.NotifyOne();
}

void AnchorKeeper::Loop() {
  for (;;) {
    {
      MutexLock lock(mutex_);
      while (stale_files_ == 0 && !closing_) changed_.Wait(mutex_);
      if (closing_) return;
    }
    if (const absl::Status written = Write(); !written.ok()) {
      if (parts_.on_failure) parts_.on_failure(written);
      return;
    }
    MutexLock lock(mutex_);
    if (!closing_) closed_.WaitFor(mutex_, kPause);
  }
}

absl::Status AnchorKeeper::Write() {
  MutexLock writing(write_mutex_);
  Anchor anchor;
  {
    MutexLock lock(mutex_);
    anchor = anchor_;
    if (stale_files_ > 0) --stale_files_;
  }
  // After the ends were copied: a mark may say more than they do, never less.
  ASSIGN_OR_RETURN(anchor.log_mark, parts_.log_mark());
  ASSIGN_OR_RETURN(anchor.keys_mark, parts_.keys_mark());
  return parts_.write(anchor);
}

}  // namespace crm::eventstore

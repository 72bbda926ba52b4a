// StoredLog: a log over DurableStores in a folder of its own, closed and opened again at will. For
// tests of what the files do. Not thread-safe.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "base/status_macros.h"
#include "eventstore/rocksdb/durable_stores.h"
#include "tests/eventstore/test_log.h"

namespace crm::eventstore {

class StoredLog {
 public:
  explicit StoredLog(DurableStores::Options options = {}) : options_(std::move(options)) {
    std::filesystem::create_directories(folders().anchor);
  }

  StoreFolders folders() const { return {path() + "/log", path() + "/keys", path() + "/anchor"}; }
  const std::string& path() const { return directory_.path(); }
  DurableStores::Options& options() { return options_; }

  absl::Status Open() {
    ASSIGN_OR_RETURN(stores_, DurableStores::Open(folders(), options_));
    SequencedLogOptions options;
    stores_->AttachTo(options);
    absl::StatusOr<std::unique_ptr<SequencedLog>> log =
        SequencedLog::Open(stores_->storage(), std::move(options));
    if (log.ok()) {
      log_ = *std::move(log);
      return absl::OkStatus();
    }
    stores_.reset();
    return log.status();
  }
  void Close() {
    log_.reset();
    stores_.reset();
  }

  // Makes the organization and a log of three commits of two events each on the stream "a".
  void Fill() {
    CreateOrganization(*log_);
    for (int i = 0; i < 3; ++i)
      ASSERT_TRUE(AppendNow(*log_, TestCommit({TestAppend("a", 2 * i, 2)})).ok());
  }

  bool IsOpen() const { return log_ != nullptr; }
  EventLog& operator*() { return *log_; }
  EventLog* operator->() { return log_.get(); }
  DurableStores& stores() { return *stores_; }

 private:
  TemporaryDirectory directory_;
  DurableStores::Options options_;
  std::unique_ptr<DurableStores> stores_;
  std::unique_ptr<SequencedLog> log_;
};

}  // namespace crm::eventstore

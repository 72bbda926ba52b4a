// What the event log's tests share: an engine under a log that can be restarted, a storage whose
// writes can be held or made to fail, and short ways to make commits and wait for them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "base/status_macros.h"
#include "eventstore/event_log.h"
#include "eventstore/log_storage.h"
#include "eventstore/memory/memory_storage.h"
#include "eventstore/rocksdb/rocksdb_storage.h"
#include "eventstore/sequencer.h"

namespace crm::eventstore {

// A directory that is gone when the test is over.
class TemporaryDirectory {
 public:
  TemporaryDirectory()
      : path_(absl::StrCat(::testing::TempDir(), "eventstore-", Uuid::Random().ToString())) {}
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

// Passes everything on, except that writes can be held back or fail.
class ControlledStorage final : public LogStorage {
 public:
  explicit ControlledStorage(LogStorage& storage) : storage_(storage) {}

  // Writes wait from now on, until Release.
  void Hold() {
    MutexLock lock(mutex_);
    held_ = true;
  }
  void Release() {
    MutexLock lock(mutex_);
    held_ = false;
    changed_.NotifyAll();
  }
  // Returns once a write waits.
  void AwaitHeldWrite() {
    MutexLock lock(mutex_);
    while (waiting_ == 0) changed_.Wait(mutex_);
  }
  // Writes fail from now on; with `store` they reach the engine all the same, as an fsync error
  // may.
  void Fail(bool store) {
    MutexLock lock(mutex_);
    failing_ = true;
    store_ = store;
  }
  int writes() {
    MutexLock lock(mutex_);
    return writes_;
  }

  absl::Status Write(const StorageBatch& batch) override {
    bool failing = false;
    {
      MutexLock lock(mutex_);
      ++writes_;
      ++waiting_;
      changed_.NotifyAll();
      while (held_) changed_.Wait(mutex_);
      --waiting_;
      failing = failing_;
      if (failing && !store_) return absl::InternalError("injected write error");
    }
    RETURN_IF_ERROR(storage_.Write(batch));
    return failing ? absl::InternalError("injected sync error") : absl::OkStatus();
  }
  absl::StatusOr<std::vector<OrganizationRow>> ReadOrganizations() const override {
    return storage_.ReadOrganizations();
  }
  absl::StatusOr<StreamHead> ReadHead(OrganizationOrdinal organization,
                                      const StreamId& stream) const override {
    return storage_.ReadHead(organization, stream);
  }
  absl::StatusOr<std::optional<std::string>> ReadRequest(OrganizationOrdinal organization,
                                                         const Uuid& actor,
                                                         const Uuid& request_id) const override {
    return storage_.ReadRequest(organization, actor, request_id);
  }
  absl::Status ReadStream(OrganizationOrdinal organization, const StreamId& stream, Version from,
                          Version to, RecordVisitor visit) const override {
    return storage_.ReadStream(organization, stream, from, to, visit);
  }
  absl::Status ReadLog(OrganizationOrdinal organization, Position from, Position to,
                       RecordVisitor visit) const override {
    return storage_.ReadLog(organization, from, to, visit);
  }
  absl::StatusOr<Position> LastPosition(OrganizationOrdinal organization) const override {
    return storage_.LastPosition(organization);
  }

 private:
  LogStorage& storage_;
  Mutex mutex_;
  CondVar changed_;
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
  bool failing_ ABSL_GUARDED_BY(mutex_) = false;
  bool store_ ABSL_GUARDED_BY(mutex_) = false;
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  int writes_ ABSL_GUARDED_BY(mutex_) = 0;
};

enum class Engine { kMemory, kRocksDb };

// One log over one engine. Restart closes the log and opens it again over what the engine kept.
class TestLog {
 public:
  explicit TestLog(Engine engine, SequencedLogOptions options = {})
      : engine_(engine), options_(std::move(options)) {
    Open();
  }
  ~TestLog() {
    if (controlled_) controlled_->Release();
  }

  EventLog* operator->() { return log_.get(); }
  EventLog& operator*() { return *log_; }
  ControlledStorage& storage() { return *controlled_; }
  const std::string& directory() const { return directory_.path(); }

  void Close() {
    log_.reset();
    controlled_.reset();
    if (engine_ == Engine::kRocksDb) engine_storage_.reset();
  }
  void Open() {
    if (engine_ == Engine::kMemory) {
      if (!engine_storage_) engine_storage_ = std::make_unique<MemoryStorage>();
    } else {
      auto opened = RocksDbStorage::Open(directory_.path());
      ASSERT_TRUE(opened.ok()) << opened.status();
      engine_storage_ = *std::move(opened);
    }
    controlled_ = std::make_unique<ControlledStorage>(*engine_storage_);
    auto log = SequencedLog::Open(*controlled_, options_);
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
  }
  void Restart() {
    Close();
    Open();
  }

 private:
  const Engine engine_;
  const SequencedLogOptions options_;
  TemporaryDirectory directory_;
  std::unique_ptr<LogStorage> engine_storage_;
  std::unique_ptr<ControlledStorage> controlled_;
  std::unique_ptr<EventLog> log_;
};

// Ids that are the same in every run.
inline Uuid TestId(absl::string_view name) { return Uuid::FromName(Uuid{}, name); }
inline StreamId TestStream(absl::string_view name) { return {"opportunity", TestId(name)}; }
inline const Uuid kOrganization = TestId("organization");
inline const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

inline std::vector<NewEvent> TestEvents(int count, absl::string_view data = "data") {
  std::vector<NewEvent> events;
  for (int i = 0; i < count; ++i)
    events.push_back({"crm.test.Happened", absl::StrCat(data, i), Uuid{}, ""});
  return events;
}

inline StreamAppend TestAppend(absl::string_view stream, Version expected, int events) {
  return {TestStream(stream), expected, TestEvents(events, stream), false};
}

inline Commit TestCommit(std::vector<StreamAppend> streams, absl::Time now = kStart) {
  Commit commit;
  commit.organization = kOrganization;
  commit.streams = std::move(streams);
  commit.actor = TestId("actor");
  commit.now = now;
  return commit;
}

inline RequestKey TestRequest(absl::string_view id, absl::string_view input = "input") {
  return {TestId("actor"), TestId(id), Sha256(input)};
}

using Outcome = absl::StatusOr<Committed>;

inline std::future<Outcome> AppendLater(EventLog& log, Commit commit) {
  auto promise = std::make_shared<std::promise<Outcome>>();
  std::future<Outcome> future = promise->get_future();
  log.Append(std::move(commit),
             [promise](Outcome outcome) { promise->set_value(std::move(outcome)); });
  return future;
}

inline Outcome AppendNow(EventLog& log, Commit commit) {
  return AppendLater(log, std::move(commit)).get();
}

inline bool IsReady(const std::future<Outcome>& future) {
  return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

inline void CreateOrganization(EventLog& log, const Uuid& id = kOrganization) {
  Commit commit = TestCommit({});
  commit.organization = id;
  commit.create_organization = true;
  const Outcome outcome = AppendNow(log, std::move(commit));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
}

inline std::vector<RecordedEvent> ReadStreamOf(EventLog& log, const StreamId& stream,
                                               Version from = 1,
                                               const Uuid& organization = kOrganization) {
  std::vector<RecordedEvent> events;
  const absl::Status status =
      log.ReadStream(organization, stream, from, [&](const RecordedEvent& event) {
        events.push_back(event);
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok()) << status;
  return events;
}

inline std::vector<RecordedEvent> ReadLogOf(EventLog& log, Position from = 1,
                                            ReadLimits limits = {1'000'000, 1 << 30},
                                            const Uuid& organization = kOrganization) {
  std::vector<RecordedEvent> events;
  const absl::Status status =
      log.ReadLog(organization, from, limits, [&](const RecordedEvent& event) {
        events.push_back(event);
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok()) << status;
  return events;
}

inline std::vector<int64_t> PositionsOf(const std::vector<RecordedEvent>& events) {
  std::vector<int64_t> positions;
  for (const RecordedEvent& event : events) positions.push_back(event.position());
  return positions;
}

inline std::vector<int64_t> VersionsOf(const std::vector<RecordedEvent>& events) {
  std::vector<int64_t> versions;
  for (const RecordedEvent& event : events) versions.push_back(event.version());
  return versions;
}

}  // namespace crm::eventstore

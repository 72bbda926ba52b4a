// What the event log's tests share: an engine under a log that can be restarted, and short ways to
// make commits and wait for them.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "eventstore/event_log.h"
#include "eventstore/memory/memory_storage.h"
#include "eventstore/rocksdb/rocksdb_storage.h"
#include "eventstore/sequencer.h"
#include "tests/eventstore/controlled_storage.h"
#include "tests/eventstore/temporary_directory.h"

namespace crm::eventstore {

enum class Engine { kMemory, kRocksDb };
// Who may write. A test that holds a write back would wait for itself if it were a caller who does.
enum class Writers { kThreadAlone, kCallersToo };

// One log over one engine. Restart closes the log and opens it again over what the engine kept.
class TestLog {
 public:
  explicit TestLog(Engine engine, SequencedLogOptions options = {},
                   Writers writers = Writers::kThreadAlone)
      : engine_(engine), options_(std::move(options)) {
    if (writers == Writers::kThreadAlone) options_.quick_write = absl::ZeroDuration();
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
  SequencedLogOptions options_;
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

// The outcome of a request that is known; nullopt when it is not.
inline std::optional<std::future<Outcome>> JoinLater(EventLog& log, const RequestKey& key,
                                                     const Uuid& organization = kOrganization) {
  auto promise = std::make_shared<std::promise<Outcome>>();
  EventLog::Done done = [promise](Outcome outcome) { promise->set_value(std::move(outcome)); };
  if (!log.JoinRequest(organization, key, done)) return std::nullopt;
  return promise->get_future();
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

inline auto CollectInto(std::vector<RecordedEvent>& events) {
  return [&events](const RecordedEvent& event) {
    events.push_back(event);
    return absl::OkStatus();
  };
}

inline std::vector<RecordedEvent> ReadStreamOf(EventLog& log, const StreamId& stream,
                                               Version from = 1,
                                               const Uuid& organization = kOrganization) {
  std::vector<RecordedEvent> events;
  const absl::Status status = log.ReadStream(organization, stream, from, CollectInto(events));
  EXPECT_TRUE(status.ok()) << status;
  return events;
}

inline std::vector<RecordedEvent> ReadLogOf(EventLog& log, Position from = 1,
                                            ReadLimits limits = {1'000'000, 1 << 30},
                                            const Uuid& organization = kOrganization) {
  std::vector<RecordedEvent> events;
  const absl::Status status = log.ReadLog(organization, from, limits, CollectInto(events));
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

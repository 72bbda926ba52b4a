// SequencedLog: the EventLog over any LogStorage. It alone decides order.
//
// An append is *sequenced* in the caller's thread under one mutex (request index, expectations,
// positions, versions, record time, hash chain, encoding) and queued. One thread at a time takes
// whatever is queued, stores it as one synced batch, then answers the callers in order and calls
// the listeners: the writer thread, or a caller who finds nobody writing and the disk quick, and so
// saves the way to the writer thread and back. While a batch syncs, the next one is sequenced
// against heads that are not durable yet; if the sync fails everything behind it fails too, because
// the log stops for good.
//
// Threading: two mutexes. `sequence_mutex_` (taken first) is held while sequencing, also while an
// exclusive `build` runs; `state_mutex_` guards what readers see and is held briefly, never across
// storage. Reads take only the second one, so `build` may read.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/mutex.h"
#include "eventstore/event_log.h"
#include "eventstore/head_cache.h"
#include "eventstore/limits.h"
#include "eventstore/log_storage.h"
#include "eventstore/record_cache.h"
#include "eventstore/request_record.h"
#include "eventstore/tail.h"

namespace crm::eventstore {

struct SequencedLogOptions {
  int64_t max_queued_bytes = kMaxQueuedBytes;
  size_t max_cached_heads = kMaxCachedHeads;
  // A request whose time is over is unknown again.
  RequestRetention requests = {};
  // While a batch takes less than this, a caller who finds the log idle writes; zero: never.
  absl::Duration quick_write = kQuickWrite;
  // Called by who writes, before each batch is written: what the batch needs elsewhere (the
  // keys that seal it) must be durable when it returns. An error stops the log as a failed write
  // does.
  std::function<absl::Status()> before_write = {};
  // Called by who writes, after each batch is durable and before anybody is answered, with the rows
  // of the organizations that it moved: what must be known elsewhere first (the anchor). An error
  // stops the log as a failed write does.
  std::function<absl::Status(const std::vector<OrganizationRow>&)> after_write = {};
  // Called by who writes, after each batch is durable, with the number of its events.
  std::function<void(int64_t events)> on_durable = {};
  // Called once, by who writes, after a failed write and after every caller was answered:
  // the place to end the process. It must not destroy the log.
  std::function<void(const absl::Status& cause)> on_fatal = {};
};

class PageReader;

// Beyond EventLog's errors: RESOURCE_EXHAUSTED LOG_OVERLOADED when too much waits for the disk
// (nothing was sequenced), and INVALID_ARGUMENT from commit_check.h.
class SequencedLog final : public EventLog {
 public:
  // `storage` must outlive the log. DATA_LOSS when an organization's row does not fit the end of
  // its log.
  static absl::StatusOr<std::unique_ptr<SequencedLog>> Open(LogStorage& storage,
                                                            SequencedLogOptions options = {});

  // Writes what is queued, answers everyone and stops. No call may run or follow.
  ~SequencedLog() override;

  void Append(Commit commit, Done done) override;
  void AppendExclusively(Build build, Done done) override;
  bool JoinRequest(const Uuid& organization, const RequestKey& key, Done& done) override;
  absl::Status ReadStream(const Uuid& organization, const StreamId& stream, Version from,
                          Visitor visit) override;
  absl::StatusOr<Version> GetVersion(const Uuid& organization, const StreamId& stream) override;
  absl::Status ReadLog(const Uuid& organization, Position from, const ReadLimits& limits,
                       Visitor visit) override;
  absl::StatusOr<Head> GetHead(const Uuid& organization) override;
  std::vector<Uuid> ListOrganizations() override;
  void WhenDurable(const Uuid& organization, Position position,
                   absl::AnyInvocable<void(absl::Status) &&> ready) override;
  int64_t Listen(Listener listener) override;
  void Unlisten(int64_t handle) override;

 private:
  using Outcome = absl::StatusOr<Committed>;
  using Ready = absl::AnyInvocable<void(absl::Status) &&>;
  using Batch = std::vector<std::shared_ptr<PendingCommit>>;

  struct Organization {
    OrganizationOrdinal ordinal = 0;
    Uuid id;
    bool durable_exists = false;
    LogEnd sequenced;
    LogEnd durable;
    std::multimap<Position, Ready> waiters;  // by the position they wait for
  };

  // What sequencing needs to know of an organization.
  struct Place {
    OrganizationOrdinal ordinal = 0;
    LogEnd end;
    bool exists = false;
  };

  SequencedLog(LogStorage& storage, SequencedLogOptions options,
               const std::vector<OrganizationRow>& rows);

  // Answers at once, or takes `done` and returns nullopt.
  std::optional<Outcome> Sequence(Commit commit, Done& done)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(sequence_mutex_);
  // ReadLog of a page that others read too.
  absl::Status ReadShared(OrganizationOrdinal ordinal, Position durable, PageReader& page);
  absl::StatusOr<Place> Locate(const Uuid& organization);
  // True when the request is known: `answer` is set, or `done` was taken by the one in flight.
  bool JoinKnownRequest(const Place& place, const RequestKey& key, Done& done,
                        std::optional<Outcome>& answer);
  absl::Status CheckExistence(const Commit& commit, const Place& place);
  absl::Status CheckExpectations(const Commit& commit, OrganizationOrdinal ordinal)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(sequence_mutex_);
  absl::Status CheckVersion(const StreamAddress& address, Version expected)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(sequence_mutex_);
  // The sequenced head; exact while sequence_mutex_ is held, otherwise as it was a moment ago.
  absl::StatusOr<StreamHead> HeadOf(const StreamAddress& address);
  absl::Status CheckRoom(int64_t bytes);
  absl::Status Publish(std::shared_ptr<PendingCommit> commit, Done& done)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(sequence_mutex_);

  // Writes what is queued, or sees to it that the writer thread does.
  void WriteOrLeaveIt();
  void WriteLoop();
  // Stores the batch and answers its callers, by one thread at a time: the one that set writing_.
  // Whether more has come meanwhile.
  bool Write(Batch batch);
  absl::Status WriteBatch(const Batch& batch);
  void Complete(const Batch& batch);
  void StopFor(const absl::Status& cause, Batch batch);
  std::vector<Ready> TakeAllWaiters() ABSL_EXCLUSIVE_LOCKS_REQUIRED(state_mutex_);

  // nullptr when there is none.
  Organization* Find(const Uuid& id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(state_mutex_);
  Organization& AddOrganization(const Uuid& id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(state_mutex_);

  LogStorage& storage_;
  const SequencedLogOptions options_;

  Mutex sequence_mutex_ ABSL_ACQUIRED_BEFORE(state_mutex_);
  HeadCache heads_;  // moved with state_mutex_ held
  RecordCache records_;

  // Organizations and their sequenced ends change only with both mutexes held.
  Mutex state_mutex_;
  CondVar work_;
  absl::Status stopped_ ABSL_GUARDED_BY(state_mutex_);
  bool closing_ ABSL_GUARDED_BY(state_mutex_) = false;
  Batch queue_ ABSL_GUARDED_BY(state_mutex_);
  bool writing_ ABSL_GUARDED_BY(state_mutex_) = false;  // somebody writes what was in the queue
  bool quick_ ABSL_GUARDED_BY(state_mutex_) = true;     // the last batch took less than quick_write
  int64_t queued_bytes_ ABSL_GUARDED_BY(state_mutex_) = 0;  // with the batch being written
  Tail tail_ ABSL_GUARDED_BY(state_mutex_);
  std::vector<std::unique_ptr<Organization>> organizations_ ABSL_GUARDED_BY(state_mutex_);
  absl::flat_hash_map<Uuid, Organization*> organizations_by_id_ ABSL_GUARDED_BY(state_mutex_);

  // Held while listeners run, so that Unlisten returns only when none does.
  Mutex listeners_mutex_;
  int64_t next_handle_ ABSL_GUARDED_BY(listeners_mutex_) = 1;
  std::map<int64_t, Listener> listeners_ ABSL_GUARDED_BY(listeners_mutex_);

  std::thread writer_;
};

}  // namespace crm::eventstore

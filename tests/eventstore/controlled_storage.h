// ControlledStorage: an engine whose writes a test holds back or makes fail. Thread-safe, as the
// log's writer thread meets the test's here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/mutex.h"
#include "base/status_macros.h"
#include "eventstore/log_storage.h"

namespace crm::eventstore {

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
  absl::Status VisitVersions(OrganizationOrdinal organization,
                             VersionVisitor visit) const override {
    return storage_.VisitVersions(organization, visit);
  }
  absl::Status VisitRequests(OrganizationOrdinal organization,
                             RequestVisitor visit) const override {
    return storage_.VisitRequests(organization, visit);
  }
  absl::StatusOr<std::string> DurableMark() override { return storage_.DurableMark(); }

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

}  // namespace crm::eventstore

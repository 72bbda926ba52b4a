// RocksDbStorage: the durable LogStorage of one machine. Layouts are in log_format.h.
//
// Thread-safe as the port demands. One process may hold a directory.
#pragma once

#include <rocksdb/db.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "eventstore/log_storage.h"
#include "eventstore/request_record.h"
#include "eventstore/rocksdb/directory_mark.h"
#include "eventstore/rocksdb/rocksdb_common.h"

namespace crm::eventstore {

class RocksDbStorage final : public LogStorage {
 public:
  // Opens or makes the log in `directory`. FAILED_PRECONDITION with reason LOG_FORMAT_UNSUPPORTED,
  // or, when it is opened to read and holds nothing at all, LOG_EMPTY; beyond that OpenRocksDb's
  // errors. Compaction drops the rows of requests that `requests` lets be forgotten; readers look
  // at the time themselves.
  static absl::StatusOr<std::unique_ptr<RocksDbStorage>> Open(const std::string& directory,
                                                              const RocksDbAccess& access = {},
                                                              RequestRetention requests = {});

  // Made once, when the directory was; tells copies of it apart from other logs.
  const Uuid& incarnation() const { return incarnation_; }

  // For copies of it (backup.h).
  ::rocksdb::DB& database() { return db_; }
  const RequestRetention& requests() const { return requests_; }

  // Whether the log once had an anchor, and has to have one ever since. Before and after the log
  // runs, on one thread.
  bool anchored() const { return anchored_; }
  absl::Status SetAnchored();

  // Whether the directory holds what DurableMark said of it before; STORAGE_BEHIND_ANCHOR.
  absl::Status CheckReaches(absl::string_view mark) const {
    return eventstore::CheckReaches(mark, db_);
  }

  // Brings everything into tables, and merges them: what tests and tools cannot wait for.
  absl::Status CompactEverything();

  absl::Status Write(const StorageBatch& batch) override;
  absl::StatusOr<std::vector<OrganizationRow>> ReadOrganizations() const override;
  absl::StatusOr<StreamHead> ReadHead(OrganizationOrdinal organization,
                                      const StreamId& stream) const override;
  absl::StatusOr<std::optional<std::string>> ReadRequest(OrganizationOrdinal organization,
                                                         const Uuid& actor,
                                                         const Uuid& request_id) const override;
  absl::Status ReadStream(OrganizationOrdinal organization, const StreamId& stream, Version from,
                          Version to, RecordVisitor visit) const override;
  absl::Status ReadLog(OrganizationOrdinal organization, Position from, Position to,
                       RecordVisitor visit) const override;
  absl::StatusOr<Position> LastPosition(OrganizationOrdinal organization) const override;
  absl::Status VisitVersions(OrganizationOrdinal organization, VersionVisitor visit) const override;
  absl::Status VisitRequests(OrganizationOrdinal organization, RequestVisitor visit) const override;
  absl::StatusOr<std::string> DurableMark() override;

 private:
  RocksDbStorage(OpenedRocksDb opened, std::shared_ptr<std::atomic<bool>> files_changed);

  absl::Status CheckMeta(bool read_only);
  // Where the stream has that version; 0 when it does not.
  absl::StatusOr<Position> PositionOf(OrganizationOrdinal organization, const StreamId& stream,
                                      Version version) const;
  absl::StatusOr<std::optional<std::string>> Get(::rocksdb::ColumnFamilyHandle* family,
                                                 const std::string& key) const;
  // Remembers how far the write-ahead log is durable. After a Write, on its thread.
  absl::Status NoteDurable();
  // Visits every row of the organization in one family.
  absl::Status VisitRows(
      ::rocksdb::ColumnFamilyHandle* family, OrganizationOrdinal organization,
      absl::FunctionRef<absl::Status(absl::string_view key, absl::string_view value)> visit) const;
  // Visits the records at `positions`, which the stream index names.
  absl::Status VisitRecords(OrganizationOrdinal organization, const StreamId& stream,
                            const std::vector<Position>& positions, RecordVisitor visit) const;

  OpenedRocksDb opened_;
  ::rocksdb::DB& db_;
  ::rocksdb::ColumnFamilyHandle* const log_;
  ::rocksdb::ColumnFamilyHandle* const stream_;
  ::rocksdb::ColumnFamilyHandle* const organization_;
  ::rocksdb::ColumnFamilyHandle* const request_;
  ::rocksdb::ColumnFamilyHandle* const meta_;
  Uuid incarnation_;
  RequestRetention requests_;
  uint64_t archive_bytes_ = 0;
  bool anchored_ = false;

  Mutex durable_mutex_;  // held briefly, also by Write
  uint64_t durable_sequence_ ABSL_GUARDED_BY(durable_mutex_) = 0;
  WalMark durable_wal_ ABSL_GUARDED_BY(durable_mutex_);
  Mutex mark_mutex_;  // taken before durable_mutex_
  DirectoryMark mark_ ABSL_GUARDED_BY(mark_mutex_);
  const std::shared_ptr<std::atomic<bool>> files_changed_;  // since mark_ was made
};

}  // namespace crm::eventstore

// RocksDbStorage: the durable LogStorage of one machine. Layouts are in log_format.h.
//
// Thread-safe as the port demands. One process may hold a directory.
#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <string>
#include <vector>

#include "eventstore/log_storage.h"
#include "eventstore/rocksdb/rocksdb_common.h"

namespace crm::eventstore {

class RocksDbStorage final : public LogStorage {
 public:
  // Opens or makes the log in `directory`. FAILED_PRECONDITION with reason LOG_FORMAT_UNSUPPORTED
  // or DATA_DIRECTORY_LOCKED; DATA_LOSS when RocksDB finds damage.
  static absl::StatusOr<std::unique_ptr<RocksDbStorage>> Open(const std::string& directory);
  ~RocksDbStorage() override;

  // Made once, when the directory was; tells copies of it apart from other logs.
  const Uuid& incarnation() const { return incarnation_; }

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

 private:
  explicit RocksDbStorage(OpenedRocksDb opened);

  absl::Status CheckMeta();
  absl::StatusOr<std::optional<std::string>> Get(::rocksdb::ColumnFamilyHandle* family,
                                                 const std::string& key) const;
  // Visits the records at `positions`, which the stream index names.
  absl::Status VisitRecords(OrganizationOrdinal organization, const StreamId& stream,
                            const std::vector<Position>& positions, RecordVisitor visit) const;

  OpenedRocksDb opened_;
  ::rocksdb::DB& db_;
  ::rocksdb::ColumnFamilyHandle* const log_;
  ::rocksdb::ColumnFamilyHandle* const stream_;
  ::rocksdb::ColumnFamilyHandle* const head_;
  ::rocksdb::ColumnFamilyHandle* const organization_;
  ::rocksdb::ColumnFamilyHandle* const request_;
  ::rocksdb::ColumnFamilyHandle* const meta_;
  Uuid incarnation_;
};

}  // namespace crm::eventstore

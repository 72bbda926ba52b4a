// WalContinuity: sees every batch that recovery replays and refuses a gap. Recovery tolerates a cut
// end of *any* write-ahead log, also of one that others follow; what it then replays has a hole.
// Every write takes the sequence numbers after the last one's, so a hole shows as a jump.
//
// Used while one database opens; not thread-safe.
#pragma once

#include <rocksdb/wal_filter.h>
#include <rocksdb/write_batch.h>

#include <cstdint>
#include <string>

namespace crm::eventstore {

class WalContinuity final : public ::rocksdb::WalFilter {
 public:
  WalProcessingOption LogRecordFound(unsigned long long log_number,  // NOLINT: RocksDB's type
                                     const std::string& log_file_name,
                                     const ::rocksdb::WriteBatch& batch,
                                     ::rocksdb::WriteBatch* new_batch,
                                     bool* batch_changed) override;
  const char* Name() const override { return "crm.WalContinuity"; }

 private:
  uint64_t next_ = 0;  // sequence expected next; 0 before the first batch
};

}  // namespace crm::eventstore

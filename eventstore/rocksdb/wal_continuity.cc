#include "eventstore/rocksdb/wal_continuity.h"

namespace crm::eventstore {
namespace {

// The first eight bytes of a batch, little-endian.
uint64_t SequenceOf(const ::rocksdb::WriteBatch& batch) {
  uint64_t sequence = 0;
  for (size_t i = 8; i > 0; --i)
    sequence = (sequence << 8) | static_cast<uint8_t>(batch.Data()[i - 1]);
  return sequence;
}

}  // namespace

::rocksdb::WalFilter::WalProcessingOption WalContinuity::LogRecordFound(
    unsigned long long /*log_number*/, const std::string& /*log_file_name*/,
    const ::rocksdb::WriteBatch& batch, ::rocksdb::WriteBatch* /*new_batch*/, bool* batch_changed) {
  *batch_changed = false;
  const uint64_t sequence = SequenceOf(batch);
  if (next_ != 0 && sequence != next_) return WalProcessingOption::kCorruptedRecord;
  next_ = sequence + batch.Count();
  return WalProcessingOption::kContinueProcessing;
}

}  // namespace crm::eventstore

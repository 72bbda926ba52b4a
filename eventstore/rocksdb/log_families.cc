#include "eventstore/rocksdb/log_families.h"

#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/memtablerep.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <memory>

#include "absl/strings/match.h"
#include "base/crash_point.h"
#include "eventstore/log_format.h"
#include "eventstore/rocksdb/request_expiry.h"

namespace crm::eventstore {
namespace {

constexpr size_t kBlockCacheBytes = size_t{64} << 20;
// Of all families together: each alone would keep as much as its own buffer until the write-ahead
// logs force it out.
constexpr size_t kMemtableBytes = size_t{96} << 20;

::rocksdb::CompressionType BottommostCompression() {
  const auto supported = ::rocksdb::GetSupportedCompressions();
  const bool zstd = std::count(supported.begin(), supported.end(), ::rocksdb::kZSTD) > 0;
  return zstd ? ::rocksdb::kZSTD : ::rocksdb::kLZ4Compression;
}

::rocksdb::ColumnFamilyOptions Family(const ::rocksdb::BlockBasedTableOptions& table) {
  ::rocksdb::ColumnFamilyOptions options;
  options.compression = ::rocksdb::kLZ4Compression;
  options.bottommost_compression = BottommostCompression();
  options.table_factory.reset(::rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

// Rows whose keys are as good as random, found by their first bytes: a hash table in memory, where
// a sorted one would cost a walk through cold memory for each row. Iterators that go beyond one
// prefix must ask for total_order_seek.
::rocksdb::ColumnFamilyOptions HashedFamily(const ::rocksdb::BlockBasedTableOptions& table,
                                            size_t prefix_bytes) {
  constexpr size_t kBuckets = 1 << 17;  // a megabyte of pointers
  constexpr size_t kHugePages = 0;
  constexpr int kNoWarning = 0;
  constexpr bool kQuiet = false;
  constexpr uint32_t kLongList = 16;  // a stream that is written much gets a sorted bucket
  ::rocksdb::ColumnFamilyOptions options = Family(table);
  options.prefix_extractor.reset(::rocksdb::NewFixedPrefixTransform(prefix_bytes));
  options.memtable_factory.reset(
      ::rocksdb::NewHashLinkListRepFactory(kBuckets, kHugePages, kNoWarning, kQuiet, kLongList));
  return options;
}

// A batch is appended to the write-ahead log and synced in one call: this gets in between.
class BetweenAppendAndSync final : public ::rocksdb::EventListener {
 public:
  bool ShouldBeNotifiedOnFileIO() override { return true; }
  void OnFileWriteFinish(const ::rocksdb::FileOperationInfo& info) override {
    if (absl::EndsWith(info.path, ".log")) CrashPoint("log_append_before_sync");
  }
};

}  // namespace

std::vector<::rocksdb::ColumnFamilyDescriptor> LogFamilies(const RequestRetention& requests) {
  ::rocksdb::BlockBasedTableOptions plain;
  plain.block_cache = ::rocksdb::NewLRUCache(kBlockCacheBytes);
  ::rocksdb::BlockBasedTableOptions log = plain;
  log.block_size = 32 << 10;
  ::rocksdb::BlockBasedTableOptions keyed = plain;
  keyed.filter_policy.reset(::rocksdb::NewBloomFilterPolicy(10));
  ::rocksdb::BlockBasedTableOptions prefixed = keyed;
  prefixed.whole_key_filtering = false;

  ::rocksdb::ColumnFamilyOptions positions = Family(log);
  // Positions come in order: each is found beside the one before it.
  positions.memtable_insert_with_hint_prefix_extractor.reset(
      ::rocksdb::NewFixedPrefixTransform(kOrganizationPrefixBytes));
  ::rocksdb::ColumnFamilyOptions request = HashedFamily(keyed, kRequestKeyBytes);
  request.compaction_filter_factory = std::make_shared<RequestExpiry>(requests);
  return {{kLogFamily, positions},
          {kStreamFamily, HashedFamily(prefixed, kStreamPrefixBytes)},
          {kOrganizationFamily, Family(plain)},
          {kRequestFamily, request},
          {kMetaFamily, Family(plain)},
          {::rocksdb::kDefaultColumnFamilyName, Family(plain)}};
}

::rocksdb::Options LogOptions(const RocksDbAccess& access) {
  ::rocksdb::Options options = DurableOptions("log", access);
  options.db_write_buffer_size = kMemtableBytes;
  // What was flushed moves to archive/ instead of being deleted, so that a write-ahead log that is
  // gone can be told from one that was not needed any more (directory_mark.h). By size and not by
  // time: a clock that steps back would delete the newest one (fixed in RocksDB 10.9).
  options.WAL_size_limit_MB = access.archive_mb;
  if (kHasCrashPoints) options.listeners.push_back(std::make_shared<BetweenAppendAndSync>());
  return options;
}

}  // namespace crm::eventstore

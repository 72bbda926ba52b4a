#include "eventstore/rocksdb/rocksdb_storage.h"

#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/memtablerep.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/crash_point.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "eventstore/log_format.h"
#include "eventstore/record.h"

namespace crm::eventstore {
namespace {

// Records fetched at once when reading a stream.
constexpr size_t kStreamChunk = 64;
constexpr size_t kBlockCacheBytes = size_t{64} << 20;

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

// In the order of RocksDbStorage's handles.
std::vector<::rocksdb::ColumnFamilyDescriptor> Families() {
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
  return {{kLogFamily, positions},
          {kStreamFamily, HashedFamily(prefixed, kStreamPrefixBytes)},
          {kHeadFamily, HashedFamily(keyed, kStreamPrefixBytes)},
          {kOrganizationFamily, Family(plain)},
          {kRequestFamily, HashedFamily(keyed, kRequestKeyBytes)},
          {kMetaFamily, Family(plain)},
          {::rocksdb::kDefaultColumnFamilyName, Family(plain)}};
}

absl::Status FormatUnsupported(absl::string_view what) {
  return WithReason(absl::StatusCode::kFailedPrecondition, "LOG_FORMAT_UNSUPPORTED",
                    absl::StrCat("the data directory has ", what, "; this program reads version ",
                                 kFormatVersion));
}

::rocksdb::ReadOptions ReadUpTo(const ::rocksdb::Slice* upper) {
  ::rocksdb::ReadOptions options;
  options.iterate_upper_bound = upper;
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

::rocksdb::Options StorageOptions() {
  ::rocksdb::Options options = DurableOptions();
  if (kHasCrashPoints) options.listeners.push_back(std::make_shared<BetweenAppendAndSync>());
  return options;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RocksDbStorage>> RocksDbStorage::Open(const std::string& directory) {
  ASSIGN_OR_RETURN(OpenedRocksDb opened, OpenRocksDb(directory, StorageOptions(), Families()));
  std::unique_ptr<RocksDbStorage> storage(new RocksDbStorage(std::move(opened)));
  RETURN_IF_ERROR(storage->CheckMeta());
  return storage;
}

RocksDbStorage::RocksDbStorage(OpenedRocksDb opened)
    : opened_(std::move(opened)),
      db_(*opened_.db),
      log_(opened_.families[0]),
      stream_(opened_.families[1]),
      head_(opened_.families[2]),
      organization_(opened_.families[3]),
      request_(opened_.families[4]),
      meta_(opened_.families[5]) {}

RocksDbStorage::~RocksDbStorage() {
  for (auto* family : opened_.families) db_.DestroyColumnFamilyHandle(family);
}

absl::Status RocksDbStorage::CheckMeta() {
  ASSIGN_OR_RETURN(const std::optional<std::string> version, Get(meta_, kMetaFormatVersion));
  if (!version) {
    ASSIGN_OR_RETURN(const std::vector<OrganizationRow> rows, ReadOrganizations());
    if (!rows.empty()) return FormatUnsupported("organizations and no format version");
    incarnation_ = Uuid::Random();
    ::rocksdb::WriteBatch batch;
    batch.Put(meta_, kMetaFormatVersion, EncodeFormatVersion(kFormatVersion));
    batch.Put(meta_, kMetaIncarnation, incarnation_.ToBytes());
    return FromRocksDb(db_.Write(SyncedWrite(), &batch), "writing the format version");
  }
  const std::optional<uint32_t> number = ParseFormatVersion(*version);
  if (!number) return FormatUnsupported("a format version that is not a number");
  if (*number != kFormatVersion) return FormatUnsupported(absl::StrCat("format version ", *number));
  ASSIGN_OR_RETURN(const std::optional<std::string> incarnation, Get(meta_, kMetaIncarnation));
  const std::optional<Uuid> id = incarnation ? Uuid::FromBytes(*incarnation) : std::nullopt;
  if (!id) return FormatUnsupported("no incarnation id");
  incarnation_ = *id;
  return absl::OkStatus();
}

absl::Status RocksDbStorage::Write(const StorageBatch& batch) {
  size_t bytes = 0;
  for (const CommitRows* commit : batch.commits)
    for (const EventRow& event : commit->events) bytes += event.record.size() + 128;
  ::rocksdb::WriteBatch write(bytes, 0, 8, 0);
  ::rocksdb::Status status;
  const auto put = [&](::rocksdb::ColumnFamilyHandle* family, const std::string& key,
                       const std::string& value) {
    if (status.ok()) status = write.Put(family, key, value);
  };
  for (const CommitRows* commit : batch.commits) {
    const OrganizationOrdinal organization = commit->organization;
    for (const EventRow& event : commit->events) {
      put(log_, LogKey(organization, event.position), event.record);
      put(stream_, StreamKey(organization, commit->heads[event.stream].stream, event.version),
          EncodeNumber(event.position));
    }
    for (const HeadRow& row : commit->heads)
      put(head_, HeadKey(organization, row.stream), EncodeStreamHead(row.head));
    if (const auto& request = commit->request)
      put(request_, RequestKeyBytes(organization, request->actor, request->request_id),
          request->record);
  }
  for (const OrganizationRow& row : batch.organizations)
    put(organization_, OrganizationKey(row.ordinal), EncodeOrganizationRow(row));
  if (status.ok()) status = db_.Write(SyncedWrite(), &write);
  return FromRocksDb(status, "writing to the log");
}

absl::StatusOr<std::vector<OrganizationRow>> RocksDbStorage::ReadOrganizations() const {
  std::vector<OrganizationRow> rows;
  const std::unique_ptr<::rocksdb::Iterator> it(db_.NewIterator({}, organization_));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    const auto row = ParseOrganizationRow(ToView(it->key()), ToView(it->value()));
    if (!row) {
      return WithReason(
          absl::StatusCode::kDataLoss, "ORGANIZATION_ROW_UNREADABLE",
          absl::StrCat("the row of organization number ", rows.size() + 1, " does not parse"));
    }
    rows.push_back(*row);
  }
  RETURN_IF_ERROR(FromRocksDb(it->status(), "reading the organizations"));
  return rows;
}

absl::StatusOr<StreamHead> RocksDbStorage::ReadHead(OrganizationOrdinal organization,
                                                    const StreamId& stream) const {
  ASSIGN_OR_RETURN(const std::optional<std::string> row, Get(head_, HeadKey(organization, stream)));
  if (!row) return StreamHead{};
  if (const std::optional<StreamHead> head = ParseStreamHead(*row)) return *head;
  return WithReason(absl::StatusCode::kDataLoss, "HEAD_ROW_UNREADABLE",
                    absl::StrCat("the head row of stream ", StreamName(stream), " does not parse"),
                    {{"stream", StreamName(stream)}});
}

absl::StatusOr<std::optional<std::string>> RocksDbStorage::ReadRequest(
    OrganizationOrdinal organization, const Uuid& actor, const Uuid& request_id) const {
  return Get(request_, RequestKeyBytes(organization, actor, request_id));
}

absl::Status RocksDbStorage::ReadStream(OrganizationOrdinal organization, const StreamId& stream,
                                        Version from, Version to, RecordVisitor visit) const {
  // One past the highest version; a version is never negative, so this stays inside the stream.
  const std::string end =
      StreamKey(organization, stream, static_cast<Version>(static_cast<uint64_t>(to) + 1));
  const ::rocksdb::Slice upper = end;
  ::rocksdb::ReadOptions options = ReadUpTo(&upper);
  options.prefix_same_as_start = true;
  const std::unique_ptr<::rocksdb::Iterator> it(db_.NewIterator(options, stream_));
  std::vector<Position> positions;
  for (it->Seek(StreamKey(organization, stream, from)); it->Valid(); it->Next()) {
    const std::optional<int64_t> position = ParseNumber(ToView(it->value()));
    if (!position) {
      return WithReason(absl::StatusCode::kDataLoss, "STREAM_INDEX_UNREADABLE",
                        absl::StrCat("the index of stream ", StreamName(stream), " is damaged"),
                        {{"stream", StreamName(stream)}});
    }
    positions.push_back(*position);
    if (positions.size() < kStreamChunk) continue;
    RETURN_IF_ERROR(VisitRecords(organization, stream, positions, visit));
    positions.clear();
  }
  RETURN_IF_ERROR(FromRocksDb(it->status(), "reading a stream"));
  return VisitRecords(organization, stream, positions, visit);
}

absl::Status RocksDbStorage::VisitRecords(OrganizationOrdinal organization, const StreamId& stream,
                                          const std::vector<Position>& positions,
                                          RecordVisitor visit) const {
  if (positions.empty()) return absl::OkStatus();
  std::vector<std::string> keys;
  for (const Position position : positions) keys.push_back(LogKey(organization, position));
  const std::vector<::rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<::rocksdb::PinnableSlice> values(slices.size());
  std::vector<::rocksdb::Status> statuses(slices.size());
  db_.MultiGet({}, log_, slices.size(), slices.data(), values.data(), statuses.data());
  for (size_t i = 0; i < positions.size(); ++i) {
    if (statuses[i].IsNotFound()) {
      return WithReason(absl::StatusCode::kDataLoss, "RECORD_UNREADABLE",
                        absl::StrCat("the record at position ", positions[i], " of stream ",
                                     StreamName(stream), " is missing"),
                        {{"position", absl::StrCat(positions[i])}, {"stream", StreamName(stream)}});
    }
    RETURN_IF_ERROR(FromRocksDb(statuses[i], absl::StrCat("reading position ", positions[i],
                                                          " of stream ", StreamName(stream))));
    RETURN_IF_ERROR(visit(positions[i], ToView(values[i])));
  }
  return absl::OkStatus();
}

absl::Status RocksDbStorage::ReadLog(OrganizationOrdinal organization, Position from, Position to,
                                     RecordVisitor visit) const {
  const std::string end =
      LogKey(organization, static_cast<Position>(static_cast<uint64_t>(to) + 1));
  const ::rocksdb::Slice upper = end;
  const std::unique_ptr<::rocksdb::Iterator> it(db_.NewIterator(ReadUpTo(&upper), log_));
  Position last = from - 1;
  for (it->Seek(LogKey(organization, from)); it->Valid(); it->Next()) {
    last = TrailingNumber(ToView(it->key())).value_or(0);
    RETURN_IF_ERROR(visit(last, ToView(it->value())));
  }
  return FromRocksDb(it->status(), absl::StrCat("reading the log after position ", last));
}

absl::StatusOr<Position> RocksDbStorage::LastPosition(OrganizationOrdinal organization) const {
  const std::string first = LogKey(organization, 0);
  const std::unique_ptr<::rocksdb::Iterator> it(db_.NewIterator({}, log_));
  it->SeekForPrev(LogKey(organization, -1));  // as an unsigned number: the highest there can be
  RETURN_IF_ERROR(FromRocksDb(it->status(), "reading the end of the log"));
  if (!it->Valid() || ToView(it->key()) < absl::string_view(first)) return 0;
  return TrailingNumber(ToView(it->key())).value_or(0);
}

absl::StatusOr<std::optional<std::string>> RocksDbStorage::Get(
    ::rocksdb::ColumnFamilyHandle* family, const std::string& key) const {
  std::string value;
  const ::rocksdb::Status status = db_.Get({}, family, key, &value);
  if (status.IsNotFound()) return std::nullopt;
  RETURN_IF_ERROR(FromRocksDb(status, "reading a row"));
  return value;
}

}  // namespace crm::eventstore

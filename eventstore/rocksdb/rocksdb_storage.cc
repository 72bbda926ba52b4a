#include "eventstore/rocksdb/rocksdb_storage.h"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "eventstore/log_format.h"
#include "eventstore/record.h"
#include "eventstore/rocksdb/log_families.h"

namespace crm::eventstore {
namespace {

// Records fetched at once when reading a stream.
constexpr size_t kStreamChunk = 64;

absl::Status FormatUnsupported(absl::string_view what) {
  return WithReason(absl::StatusCode::kFailedPrecondition, "LOG_FORMAT_UNSUPPORTED",
                    absl::StrCat("the data directory has ", what, "; this program reads version ",
                                 kFormatVersion, ", and crmutil upgrade takes an older one there"));
}

absl::Status IndexUnreadable(const StreamId& stream) {
  return WithReason(absl::StatusCode::kDataLoss, "STREAM_INDEX_UNREADABLE",
                    absl::StrCat("the index of stream ", StreamName(stream), " is damaged"),
                    {{"stream", StreamName(stream)}});
}

::rocksdb::ReadOptions ReadUpTo(const ::rocksdb::Slice* upper) {
  ::rocksdb::ReadOptions options;
  options.iterate_upper_bound = upper;
  return options;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RocksDbStorage>> RocksDbStorage::Open(const std::string& directory,
                                                                     const RocksDbAccess& access,
                                                                     RequestRetention requests) {
  auto files_changed = std::make_shared<std::atomic<bool>>(true);
  RocksDbAccess listening = access;
  listening.on_files_changed = [files_changed, tell = access.on_files_changed] {
    *files_changed = true;
    if (tell) tell();
  };
  ASSIGN_OR_RETURN(OpenedRocksDb opened,
                   OpenRocksDb(directory, listening, LogOptions(listening), LogFamilies(requests)));
  std::unique_ptr<RocksDbStorage> storage(
      new RocksDbStorage(std::move(opened), std::move(files_changed)));
  storage->requests_ = requests;
  storage->archive_bytes_ = access.archive_mb << 20;
  RETURN_IF_ERROR(storage->CheckMeta(access.read_only));
  if (!access.read_only) RETURN_IF_ERROR(storage->NoteDurable());
  return storage;
}

RocksDbStorage::RocksDbStorage(OpenedRocksDb opened,
                               std::shared_ptr<std::atomic<bool>> files_changed)
    : opened_(std::move(opened)),
      db_(*opened_.db),
      log_(opened_.families[0]),
      stream_(opened_.families[1]),
      organization_(opened_.families[2]),
      request_(opened_.families[3]),
      meta_(opened_.families[4]),
      files_changed_(std::move(files_changed)) {}

absl::Status RocksDbStorage::CheckMeta(bool read_only) {
  ASSIGN_OR_RETURN(const std::optional<std::string> version, Get(meta_, kMetaFormatVersion));
  if (!version) {
    ASSIGN_OR_RETURN(const std::vector<OrganizationRow> rows, ReadOrganizations());
    if (!rows.empty()) return FormatUnsupported("organizations and no format version");
    if (read_only) {
      return WithReason(absl::StatusCode::kFailedPrecondition, "LOG_EMPTY",
                        absl::StrCat(db_.GetName(), " holds a database in which nothing is left"));
    }
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
  ASSIGN_OR_RETURN(const std::optional<std::string> anchored, Get(meta_, kMetaAnchored));
  anchored_ = anchored.has_value();
  return absl::OkStatus();
}

absl::Status RocksDbStorage::SetAnchored() {
  RETURN_IF_ERROR(
      FromRocksDb(db_.Put(SyncedWrite(), meta_, kMetaAnchored, ""), "saying there is an anchor"));
  anchored_ = true;
  return NoteDurable();
}

absl::Status RocksDbStorage::CompactEverything() {
  for (auto* family : opened_.families) {
    RETURN_IF_ERROR(FromRocksDb(db_.Flush({}, family), "flushing"));
    ::rocksdb::CompactRangeOptions options;
    options.bottommost_level_compaction = ::rocksdb::BottommostLevelCompaction::kForce;
    RETURN_IF_ERROR(FromRocksDb(db_.CompactRange(options, family, nullptr, nullptr), "compacting"));
  }
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
    if (const auto& request = commit->request)
      put(request_, RequestKeyBytes(organization, request->actor, request->request_id),
          request->record);
  }
  for (const OrganizationRow& row : batch.organizations)
    put(organization_, OrganizationKey(row.ordinal), EncodeOrganizationRow(row));
  if (status.ok()) status = db_.Write(SyncedWrite(), &write);
  RETURN_IF_ERROR(FromRocksDb(status, "writing to the log"));
  return NoteDurable();
}

absl::Status RocksDbStorage::NoteDurable() {
  std::unique_ptr<::rocksdb::LogFile> wal;
  RETURN_IF_ERROR(FromRocksDb(db_.GetCurrentWalFile(&wal), "looking at the write-ahead log"));
  MutexLock lock(durable_mutex_);
  durable_sequence_ = db_.GetLatestSequenceNumber();
  // A file that was begun since holds nothing yet; the one before it grew no more.
  if (wal->SizeFileBytes() > 0) durable_wal_ = {wal->LogNumber(), wal->SizeFileBytes(), ""};
  return absl::OkStatus();
}

absl::StatusOr<std::string> RocksDbStorage::DurableMark() {
  MutexLock lock(mark_mutex_);
  const bool files_changed = files_changed_->exchange(false);
  WalMark wal;
  {
    MutexLock durable(durable_mutex_);
    mark_.sequence = durable_sequence_;
    wal = durable_wal_;
  }
  const bool same_wal = !mark_.wals.empty() && mark_.wals.back().number == wal.number;
  if (same_wal && !files_changed) {
    mark_.wals.back().bytes = wal.bytes;
    return EncodeDirectoryMark(mark_);
  }
  const uint64_t named = mark_.wals.empty() ? 0 : mark_.wals.front().number;
  // The logs first: what is archived between the two is then still listed, and the MANIFEST knows.
  RETURN_IF_ERROR(MarkWals(db_, wal, mark_));
  RETURN_IF_ERROR(MarkManifest(db_, mark_));
  TrimWalArchive(db_, named, archive_bytes_);
  return EncodeDirectoryMark(mark_);
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

// Versions are dense: the last one lies between one that is there and one that is not.
absl::StatusOr<StreamHead> RocksDbStorage::ReadHead(OrganizationOrdinal organization,
                                                    const StreamId& stream) const {
  StreamHead head;
  Version beyond = 1;
  for (;; beyond *= 2) {
    ASSIGN_OR_RETURN(const Position position, PositionOf(organization, stream, beyond));
    if (position == 0) break;
    head = {beyond, position};
  }
  while (beyond - head.version > 1) {
    const Version middle = head.version + (beyond - head.version) / 2;
    ASSIGN_OR_RETURN(const Position position, PositionOf(organization, stream, middle));
    if (position == 0) {
      beyond = middle;
    } else {
      head = {middle, position};
    }
  }
  return head;
}

absl::StatusOr<Position> RocksDbStorage::PositionOf(OrganizationOrdinal organization,
                                                    const StreamId& stream, Version version) const {
  ASSIGN_OR_RETURN(const std::optional<std::string> row,
                   Get(stream_, StreamKey(organization, stream, version)));
  if (!row) return 0;
  const std::optional<int64_t> position = ParseNumber(*row);
  return position && *position > 0 ? absl::StatusOr<Position>(*position) : IndexUnreadable(stream);
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
    if (!position) return IndexUnreadable(stream);
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

absl::Status RocksDbStorage::VisitRows(
    ::rocksdb::ColumnFamilyHandle* family, OrganizationOrdinal organization,
    absl::FunctionRef<absl::Status(absl::string_view key, absl::string_view value)> visit) const {
  const std::string end = OrganizationKey(organization + 1);
  const ::rocksdb::Slice upper = end;
  ::rocksdb::ReadOptions options = ReadUpTo(&upper);
  options.total_order_seek = true;
  options.fill_cache = false;  // seen once; what callers ask for stays cached
  const std::unique_ptr<::rocksdb::Iterator> it(db_.NewIterator(options, family));
  for (it->Seek(OrganizationKey(organization)); it->Valid(); it->Next())
    RETURN_IF_ERROR(visit(ToView(it->key()), ToView(it->value())));
  return FromRocksDb(it->status(), absl::StrCat("reading every row of ", family->GetName()));
}

absl::Status RocksDbStorage::VisitVersions(OrganizationOrdinal organization,
                                           VersionVisitor visit) const {
  return VisitRows(stream_, organization,
                   [&](absl::string_view key, absl::string_view value) -> absl::Status {
                     const auto place = ParseStreamKey(key);
                     const std::optional<Position> position = ParseNumber(value);
                     if (place && position) return visit(place->first, place->second, *position);
                     return WithReason(absl::StatusCode::kDataLoss, "STREAM_INDEX_UNREADABLE",
                                       absl::StrCat("a stream index row of organization number ",
                                                    organization, " does not parse"));
                   });
}

absl::Status RocksDbStorage::VisitRequests(OrganizationOrdinal organization,
                                           RequestVisitor visit) const {
  return VisitRows(request_, organization,
                   [&](absl::string_view key, absl::string_view value) -> absl::Status {
                     const auto name = ParseRequestKey(key);
                     if (name)
                       return visit(RequestRow{name->first, name->second, std::string(value)});
                     return WithReason(absl::StatusCode::kDataLoss, "REQUEST_ROW_UNREADABLE",
                                       absl::StrCat("a request row of organization number ",
                                                    organization, " has a malformed key"));
                   });
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

#include "eventstore/rocksdb/rocksdb_key_ring.h"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <cstdint>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "eventstore/limits.h"
#include "eventstore/log_format.h"
#include "eventstore/sealing_key.h"

namespace crm::eventstore {
namespace {

constexpr uint32_t kKeyRingFormat = 1;
constexpr char kPurgePending[] = "purge_pending";
constexpr char kLive = 1;
constexpr char kDestroyed = 0;

std::string KeyOf(const std::pair<Uuid, Uuid>& subject) {
  return absl::StrCat(subject.first.ToBytes(), subject.second.ToBytes());
}

std::string ValueOf(const SealingKey& key) {
  std::string value(1, kLive);
  value.append(reinterpret_cast<const char*>(key.data()), key.size());
  return value;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RocksDbKeyRing>> RocksDbKeyRing::Open(const std::string& directory,
                                                                     const RocksDbAccess& access) {
  ::rocksdb::Options options = DurableOptions("keys", access);
  options.compression = ::rocksdb::kNoCompression;  // keys are random bytes
  options.write_buffer_size = 4 << 20;
  ASSIGN_OR_RETURN(
      OpenedRocksDb opened,
      OpenRocksDb(directory, access, options, {{::rocksdb::kDefaultColumnFamilyName, options}}));
  std::unique_ptr<RocksDbKeyRing> ring(new RocksDbKeyRing(std::move(opened)));
  RETURN_IF_ERROR(ring->CheckFormat(access.read_only));
  if (access.read_only) return ring;
  ring->NoteDurable(ring->db_.GetLatestSequenceNumber());
  std::string unused;
  const ::rocksdb::Status pending = ring->db_.Get({}, kPurgePending, &unused);
  if (pending.IsNotFound()) return ring;
  RETURN_IF_ERROR(FromRocksDb(pending, "reading the key ring"));
  MutexLock lock(ring->purge_mutex_);
  RETURN_IF_ERROR(ring->Purge());
  return ring;
}

RocksDbKeyRing::RocksDbKeyRing(OpenedRocksDb opened)
    : opened_(std::move(opened)), db_(*opened_.db), cache_(kMaxCachedKeys) {}

absl::Status RocksDbKeyRing::CheckFormat(bool read_only) {
  std::string row;
  const ::rocksdb::Status status = db_.Get({}, kMetaFormatVersion, &row);
  if (status.IsNotFound() && !read_only) {
    return FromRocksDb(
        db_.Put(SyncedWrite(), kMetaFormatVersion, EncodeFormatVersion(kKeyRingFormat)),
        "writing the key ring's format version");
  }
  RETURN_IF_ERROR(FromRocksDb(status, "reading the key ring's format version"));
  if (ParseFormatVersion(row) == kKeyRingFormat) return absl::OkStatus();
  return WithReason(absl::StatusCode::kFailedPrecondition, "LOG_FORMAT_UNSUPPORTED",
                    absl::StrCat("the key ring has another format version than ", kKeyRingFormat));
}

absl::StatusOr<SealingKey> RocksDbKeyRing::FindOrCreate(const Uuid& organization,
                                                        const Uuid& subject) {
  const Subject name(organization, subject);
  if (const std::optional<SealingKey> key = FindCached(name)) return *key;
  MutexLock lock(StripeOf(name));
  ASSIGN_OR_RETURN(const std::optional<Entry> entry, Read(name));
  if (entry && !entry->key) return SubjectErased(subject);
  const SealingKey key = entry ? *entry->key : NewSealingKey();
  if (!entry) RETURN_IF_ERROR(Store(name, ValueOf(key)));
  Cache(name, key);
  return key;
}

absl::Status RocksDbKeyRing::Sync() {
  // Whoever comes while others sync waits: what they are about to make durable may be its key.
  MutexLock lock(sync_mutex_);
  // RocksDB ends the process by an assertion when a file that failed is synced, and a sync that is
  // tried again may succeed without the bytes that the first one lost.
  if (failed_) {
    return WithReason(absl::StatusCode::kUnavailable, "STORAGE_FAILED",
                      "a key could not be stored, so nothing is certain about the ring any more");
  }
  if (!unsynced_.exchange(false)) return absl::OkStatus();
  const uint64_t written = db_.GetLatestSequenceNumber();
  const ::rocksdb::Status status = db_.FlushWAL(/*sync=*/true);
  if (status.ok()) {
    NoteDurable(written);
  } else {
    failed_ = true;
  }
  return FromRocksDb(status, "syncing new keys");
}

void RocksDbKeyRing::NoteDurable(uint64_t sequence) {
  MutexLock lock(durable_mutex_);
  durable_sequence_ = std::max(durable_sequence_, sequence);
}

absl::StatusOr<std::string> RocksDbKeyRing::DurableMark() {
  MutexLock lock(mark_mutex_);
  {
    MutexLock durable(durable_mutex_);
    mark_.sequence = durable_sequence_;
  }
  // Without the write-ahead logs: destroyed keys must leave them, so they are never archived, and
  // one that is gone cannot be told from one that was not needed any more.
  RETURN_IF_ERROR(MarkManifest(db_, mark_));
  return EncodeDirectoryMark(mark_);
}

absl::StatusOr<std::optional<SealingKey>> RocksDbKeyRing::Find(const Uuid& organization,
                                                               const Uuid& subject) {
  const Subject name(organization, subject);
  if (const std::optional<SealingKey> key = FindCached(name)) return key;
  MutexLock lock(StripeOf(name));
  ASSIGN_OR_RETURN(const std::optional<Entry> entry, Read(name));
  if (!entry) return KeyMissing(subject);
  if (entry->key) Cache(name, *entry->key);
  return entry->key;
}

absl::Status RocksDbKeyRing::Destroy(const Uuid& organization, const Uuid& subject) {
  const Subject name(organization, subject);
  MutexLock purge(purge_mutex_);
  {
    MutexLock lock(StripeOf(name));
    ::rocksdb::WriteBatch batch;
    batch.Put(KeyOf(name), std::string(1, kDestroyed));
    batch.Put(kPurgePending, "");
    RETURN_IF_ERROR(FromRocksDb(db_.Write(SyncedWrite(), &batch), "destroying a key"));
    MutexLock cache(cache_mutex_);
    cache_.Erase(name);
  }
  return Purge();
}

absl::Status RocksDbKeyRing::Adopt(const Uuid& organization, const Uuid& subject,
                                   const std::optional<SealingKey>& key) {
  const Subject name(organization, subject);
  MutexLock lock(StripeOf(name));
  ASSIGN_OR_RETURN(const std::optional<Entry> entry, Read(name));
  if (!entry) return Store(name, key ? ValueOf(*key) : std::string(1, kDestroyed));
  if (!entry->key || entry->key == key) return absl::OkStatus();
  return WithReason(absl::StatusCode::kAlreadyExists, "KEY_DIFFERS",
                    "the person has another key already", {{"subject", subject.ToString()}});
}

absl::Status RocksDbKeyRing::VisitKeys(
    const Uuid& organization, const Uuid& after,
    absl::FunctionRef<absl::Status(const Uuid& subject, const std::optional<SealingKey>&)> visit) {
  const std::string prefix = organization.ToBytes();
  const std::unique_ptr<::rocksdb::Iterator> it(db_.NewIterator({}));
  for (it->Seek(KeyOf({organization, after})); it->Valid(); it->Next()) {
    absl::string_view name = ToView(it->key());
    if (!absl::ConsumePrefix(&name, prefix)) break;
    const std::optional<Uuid> subject = Uuid::FromBytes(name);
    if (!subject || *subject == after) continue;
    ASSIGN_OR_RETURN(const std::optional<Entry> entry, Read({organization, *subject}));
    if (entry) RETURN_IF_ERROR(visit(*subject, entry->key));
  }
  return FromRocksDb(it->status(), "reading the keys");
}

absl::Status RocksDbKeyRing::WhileNothingIsPurged(
    absl::FunctionRef<absl::Status(::rocksdb::DB&)> copy) {
  MutexLock lock(purge_mutex_);
  return copy(db_);
}

absl::Status RocksDbKeyRing::Purge() {
  // Old files are kept until the end, then deleted on this thread and not at leisure on another.
  RETURN_IF_ERROR(FromRocksDb(db_.DisableFileDeletions(), "destroying a key"));
  const uint64_t written = db_.GetLatestSequenceNumber();
  ::rocksdb::Status status = db_.Flush({});
  if (status.ok()) NoteDurable(written);
  if (status.ok()) {
    ::rocksdb::CompactRangeOptions options;
    options.bottommost_level_compaction = ::rocksdb::BottommostLevelCompaction::kForce;
    options.exclusive_manual_compaction = true;
    status = db_.CompactRange(options, nullptr, nullptr);
  }
  const ::rocksdb::Status enabled = db_.EnableFileDeletions(/*force=*/true);
  if (status.ok()) status = enabled;
  if (status.ok()) status = db_.Delete(SyncedWrite(), kPurgePending);
  return FromRocksDb(status, "purging destroyed keys");
}

absl::Status RocksDbKeyRing::Store(const Subject& subject, const std::string& value) {
  ::rocksdb::WriteOptions later = SyncedWrite();
  later.sync = false;
  const ::rocksdb::Status put = db_.Put(later, KeyOf(subject), value);
  if (!put.ok()) failed_ = true;
  RETURN_IF_ERROR(FromRocksDb(put, "storing a key"));
  unsynced_ = true;  // before anybody else can find the key
  return absl::OkStatus();
}

absl::StatusOr<std::optional<RocksDbKeyRing::Entry>> RocksDbKeyRing::Read(const Subject& subject) {
  std::string row;
  const ::rocksdb::Status status = db_.Get({}, KeyOf(subject), &row);
  if (status.IsNotFound()) return std::nullopt;
  RETURN_IF_ERROR(FromRocksDb(status, "reading a key"));
  if (row == std::string(1, kDestroyed)) return Entry{};
  SealingKey key;
  if (row.size() != key.size() + 1 || row[0] != kLive) {
    return WithReason(absl::StatusCode::kDataLoss, "KEY_UNREADABLE",
                      "the row of the person's key is damaged",
                      {{"subject", subject.second.ToString()}});
  }
  std::copy(row.begin() + 1, row.end(), key.begin());
  return Entry{key};
}

std::optional<SealingKey> RocksDbKeyRing::FindCached(const Subject& subject) {
  MutexLock lock(cache_mutex_);
  const SealingKey* key = cache_.Find(subject);
  return key == nullptr ? std::nullopt : std::optional<SealingKey>(*key);
}

void RocksDbKeyRing::Cache(const Subject& subject, const SealingKey& key) {
  MutexLock lock(cache_mutex_);
  cache_.Put(subject, key);
}

Mutex& RocksDbKeyRing::StripeOf(const Subject& subject) {
  return stripes_[absl::Hash<Subject>()(subject) % stripes_.size()];
}

}  // namespace crm::eventstore

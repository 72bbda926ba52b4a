#include "eventstore/rocksdb/restore.h"

#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "eventstore/chain_walk.h"
#include "eventstore/hash_chain.h"
#include "eventstore/organization_writer.h"
#include "eventstore/record.h"
#include "eventstore/request_record.h"
#include "eventstore/rocksdb/durable_stores.h"
#include "eventstore/staged_directory.h"

namespace crm::eventstore {
namespace {

using Subjects = absl::flat_hash_set<Uuid>;

// What one pass over an organization's log tells: whose data is sealed in it, and who was erased.
struct Persons {
  Subjects sealed;
  Subjects erased;
};

// Reads records from <= position <= to, which must chain.
absl::StatusOr<Persons> ReadPersons(const LogStorage& storage, const OrganizationRow& row,
                                    ErasedSubject erased) {
  Persons persons;
  RecordedEvent event;
  RETURN_IF_ERROR(
      WalkChain(storage, row, 1, row.position,
                [&](Position position, const Digest&, absl::string_view bytes) -> absl::Status {
                  if (!event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
                    return UnreadableRecord(row.id, position, "", "does not parse");
                  const std::optional<Uuid> subject = Uuid::FromBytes(event.subject());
                  if (!event.sealed().empty() && subject) persons.sealed.insert(*subject);
                  if (const std::optional<Uuid> gone = erased(event)) persons.erased.insert(*gone);
                  return absl::OkStatus();
                }));
  return persons;
}

// Destroys the keys of whoever the log says was erased; how many there still were.
absl::StatusOr<int64_t> DestroyErased(RocksDbKeyRing& keys, const Uuid& organization,
                                      const Subjects& erased) {
  int64_t destroyed = 0;
  for (const Uuid& subject : erased) {
    const auto key = keys.Find(organization, subject);
    const bool never_had = ReasonOf(key.status()) == "KEY_MISSING";
    if (!key.ok() && !never_had) return key.status();
    if (key.ok() && !key->has_value()) continue;
    RETURN_IF_ERROR(keys.Destroy(organization, subject));
    if (!never_had) ++destroyed;
  }
  return destroyed;
}

// Copies the keys of one organization's persons, or their destruction.
absl::Status CopyKeys(RocksDbKeyRing& from, RocksDbKeyRing& to, const Uuid& organization,
                      const Subjects& subjects) {
  for (const Uuid& subject : subjects) {
    ASSIGN_OR_RETURN(const std::optional<SealingKey> key, from.Find(organization, subject));
    RETURN_IF_ERROR(to.Adopt(organization, subject, key));
  }
  return to.Sync();
}

absl::Status RestoreKeys(const BackupFolders& folders, const BackupManifest& backup,
                         const StagedDirectory& staged) {
  ASSIGN_OR_RETURN(const RocksDbCopy copy, FindKeysCopy(folders, backup));
  return RestoreCopy(CopiesOf(folders.keys), copy.number, staged.keys_path());
}

// The records of the organization up to `to`, which ends a commit, into `writer`.
absl::Status CopyRecords(const LogStorage& from, const OrganizationRow& row, Position to,
                         OrganizationWriter& writer) {
  RETURN_IF_ERROR(from.ReadLog(
      row.ordinal, 1, to, [&](Position, absl::string_view record) { return writer.Add(record); }));
  return from.VisitRequests(row.ordinal, [&](const RequestRow& request) -> absl::Status {
    RequestRecord record;
    if (!record.ParseFromString(request.record)) {
      return WithReason(absl::StatusCode::kDataLoss, "REQUEST_ROW_UNREADABLE",
                        "a row of the request index does not parse");
    }
    return record.last_position() <= to ? writer.AddRequest(request) : absl::OkStatus();
  });
}

absl::Status CheckCut(const LogStorage& storage, const OrganizationRow& row, Position to) {
  if (to < 1 || to > row.position) {
    return WithReason(absl::StatusCode::kInvalidArgument, "POSITION_BEYOND_HEAD",
                      absl::StrCat("the backup's log ends at position ", row.position),
                      {{"head_position", absl::StrCat(row.position)}});
  }
  RecordedEvent event;
  RETURN_IF_ERROR(
      storage.ReadLog(row.ordinal, to, to, [&](Position position, absl::string_view record) {
        return DecodeRecord(record, row.id, position, event);
      }));
  const Position commit_end = to + event.commit_size() - 1 - event.index_in_commit();
  if (commit_end == to) return absl::OkStatus();
  return WithReason(absl::StatusCode::kInvalidArgument, "POSITION_INSIDE_COMMIT",
                    absl::StrCat("position ", to, " lies inside a commit, which ends at ",
                                 commit_end, " and is restored whole or not at all"),
                    {{"commit_end", absl::StrCat(commit_end)}});
}

}  // namespace

absl::StatusOr<RestoreReport> RestoreDirectory(const BackupFolders& folders, BackupNumber number,
                                               const std::string& target, ErasedSubject erased) {
  ASSIGN_OR_RETURN(const BackupManifest backup, FindBackup(folders, number));
  ASSIGN_OR_RETURN(StagedDirectory staged, StagedDirectory::Begin(target));
  RETURN_IF_ERROR(RestoreLogCopy(folders, backup, staged.log_path()));
  RestoreReport report;
  report.keys = !folders.keys.empty();
  if (report.keys) RETURN_IF_ERROR(RestoreKeys(folders, backup, staged));
  {
    // The log says that it has an anchor, and what it was stays with the old directory: what is
    // proven below gets one of its own.
    DurableStores::Options options;
    options.make_lost_anchor = true;
    ASSIGN_OR_RETURN(const auto stores,
                     DurableStores::Open(
                         {staged.log_path(), staged.keys_path(), staged.anchor_path()}, options));
    const RocksDbStorage& storage = stores->storage();
    RocksDbKeyRing* const keys = report.keys ? &stores->keys() : nullptr;
    RETURN_IF_ERROR(CheckHeads(storage, backup));
    ASSIGN_OR_RETURN(report.organizations, storage.ReadOrganizations());
    for (const OrganizationRow& row : report.organizations) {
      RETURN_IF_ERROR(VerifyChain(storage, row.id, 1, row.position).status());
      ASSIGN_OR_RETURN(const Persons persons, ReadPersons(storage, row, erased));
      report.events += row.position;
      if (keys == nullptr) continue;
      ASSIGN_OR_RETURN(const int64_t destroyed, DestroyErased(*keys, row.id, persons.erased));
      report.destroyed_keys += destroyed;
      for (const Uuid& subject : persons.sealed)
        RETURN_IF_ERROR(keys->Find(row.id, subject).status());
    }
  }
  RETURN_IF_ERROR(staged.Finish());
  return report;
}

absl::StatusOr<RestoreReport> RestoreOrganization(const BackupFolders& folders, BackupNumber number,
                                                  const Uuid& organization, Position to,
                                                  const std::string& target, ErasedSubject erased) {
  ASSIGN_OR_RETURN(const BackupManifest backup, FindBackup(folders, number));
  ASSIGN_OR_RETURN(const OpenedLogCopy source, OpenLogCopy(folders, backup));
  RETURN_IF_ERROR(CheckHeads(*source.storage, backup));
  ASSIGN_OR_RETURN(const OrganizationRow row, FindOrganization(*source.storage, organization));
  RETURN_IF_ERROR(CheckCut(*source.storage, row, to == 0 ? row.position : to));
  ASSIGN_OR_RETURN(const Persons persons, ReadPersons(*source.storage, row, erased));
  ASSIGN_OR_RETURN(StagedDirectory staged, StagedDirectory::Begin(target));
  RestoreReport report;
  report.keys = !folders.keys.empty();
  {
    ASSIGN_OR_RETURN(const auto storage, RocksDbStorage::Open(staged.log_path()));
    OrganizationWriter writer(*storage, /*ordinal=*/1, organization);
    RETURN_IF_ERROR(CopyRecords(*source.storage, row, to == 0 ? row.position : to, writer));
    ASSIGN_OR_RETURN(report.organizations.emplace_back(), writer.Finish());
    report.events = report.organizations[0].position;
    RETURN_IF_ERROR(VerifyChain(*storage, organization, 1, report.events).status());
  }
  if (report.keys) {
    ASSIGN_OR_RETURN(const OpenedKeysCopy copy, OpenKeysCopy(folders, backup));
    ASSIGN_OR_RETURN(const auto keys, RocksDbKeyRing::Open(staged.keys_path()));
    RETURN_IF_ERROR(CopyKeys(*copy.keys, *keys, organization, persons.sealed));
    ASSIGN_OR_RETURN(report.destroyed_keys, DestroyErased(*keys, organization, persons.erased));
  }
  RETURN_IF_ERROR(staged.Finish());
  return report;
}

}  // namespace crm::eventstore

#include "eventstore/rocksdb/backup.h"

#include <fcntl.h>
#include <google/protobuf/util/json_util.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/crash_point.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "eventstore/hash_chain.h"
#include "eventstore/record.h"

namespace crm::eventstore {
namespace {

constexpr mode_t kOwnerOnly = S_IRWXU;
constexpr char kListed[] = ".json";
constexpr char kDiscarded[] = ".discarded";

std::string ManifestsOf(const BackupFolders& folders) {
  return absl::StrCat(folders.log, "/manifests");
}
std::string ManifestPath(const BackupFolders& folders, BackupNumber number) {
  return absl::StrCat(ManifestsOf(folders), "/", number, kListed);
}
CopyNumber CopyOf(const BackupManifest& backup) {
  return static_cast<CopyNumber>(backup.copy() > 0 ? backup.copy() : backup.number());
}

absl::Status Unusable(const std::string& path, absl::string_view why) {
  return WithReason(absl::StatusCode::kFailedPrecondition, "BACKUP_FOLDER_UNUSABLE",
                    absl::StrCat(path, ": ", why), {{"folder", path}});
}

absl::Status NotFound(absl::string_view what) {
  return WithReason(absl::StatusCode::kNotFound, "BACKUP_NOT_FOUND",
                    absl::StrCat("there is no ", what));
}

absl::Status Foreign() {
  return WithReason(absl::StatusCode::kFailedPrecondition, "BACKUP_FOLDER_FOREIGN",
                    "the folders hold backups of another log");
}

absl::Status Differs(absl::string_view why) {
  return WithReason(absl::StatusCode::kDataLoss, "BACKUP_DIFFERS",
                    absl::StrCat("the backup is not what its manifest says: ", why));
}

absl::Status MakeFolder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return Unusable(path, error.message());
  if (chmod(path.c_str(), kOwnerOnly) != 0) return Unusable(path, "cannot restrict its mode");
  return absl::OkStatus();
}

absl::Status SyncFolder(const std::string& path) {
  const int folder = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = folder >= 0 && fsync(folder) == 0;
  if (folder >= 0) close(folder);
  return synced ? absl::OkStatus() : Unusable(path, "cannot be synced");
}

absl::Status WriteManifest(const BackupFolders& folders, const BackupManifest& backup) {
  std::string json;
  google::protobuf::util::JsonPrintOptions pretty;
  pretty.add_whitespace = true;
  pretty.preserve_proto_field_names = true;
  if (!google::protobuf::util::MessageToJsonString(backup, &json, pretty).ok())
    return absl::InternalError("a manifest has no JSON form");
  const std::string path = ManifestPath(folders, static_cast<BackupNumber>(backup.number()));
  const std::string fresh = absl::StrCat(path, ".new");
  const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return Unusable(fresh, "cannot be written");
  const bool written = write(file, json.data(), json.size()) == static_cast<ssize_t>(json.size()) &&
                       fsync(file) == 0;
  close(file);
  CrashPoint("backup_manifest_written");
  if (!written || std::rename(fresh.c_str(), path.c_str()) != 0)
    return Unusable(path, "cannot be written");
  return SyncFolder(ManifestsOf(folders));
}

absl::StatusOr<BackupManifest> ReadManifest(const std::string& path) {
  std::ifstream file(path);
  std::stringstream json;
  json << file.rdbuf();
  BackupManifest backup;
  if (google::protobuf::util::JsonStringToMessage(json.str(), &backup).ok()) return backup;
  return WithReason(absl::StatusCode::kDataLoss, "BACKUP_MANIFEST_UNREADABLE",
                    absl::StrCat(path, " is no manifest of a backup"));
}

// That every backup in the folders is of this log.
absl::Status CheckOrigin(const BackupFolders& folders, const std::vector<BackupManifest>& backups,
                         const std::string& incarnation) {
  bool same = std::all_of(backups.begin(), backups.end(),
                          [&](const auto& b) { return b.incarnation() == incarnation; });
  ASSIGN_OR_RETURN(const std::vector<RocksDbCopy> keys, ListCopies(CopiesOf(folders.keys)));
  for (const RocksDbCopy& copy : keys) same = same && copy.label == incarnation;
  return same ? absl::OkStatus() : Foreign();
}

absl::StatusOr<OpenedLogCopy> OpenUnverified(const BackupFolders& folders, CopyNumber number) {
  OpenedLogCopy opened;
  ASSIGN_OR_RETURN(opened.place, FindCopy(CopiesOf(folders.log), number));
  RocksDbAccess access;
  access.env = opened.place.env.get();
  access.read_only = true;
  ASSIGN_OR_RETURN(opened.storage, RocksDbStorage::Open(opened.place.directory, access));
  return opened;
}

// One more than any backup had. A number that was given up is not given again: whoever asks twice
// to discard a backup discards no other.
absl::StatusOr<BackupNumber> NextNumber(const BackupFolders& folders) {
  BackupNumber last = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator it(ManifestsOf(folders), error), end;
       !error && it != end; it.increment(error)) {
    const std::filesystem::path& path = it->path();
    BackupNumber number = 0;
    if ((path.extension() == kListed || path.extension() == kDiscarded) &&
        absl::SimpleAtoi(path.stem().string(), &number))
      last = std::max(last, number);
  }
  if (error) return Unusable(ManifestsOf(folders), error.message());
  return last + 1;
}

absl::StatusOr<BackupManifest> Describe(const BackupFolders& folders, const RocksDbCopy& copy,
                                        const Uuid& request_id, absl::Time now) {
  ASSIGN_OR_RETURN(const OpenedLogCopy opened, OpenUnverified(folders, copy.number));
  ASSIGN_OR_RETURN(const BackupNumber number, NextNumber(folders));
  BackupManifest backup;
  backup.set_number(number);
  backup.set_copy(copy.number);
  backup.set_request_id(request_id.ToString());
  backup.set_create_time_us(absl::ToUnixMicros(now));
  backup.set_incarnation(opened.storage->incarnation().ToString());
  backup.set_size_bytes(copy.size_bytes);
  ASSIGN_OR_RETURN(const std::vector<OrganizationRow> rows, opened.storage->ReadOrganizations());
  for (const OrganizationRow& row : rows) {
    BackupManifest::Head& head = *backup.add_heads();
    head.set_organization(row.id.ToString());
    head.set_position(row.position);
    head.set_hash(std::string(AsView(row.hash)));
  }
  return backup;
}

// Reads one organization's log, and that there is a key, or its destruction, for whatever is
// sealed.
absl::Status ReadThrough(const RocksDbStorage& storage, RocksDbKeyRing& keys,
                         const OrganizationRow& row) {
  RETURN_IF_ERROR(VerifyLogEnd(storage, row));
  ChainVerifier verifier(row.id, 1, Digest{});
  absl::flat_hash_set<std::string> subjects;
  log::v1::RecordedEvent event;
  RETURN_IF_ERROR(
      storage.ReadLog(row.ordinal, 1, row.position,
                      [&](Position position, absl::string_view record) -> absl::Status {
                        RETURN_IF_ERROR(verifier.Add(position, record));
                        RETURN_IF_ERROR(DecodeRecord(record, row.id, position, event));
                        if (event.sealed().empty() || !subjects.insert(event.subject()).second)
                          return absl::OkStatus();
                        const std::optional<Uuid> subject = Uuid::FromBytes(event.subject());
                        if (!subject)
                          return UnreadableRecord(row.id, position, "", "names no person");
                        return keys.Find(row.id, *subject).status();
                      }));
  return verifier.Finish();
}

}  // namespace

std::string CopiesOf(const std::string& folder) { return absl::StrCat(folder, "/copies"); }

absl::Status CheckBackupFolders(const BackupFolders& folders, const std::string& data_directory) {
  std::vector<std::string> paths;
  for (const std::string& path : {folders.log, folders.keys, data_directory}) {
    std::error_code error;
    const auto real = std::filesystem::weakly_canonical(std::filesystem::absolute(path), error);
    if (error) return Unusable(path, error.message());
    paths.push_back(absl::StrCat((real / "").lexically_normal().string()));
  }
  for (const std::string& outer : paths) {
    for (const std::string& inner : paths) {
      if (&outer == &inner || !absl::StartsWith(inner, outer)) continue;
      return WithReason(absl::StatusCode::kFailedPrecondition, "BACKUP_FOLDERS_NESTED",
                        absl::StrCat(inner, " lies in ", outer,
                                     ": log, keys and data are kept apart, so that no copy of one "
                                     "holds another"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<BackupManifest> CreateBackup(const BackupFolders& folders, RocksDbStorage& storage,
                                            RocksDbKeyRing& keys, const Uuid& request_id,
                                            absl::Time now) {
  for (const std::string& folder : {folders.log, folders.keys, ManifestsOf(folders)})
    RETURN_IF_ERROR(MakeFolder(folder));
  ASSIGN_OR_RETURN(const std::vector<BackupManifest> backups, ListBackups(folders));
  for (const BackupManifest& backup : backups)
    if (backup.request_id() == request_id.ToString()) return backup;
  const std::string incarnation = storage.incarnation().ToString();
  RETURN_IF_ERROR(CheckOrigin(folders, backups, incarnation));
  RETURN_IF_ERROR(KeepCopies(CopiesOf(folders.log), [&](CopyNumber number) {
    return std::any_of(backups.begin(), backups.end(),
                       [&](const auto& b) { return CopyOf(b) == number; });
  }));
  ASSIGN_OR_RETURN(const RocksDbCopy log_copy,
                   MakeCopy(CopiesOf(folders.log), storage.database(), incarnation));
  CrashPoint("backup_log_copied");
  RocksDbCopy keys_copy;
  RETURN_IF_ERROR(keys.WhileNothingIsPurged([&](::rocksdb::DB& database) -> absl::Status {
    ASSIGN_OR_RETURN(keys_copy, MakeCopy(CopiesOf(folders.keys), database, incarnation));
    return absl::OkStatus();
  }));
  CrashPoint("backup_keys_copied");
  ASSIGN_OR_RETURN(const BackupManifest backup, Describe(folders, log_copy, request_id, now));
  RETURN_IF_ERROR(VerifyBackup(folders, backup).status());
  RETURN_IF_ERROR(KeepCopies(CopiesOf(folders.keys),
                             [&](CopyNumber number) { return number == keys_copy.number; }));
  RETURN_IF_ERROR(WriteManifest(folders, backup));
  CrashPoint("backup_manifest_after");
  return backup;
}

absl::StatusOr<std::vector<BackupManifest>> ListBackups(const BackupFolders& folders) {
  std::vector<BackupManifest> backups;
  std::error_code error;
  for (std::filesystem::directory_iterator it(ManifestsOf(folders), error), end;
       !error && it != end; it.increment(error)) {
    if (it->path().extension() != kListed) continue;
    ASSIGN_OR_RETURN(backups.emplace_back(), ReadManifest(it->path().string()));
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return Unusable(ManifestsOf(folders), error.message());
  std::sort(backups.begin(), backups.end(),
            [](const auto& a, const auto& b) { return a.number() < b.number(); });
  return backups;
}

absl::StatusOr<BackupManifest> FindBackup(const BackupFolders& folders, BackupNumber number) {
  if (!std::filesystem::exists(ManifestPath(folders, number)))
    return NotFound(absl::StrCat("backup ", number));
  return ReadManifest(ManifestPath(folders, number));
}

absl::StatusOr<int64_t> VerifyBackup(const BackupFolders& folders, const BackupManifest& backup) {
  ASSIGN_OR_RETURN(const OpenedLogCopy log, OpenLogCopy(folders, backup));
  ASSIGN_OR_RETURN(const OpenedKeysCopy keys, OpenKeysCopy(folders, backup));
  RETURN_IF_ERROR(CheckHeads(*log.storage, backup));
  ASSIGN_OR_RETURN(const std::vector<OrganizationRow> rows, log.storage->ReadOrganizations());
  int64_t events = 0;
  for (const OrganizationRow& row : rows) {
    RETURN_IF_ERROR(ReadThrough(*log.storage, *keys.keys, row));
    events += row.position;
  }
  return events;
}

absl::Status DiscardBackup(const BackupFolders& folders, BackupNumber number) {
  const absl::StatusOr<BackupManifest> backup = FindBackup(folders, number);
  if (absl::IsNotFound(backup.status())) return backup.status();
  const std::string path = ManifestPath(folders, number);
  const std::string discarded = absl::StrCat(ManifestsOf(folders), "/", number, kDiscarded);
  if (std::rename(path.c_str(), discarded.c_str()) != 0) return Unusable(path, "cannot be renamed");
  RETURN_IF_ERROR(SyncFolder(ManifestsOf(folders)));
  // What cannot be read names no copy; the next backup clears it away.
  if (!backup.ok()) return absl::OkStatus();
  return KeepCopies(CopiesOf(folders.log),
                    [&](CopyNumber other) { return other != CopyOf(*backup); });
}

absl::StatusOr<OpenedLogCopy> OpenLogCopy(const BackupFolders& folders,
                                          const BackupManifest& backup) {
  RETURN_IF_ERROR(VerifyCopyFiles(CopiesOf(folders.log), CopyOf(backup)));
  return OpenUnverified(folders, CopyOf(backup));
}

absl::Status RestoreLogCopy(const BackupFolders& folders, const BackupManifest& backup,
                            const std::string& directory) {
  RETURN_IF_ERROR(VerifyCopyFiles(CopiesOf(folders.log), CopyOf(backup)));
  return RestoreCopy(CopiesOf(folders.log), CopyOf(backup), directory);
}

absl::StatusOr<RocksDbCopy> FindKeysCopy(const BackupFolders& folders,
                                         const BackupManifest& backup) {
  ASSIGN_OR_RETURN(const std::vector<RocksDbCopy> copies, ListCopies(CopiesOf(folders.keys)));
  if (copies.empty()) return NotFound(absl::StrCat("copy of the keys in ", folders.keys));
  if (copies.back().label != backup.incarnation()) return Foreign();
  RETURN_IF_ERROR(VerifyCopyFiles(CopiesOf(folders.keys), copies.back().number));
  return copies.back();
}

absl::StatusOr<OpenedKeysCopy> OpenKeysCopy(const BackupFolders& folders,
                                            const BackupManifest& backup) {
  ASSIGN_OR_RETURN(const RocksDbCopy copy, FindKeysCopy(folders, backup));
  OpenedKeysCopy opened;
  ASSIGN_OR_RETURN(opened.place, FindCopy(CopiesOf(folders.keys), copy.number));
  RocksDbAccess access;
  access.env = opened.place.env.get();
  access.read_only = true;
  ASSIGN_OR_RETURN(opened.keys, RocksDbKeyRing::Open(opened.place.directory, access));
  return opened;
}

absl::Status CheckHeads(const RocksDbStorage& storage, const BackupManifest& backup) {
  if (storage.incarnation().ToString() != backup.incarnation())
    return Differs("it is of another log");
  ASSIGN_OR_RETURN(const std::vector<OrganizationRow> rows, storage.ReadOrganizations());
  if (rows.size() != static_cast<size_t>(backup.heads_size()))
    return Differs(
        absl::StrCat("it holds ", rows.size(), " organizations and not ", backup.heads_size()));
  for (size_t i = 0; i < rows.size(); ++i) {
    const BackupManifest::Head& head = backup.heads(static_cast<int>(i));
    if (rows[i].id.ToString() != head.organization() || rows[i].position != head.position() ||
        AsView(rows[i].hash) != absl::string_view(head.hash())) {
      return Differs(absl::StrCat("organization ", rows[i].id.ToString(), " ends at position ",
                                  rows[i].position, " and not as organization ",
                                  head.organization(), " at ", head.position()));
    }
  }
  return absl::OkStatus();
}

}  // namespace crm::eventstore

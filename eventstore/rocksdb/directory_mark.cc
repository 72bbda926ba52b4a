#include "eventstore/rocksdb/directory_mark.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "eventstore/byte_codec.h"
#include "eventstore/rocksdb/rocksdb_common.h"

namespace crm::eventstore {
namespace {

constexpr size_t kWalHeadBytes = 16;
constexpr size_t kWalMarkBytes = 8 + 8 + kWalHeadBytes;
constexpr size_t kFixedBytes = 8 + 8 + 8 + sizeof(Digest) + 4;

std::string WalName(uint64_t number) { return absl::StrFormat("%06d.log", number); }

// The number in "000012.log" or "MANIFEST-000012"; nullopt for other files.
std::optional<uint64_t> NumberOf(absl::string_view name, absl::string_view prefix,
                                 absl::string_view suffix) {
  uint64_t number = 0;
  if (!absl::ConsumePrefix(&name, prefix) || !absl::ConsumeSuffix(&name, suffix) ||
      !absl::SimpleAtoi(name, &number))
    return std::nullopt;
  return number;
}

// The numbers of the write-ahead logs in a folder, in order.
absl::StatusOr<std::vector<uint64_t>> ListWals(const std::string& folder, ::rocksdb::Env& env) {
  std::vector<std::string> names;
  RETURN_IF_ERROR(
      FromRocksDb(env.GetChildren(folder, &names), absl::StrCat("listing the files of ", folder)));
  std::vector<uint64_t> numbers;
  for (const std::string& name : names) {
    if (const auto number = NumberOf(name, "", ".log")) numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

absl::Status Behind(absl::string_view file, absl::string_view why) {
  return WithReason(absl::StatusCode::kDataLoss, "STORAGE_BEHIND_ANCHOR",
                    absl::StrCat(file, " ", why,
                                 ": acknowledged writes are missing; restore a backup, or see "
                                 "crmutil verify"),
                    {{"file", std::string(file)}});
}

// The first `bytes` of a file, or what there is of them.
absl::StatusOr<std::string> ReadHead(const std::string& path, uint64_t bytes, ::rocksdb::Env& env) {
  std::unique_ptr<::rocksdb::SequentialFile> file;
  RETURN_IF_ERROR(FromRocksDb(env.NewSequentialFile(path, &file, ::rocksdb::EnvOptions()),
                              absl::StrCat("opening ", path)));
  std::string content;
  std::string chunk(std::min<uint64_t>(bytes, uint64_t{1} << 20), '\0');
  while (content.size() < bytes) {
    ::rocksdb::Slice read;
    RETURN_IF_ERROR(FromRocksDb(
        file->Read(std::min<uint64_t>(chunk.size(), bytes - content.size()), &read, chunk.data()),
        absl::StrCat("reading ", path)));
    if (read.empty()) break;
    content.append(read.data(), read.size());
  }
  return content;
}

// 0 when there is no such file.
uint64_t SizeOf(const std::string& path, ::rocksdb::Env& env) {
  uint64_t bytes = 0;
  return env.GetFileSize(path, &bytes).ok() ? bytes : 0;
}

absl::Status CheckManifest(const DirectoryMark& mark, const std::string& directory,
                           ::rocksdb::Env& env) {
  std::string current;
  const ::rocksdb::Status read =
      ::rocksdb::ReadFileToString(&env, directory + "/CURRENT", &current);
  if (!read.ok()) return Behind(directory + "/CURRENT", "cannot be read");
  absl::string_view name = current;
  absl::ConsumeSuffix(&name, "\n");
  const std::optional<uint64_t> number = NumberOf(name, "MANIFEST-", "");
  if (!number) return Behind(directory + "/CURRENT", "names no MANIFEST");
  const std::string path = absl::StrCat(directory, "/", name);
  if (*number < mark.manifest_number) return Behind(path, "is older than the one there was");
  if (*number > mark.manifest_number) return absl::OkStatus();
  const absl::StatusOr<std::string> head = ReadHead(path, mark.manifest_bytes, env);
  if (!head.ok()) return Behind(path, "cannot be read");
  if (head->size() < mark.manifest_bytes) return Behind(path, "was cut");
  if (Sha256(*head) != mark.manifest_hash) return Behind(path, "was changed");
  return absl::OkStatus();
}

absl::Status CheckWal(const WalMark& wal, const std::string& directory, ::rocksdb::Env& env) {
  if (wal.bytes == 0) return absl::OkStatus();
  std::string path = absl::StrCat(directory, "/", WalName(wal.number));
  if (!env.FileExists(path).ok()) path = absl::StrCat(directory, "/archive/", WalName(wal.number));
  if (!env.FileExists(path).ok())
    return Behind(absl::StrCat(directory, "/", WalName(wal.number)), "is gone");
  if (SizeOf(path, env) < wal.bytes) return Behind(path, "was cut");
  const absl::StatusOr<std::string> head = ReadHead(path, wal.head.size(), env);
  if (!head.ok() || *head != wal.head) return Behind(path, "does not begin as it did");
  return absl::OkStatus();
}

}  // namespace

std::string EncodeDirectoryMark(const DirectoryMark& mark) {
  std::string bytes;
  PutNumber(bytes, mark.sequence);
  PutNumber(bytes, mark.manifest_number);
  PutNumber(bytes, mark.manifest_bytes);
  bytes.append(AsView(mark.manifest_hash).data(), sizeof(Digest));
  PutNumber(bytes, static_cast<uint32_t>(mark.wals.size()));
  for (const WalMark& wal : mark.wals) {
    PutNumber(bytes, wal.number);
    PutNumber(bytes, wal.bytes);
    bytes.append(wal.head).append(kWalHeadBytes - wal.head.size(), '\0');
  }
  return bytes;
}

absl::StatusOr<DirectoryMark> ParseDirectoryMark(absl::string_view bytes) {
  const absl::Status malformed = WithReason(absl::StatusCode::kDataLoss, "ANCHOR_UNREADABLE",
                                            "the anchor holds a malformed mark of a database");
  if (bytes.size() < kFixedBytes) return malformed;
  DirectoryMark mark;
  mark.sequence = TakeNumber<uint64_t>(bytes);
  mark.manifest_number = TakeNumber<uint64_t>(bytes);
  mark.manifest_bytes = TakeNumber<uint64_t>(bytes);
  std::copy_n(bytes.begin(), sizeof(Digest), mark.manifest_hash.begin());
  bytes.remove_prefix(sizeof(Digest));
  const auto count = TakeNumber<uint32_t>(bytes);
  if (bytes.size() != uint64_t{count} * kWalMarkBytes) return malformed;
  for (uint32_t i = 0; i < count; ++i) {
    WalMark wal;
    wal.number = TakeNumber<uint64_t>(bytes);
    wal.bytes = TakeNumber<uint64_t>(bytes);
    const absl::string_view head = bytes.substr(0, kWalHeadBytes);
    wal.head = std::string(head.substr(0, std::min<uint64_t>(kWalHeadBytes, wal.bytes)));
    const absl::string_view padding = head.substr(wal.head.size());
    if (padding.find_first_not_of('\0') != absl::string_view::npos) return malformed;
    bytes.remove_prefix(kWalHeadBytes);
    mark.wals.push_back(std::move(wal));
  }
  return mark;
}

absl::Status MarkManifest(::rocksdb::DB& db, DirectoryMark& mark) {
  // RocksDB may begin another MANIFEST, and delete this one, at any moment: then once more.
  for (int attempt = 0;; ++attempt) {
    std::vector<std::string> files;
    uint64_t bytes = 0;
    RETURN_IF_ERROR(FromRocksDb(db.GetLiveFiles(files, &bytes, /*flush_memtable=*/false),
                                "listing the live files"));
    const auto name = std::find_if(files.begin(), files.end(), [](const std::string& file) {
      return absl::StartsWith(file, "/MANIFEST-");
    });
    if (name == files.end()) return absl::InternalError("RocksDB names no MANIFEST");
    if (mark.manifest_bytes == bytes && NumberOf(*name, "/MANIFEST-", "") == mark.manifest_number)
      return absl::OkStatus();
    const absl::StatusOr<std::string> head = ReadHead(db.GetName() + *name, bytes, *db.GetEnv());
    if (!head.ok() && attempt < 3) continue;
    RETURN_IF_ERROR(head.status());
    mark.manifest_number = NumberOf(*name, "/MANIFEST-", "").value_or(0);
    mark.manifest_bytes = bytes;
    mark.manifest_hash = Sha256(*head);
    return absl::OkStatus();
  }
}

absl::Status MarkWals(::rocksdb::DB& db, const WalMark& current, DirectoryMark& mark) {
  ::rocksdb::Env& env = *db.GetEnv();
  ASSIGN_OR_RETURN(const std::vector<uint64_t> numbers, ListWals(db.GetName(), env));
  std::vector<WalMark> wals;
  for (const uint64_t number : numbers) {
    if (number > current.number) break;
    const std::string path = absl::StrCat(db.GetName(), "/", WalName(number));
    WalMark wal{number, number == current.number ? current.bytes : SizeOf(path, env), ""};
    const absl::StatusOr<std::string> head =
        ReadHead(path, std::min<uint64_t>(wal.bytes, kWalHeadBytes), env);
    if (!head.ok()) continue;  // just archived: nothing needs it any more
    wal.head = *head;
    if (wal.bytes > 0) wals.push_back(std::move(wal));
  }
  mark.wals = std::move(wals);
  return absl::OkStatus();
}

void TrimWalArchive(::rocksdb::DB& db, uint64_t named, uint64_t bytes) {
  ::rocksdb::Env& env = *db.GetEnv();
  const std::string archive = db.GetName() + "/archive";
  const absl::StatusOr<std::vector<uint64_t>> numbers = ListWals(archive, env);
  if (!numbers.ok()) return;  // there may be none
  uint64_t kept = 0;
  for (auto number = numbers->rbegin(); number != numbers->rend(); ++number) {
    const std::string path = absl::StrCat(archive, "/", WalName(*number));
    kept += SizeOf(path, env);
    if (kept > bytes && *number < named) env.DeleteFile(path).PermitUncheckedError();
  }
}

absl::Status CheckFilesReach(const DirectoryMark& mark, const std::string& directory,
                             ::rocksdb::Env& env) {
  RETURN_IF_ERROR(CheckManifest(mark, directory, env));
  for (const WalMark& wal : mark.wals) RETURN_IF_ERROR(CheckWal(wal, directory, env));
  return absl::OkStatus();
}

}  // namespace crm::eventstore

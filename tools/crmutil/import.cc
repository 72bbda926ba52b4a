// crmutil import: a data directory from an export (crmctl export), byte for byte the same log.
//
// Persons without a key in the keys' file are as good as erased, and are: their keys are marked
// destroyed, so that what is sealed reads as erased instead of as damage.
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <sstream>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "crm/v1/operator_service.pb.h"
#include "eventstore/organization_writer.h"
#include "eventstore/record.h"
#include "eventstore/rocksdb/rocksdb_key_ring.h"
#include "eventstore/rocksdb/rocksdb_storage.h"
#include "eventstore/staged_directory.h"
#include "evidence/export_line.h"
#include "tools/crmutil/command.h"
#include "tools/crmutil/erased_subject.h"

namespace crm::util {
namespace {

using eventstore::OrganizationRow;
using eventstore::OrganizationWriter;
using eventstore::RocksDbKeyRing;
using eventstore::RocksDbStorage;
using eventstore::StagedDirectory;

struct ImportFlags {
  std::string file;
  std::string keys;
};

// What the log says of persons.
struct Persons {
  absl::flat_hash_set<Uuid> sealed;
  absl::flat_hash_set<Uuid> erased;
};

using Keys = std::map<Uuid, SealingKey>;

absl::Status FileUnreadable(const std::string& path, absl::string_view why) {
  return WithReason(absl::StatusCode::kFailedPrecondition, "FILE_UNREADABLE",
                    absl::StrCat(path, ": ", why));
}

// Keys by person; destroyed ones are left out.
absl::StatusOr<Keys> ReadKeys(const std::string& path, const Uuid& organization) {
  Keys keys;
  if (path.empty()) return keys;
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  v1::ReadKeysResponse stored;
  if (!file || !google::protobuf::util::JsonStringToMessage(text.str(), &stored).ok())
    return FileUnreadable(path, "is no file of keys");
  if (stored.organization() != absl::StrCat("organizations/", organization.ToString()))
    return FileUnreadable(path, "holds the keys of another organization");
  for (const auto& entry : stored.keys()) {
    const std::optional<Uuid> person = Uuid::Parse(entry.person());
    SealingKey key;
    if (!person || (!entry.key().empty() && entry.key().size() != key.size()))
      return FileUnreadable(path, "holds something that is no key");
    if (entry.key().empty()) continue;
    std::copy(entry.key().begin(), entry.key().end(), key.begin());
    keys.emplace(*person, key);
  }
  return keys;
}

// The lines of the export into the log; what they say of persons, and where they end.
absl::StatusOr<OrganizationRow> ImportLines(std::istream& lines, RocksDbStorage& storage,
                                            Persons& persons) {
  evidence::LogImporter importer;
  std::optional<OrganizationWriter> writer;
  log::v1::RecordedEvent event;
  std::string line;
  while (std::getline(lines, line)) {
    evidence::LogImporter::Record record;
    RETURN_IF_ERROR(importer.Add(line, record));
    if (record.position == 0) continue;  // the last line
    if (!writer) writer.emplace(storage, /*ordinal=*/1, importer.organization());
    RETURN_IF_ERROR(writer->Add(record.bytes));
    RETURN_IF_ERROR(
        eventstore::DecodeRecord(record.bytes, importer.organization(), record.position, event));
    const std::optional<Uuid> subject = Uuid::FromBytes(event.subject());
    if (!event.sealed().empty() && subject) persons.sealed.insert(*subject);
    if (const std::optional<Uuid> gone = ErasedSubjectIn(event)) persons.erased.insert(*gone);
  }
  RETURN_IF_ERROR(importer.Finish());
  if (!writer) {
    return WithReason(absl::StatusCode::kDataLoss, "EXPORT_INCOMPLETE", "the export has no event");
  }
  return writer->Finish();
}

// How many persons can still be read.
absl::StatusOr<int64_t> ImportKeys(const Keys& keys, const Persons& persons,
                                   const Uuid& organization, RocksDbKeyRing& ring) {
  int64_t readable = 0;
  for (const Uuid& person : persons.sealed) {
    const auto key = keys.find(person);
    const bool known = key != keys.end() && !persons.erased.contains(person);
    RETURN_IF_ERROR(ring.Adopt(organization, person,
                               known ? std::optional<SealingKey>(key->second) : std::nullopt));
    if (known) ++readable;
  }
  RETURN_IF_ERROR(ring.Sync());
  return readable;
}

absl::Status Import(const ImportFlags& flags, const std::string& target, Report& report) {
  std::ifstream lines(flags.file, std::ios::binary);
  if (!lines) return FileUnreadable(flags.file, "cannot be opened");
  ASSIGN_OR_RETURN(StagedDirectory staged, StagedDirectory::Begin(target));
  Persons persons;
  OrganizationRow row;
  {
    ASSIGN_OR_RETURN(const auto storage, RocksDbStorage::Open(staged.log_path()));
    ASSIGN_OR_RETURN(row, ImportLines(lines, *storage, persons));
  }
  ASSIGN_OR_RETURN(const Keys keys, ReadKeys(flags.keys, row.id));
  int64_t readable = 0;
  {
    ASSIGN_OR_RETURN(const auto ring, RocksDbKeyRing::Open(staged.keys_path()));
    ASSIGN_OR_RETURN(readable, ImportKeys(keys, persons, row.id, *ring));
  }
  RETURN_IF_ERROR(staged.Finish());
  report["directory"] = target;
  report["organization"] = row.id.ToString();
  report["position"] = row.position;
  report["hash"] = absl::BytesToHexString(AsView(row.hash));
  report["persons"] = persons.sealed.size();
  report["readable_persons"] = readable;
  return absl::OkStatus();
}

}  // namespace

void AddImportCommand(CommandTable& table) {
  auto flags = std::make_shared<ImportFlags>();
  CLI::App& command =
      table.Add("import", "Make a data directory, which must be missing or empty, from an export",
                [flags](const std::string& target, Report& report) {
                  return Import(*flags, target, report);
                });
  command.add_option("--events", flags->file, "What crmctl export --out wrote")->required();
  command.add_option("--keys", flags->keys,
                     "What crmctl export --keys wrote; without it every person is erased");
}

}  // namespace crm::util

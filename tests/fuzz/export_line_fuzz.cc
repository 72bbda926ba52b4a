// Lines of an export: what an importer takes is, byte for byte, what an exporter writes.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/hash.h"
#include "base/reason.h"
#include "evidence/export_line.h"
#include "tests/fuzz/fuzz_target.h"

namespace crm::fuzz {
namespace {

using evidence::LogExporter;
using evidence::LogImporter;

const Uuid kOrganization = Uuid::FromName(Uuid{}, "organization");

void AnyLines(absl::string_view text) {
  LogImporter importer;
  std::string taken;
  std::vector<std::string> records;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    LogImporter::Record record;
    const absl::Status status = importer.Add(line, record);
    if (!status.ok()) {
      return Require(absl::IsDataLoss(status) && !ReasonOf(status).empty(),
                     "a refusal names its reason");
    }
    absl::StrAppend(&taken, line, "\n");
    if (record.position > 0) records.push_back(record.bytes);
  }
  LogExporter exporter(importer.organization());
  std::string again;
  for (const absl::string_view record : records) {
    const absl::StatusOr<std::string> line =
        exporter.Add(record.substr(sizeof(Digest)), record.substr(0, sizeof(Digest)));
    Require(line.ok(), "what was imported can be exported");
    again += *line;
  }
  if (importer.Finish().ok()) again += exporter.Finish();
  Require(again == taken, "an export of what was imported is the same file");
}

// Events of any content, each in a length and so many bytes, through both.
void MadeLines(FuzzInput input) {
  const size_t where = input.Number() % 4096;
  const uint8_t flip = input.Byte();
  LogExporter exporter(kOrganization);
  LogImporter importer;
  Digest hash{};
  for (int64_t position = 1; !input.empty() && position < 10; ++position) {
    log::v1::RecordedEvent event;
    const absl::string_view content = input.Text();
    if (!event.ParseFromArray(content.data(), static_cast<int>(content.size()))) return;
    event.set_position(position);
    event.set_organization(kOrganization.ToBytes());
    const std::string bytes = event.SerializeAsString();
    hash = Sha256(AsView(hash), bytes);
    const absl::StatusOr<std::string> line = exporter.Add(bytes, AsView(hash));
    if (!line.ok()) {
      return Require(ReasonOf(line.status()) == "EXPORT_UNFAITHFUL",
                     "only what has no place in a line is refused");
    }
    LogImporter::Record record;
    std::string changed = *line;
    changed[where % changed.size()] = static_cast<char>(changed[where % changed.size()] ^ flip);
    Require(flip == 0 || !importer.Add(changed, record).ok(), "a changed line is refused");
    const absl::Status taken = importer.Add(absl::StripSuffix(*line, "\n"), record);
    Require(taken.ok() && record.bytes == absl::StrCat(AsView(hash), bytes),
            "a line makes its record again");
  }
  LogImporter::Record record;
  const std::string end = exporter.Finish();
  if (exporter.count() > 0)
    Require(importer.Add(absl::StripSuffix(end, "\n"), record).ok() && importer.Finish().ok(),
            "an export that ends is whole");
}

}  // namespace

CRM_FUZZ_TARGET(export_line) {
  FuzzInput input(bytes);
  if (input.Pick(2) == 0) return AnyLines(input.Rest());
  MadeLines(input);
}

}  // namespace crm::fuzz

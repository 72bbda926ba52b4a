// A log as lines of text and back: byte for byte, and no changed line gets through.
#include "evidence/export_line.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/reason.h"

namespace crm::evidence {
namespace {

const Uuid kOrganization = Uuid::FromName(Uuid{}, "organization");

std::string Id(absl::string_view name) { return Uuid::FromName(Uuid{}, name).ToBytes(); }

log::v1::RecordedEvent EventAt(int64_t position) {
  log::v1::RecordedEvent event;
  event.set_position(position);
  event.set_organization(kOrganization.ToBytes());
  event.set_category("opportunity");
  event.set_stream_id(Id("stream"));
  event.set_version(position);
  event.set_type("crm.events.v1.StageMoved");
  event.set_data(std::string("\0\xff data", 7));
  event.set_record_time_us(1'700'000'000'123'456 + position);
  event.set_effective_time_us(1'600'000'000'000'000);
  event.set_commit_size(1);
  if (position % 2 == 0) {
    event.set_actor(Id("actor"));
    event.set_correlation_id(Id("trace"));
    event.set_causation_id(Id("cause"));
    event.set_subject(Id("person"));
    event.set_sealed("\x01\x02sealed");
  }
  return event;
}

struct Exported {
  std::vector<std::string> records;  // as the log stores them
  std::vector<std::string> lines;    // without newlines, the last one included
};

Exported Export(int64_t count) {
  Exported exported;
  LogExporter exporter(kOrganization);
  Digest hash{};
  for (int64_t position = 1; position <= count; ++position) {
    const std::string bytes = EventAt(position).SerializeAsString();
    hash = Sha256(AsView(hash), bytes);
    exported.records.push_back(absl::StrCat(AsView(hash), bytes));
    auto line = exporter.Add(bytes, AsView(hash));
    EXPECT_TRUE(line.ok()) << line.status();
    EXPECT_EQ(line->back(), '\n');
    line->pop_back();
    exported.lines.push_back(*line);
  }
  exported.lines.push_back(exporter.Finish());
  exported.lines.back().pop_back();
  return exported;
}

// The status of the first line that is refused, or of the end.
absl::Status Import(const std::vector<std::string>& lines,
                    std::vector<std::string>* records = nullptr) {
  LogImporter importer;
  for (const std::string& line : lines) {
    LogImporter::Record record;
    const absl::Status status = importer.Add(line, record);
    if (!status.ok()) return status;
    if (records != nullptr && record.position > 0) records->push_back(record.bytes);
  }
  return importer.Finish();
}

TEST(ExportLineTest, RecordsComeBackByteForByte) {
  const Exported exported = Export(5);
  std::vector<std::string> records;
  const absl::Status status = Import(exported.lines, &records);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(records, exported.records);
}

TEST(ExportLineTest, LinesAreCloudEvents) {
  for (const std::string& text : Export(2).lines) {
    const auto line = nlohmann::json::parse(text);
    for (const char* required : {"specversion", "id", "source", "type"})
      EXPECT_TRUE(line.contains(required)) << required;
    for (const auto& [name, value] : line.items()) {
      if (name == "data_base64") continue;
      EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789"), std::string::npos);
      EXPECT_LE(name.size(), 20U);
    }
  }
}

// Seen to fail when only the hash was compared.
TEST(ExportLineTest, EveryChangedByteIsRefusedWhereItIs) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937_64 random(seed);
  const Exported exported = Export(4);
  for (size_t changed = 0; changed < exported.lines.size(); ++changed) {
    for (size_t byte = 0; byte < exported.lines[changed].size(); ++byte) {
      std::vector<std::string> lines = exported.lines;
      char& c = lines[changed][byte];
      c = static_cast<char>(c ^ (1 << random() % 8));
      const absl::Status status = Import(lines);
      ASSERT_EQ(status.code(), absl::StatusCode::kDataLoss) << lines[changed];
      // A changed source of the first line makes another organization of it.
      const std::string position = ReasonMetadataValue(status, "position");
      EXPECT_EQ(position, absl::StrCat(changed + 1)) << status << "\n" << lines[changed];
    }
  }
}

TEST(ExportLineTest, MissingAndMovedLinesAreRefused) {
  const Exported exported = Export(4);
  const auto without = [&](size_t line) {
    std::vector<std::string> lines = exported.lines;
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(line));
    return Import(lines);
  };
  EXPECT_EQ(ReasonOf(without(1)), "LINE_MISPLACED");
  EXPECT_EQ(ReasonMetadataValue(without(1), "position"), "2");
  EXPECT_EQ(ReasonOf(without(3)), "EXPORT_INCOMPLETE");
  EXPECT_EQ(ReasonOf(without(4)), "EXPORT_INCOMPLETE");
  std::vector<std::string> twice = exported.lines;
  twice.push_back(exported.lines.back());
  EXPECT_EQ(ReasonOf(Import(twice)), "LINE_MALFORMED");
  EXPECT_EQ(ReasonOf(Import({})), "EXPORT_INCOMPLETE");
}

TEST(ExportLineTest, WhatDoesNotChainOrFitIsNotExported) {
  const std::string bytes = EventAt(1).SerializeAsString();
  const Digest hash = Sha256(AsView(Digest{}), bytes);
  EXPECT_EQ(ReasonOf(LogExporter(kOrganization).Add(bytes, AsView(Digest{})).status()),
            "CHAIN_BROKEN");
  const std::string more = bytes + "\xc0\x3e\x01";  // a field that a later version may add
  EXPECT_EQ(
      ReasonOf(
          LogExporter(kOrganization).Add(more, AsView(Sha256(AsView(Digest{}), more))).status()),
      "EXPORT_UNFAITHFUL");
  EXPECT_TRUE(LogExporter(kOrganization).Add(bytes, AsView(hash)).ok());
}

}  // namespace
}  // namespace crm::evidence

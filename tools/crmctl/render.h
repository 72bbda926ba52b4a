// Messages as people and programs read them: tables, records, JSON, JSON lines, CSV.
//
// JSON is the standard JSON form of the messages with field names as in the .proto files. In CSV
// an amount is a decimal with its currency in a column of its own, shares are basis points as the
// column's name says, and what has fields of its own is written as flags take it: "key=value,...".
// Not thread-safe.
#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tools/crmctl/assign.h"
#include "tools/crmctl/names.h"
#include "tools/crmctl/table.h"

namespace crm::ctl {

enum class Format { kTable, kJson, kJsonl, kCsv };

struct Style {
  Format format = Format::kTable;
  bool headers = true;
  bool color = false;
  int columns = 0;  // width of the terminal; 0: not a terminal
  absl::TimeZone zone = absl::UTCTimeZone();
  absl::Time now = absl::InfinitePast();  // for ages; without it none are shown
  Names* names = nullptr;                 // shows display names in tables; null: resource names
  std::vector<std::string> fields;        // columns asked for by path; empty: the usual ones
};

// The standard JSON form, on one line or indented; unset fields are left out only when `sparse`.
std::string JsonOf(const Message& message, bool indented, bool sparse = true);

// The value at a path as people read it; empty when not set.
std::string CellText(const Message& message, const FieldPath& path, const Style& style);

// A message in one line: "member=members/1,weight=60", which flags take back; as JSON when it holds
// lists.
std::string PairsText(const Message& message, const Style& style);

// Has fields of its own, instead of a text such as an amount's or a day's.
bool IsComposite(const FieldDescriptor& field);

// The name of a field without its unit: "probability" for "probability_bp".
std::string FieldLabel(absl::string_view field);

// A record as lines of a label and a value, the parts of composite fields indented below theirs;
// `fields` empty: all that are set.
struct RecordLine {
  std::string label;
  std::string value;
};
std::vector<RecordLine> RecordLines(const Message& record, const std::vector<FieldPath>& fields,
                                    const Style& style);
// Those lines in two columns, `margin` to the right; long values wrapped to the terminal.
std::string DrawRecord(const std::vector<RecordLine>& lines, int margin, const Style& style);

// Rows of one type, in the style's format. Finish() must be called once at the end.
class RowPrinter {
 public:
  // `usual_fields` are the columns shown when the style asks for none; an unknown path is a usage
  // error from Begin().
  RowPrinter(std::ostream& out, const Style& style, const Descriptor& type,
             std::vector<std::string> usual_fields);

  int64_t count() const { return count_; }

  absl::Status Begin();
  void Add(const Message& row);
  void Finish();

 private:
  std::vector<std::string> Cells(const Message& row) const;

  std::ostream& out_;
  const Style& style_;
  const Descriptor& type_;
  std::vector<std::string> fields_;
  std::vector<FieldPath> paths_;
  std::optional<Table> table_;
  int64_t count_ = 0;
};

// One record: "field  value" lines in a table, else as a single row.
absl::Status PrintRecord(std::ostream& out, const Style& style, const Message& record);

}  // namespace crm::ctl

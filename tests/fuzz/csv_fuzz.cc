// CSV files: read to the end whatever they hold, and written so that they read the same.

#include <algorithm>
#include <sstream>
#include <string>

#include "absl/strings/match.h"
#include "base/utf8.h"
#include "tests/fuzz/fuzz_target.h"
#include "tools/crmctl/csv.h"

namespace crm::fuzz {
namespace {

using ctl::CsvReader;
using ctl::CsvRecord;

constexpr char kDelimiters[] = {',', ';', '\t'};

void CheckRecord(const CsvRecord& record) {
  Require(record.line > 0, "a record begins on a line");
  if (!record.problem.empty()) return;
  Require(!record.cells.empty(), "a record has a cell");
  for (const std::string& cell : record.cells)
    Require(CountCodePoints(cell).has_value(), "a good cell is UTF-8");
  // A lone empty cell is written as a blank line, which is no record.
  if (record.cells.size() == 1 && record.cells[0].empty()) return;
  // What looks like a byte order mark at the beginning of a file is one.
  if (absl::StartsWith(record.cells[0], "\xEF\xBB\xBF")) return;
  const std::string line = ctl::CsvLine(record.cells);
  std::istringstream text(line);
  CsvReader reader(text, ',');
  CsvRecord again;
  Require(reader.Next(again) && again.problem.empty(), "a written record can be read");
  Require(again.cells.size() == record.cells.size(), "it has its cells");
  Require(ctl::CsvLine(again.cells) == line, "and says the same");
}

}  // namespace

CRM_FUZZ_TARGET(csv) {
  FuzzInput input(bytes);
  const char delimiter = kDelimiters[input.Pick(sizeof(kDelimiters))];
  const bool narrow = input.Pick(2) == 1;
  const std::string text(input.Rest());
  std::istringstream stream(text);
  const CsvReader::Limits limits = narrow ? CsvReader::Limits{8, 32} : CsvReader::Limits{};
  CsvReader reader(stream, delimiter, limits);
  const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
  CsvRecord record;
  int64_t records = 0;
  while (reader.Next(record)) {
    Require(++records <= lines, "a record takes a line");
    Require(record.line <= lines, "a record is in the file");
    CheckRecord(record);
  }
  Require(reader.offset() == static_cast<int64_t>(text.size()), "all of the file was read");
}

}  // namespace crm::fuzz

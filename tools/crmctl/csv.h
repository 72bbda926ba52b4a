// CSV as RFC 4180 has it. The reader streams: it holds one record at a time, whatever the size of
// the file, and goes on after a broken record. Not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <istream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace crm::ctl {

struct CsvRecord {
  int64_t line = 0;  // on which it begins, from 1
  std::vector<std::string> cells;
  std::string problem;  // what is broken about it; empty: nothing
};

// Opens a file to read. A usage error says why it cannot be read; folders cannot.
absl::StatusOr<std::unique_ptr<std::istream>> OpenInput(const std::string& file);

class CsvReader {
 public:
  struct Limits {
    size_t cell_bytes = size_t{1} << 20U;     // a longer cell makes its record broken
    size_t record_bytes = size_t{16} << 20U;  // likewise a longer record
  };

  // Reads from `input`, which must outlive the reader. A byte order mark is skipped.
  CsvReader(std::istream& input, char delimiter);
  CsvReader(std::istream& input, char delimiter, Limits limits);

  // The next record; false at the end. Blank lines are no records. A record with text after a
  // closing quote, a quote or a carriage return inside an unquoted cell, no closing quote, an
  // over-long cell or one that is not UTF-8 has a `problem`. Broken quoting spoils the line it
  // begins on, not the rest of the file: the lines after that one are read again as records of
  // their own.
  bool Next(CsvRecord& record);

  // Bytes of the input consumed so far.
  int64_t offset() const { return offset_; }

 private:
  enum class Place { kCellStart, kPlain, kQuoted, kQuoteSeen };

  bool ReadLine(std::string& line);
  void Parse(absl::string_view line, CsvRecord& record);
  void EndCell(CsvRecord& record);
  void Keep(char c, CsvRecord& record);

  std::istream& input_;
  const char delimiter_;
  const Limits limits_;
  std::deque<std::string> again_;  // lines to read once more
  Place place_ = Place::kCellStart;
  std::string cell_;
  bool quoting_broken_ = false;
  int64_t line_ = 0;  // number of the line read last
  int64_t offset_ = 0;
};

// One record with its line end (CRLF). Cells that a spreadsheet would take for a formula get an
// apostrophe in front.
std::string CsvLine(const std::vector<std::string>& cells);

}  // namespace crm::ctl

#include "tools/crmctl/csv.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "base/utf8.h"
#include "tools/crmctl/failure.h"

namespace crm::ctl {
namespace {

constexpr char kByteOrderMark[] = "\xEF\xBB\xBF";
constexpr char kNotClosed[] = "a quote is never closed";

// Spreadsheets run what begins like this; a plain number is harmless.
bool LooksLikeFormula(const std::string& cell) {
  if (cell.empty() || std::string("=+-@\t\r").find(cell[0]) == std::string::npos) return false;
  double number = 0;
  return !absl::SimpleAtod(cell, &number);
}

}  // namespace

absl::StatusOr<std::unique_ptr<std::istream>> OpenInput(const std::string& file) {
  std::error_code unknown;
  if (std::filesystem::is_directory(file, unknown)) {
    return UsageError(absl::StrCat("cannot read ", file, ": it is a folder"));
  }
  auto input = std::make_unique<std::ifstream>(file, std::ios::binary);
  if (*input) return input;
  return UsageError(absl::StrCat("cannot read ", file, ": ", std::strerror(errno)));
}

CsvReader::CsvReader(std::istream& input, char delimiter) : CsvReader(input, delimiter, Limits()) {}

CsvReader::CsvReader(std::istream& input, char delimiter, Limits limits)
    : input_(input), delimiter_(delimiter), limits_(limits) {}

// The next line with its line break. What is longer than a record may be is dropped, so that a
// file without line breaks cannot fill the memory.
bool CsvReader::ReadLine(std::string& line) {
  line.clear();
  if (!again_.empty()) {
    line = std::move(again_.front());
    again_.pop_front();
    ++line_;
    return true;
  }
  std::streambuf& buffer = *input_.rdbuf();
  constexpr int kEnd = std::streambuf::traits_type::eof();
  int c = buffer.sbumpc();
  if (c == kEnd) return false;
  ++line_;
  for (; c != kEnd; c = buffer.sbumpc()) {
    ++offset_;
    if (line.size() <= limits_.record_bytes || c == '\n') line.push_back(static_cast<char>(c));
    if (c == '\n') break;
  }
  if (line.back() != '\n') line.push_back('\n');  // the last line of a file may lack it
  if (line_ == 1 && absl::StartsWith(line, kByteOrderMark)) line.erase(0, 3);
  return true;
}

void CsvReader::Keep(char c, CsvRecord& record) {
  if (cell_.size() < limits_.cell_bytes) {
    cell_.push_back(c);
  } else if (record.problem.empty()) {
    record.problem = absl::StrCat("cell ", record.cells.size() + 1, " is longer than ",
                                  limits_.cell_bytes, " bytes");
  }
}

void CsvReader::EndCell(CsvRecord& record) {
  const char* wrong = nullptr;
  if (place_ == Place::kPlain && cell_.find('\r') != std::string::npos) {
    wrong = "has a bare carriage return: do the lines of the file end with that alone?";
  } else if (!CountCodePoints(cell_)) {
    wrong = "is not UTF-8: save the file in that encoding";
  }
  if (wrong != nullptr && record.problem.empty()) {
    record.problem = absl::StrCat("cell ", record.cells.size() + 1, " ", wrong);
  }
  record.cells.push_back(std::move(cell_));
  cell_.clear();
  place_ = Place::kCellStart;
}

void CsvReader::Parse(absl::string_view line, CsvRecord& record) {
  const auto broken = [&](absl::string_view what) {
    if (!quoting_broken_) record.problem = absl::StrCat(what, " in cell ", record.cells.size() + 1);
    quoting_broken_ = true;
  };
  for (const char c : line) {
    if (place_ == Place::kQuoted) {
      if (c == '"') {
        place_ = Place::kQuoteSeen;
      } else {
        Keep(c, record);
      }
    } else if (c == '"' && place_ == Place::kQuoteSeen) {
      Keep(c, record);
      place_ = Place::kQuoted;
    } else if (c == '"' && place_ == Place::kCellStart) {
      place_ = Place::kQuoted;
    } else if (c == '"') {
      broken("a quote inside an unquoted cell");
    } else if (c == delimiter_) {
      EndCell(record);
    } else if (c == '\n') {
      if (place_ == Place::kPlain && !cell_.empty() && cell_.back() == '\r') cell_.pop_back();
      EndCell(record);
      return;
    } else if (place_ == Place::kQuoteSeen) {
      if (c != '\r') broken("text after a closing quote");
    } else {
      Keep(c, record);
      place_ = Place::kPlain;
    }
    if (quoting_broken_) return;
  }
}

bool CsvReader::Next(CsvRecord& record) {
  std::string line;
  do {
    if (!ReadLine(line)) return false;
  } while (line == "\n" || line == "\r\n");
  record = CsvRecord{line_, {}, ""};
  cell_.clear();
  place_ = Place::kCellStart;
  quoting_broken_ = false;

  std::deque<std::string> rest;  // the record's lines after the first
  size_t size = line.size();
  Parse(line, record);
  while (place_ == Place::kQuoted && !quoting_broken_) {
    if (size > limits_.record_bytes || !ReadLine(line)) {
      record.problem = kNotClosed;
      quoting_broken_ = true;
      break;
    }
    size += line.size();
    Parse(line, record);
    rest.push_back(std::move(line));
  }
  if (quoting_broken_) {
    line_ -= static_cast<int64_t>(rest.size());
    again_.insert(again_.begin(), std::make_move_iterator(rest.begin()),
                  std::make_move_iterator(rest.end()));
  }
  return true;
}

std::string CsvLine(const std::vector<std::string>& cells) {
  std::vector<std::string> quoted;
  quoted.reserve(cells.size());
  for (const std::string& raw : cells) {
    const std::string cell = LooksLikeFormula(raw) ? "'" + raw : raw;
    const bool plain = cell.find_first_of(",\"\r\n") == std::string::npos;
    quoted.push_back(plain ? cell
                           : absl::StrCat("\"", absl::StrReplaceAll(cell, {{"\"", "\"\""}}), "\""));
  }
  return absl::StrJoin(quoted, ",") + "\r\n";
}

}  // namespace crm::ctl

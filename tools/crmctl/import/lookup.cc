#include "tools/crmctl/import/lookup.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tools/crmctl/csv.h"

namespace crm::ctl {

absl::StatusOr<Lookup> Lookup::Load(const std::string& file, const std::string& key_column,
                                    char delimiter) {
  ASSIGN_OR_RETURN(const std::unique_ptr<std::istream> input, OpenInput(file));
  CsvReader reader(*input, delimiter);
  CsvRecord record;
  Lookup lookup;
  if (!reader.Next(record) || !record.problem.empty()) {
    return absl::FailedPreconditionError(file + " has no row of column names");
  }
  lookup.header_ = record.cells;
  const int key = lookup.ColumnIndex(key_column);
  if (key < 0) {
    return absl::FailedPreconditionError(absl::StrCat(file, " has no column \"", key_column, "\""));
  }
  while (reader.Next(record)) {
    const auto problem = [&](absl::string_view what) {
      return absl::FailedPreconditionError(absl::StrCat(file, " line ", record.line, ": ", what));
    };
    if (!record.problem.empty()) return problem(record.problem);
    if (record.cells.size() != lookup.header_.size()) return problem("wrong number of columns");
    const std::string value = record.cells[static_cast<size_t>(key)];
    if (!lookup.rows_.emplace(value, record.cells).second) {
      return problem(absl::StrCat("\"", value, "\" is there twice"));
    }
  }
  return lookup;
}

int Lookup::ColumnIndex(const std::string& column) const {
  const auto found = std::find(header_.begin(), header_.end(), column);
  return found == header_.end() ? -1 : static_cast<int>(found - header_.begin());
}

const std::string* Lookup::Find(const std::string& key, int column) const {
  const auto found = rows_.find(key);
  return found == rows_.end() ? nullptr : &found->second[static_cast<size_t>(column)];
}

}  // namespace crm::ctl

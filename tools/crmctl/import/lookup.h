// Small tables beside the file that is imported: other CSV files by key, and aliases of spellings.
// Read-only once loaded, then thread-safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace crm::ctl {

// A CSV file, each row under the value of one column.
class Lookup {
 public:
  // FailedPrecondition names file and line: broken quoting, a wrong number of columns, a key that
  // is there twice.
  static absl::StatusOr<Lookup> Load(const std::string& file, const std::string& key_column,
                                     char delimiter);

  // Place of a column; -1 when there is none.
  int ColumnIndex(const std::string& column) const;
  // A cell; null when there is no such key.
  const std::string* Find(const std::string& key, int column) const;

 private:
  std::vector<std::string> header_;
  std::map<std::string, std::vector<std::string>> rows_;
};

// What templates may refer to beside the columns of the row.
struct References {
  std::map<std::string, Lookup> lookups;
  std::map<std::string, std::map<std::string, std::string>> aliases;  // spelling -> right one
};

}  // namespace crm::ctl

// The rows of one view for one organization, as bytes-keyed messages. Table<Key, Row> in table.h is
// the typed face that views use; this is what lies behind it, and what lets one query serve both
// stored rows and the rows of an as-of fold.
//
//   ViewReader       what queries read: stored rows (stored_rows.h) or a transaction
//   ViewTransaction  what Apply writes (view_transaction.h)
//
// A row key here begins with the table number. Threading: reading is thread-safe as long as nobody
// writes.
#pragma once

#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace crm::projections {

using google::protobuf::Message;

// Row keys in [begin, end), in either direction. An empty end means "to the last".
struct RowRange {
  std::string begin;
  std::string end;
  bool backward = false;

  bool Contains(absl::string_view key) const { return key >= begin && (end.empty() || key < end); }
};

// The first byte string greater than every string that begins with `prefix`; empty when the prefix
// is all FF and there is none.
std::string PrefixEnd(absl::string_view prefix);

// Walks rows in order; becomes invalid at the end of its range or on an error.
class RowCursor {
 public:
  virtual ~RowCursor() = default;
  virtual bool Valid() const = 0;
  virtual absl::string_view key() const = 0;
  virtual absl::string_view encoded_row() const = 0;
  virtual void Next() = 0;
  virtual absl::Status status() const = 0;
};

class ViewReader {
 public:
  // Returns whether to go on; may read from the same reader but must not write to it.
  using Visitor = absl::FunctionRef<absl::StatusOr<bool>(absl::string_view key, const Message&)>;

  virtual ~ViewReader() = default;

  // Reads one row into `row`; false when it does not exist. DATA_LOSS when it cannot be parsed.
  virtual absl::StatusOr<bool> GetRow(absl::string_view key, Message& row) const = 0;

  // Visits the rows of a range in order. `scratch` gives the type of the rows and may be
  // overwritten.
  virtual absl::Status ScanRows(const RowRange& range, Message& scratch, Visitor visit) const = 0;
};

// Rows in the store, undecoded: what a transaction may lie over.
class EncodedRows : public ViewReader {
 public:
  // Like GetRow, without parsing.
  virtual absl::StatusOr<bool> GetEncoded(absl::string_view key, std::string& row) const = 0;
  virtual std::unique_ptr<RowCursor> NewCursor(const RowRange& range) const = 0;

  absl::StatusOr<bool> GetRow(absl::string_view key, Message& row) const final;
  absl::Status ScanRows(const RowRange& range, Message& scratch, Visitor visit) const final;
};

// DATA_LOSS: the bytes under `key` are no message of the type of `row`.
absl::Status UnparsableRow(absl::string_view key, const Message& row);

// Bytes of a row that depend on its content alone, also with map fields.
std::string EncodeRow(const Message& row);

}  // namespace crm::projections

// The rows of one view for one organization, as bytes-keyed messages. Table<Key, Row> in table.h is
// the typed face that views use; this is what lies behind it, and what lets one query serve both
// stored rows and the rows of an as-of fold.
//
//   ViewReader       what queries read: stored rows (StoredRows in view_store.h) or a transaction
//   ViewTransaction  what Apply writes: rows live decoded here, over a store or over nothing
//
// A row key here begins with the table number. Threading: thread-compatible; a transaction belongs
// to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
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

class ViewTransaction final : public ViewReader {
 public:
  // Over stored rows, which must outlive it and which nobody else writes meanwhile.
  explicit ViewTransaction(const EncodedRows* beneath) : beneath_(beneath) {}
  // Over nothing: a scratch that is never committed.
  ViewTransaction() : beneath_(nullptr) {}
  ViewTransaction(const ViewTransaction&) = delete;
  ViewTransaction& operator=(const ViewTransaction&) = delete;

  absl::StatusOr<bool> GetRow(absl::string_view key, Message& row) const override;
  absl::Status ScanRows(const RowRange& range, Message& scratch, Visitor visit) const override;

  // The live row, or nullptr. `prototype` gives the type; INTERNAL when the row is of another one.
  // The pointer stays good until the row is erased or replaced.
  absl::StatusOr<const Message*> FindRow(absl::string_view key, const Message& prototype);
  // The same to change it in place; a row that does not exist is made from `prototype`.
  absl::StatusOr<Message*> EditRow(absl::string_view key, const Message& prototype);
  void PutRow(absl::string_view key, std::unique_ptr<Message> row);
  void EraseRow(absl::string_view key);

  // Erases every row whose key begins with `prefix`; with `purge`, also notes the range for
  // purging, so that the bytes leave the files.
  absl::Status ErasePrefix(absl::string_view prefix, bool purge);

  // Calls `write` for each row changed since the last settling, in key order; a null row is one
  // that was erased.
  void ForEachChanged(
      absl::FunctionRef<void(absl::string_view key, const Message* row)> write) const;
  const std::vector<RowRange>& purges() const { return purges_; }

  // For a scratch: counts the changes into memory_bytes(), drops erased rows, and calls the others
  // unchanged.
  void Settle();
  // Approximate memory of the rows, as of the last Settle.
  int64_t memory_bytes() const { return memory_bytes_; }

 private:
  struct Entry {
    std::unique_ptr<Message> row;  // null: erased
    bool changed = false;
    int64_t counted_bytes = 0;
  };
  using Entries = absl::btree_map<std::string, Entry>;
  // Where a scan stands among the entries; the map may grow while it stands there.
  class Walk;

  // The entry, loaded from beneath when it is there; nullptr when there is no such row anywhere.
  absl::StatusOr<Entry*> Load(absl::string_view key, const Message& prototype);
  Entry& Changed(absl::string_view key);

  const EncodedRows* const beneath_;
  Entries entries_;
  uint64_t insertions_ = 0;
  std::vector<std::string> changed_keys_;
  std::vector<RowRange> purges_;
  int64_t memory_bytes_ = 0;
};

// Bytes of a row that depend on its content alone, also with map fields.
std::string EncodeRow(const Message& row);

}  // namespace crm::projections

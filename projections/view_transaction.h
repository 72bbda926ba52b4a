// ViewTransaction: the rows a view's Apply works on. They live decoded here, over stored rows or,
// for a scratch, over nothing; reads see earlier writes, and changed rows are encoded once, at the
// commit (ViewStore::Commit). Views use it through Table<Key, Row>.
//
// Threading: thread-compatible; a transaction belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "projections/view_rows.h"

namespace crm::projections {

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
  bool has_changes() const { return !changed_.empty() || !purges_.empty(); }
  // Calls every row changed: they are to be written where none of them is yet.
  void ChangeAll();

  // The changes are where they belong (committed, or in a scratch for good): drops erased rows and
  // calls the others unchanged. The rows stay here, decoded.
  void Settle();
  // Approximate memory of the rows. A changed row is weighed once until it is settled, by the next
  // CountChanges or Settle: weighing costs as much as encoding.
  int64_t memory_bytes() const { return memory_bytes_; }
  void CountChanges();

 private:
  struct Entry {
    std::unique_ptr<Message> row = nullptr;  // null: erased, or not there yet
    bool changed = false;
    int64_t counted_bytes = 0;
  };
  // In order for scans, which may go on while it grows; found by places_.
  using Entries = std::map<std::string, Entry, std::less<>>;
  // Where a scan stands among the entries.
  class Walk;

  // The entry, loaded from beneath when it is there; nullptr when there is no such row anywhere.
  absl::StatusOr<Entries::value_type*> Load(absl::string_view key, const Message& prototype);
  Entries::value_type* Find(absl::string_view key) const;
  Entries::value_type& Insert(absl::string_view key);
  Entry& Change(Entries::value_type& entry);
  Entry& Change(absl::string_view key);
  void Count(Entries::value_type& entry);

  const EncodedRows* const beneath_;
  Entries entries_;
  absl::flat_hash_map<absl::string_view, Entries::value_type*> places_;  // keys of entries_
  std::vector<Entries::value_type*> changed_;
  size_t counted_ = 0;  // of changed_, the first ones
  std::vector<RowRange> purges_;
  int64_t memory_bytes_ = 0;
};

}  // namespace crm::projections

#include "projections/view_transaction.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace crm::projections {
namespace {

// What a row costs beyond its message: key, map slot and allocation, roughly.
constexpr int64_t kEntryOverheadBytes = 96;

absl::Status WrongType(absl::string_view key, const Message& found, const Message& wanted) {
  return absl::InternalError(absl::StrCat(
      "view row ", absl::BytesToHexString(key), " is a ", found.GetDescriptor()->full_name(),
      ", not a ", wanted.GetDescriptor()->full_name(), ": two tables share a number"));
}

bool SameType(const Message& a, const Message& b) { return a.GetDescriptor() == b.GetDescriptor(); }

}  // namespace

// Remembers its key, and finds its place again when rows were loaded meanwhile.
class ViewTransaction::Walk {
 public:
  Walk(const ViewTransaction& rows, const RowRange& range) : rows_(rows), range_(range) {
    const Entries& entries = rows_.entries_;
    if (!range_.backward) {
      place_ = entries.lower_bound(range_.begin);
    } else {
      place_ = range_.end.empty() ? entries.end() : entries.lower_bound(range_.end);
      StepBack();
    }
    Settle();
  }

  bool Valid() const { return valid_; }
  const std::string& key() const { return key_; }
  const Message* row() {
    Restore();
    return place_->second.row.get();
  }
  void Next() {
    Restore();
    if (range_.backward) {
      StepBack();
    } else {
      ++place_;
    }
    Settle();
  }

 private:
  void StepBack() {
    before_begin_ = place_ == rows_.entries_.begin();
    if (!before_begin_) --place_;
  }
  void Settle() {
    valid_ = !before_begin_ && place_ != rows_.entries_.end() && range_.Contains(place_->first);
    if (valid_) key_ = place_->first;
    insertions_ = rows_.insertions_;
  }
  void Restore() {
    if (insertions_ == rows_.insertions_) return;
    place_ = rows_.entries_.find(key_);
    insertions_ = rows_.insertions_;
  }

  const ViewTransaction& rows_;
  const RowRange& range_;
  Entries::const_iterator place_;
  uint64_t insertions_ = 0;
  bool before_begin_ = false;
  bool valid_ = false;
  std::string key_;
};

absl::StatusOr<bool> ViewTransaction::GetRow(absl::string_view key, Message& row) const {
  const auto found = entries_.find(key);
  if (found == entries_.end()) {
    if (beneath_ == nullptr) return false;
    return beneath_->GetRow(key, row);
  }
  if (found->second.row == nullptr) return false;
  if (!SameType(*found->second.row, row)) return WrongType(key, *found->second.row, row);
  row.CopyFrom(*found->second.row);
  return true;
}

absl::Status ViewTransaction::ScanRows(const RowRange& range, Message& scratch,
                                       Visitor visit) const {
  Walk walk(*this, range);
  std::unique_ptr<RowCursor> cursor;
  if (beneath_ != nullptr) cursor = beneath_->NewCursor(range);
  const auto stored = [&] { return cursor != nullptr && cursor->Valid(); };
  while (walk.Valid() || stored()) {
    int order = walk.Valid() ? -1 : 1;
    if (walk.Valid() && stored()) {
      order = absl::string_view(walk.key()).compare(cursor->key());
      if (range.backward) order = -order;
    }
    bool more = true;
    if (order > 0) {
      const absl::string_view row = cursor->encoded_row();
      if (!scratch.ParseFromArray(row.data(), static_cast<int>(row.size()))) {
        return UnparsableRow(cursor->key(), scratch);
      }
      ASSIGN_OR_RETURN(more, visit(cursor->key(), scratch));
    } else if (const Message* row = walk.row(); row != nullptr) {
      if (!SameType(*row, scratch)) return WrongType(walk.key(), *row, scratch);
      ASSIGN_OR_RETURN(more, visit(walk.key(), *row));
    }
    if (!more) return absl::OkStatus();
    if (order >= 0) cursor->Next();
    if (order <= 0) walk.Next();
  }
  return cursor == nullptr ? absl::OkStatus() : cursor->status();
}

absl::StatusOr<ViewTransaction::Entry*> ViewTransaction::Load(absl::string_view key,
                                                              const Message& prototype) {
  if (const auto found = entries_.find(key); found != entries_.end()) {
    Entry& entry = found->second;
    if (entry.row != nullptr && !SameType(*entry.row, prototype)) {
      return WrongType(key, *entry.row, prototype);
    }
    return &entry;
  }
  if (beneath_ == nullptr) return nullptr;
  std::unique_ptr<Message> row(prototype.New());
  ASSIGN_OR_RETURN(const bool exists, beneath_->GetRow(key, *row));
  if (!exists) return nullptr;
  ++insertions_;
  Entry& entry = entries_.try_emplace(key).first->second;
  entry.row = std::move(row);
  Count(key, entry);
  return &entry;
}

void ViewTransaction::Count(absl::string_view key, Entry& entry) {
  memory_bytes_ -= entry.counted_bytes;
  entry.counted_bytes =
      static_cast<int64_t>(key.size() + entry.row->SpaceUsedLong()) + kEntryOverheadBytes;
  memory_bytes_ += entry.counted_bytes;
}

ViewTransaction::Entry& ViewTransaction::Changed(absl::string_view key) {
  const auto [place, inserted] = entries_.try_emplace(key);
  if (inserted) ++insertions_;
  if (!place->second.changed) changed_keys_.emplace_back(key);
  place->second.changed = true;
  return place->second;
}

absl::StatusOr<const Message*> ViewTransaction::FindRow(absl::string_view key,
                                                        const Message& prototype) {
  ASSIGN_OR_RETURN(const Entry* entry, Load(key, prototype));
  return entry == nullptr ? nullptr : entry->row.get();
}

absl::StatusOr<Message*> ViewTransaction::EditRow(absl::string_view key, const Message& prototype) {
  RETURN_IF_ERROR(Load(key, prototype).status());
  Entry& entry = Changed(key);
  if (entry.row == nullptr) entry.row.reset(prototype.New());
  return entry.row.get();
}

void ViewTransaction::PutRow(absl::string_view key, std::unique_ptr<Message> row) {
  Changed(key).row = std::move(row);
}

void ViewTransaction::EraseRow(absl::string_view key) { Changed(key).row = nullptr; }

absl::Status ViewTransaction::ErasePrefix(absl::string_view prefix, bool purge) {
  RowRange range{std::string(prefix), PrefixEnd(prefix), false};
  std::vector<std::string> keys;
  for (Walk walk(*this, range); walk.Valid(); walk.Next()) keys.push_back(walk.key());
  if (beneath_ != nullptr) {
    const std::unique_ptr<RowCursor> cursor = beneath_->NewCursor(range);
    for (; cursor->Valid(); cursor->Next()) keys.emplace_back(cursor->key());
    RETURN_IF_ERROR(cursor->status());
  }
  for (const std::string& key : keys) EraseRow(key);
  if (purge) purges_.push_back(std::move(range));
  return absl::OkStatus();
}

void ViewTransaction::ForEachChanged(
    absl::FunctionRef<void(absl::string_view key, const Message* row)> write) const {
  std::vector<absl::string_view> keys(changed_keys_.begin(), changed_keys_.end());
  std::sort(keys.begin(), keys.end());
  for (const absl::string_view key : keys) write(key, entries_.find(key)->second.row.get());
}

void ViewTransaction::Settle() {
  for (const std::string& key : changed_keys_) {
    const auto place = entries_.find(key);
    Entry& entry = place->second;
    if (entry.row == nullptr) {
      memory_bytes_ -= entry.counted_bytes;
      entries_.erase(place);
      continue;
    }
    entry.changed = false;
    Count(key, entry);
  }
  changed_keys_.clear();
  purges_.clear();
}

}  // namespace crm::projections

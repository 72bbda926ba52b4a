#include "projections/view_transaction.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace crm::projections {
namespace {

// What a row costs beyond its message: key, places and allocation, roughly.
constexpr int64_t kEntryOverheadBytes = 192;
// What a decoded message takes, measured in its encoded bytes, roughly.
constexpr size_t kDecodedFactor = 3;

absl::Status WrongType(absl::string_view key, const Message& found, const Message& wanted) {
  return absl::InternalError(absl::StrCat(
      "view row ", absl::BytesToHexString(key), " is a ", found.GetDescriptor()->full_name(),
      ", not a ", wanted.GetDescriptor()->full_name(), ": two tables share a number"));
}

bool SameType(const Message& a, const Message& b) { return a.GetDescriptor() == b.GetDescriptor(); }

}  // namespace

class ViewTransaction::Walk {
 public:
  Walk(const ViewTransaction& rows, const RowRange& range)
      : entries_(rows.entries_), range_(range) {
    if (!range_.backward) {
      place_ = entries_.lower_bound(range_.begin);
    } else {
      place_ = range_.end.empty() ? entries_.end() : entries_.lower_bound(range_.end);
      StepBack();
    }
  }

  bool Valid() const {
    return !before_begin_ && place_ != entries_.end() && range_.Contains(place_->first);
  }
  const std::string& key() const { return place_->first; }
  const Message* row() const { return place_->second.row.get(); }
  void Next() {
    if (range_.backward) {
      StepBack();
    } else {
      ++place_;
    }
  }

 private:
  void StepBack() {
    before_begin_ = place_ == entries_.begin();
    if (!before_begin_) --place_;
  }

  const Entries& entries_;
  const RowRange& range_;
  Entries::const_iterator place_;
  bool before_begin_ = false;
};

absl::StatusOr<bool> ViewTransaction::GetRow(absl::string_view key, Message& row) const {
  const Entries::value_type* found = Find(key);
  if (found == nullptr) {
    if (beneath_ == nullptr) return false;
    return beneath_->GetRow(key, row);
  }
  const Message* there = found->second.row.get();
  if (there == nullptr) return false;
  if (!SameType(*there, row)) return WrongType(key, *there, row);
  row.CopyFrom(*there);
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

absl::StatusOr<ViewTransaction::Entries::value_type*> ViewTransaction::Load(
    absl::string_view key, const Message& prototype) {
  if (Entries::value_type* found = Find(key); found != nullptr) {
    const Message* row = found->second.row.get();
    if (row != nullptr && !SameType(*row, prototype)) return WrongType(key, *row, prototype);
    return found;
  }
  if (beneath_ == nullptr) return nullptr;
  std::unique_ptr<Message> row(prototype.New());
  ASSIGN_OR_RETURN(const bool exists, beneath_->GetRow(key, *row));
  if (!exists) return nullptr;
  Entries::value_type& entry = Insert(key);
  entry.second.row = std::move(row);
  Count(entry);
  return &entry;
}

ViewTransaction::Entries::value_type* ViewTransaction::Find(absl::string_view key) const {
  const auto found = places_.find(key);
  return found == places_.end() ? nullptr : found->second;
}

ViewTransaction::Entries::value_type& ViewTransaction::Insert(absl::string_view key) {
  Entries::value_type& entry = *entries_.emplace(std::string(key), Entry{}).first;
  places_.emplace(entry.first, &entry);
  return entry;
}

void ViewTransaction::Count(Entries::value_type& entry) {
  const Message* row = entry.second.row.get();
  const size_t row_bytes = row == nullptr ? 0 : kDecodedFactor * row->ByteSizeLong();
  memory_bytes_ -= entry.second.counted_bytes;
  entry.second.counted_bytes =
      static_cast<int64_t>(entry.first.size() + row_bytes) + kEntryOverheadBytes;
  memory_bytes_ += entry.second.counted_bytes;
}

ViewTransaction::Entry& ViewTransaction::Change(Entries::value_type& entry) {
  if (!entry.second.changed) changed_.push_back(&entry);
  entry.second.changed = true;
  return entry.second;
}

ViewTransaction::Entry& ViewTransaction::Change(absl::string_view key) {
  Entries::value_type* found = Find(key);
  return Change(found != nullptr ? *found : Insert(key));
}

absl::StatusOr<const Message*> ViewTransaction::FindRow(absl::string_view key,
                                                        const Message& prototype) {
  ASSIGN_OR_RETURN(const Entries::value_type* entry, Load(key, prototype));
  return entry == nullptr ? nullptr : entry->second.row.get();
}

absl::StatusOr<Message*> ViewTransaction::EditRow(absl::string_view key, const Message& prototype) {
  ASSIGN_OR_RETURN(Entries::value_type * loaded, Load(key, prototype));
  Entry& entry = Change(loaded != nullptr ? *loaded : Insert(key));
  if (entry.row == nullptr) entry.row.reset(prototype.New());
  return entry.row.get();
}

void ViewTransaction::PutRow(absl::string_view key, std::unique_ptr<Message> row) {
  Change(key).row = std::move(row);
}

void ViewTransaction::EraseRow(absl::string_view key) { Change(key).row = nullptr; }

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
  // What is changed for the most part is in order already.
  if (changed_.size() > entries_.size() / 2) {
    for (const auto& [key, entry] : entries_) {
      if (entry.changed) write(key, entry.row.get());
    }
    return;
  }
  std::vector<const Entries::value_type*> changed(changed_.begin(), changed_.end());
  std::sort(changed.begin(), changed.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  for (const Entries::value_type* entry : changed) write(entry->first, entry->second.row.get());
}

void ViewTransaction::ChangeAll() {
  for (Entries::value_type& entry : entries_) Change(entry);
}

void ViewTransaction::CountChanges() {
  for (; counted_ < changed_.size(); ++counted_) Count(*changed_[counted_]);
}

void ViewTransaction::Settle() {
  CountChanges();
  for (Entries::value_type* entry : changed_) {
    if (entry->second.row == nullptr) {
      memory_bytes_ -= entry->second.counted_bytes;
      places_.erase(entry->first);
      entries_.erase(entries_.find(entry->first));
      continue;
    }
    entry->second.changed = false;
  }
  changed_.clear();
  counted_ = 0;
  purges_.clear();
}

}  // namespace crm::projections

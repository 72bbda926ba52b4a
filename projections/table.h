// Table<Key, Row>: a view's typed access to its rows. A view declares its tables as constants and
// hands in where the rows live, so one query serves stored and as-of rows alike:
//
//   inline constexpr Table<std::tuple<Uuid, int64_t>, views::v1::BoardCard> kCards{1};
//
//   ASSIGN_OR_RETURN(BoardCard * card, kCards.Edit(rows, {team, rank}));    // in Apply
//   kCards.Scan(reader, kCards.Prefix(team).Backward(), [&](const auto& key, const auto& row) {
//     ...; return more; });                                                 // in a query
//
// Table numbers are part of the stored keys, from 1. Errors are those of the store (DATA_LOSS for
// bytes that are no such key or row). Threading: stateless.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "domain/types/ids.h"
#include "projections/key_codec.h"
#include "projections/view_rows.h"
#include "projections/view_transaction.h"

namespace crm::projections {

// An id as keys hold it; nil for an empty one.
inline Uuid UuidOf(const std::string& bytes) { return domain::FromBytes<Uuid>(bytes); }

template <class Key>
class KeyRange;

template <class... Fields>
class KeyRange<std::tuple<Fields...>> {
 public:
  using Key = std::tuple<Fields...>;

  // Every key of table `number` that begins with `prefix`, in ascending order.
  KeyRange(uint8_t number, absl::string_view prefix) : number_(number) {
    range_.begin = std::string(prefix);
    range_.end = PrefixEnd(prefix);
  }

  // Keys from high to low.
  KeyRange&& Backward() && {
    range_.backward = true;
    return std::move(*this);
  }
  // Only keys at or after `key`, which may be a leading part of one.
  template <class... Leading>
  KeyRange&& From(const std::tuple<Leading...>& key) && {
    std::string bound = Encode(key);
    if (bound > range_.begin) range_.begin = std::move(bound);
    return std::move(*this);
  }
  // Only keys before `key`, which may be a leading part of one.
  template <class... Leading>
  KeyRange&& Until(const std::tuple<Leading...>& key) && {
    std::string bound = Encode(key);
    if (range_.end.empty() || bound < range_.end) range_.end = std::move(bound);
    return std::move(*this);
  }
  // Only keys that come after `key` in the direction of the scan: where a page goes on. Call it
  // after Backward.
  KeyRange&& After(const Key& key) && {
    std::string bound = Encode(key);
    if (range_.backward) {
      if (range_.end.empty() || bound < range_.end) range_.end = std::move(bound);
    } else {
      bound.push_back('\0');
      if (bound > range_.begin) range_.begin = std::move(bound);
    }
    return std::move(*this);
  }

  const RowRange& range() const { return range_; }

 private:
  template <class... Leading>
  std::string Encode(const std::tuple<Leading...>& key) const {
    std::string bytes(1, static_cast<char>(number_));
    AppendKey(bytes, key);
    return bytes;
  }

  const uint8_t number_;
  RowRange range_;
};

template <class KeyTuple, class RowMessage>
class Table {
 public:
  using Key = KeyTuple;
  using Row = RowMessage;

  constexpr explicit Table(uint8_t number) : number_(number) {}
  constexpr uint8_t number() const { return number_; }

  // A copy of the row; nullopt when there is none.
  absl::StatusOr<std::optional<Row>> Get(const ViewReader& rows, const Key& key) const {
    Row row;
    ASSIGN_OR_RETURN(const bool found, rows.GetRow(Encode(key), row));
    if (!found) return std::nullopt;
    return row;
  }

  // The same, an empty row when there is none.
  absl::StatusOr<Row> GetOrEmpty(const ViewReader& rows, const Key& key) const {
    ASSIGN_OR_RETURN(std::optional<Row> row, Get(rows, key));
    return std::move(row).value_or(Row());
  }

  // All rows; Prefix(fields...) those whose key begins with the fields.
  KeyRange<Key> All() const { return Prefix(); }
  template <class... Leading>
  KeyRange<Key> Prefix(const Leading&... fields) const {
    return KeyRange<Key>(number_, EncodeLeading(fields...));
  }

  // Calls `visit(const Key&, const Row&)`, which returns whether to go on (bool or
  // StatusOr<bool>), for each row of the range in order. `visit` may read but not write.
  template <class Visit>
  absl::Status Scan(const ViewReader& rows, const KeyRange<Key>& keys, Visit visit) const {
    Row scratch;
    return rows.ScanRows(keys.range(), scratch,
                         [&](absl::string_view bytes, const Message& row) -> absl::StatusOr<bool> {
                           Key key;
                           if (!ParseKey(bytes.substr(1), key)) return Malformed(bytes);
                           return visit(std::as_const(key), static_cast<const Row&>(row));
                         });
  }

  // The row as it is now, nullptr when there is none; valid until it is replaced or erased.
  absl::StatusOr<const Row*> Find(ViewTransaction& rows, const Key& key) const {
    ASSIGN_OR_RETURN(const Message* row, rows.FindRow(Encode(key), Row::default_instance()));
    return static_cast<const Row*>(row);
  }

  // The row to change in place, made empty when there was none.
  absl::StatusOr<Row*> Edit(ViewTransaction& rows, const Key& key) const {
    ASSIGN_OR_RETURN(Message * row, rows.EditRow(Encode(key), Row::default_instance()));
    return static_cast<Row*>(row);
  }

  void Put(ViewTransaction& rows, const Key& key, Row row) const {
    rows.PutRow(Encode(key), std::make_unique<Row>(std::move(row)));
  }

  // Erasing a row that does not exist is fine.
  void Erase(ViewTransaction& rows, const Key& key) const { rows.EraseRow(Encode(key)); }

  // Erases all rows whose key begins with the fields.
  template <class... Leading>
  absl::Status ErasePrefix(ViewTransaction& rows, const Leading&... fields) const {
    return rows.ErasePrefix(EncodeLeading(fields...), false);
  }

  // The same for the rows of an erased person: their bytes leave the files as well.
  template <class... Leading>
  absl::Status PurgePrefix(ViewTransaction& rows, const Leading&... fields) const {
    return rows.ErasePrefix(EncodeLeading(fields...), true);
  }

 private:
  std::string Encode(const Key& key) const {
    std::string bytes(1, static_cast<char>(number_));
    AppendKey(bytes, key);
    return bytes;
  }

  template <class... Leading>
  std::string EncodeLeading(const Leading&... fields) const {
    return EncodeFields(std::make_index_sequence<sizeof...(Leading)>{},
                        std::forward_as_tuple(fields...));
  }

  // Takes the types from the key, so that a literal converts as it would in a whole key.
  template <size_t... I, class Given>
  std::string EncodeFields(std::index_sequence<I...>, const Given& given) const {
    std::string bytes(1, static_cast<char>(number_));
    (KeyField<std::tuple_element_t<I, Key>>::Append(bytes, std::get<I>(given)), ...);
    return bytes;
  }

  static absl::Status Malformed(absl::string_view bytes) {
    return absl::DataLossError(
        absl::StrCat("malformed view row key ", absl::BytesToHexString(bytes)));
  }

  const uint8_t number_;
};

}  // namespace crm::projections

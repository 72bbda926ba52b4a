// Row keys for operators to read: "0190a5c4-.../2026-03-01/text of 5 bytes". Keys hold names and
// e-mail addresses, so texts are shown by their length alone.
//
// A view lists its tables, which gives a stored key its type back:
//
//   static constexpr auto kTables = std::tuple(kCards, kPlaces);
//
// All functions are pure.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/strong_id.h"
#include "base/uuid.h"
#include "projections/key_codec.h"

namespace crm::projections {

inline std::string FieldText(bool value) { return value ? "true" : "false"; }
inline std::string FieldText(uint8_t value) { return absl::StrCat(static_cast<int>(value)); }
inline std::string FieldText(uint32_t value) { return absl::StrCat(value); }
inline std::string FieldText(int64_t value) { return absl::StrCat(value); }
inline std::string FieldText(absl::CivilDay day) { return absl::FormatCivilTime(day); }
inline std::string FieldText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone());
}
inline std::string FieldText(const Uuid& id) { return id.ToString(); }
template <class Tag>
std::string FieldText(const StrongId<Tag>& id) {
  return id.uuid().ToString();
}
inline std::string FieldText(const std::string& text) {
  return absl::StrCat("text of ", text.size(), " bytes");
}
template <class T>
std::string FieldText(const Descending<T>& field) {
  return FieldText(field.value);
}

// The key of a row as the store keeps it, beginning with its table's number. "?" when no table of
// `tables` has such a key.
template <class... Tables>
std::string KeyText(const std::tuple<Tables...>& tables, absl::string_view row_key) {
  if (row_key.empty()) return "?";
  std::string text = "?";
  const auto try_table = [&]<class T>(const T& table) {
    typename T::Key key;
    if (table.number() != static_cast<uint8_t>(row_key[0])) return;
    if (!ParseKey(row_key.substr(1), key)) return;
    text = std::apply(
        [](const auto&... fields) {
          return absl::StrJoin(std::initializer_list<std::string>{FieldText(fields)...}, "/");
        },
        key);
  };
  std::apply([&](const auto&... table) { (try_table(table), ...); }, tables);
  return text;
}

// Whether each table has a number of its own, from 1.
template <class... Tables>
constexpr bool HaveOwnNumbers(const std::tuple<Tables...>& tables) {
  return std::apply(
      [](const auto&... table) {
        const uint8_t numbers[] = {table.number()...};
        for (size_t i = 0; i < sizeof...(table); ++i) {
          if (numbers[i] == 0) return false;
          for (size_t j = 0; j < i; ++j)
            if (numbers[i] == numbers[j]) return false;
        }
        return true;
      },
      tables);
}

}  // namespace crm::projections

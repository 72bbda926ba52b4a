// Sort keys of list rows: places in a page that compare as bytes (see TopRows). Names are cut, so
// that a key fits into a page token whatever the name; rows whose names begin alike for that long
// go by what follows in the key, which ends with the id.
//
// Pure functions; thread-safe.
#pragma once

#include <string>
#include <tuple>

#include "absl/strings/string_view.h"
#include "base/uuid.h"
#include "projections/key_codec.h"
#include "projections/text_folding.h"

namespace crm::projections {

// Bytes of a folded name that take part in sorting.
inline constexpr size_t kSortedNameBytes = 96;

// The fields as one key; their types as in key_codec.h.
template <class... Fields>
std::string SortKey(const Fields&... fields) {
  std::string key;
  AppendKey(key, std::make_tuple(fields...));
  return key;
}

// A name as a field of a sort key.
inline std::string SortedName(absl::string_view name) {
  return FoldText(name).substr(0, kSortedNameBytes);
}

}  // namespace crm::projections

// Where the view store keeps its bookkeeping; for view_store*.cc only. Changing any of it makes an
// older store be emptied: raise kFormat with it. Pure functions, thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include "base/uuid.h"
#include "projections/key_codec.h"
#include "projections/stored_rows.h"

namespace crm::projections::layout {

// A file beside the database's own: says that the directory is ours to empty, and its format.
inline constexpr char kMarker[] = "VIEW_STORE";
inline constexpr char kFormat[] = "1";

// Of a row's key: generation, organization, table.
inline constexpr size_t kTablePrefixBytes = 4 + 16 + 1;

// Takes the place of the generation number; rows begin with 1 or more.
inline constexpr uint32_t kBookkeeping = 0;
inline constexpr uint8_t kGenerationRow = 1;  // view, organization, number -> Generation
inline constexpr uint8_t kPurgeRow = 2;       // number -> Purge

template <class... Fields>
std::string BookkeepingKey(uint8_t kind, const Fields&... fields) {
  std::string key;
  AppendKey(key, std::tuple<uint32_t, uint8_t, Fields...>(kBookkeeping, kind, fields...));
  return key;
}

// The key of a generation's record.
inline std::string RecordKey(const Generation& generation) {
  const Uuid organization = Uuid::FromBytes(generation.organization()).value_or(Uuid{});
  return BookkeepingKey(kGenerationRow, generation.view(), organization, generation.number());
}

}  // namespace crm::projections::layout

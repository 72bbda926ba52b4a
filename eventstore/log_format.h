// The bytes of the log on disk: key layouts, row layouts, constants. docs/log_format.md works an
// example. ON DISK: NEVER CHANGE anything here; a new layout is a new kFormatVersion and a
// migration. Integers are big-endian, so that byte order is number order.
//
//   log           organization u32, position u64            -> chain hash 32, RecordedEvent
//   stream        organization u32, id 16, category, 0, version u64        -> position u64
//   organization  organization u32                          -> OrganizationRow, 64 bytes
//   request       organization u32, actor 16, request id 16 -> RequestRecord (has its record time,
//                                                              by which rows can expire)
//   meta          name                                      -> see kMeta...
//
// Organizations are numbered from 1 in creation order. Pure functions, thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "base/stream.h"
#include "base/uuid.h"
#include "eventstore/log_storage.h"

namespace crm::eventstore {

inline constexpr uint32_t kFormatVersion = 2;

// Column families.
inline constexpr char kLogFamily[] = "log";
inline constexpr char kStreamFamily[] = "stream";
inline constexpr char kOrganizationFamily[] = "organization";
inline constexpr char kRequestFamily[] = "request";
inline constexpr char kMetaFamily[] = "meta";

// Names in the meta family.
inline constexpr char kMetaFormatVersion[] = "format_version";  // u32
inline constexpr char kMetaIncarnation[] = "incarnation";       // 16 random bytes, made once
inline constexpr char kMetaAnchored[] = "anchored";             // empty; there is an anchor

// The part of a stream key before the category, which the prefix bloom filter is built on.
inline constexpr size_t kStreamPrefixBytes = 4 + 16;
inline constexpr size_t kOrganizationPrefixBytes = 4;
inline constexpr size_t kRequestKeyBytes = 4 + 16 + 16;
inline constexpr size_t kHashBytes = 32;

// Keys.
std::string LogKey(OrganizationOrdinal organization, Position position);
std::string StreamKey(OrganizationOrdinal organization, const StreamId& stream, Version version);
std::string OrganizationKey(OrganizationOrdinal organization);
std::string RequestKeyBytes(OrganizationOrdinal organization, const Uuid& actor,
                            const Uuid& request_id);

// What a key names beyond its organization; nullopt for anything the functions above cannot have
// made.
std::optional<std::pair<StreamId, Version>> ParseStreamKey(absl::string_view key);
std::optional<std::pair<Uuid, Uuid>> ParseRequestKey(absl::string_view key);  // actor, request id

// The number at the end of a log or stream key; nullopt when the key is too short.
std::optional<int64_t> TrailingNumber(absl::string_view key);

// Rows. Parsing yields nullopt for anything the encoder cannot have made.
std::string EncodeNumber(int64_t number);
std::optional<int64_t> ParseNumber(absl::string_view bytes);
std::string EncodeFormatVersion(uint32_t version);
std::optional<uint32_t> ParseFormatVersion(absl::string_view bytes);
// Value: id 16, head position u64, head hash 32, record time u64 (microseconds, two's complement).
std::string EncodeOrganizationRow(const OrganizationRow& row);
std::optional<OrganizationRow> ParseOrganizationRow(absl::string_view key, absl::string_view value);

}  // namespace crm::eventstore

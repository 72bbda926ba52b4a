#include "eventstore/log_format.h"

#include <algorithm>

#include "eventstore/byte_codec.h"

namespace crm::eventstore {
namespace {

void Put(std::string& to, const Uuid& id) {
  to.append(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
}

std::string KeyFor(OrganizationOrdinal organization, size_t size) {
  std::string key;
  key.reserve(size);
  PutNumber(key, organization);
  return key;
}

}  // namespace

std::string LogKey(OrganizationOrdinal organization, Position position) {
  std::string key = KeyFor(organization, 12);
  PutNumber(key, static_cast<uint64_t>(position));
  return key;
}

std::string StreamKey(OrganizationOrdinal organization, const StreamId& stream, Version version) {
  std::string key = KeyFor(organization, kStreamPrefixBytes + stream.category.size() + 9);
  Put(key, stream.id);
  key.append(stream.category);
  key.push_back('\0');
  PutNumber(key, static_cast<uint64_t>(version));
  return key;
}

std::string OrganizationKey(OrganizationOrdinal organization) { return KeyFor(organization, 4); }

std::string RequestKeyBytes(OrganizationOrdinal organization, const Uuid& actor,
                            const Uuid& request_id) {
  std::string key = KeyFor(organization, 36);
  Put(key, actor);
  Put(key, request_id);
  return key;
}

std::optional<std::pair<StreamId, Version>> ParseStreamKey(absl::string_view key) {
  constexpr size_t kEnding = 9;  // the zero byte and the version
  const std::optional<Version> version = TrailingNumber(key);
  if (!version || key.size() <= kStreamPrefixBytes + kEnding) return std::nullopt;
  if (key[key.size() - kEnding] != '\0') return std::nullopt;
  const absl::string_view category =
      key.substr(kStreamPrefixBytes, key.size() - kStreamPrefixBytes - kEnding);
  return std::make_pair(StreamId{std::string(category), *Uuid::FromBytes(key.substr(4, 16))},
                        *version);
}

std::optional<std::pair<Uuid, Uuid>> ParseRequestKey(absl::string_view key) {
  if (key.size() != 36) return std::nullopt;
  return std::make_pair(*Uuid::FromBytes(key.substr(4, 16)), *Uuid::FromBytes(key.substr(20)));
}

std::optional<int64_t> TrailingNumber(absl::string_view key) {
  if (key.size() < 8) return std::nullopt;
  return ParseNumber(key.substr(key.size() - 8));
}

std::string EncodeNumber(int64_t number) {
  std::string bytes;
  PutNumber(bytes, static_cast<uint64_t>(number));
  return bytes;
}

std::optional<int64_t> ParseNumber(absl::string_view bytes) {
  if (bytes.size() != 8) return std::nullopt;
  return static_cast<int64_t>(TakeNumber<uint64_t>(bytes));
}

std::string EncodeFormatVersion(uint32_t version) {
  std::string bytes;
  PutNumber(bytes, version);
  return bytes;
}

std::optional<uint32_t> ParseFormatVersion(absl::string_view bytes) {
  if (bytes.size() != 4) return std::nullopt;
  return TakeNumber<uint32_t>(bytes);
}

std::string EncodeOrganizationRow(const OrganizationRow& row) {
  std::string bytes;
  bytes.reserve(64);
  Put(bytes, row.id);
  PutNumber(bytes, static_cast<uint64_t>(row.position));
  bytes.append(reinterpret_cast<const char*>(row.hash.data()), row.hash.size());
  PutNumber(bytes, static_cast<uint64_t>(row.record_time_us));
  return bytes;
}

std::optional<OrganizationRow> ParseOrganizationRow(absl::string_view key,
                                                    absl::string_view value) {
  if (key.size() != 4 || value.size() != 64) return std::nullopt;
  OrganizationRow row;
  row.ordinal = TakeNumber<uint32_t>(key);
  row.id = *Uuid::FromBytes(value.substr(0, 16));
  value.remove_prefix(16);
  row.position = static_cast<int64_t>(TakeNumber<uint64_t>(value));
  std::copy_n(value.begin(), row.hash.size(), row.hash.begin());
  value.remove_prefix(row.hash.size());
  row.record_time_us = static_cast<int64_t>(TakeNumber<uint64_t>(value));
  return row;
}

}  // namespace crm::eventstore

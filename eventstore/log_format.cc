#include "eventstore/log_format.h"

#include <algorithm>

namespace crm::eventstore {
namespace {

template <class Number>
void Put(std::string& to, Number number) {
  for (size_t shift = 8 * sizeof(Number); shift > 0; shift -= 8)
    to.push_back(static_cast<char>(number >> (shift - 8)));
}

void Put(std::string& to, const Uuid& id) {
  to.append(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
}

// The caller has checked the size.
template <class Number>
Number Take(absl::string_view& from) {
  Number number = 0;
  for (size_t i = 0; i < sizeof(Number); ++i)
    number = static_cast<Number>((number << 8) | static_cast<uint8_t>(from[i]));
  from.remove_prefix(sizeof(Number));
  return number;
}

std::string KeyFor(OrganizationOrdinal organization, size_t size) {
  std::string key;
  key.reserve(size);
  Put(key, organization);
  return key;
}

}  // namespace

std::string LogKey(OrganizationOrdinal organization, Position position) {
  std::string key = KeyFor(organization, 12);
  Put(key, static_cast<uint64_t>(position));
  return key;
}

std::string HeadKey(OrganizationOrdinal organization, const StreamId& stream) {
  // Room for StreamKey's ending, so that it appends without another allocation.
  std::string key = KeyFor(organization, kStreamPrefixBytes + stream.category.size() + 9);
  Put(key, stream.id);
  key.append(stream.category);
  return key;
}

std::string StreamKey(OrganizationOrdinal organization, const StreamId& stream, Version version) {
  std::string key = HeadKey(organization, stream);
  key.push_back('\0');
  Put(key, static_cast<uint64_t>(version));
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

std::optional<int64_t> TrailingNumber(absl::string_view key) {
  if (key.size() < 8) return std::nullopt;
  return ParseNumber(key.substr(key.size() - 8));
}

std::string EncodeNumber(int64_t number) {
  std::string bytes;
  Put(bytes, static_cast<uint64_t>(number));
  return bytes;
}

std::optional<int64_t> ParseNumber(absl::string_view bytes) {
  if (bytes.size() != 8) return std::nullopt;
  return static_cast<int64_t>(Take<uint64_t>(bytes));
}

std::string EncodeFormatVersion(uint32_t version) {
  std::string bytes;
  Put(bytes, version);
  return bytes;
}

std::optional<uint32_t> ParseFormatVersion(absl::string_view bytes) {
  if (bytes.size() != 4) return std::nullopt;
  return Take<uint32_t>(bytes);
}

std::string EncodeStreamHead(const StreamHead& head) {
  std::string bytes;
  bytes.reserve(16);
  Put(bytes, static_cast<uint64_t>(head.version));
  Put(bytes, static_cast<uint64_t>(head.position));
  return bytes;
}

std::optional<StreamHead> ParseStreamHead(absl::string_view bytes) {
  if (bytes.size() != 16) return std::nullopt;
  StreamHead head;
  head.version = static_cast<int64_t>(Take<uint64_t>(bytes));
  head.position = static_cast<int64_t>(Take<uint64_t>(bytes));
  return head;
}

std::string EncodeOrganizationRow(const OrganizationRow& row) {
  std::string bytes;
  bytes.reserve(64);
  Put(bytes, row.id);
  Put(bytes, static_cast<uint64_t>(row.position));
  bytes.append(reinterpret_cast<const char*>(row.hash.data()), row.hash.size());
  Put(bytes, static_cast<uint64_t>(row.record_time_us));
  return bytes;
}

std::optional<OrganizationRow> ParseOrganizationRow(absl::string_view key,
                                                    absl::string_view value) {
  if (key.size() != 4 || value.size() != 64) return std::nullopt;
  OrganizationRow row;
  row.ordinal = Take<uint32_t>(key);
  row.id = *Uuid::FromBytes(value.substr(0, 16));
  value.remove_prefix(16);
  row.position = static_cast<int64_t>(Take<uint64_t>(value));
  std::copy_n(value.begin(), row.hash.size(), row.hash.begin());
  value.remove_prefix(row.hash.size());
  row.record_time_us = static_cast<int64_t>(Take<uint64_t>(value));
  return row;
}

}  // namespace crm::eventstore

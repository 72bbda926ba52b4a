// Keys and rows of the log on disk: a parser takes exactly what its encoder can have made.

#include <optional>

#include "base/hash.h"
#include "base/reason.h"
#include "eventstore/byte_codec.h"
#include "eventstore/log_format.h"
#include "eventstore/record.h"
#include "eventstore/request_record.h"
#include "tests/fuzz/fuzz_target.h"

namespace crm::fuzz {
namespace {

using eventstore::Committed;
using eventstore::DecodeRecord;
using eventstore::EncodeFormatVersion;
using eventstore::EncodeNumber;
using eventstore::EncodeOrganizationRow;
using eventstore::EncodeRecord;
using eventstore::LogKey;
using eventstore::OrganizationKey;
using eventstore::OrganizationOrdinal;
using eventstore::ParseFormatVersion;
using eventstore::ParseNumber;
using eventstore::ParseOrganizationRow;
using eventstore::ParseRequestKey;
using eventstore::ParseRequestRecord;
using eventstore::ParseStreamKey;
using eventstore::RecordParts;
using eventstore::ReplayOf;
using eventstore::RequestKey;
using eventstore::RequestKeyBytes;
using eventstore::RequestRecord;
using eventstore::SplitRecord;
using eventstore::StreamKey;
using eventstore::TakeNumber;
using eventstore::TrailingNumber;

OrganizationOrdinal OrdinalOf(absl::string_view key) { return TakeNumber<uint32_t>(key); }

void Keys(absl::string_view key) {
  if (const auto version = ParseStreamKey(key))
    Require(StreamKey(OrdinalOf(key), version->first, version->second) == key,
            "a stream's key comes back");
  if (const auto request = ParseRequestKey(key))
    Require(RequestKeyBytes(OrdinalOf(key), request->first, request->second) == key,
            "a request's key comes back");
  const std::optional<int64_t> number = TrailingNumber(key);
  if (number && key.size() == sizeof(uint32_t) + sizeof(uint64_t))
    Require(LogKey(OrdinalOf(key), *number) == key, "a position's key comes back");
}

void Rows(absl::string_view row) {
  if (const auto number = ParseNumber(row))
    Require(EncodeNumber(*number) == row, "a number comes back");
  if (const auto version = ParseFormatVersion(row))
    Require(EncodeFormatVersion(*version) == row, "a format version comes back");
  const absl::string_view key = row.substr(0, sizeof(uint32_t));
  row.remove_prefix(key.size());
  if (const auto organization = ParseOrganizationRow(key, row)) {
    Require(EncodeOrganizationRow(*organization) == row, "an organization's row comes back");
    Require(OrganizationKey(organization->ordinal) == key, "and so does its key");
  }
}

void Records(absl::string_view bytes) {
  const std::optional<RecordParts> parts = SplitRecord(bytes);
  Require(parts.has_value() == (bytes.size() >= sizeof(Digest)), "a record begins with a hash");
  log::v1::RecordedEvent event;
  const Uuid organization;
  const absl::Status status = DecodeRecord(bytes, organization, 1, event);
  Require(status.ok() || ReasonOf(status) == "RECORD_UNREADABLE", "a refusal names its reason");
  Require(!status.ok() || event.position() == 1, "a record is where it belongs");
  if (status.ok()) Require(event.hash() == AsView(parts->hash), "the hash is filled in");
}

void MadeRecords(absl::string_view bytes) {
  log::v1::RecordedEvent event;
  if (!event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  event.clear_hash();
  Digest hash = Sha256("before");
  const std::string record = EncodeRecord(event, hash);
  const std::optional<RecordParts> parts = SplitRecord(record);
  Require(parts && parts->hash == hash, "a record carries its hash");
  Require(Sha256(AsView(Sha256("before")), parts->event) == hash, "it follows from the one before");
  const std::optional<Uuid> organization = Uuid::FromBytes(event.organization());
  log::v1::RecordedEvent again;
  if (!organization || !Uuid::FromBytes(event.stream_id())) return;
  const absl::Status decoded = DecodeRecord(record, *organization, event.position(), again);
  Require(decoded.ok(), "a record that was made can be read");
  again.clear_hash();
  Require(again.SerializeAsString() == event.SerializeAsString(), "and says the same");
}

void Requests(absl::string_view row) {
  const RequestKey key;
  const absl::StatusOr<RequestRecord> record = ParseRequestRecord(row, key);
  if (!record.ok()) {
    return Require(ReasonOf(record.status()) == "REQUEST_ROW_UNREADABLE",
                   "a refusal names its reason");
  }
  const absl::StatusOr<Committed> replayed = ReplayOf(*record, key);
  Require(replayed.ok() || !ReasonOf(replayed.status()).empty(), "a refusal names its reason");
}

}  // namespace

CRM_FUZZ_TARGET(log_rows) {
  FuzzInput input(bytes);
  switch (input.Pick(5)) {
    case 0:
      return Keys(input.Rest());
    case 1:
      return Rows(input.Rest());
    case 2:
      return Records(input.Rest());
    case 3:
      return MadeRecords(input.Rest());
    default:
      return Requests(input.Rest());
  }
}

}  // namespace crm::fuzz

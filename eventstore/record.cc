#include "eventstore/record.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "eventstore/log_format.h"

namespace crm::eventstore {

std::string EncodeRecord(const log::v1::RecordedEvent& event, Digest& previous) {
  std::string record(kHashBytes + event.ByteSizeLong(), '\0');
  auto* bytes = reinterpret_cast<uint8_t*>(record.data());
  event.SerializeWithCachedSizesToArray(bytes + kHashBytes);
  previous = Sha256(AsView(previous), absl::string_view(record).substr(kHashBytes));
  std::copy(previous.begin(), previous.end(), bytes);
  return record;
}

std::optional<RecordParts> SplitRecord(absl::string_view record) {
  if (record.size() < kHashBytes) return std::nullopt;
  RecordParts parts;
  std::copy_n(record.begin(), kHashBytes, parts.hash.begin());
  parts.event = record.substr(kHashBytes);
  return parts;
}

absl::Status DecodeRecord(absl::string_view record, const Uuid& organization, Position position,
                          log::v1::RecordedEvent& event) {
  const std::optional<RecordParts> parts = SplitRecord(record);
  if (!parts) return UnreadableRecord(organization, position, "", "is shorter than its chain hash");
  if (!event.ParseFromArray(parts->event.data(), static_cast<int>(parts->event.size())))
    return UnreadableRecord(organization, position, "", "does not parse");
  const std::optional<Uuid> stream = Uuid::FromBytes(event.stream_id());
  if (!stream) return UnreadableRecord(organization, position, "", "has no stream id");
  const absl::string_view owner(reinterpret_cast<const char*>(organization.bytes.data()), 16);
  if (event.position() != position || event.organization() != owner) {
    return UnreadableRecord(
        organization, position, StreamName({event.category(), *stream}),
        absl::StrCat("holds position ", event.position(),
                     event.organization() == owner ? "" : " of another organization"));
  }
  const absl::string_view hash = AsView(parts->hash);
  event.set_hash(hash.data(), hash.size());
  return absl::OkStatus();
}

std::string StreamName(const StreamId& stream) {
  return absl::StrCat(stream.category, "/", stream.id.ToString());
}

absl::Status UnreadableRecord(const Uuid& organization, Position position, absl::string_view stream,
                              absl::string_view why) {
  ReasonMetadata metadata = {{"organization", organization.ToString()},
                             {"position", absl::StrCat(position)}};
  if (!stream.empty()) metadata.emplace_back("stream", stream);
  return WithReason(
      absl::StatusCode::kDataLoss, "RECORD_UNREADABLE",
      absl::StrCat("the record at position ", position, " of organization ",
                   organization.ToString(),
                   stream.empty() ? "" : absl::StrCat(" (stream ", stream, ")"), " ", why),
      metadata);
}

}  // namespace crm::eventstore

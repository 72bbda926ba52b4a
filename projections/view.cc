#include "projections/view.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "google/protobuf/descriptor.h"

namespace crm::projections {
namespace {

absl::Status Apply(ViewDefinition::Apply apply, const RecordedEvent& event,
                   const google::protobuf::Descriptor& type, EventDecoder& decoder,
                   ViewTransaction& rows) {
  ASSIGN_OR_RETURN(const DecodedEvent* decoded, decoder.Decode(event, type));
  return apply(*decoded->message, decoded->metadata, rows);
}

}  // namespace

absl::Status ViewDefinition::ApplyIfHeard(const RecordedEvent& event, EventDecoder& decoder,
                                          ViewTransaction& rows) const {
  const google::protobuf::Descriptor* type = decoder.TypeOf(event);
  absl::Status applied;
  if (type == nullptr) {
    applied = domain::UnknownEvent(event);
  } else if (const auto listens = heard.find(type); listens != heard.end()) {
    applied = projections::Apply(listens->second, event, *type, decoder, rows);
  }
  if (applied.ok()) return applied;
  const EventMetadata metadata = domain::MetadataOf(event);
  absl::Status placed(
      applied.code(),
      absl::StrCat("view ", name, " stopped at position ", event.position(), ", stream ",
                   metadata.stream.category, "/", metadata.stream.id.ToString(), " version ",
                   metadata.version, " (", event.type(), "): ", applied.message()));
  applied.ForEachPayload([&placed](absl::string_view url, const absl::Cord& payload) {
    placed.SetPayload(url, payload);
  });
  return placed;
}

}  // namespace crm::projections

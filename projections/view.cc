#include "projections/view.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace crm::projections {

absl::Status ViewDefinition::ApplyIfHeard(const RecordedEvent& event, KeyRing& keys,
                                          ViewTransaction& rows) const {
  if (!heard.contains(event.type())) return absl::OkStatus();
  const absl::Status applied = apply(event, keys, rows);
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

#include "projections/view.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"

namespace crm::projections {
namespace {

// Whether this program has a message of that name. Remembers those it has: a replay asks for every
// event, and the pool takes a lock.
bool IsKnown(const std::string& type) {
  static thread_local absl::flat_hash_set<std::string> known;
  if (known.contains(type)) return true;
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  if (pool->FindMessageTypeByName(type) == nullptr) return false;
  known.insert(type);
  return true;
}

}  // namespace

absl::Status ViewDefinition::ApplyIfHeard(const RecordedEvent& event, KeyRing& keys,
                                          ViewTransaction& rows) const {
  const bool listens = heard.contains(event.type());
  if (!listens && IsKnown(event.type())) return absl::OkStatus();
  const absl::Status applied = listens ? apply(event, keys, rows) : domain::UnknownEvent(event);
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

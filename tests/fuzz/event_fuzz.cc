// Stored events: envelope, data and sealed fields, into messages and into the API's form.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/reason.h"
#include "crm/events/v1/lead_events.pb.h"
#include "domain/event_codec.h"
#include "domain/lead/lead.h"
#include "domain/opportunity/opportunity.h"
#include "projections/event_decoder.h"
#include "services/event_renderer.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/memory_key_ring.h"

namespace crm::fuzz {
namespace {

using log::v1::RecordedEvent;

const Uuid kOrganization = Uuid::FromName(Uuid{}, "organization");
const Uuid kPerson = Uuid::FromName(Uuid{}, "person");

template <class... Events>
std::vector<std::string> TypesOf(std::type_identity<std::variant<Events...>>) {
  return {Events::descriptor()->full_name()...};
}

RecordedEvent EventOf(FuzzInput& input, const std::vector<std::string>& types) {
  RecordedEvent event;
  event.set_type(types[input.Pick(types.size())]);
  event.set_position(7);
  event.set_version(1);
  event.set_commit_size(1);
  event.set_category("lead");
  event.set_organization(kOrganization.ToBytes());
  event.set_stream_id(kPerson.ToBytes());
  return event;
}

template <class Variant>
void Dispatch(const RecordedEvent& recorded, KeyRing& keys) {
  const auto ignore = [](const auto&, const domain::EventMetadata&) { return absl::OkStatus(); };
  const absl::StatusOr<bool> heard =
      domain::DispatchEvent(std::type_identity<Variant>{}, recorded, keys, ignore);
  Require(heard.ok() || absl::IsDataLoss(heard.status()), "an unreadable event is data loss");
}

void DecodeForViews(const RecordedEvent& recorded, KeyRing& keys) {
  projections::EventDecoder decoder(keys);
  const google::protobuf::Descriptor* type = decoder.TypeOf(recorded);
  if (type == nullptr) return;
  const auto decoded = decoder.Decode(recorded, *type);
  Require(decoded.ok() || absl::IsDataLoss(decoded.status()), "an unreadable event is data loss");
}

void Show(const RecordedEvent& recorded, KeyRing& keys) {
  for (const auto encoding : {v1::EVENT_ENCODING_JSON, v1::EVENT_ENCODING_PROTOBUF}) {
    v1::Event event;
    const absl::Status shown = services::EventRenderer(keys, encoding).Render(recorded, event);
    Require(shown.ok() || absl::IsDataLoss(shown), "an unreadable event is data loss");
    if (shown.ok() && encoding == v1::EVENT_ENCODING_JSON)
      Require(nlohmann::json::accept(event.data_json()), "an event is JSON");
  }
}

void AnyEvent(absl::string_view bytes) {
  RecordedEvent recorded;
  if (!recorded.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  recorded.set_position(7);  // the log has compared it with the key
  testing::MemoryKeyRing keys;
  Show(recorded, keys);
  DecodeForViews(recorded, keys);
  Dispatch<domain::Lead::Event>(recorded, keys);
}

template <class Variant>
void AnyContent(FuzzInput input) {
  RecordedEvent recorded = EventOf(input, TypesOf(std::type_identity<Variant>{}));
  testing::MemoryKeyRing keys;
  keys.FindOrCreate(kOrganization, kPerson).IgnoreError();
  recorded.set_subject(input.Pick(2) == 0 ? kPerson.ToBytes() : "");
  recorded.set_sealed(std::string(input.Text()));
  recorded.set_data(std::string(input.Rest()));
  Dispatch<Variant>(recorded, keys);
  Show(recorded, keys);
}

// What a person is known by goes into the log sealed, and comes back.
void Sealed(absl::string_view bytes) {
  events::v1::LeadCaptured event;
  if (!event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  event.set_subject_id(kPerson.ToBytes());
  testing::MemoryKeyRing keys;
  const StreamId stream = {"lead", kPerson};
  const absl::StatusOr<NewEvent> stored =
      domain::EncodeEvent(event, kOrganization, stream, 1, keys);
  Require(stored.ok(), "any event can be stored");
  events::v1::LeadCaptured open;
  Require(open.ParseFromString(stored->data) && !open.details().has_email() &&
              !open.details().has_family_name(),
          "nothing personal is stored in clear");
  RecordedEvent recorded;
  recorded.set_type(stored->type);
  recorded.set_data(stored->data);
  recorded.set_subject(stored->subject.ToBytes());
  recorded.set_sealed(stored->sealed);
  recorded.set_organization(kOrganization.ToBytes());
  recorded.set_category(stream.category);
  recorded.set_stream_id(stream.id.ToBytes());
  recorded.set_version(1);
  events::v1::LeadCaptured again;
  const absl::StatusOr<bool> erased = domain::DecodeEvent(recorded, keys, again);
  Require(erased.ok() && !*erased && again.SerializeAsString() == event.SerializeAsString(),
          "an event comes back as it was");
}

}  // namespace

CRM_FUZZ_TARGET(event) {
  FuzzInput input(bytes);
  switch (input.Pick(4)) {
    case 0:
      return AnyEvent(input.Rest());
    case 1:
      return AnyContent<crm::domain::Lead::Event>(input);
    case 2:
      return AnyContent<crm::domain::Opportunity::Event>(input);
    default:
      return Sealed(input.Rest());
  }
}

}  // namespace crm::fuzz

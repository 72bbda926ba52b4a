#include "domain/claim/claim.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace crm::domain {
namespace {

ClaimState On(ClaimState state, const events::v1::ValueClaimed& event) {
  state.held = true;
  state.kind = event.kind();
  state.holder = {event.holder_category(),
                  Uuid::FromBytes(event.holder_id()).value_or(state.holder.id)};
  return state;
}

ClaimState On(ClaimState state, const events::v1::ValueReleased&) {
  state.held = false;
  return state;
}

}  // namespace

Claim::State Claim::Evolve(State state, const Event& event, const EventMetadata&) {
  return std::visit([&](const auto& e) { return On(std::move(state), e); }, event);
}

ClaimId ClaimOf(const OrganizationId& organization, absl::string_view kind,
                absl::string_view value) {
  return ClaimId(Uuid::FromName(organization.uuid(), absl::StrCat(kind, ":", value)));
}

events::v1::ValueClaimed ClaimedBy(absl::string_view kind, const StreamId& holder) {
  events::v1::ValueClaimed claimed;
  claimed.set_kind(std::string(kind));
  claimed.set_holder_category(holder.category);
  claimed.set_holder_id(holder.id.ToBytes());
  return claimed;
}

}  // namespace crm::domain

// AdministratorRegister: who is an active administrator, so that the last one cannot go. One
// bookkeeping stream per organization; Member's decisions write it in the commits that change a
// member's roles or right to sign in. Two administrators who dismiss each other at once meet here,
// and one of them is refused.
//
// Invariants
//   I1  It names exactly the active members with the shipped role "administrator".
// Pure functions; thread-safe.
#pragma once

#include <variant>

#include "absl/container/btree_set.h"
#include "crm/events/v1/member_events.pb.h"
#include "domain/aggregate.h"

namespace crm::domain {

struct AdministratorRegisterState {
  absl::btree_set<MemberId> administrators;
};

struct AdministratorRegister {
  using Id = AdministratorRegisterId;
  using State = AdministratorRegisterState;
  using Event = std::variant<events::v1::AdministratorNoted>;
  static constexpr bool kBookkeeping = true;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
};

// The register of an organization.
inline AdministratorRegisterId AdministratorRegisterOf(const OrganizationId& organization) {
  return AdministratorRegisterId(organization.uuid());
}

}  // namespace crm::domain

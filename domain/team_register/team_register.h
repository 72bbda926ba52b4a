// TeamRegister: the teams of an organization and who belongs to them, for rules across teams and
// for authorization. One bookkeeping stream per organization; Team's decisions write it in the
// commits that change the teams, so it is never behind.
//
// Invariants
//   I1  It names every team of the organization, archived ones too.
//   I2  Members and leaders are those of the teams' own streams.
// Pure functions; thread-safe.
#pragma once

#include <variant>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "crm/events/v1/team_events.pb.h"
#include "crm/v1/team_service.pb.h"
#include "domain/aggregate.h"

namespace crm::domain {

struct TeamRegisterState {
  struct Entry {
    bool available = true;  // takes part in assignment: not archived
    v1::TeamPrivacy privacy = v1::TEAM_PRIVACY_LEADERS_SEE;
    v1::ReassignPolicy assigners = v1::REASSIGN_POLICY_EVERY_MEMBER;
    absl::btree_set<MemberId> members;
    absl::btree_set<MemberId> leaders;
  };
  absl::btree_map<TeamId, Entry> teams;

  // nullptr when the organization has no such team.
  const Entry* Find(const TeamId& team) const;
  // Teams the member belongs to, archived ones too, by id. Leading is not belonging.
  std::vector<TeamId> TeamsOf(const MemberId& member) const;
  // Teams the member leads, archived ones too, by id.
  std::vector<TeamId> TeamsLedBy(const MemberId& member) const;
  // Teams that are not archived, by id.
  std::vector<TeamId> AvailableTeams() const;
  // Members who belong to more than one team, by id.
  std::vector<MemberId> MembersOfSeveralTeams() const;
};

struct TeamRegister {
  using Id = TeamRegisterId;
  using State = TeamRegisterState;
  using Event = std::variant<events::v1::TeamRegistered, events::v1::TeamAvailabilityNoted,
                             events::v1::AffiliationNoted, events::v1::TeamPolicyNoted>;
  static constexpr bool kBookkeeping = true;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
};

// The register of an organization.
inline TeamRegisterId TeamRegisterOf(const OrganizationId& organization) {
  return TeamRegisterId(organization.uuid());
}

}  // namespace crm::domain

#include "domain/team_register/team_register.h"

#include <utility>

namespace crm::domain {
namespace {

void Put(absl::btree_set<MemberId>& members, const MemberId& member, bool present) {
  if (present) {
    members.insert(member);
  } else {
    members.erase(member);
  }
}

TeamRegisterState On(TeamRegisterState state, const events::v1::TeamRegistered& event) {
  state.teams.try_emplace(FromBytes<TeamId>(event.team_id()));
  return state;
}

TeamRegisterState On(TeamRegisterState state, const events::v1::TeamAvailabilityNoted& event) {
  state.teams[FromBytes<TeamId>(event.team_id())].available = event.available();
  return state;
}

TeamRegisterState On(TeamRegisterState state, const events::v1::AffiliationNoted& event) {
  TeamRegisterState::Entry& entry = state.teams[FromBytes<TeamId>(event.team_id())];
  const auto member = FromBytes<MemberId>(event.member_id());
  Put(entry.members, member, event.member());
  Put(entry.leaders, member, event.leader());
  return state;
}

TeamRegisterState On(TeamRegisterState state, const events::v1::TeamPolicyNoted& event) {
  TeamRegisterState::Entry& entry = state.teams[FromBytes<TeamId>(event.team_id())];
  entry.privacy = static_cast<v1::TeamPrivacy>(event.privacy());
  entry.assigners = static_cast<v1::ReassignPolicy>(event.assigners());
  return state;
}

}  // namespace

const TeamRegisterState::Entry* TeamRegisterState::Find(const TeamId& team) const {
  const auto found = teams.find(team);
  return found == teams.end() ? nullptr : &found->second;
}

std::vector<TeamId> TeamRegisterState::TeamsOf(const MemberId& member) const {
  std::vector<TeamId> found;
  for (const auto& [team, entry] : teams) {
    if (entry.members.contains(member)) found.push_back(team);
  }
  return found;
}

std::vector<TeamId> TeamRegisterState::TeamsLedBy(const MemberId& member) const {
  std::vector<TeamId> found;
  for (const auto& [team, entry] : teams) {
    if (entry.leaders.contains(member)) found.push_back(team);
  }
  return found;
}

std::vector<TeamId> TeamRegisterState::AvailableTeams() const {
  std::vector<TeamId> found;
  for (const auto& [team, entry] : teams) {
    if (entry.available) found.push_back(team);
  }
  return found;
}

std::vector<MemberId> TeamRegisterState::MembersOfSeveralTeams() const {
  absl::btree_set<MemberId> once;
  absl::btree_set<MemberId> several;
  for (const auto& [team, entry] : teams) {
    for (const MemberId& member : entry.members) {
      if (!once.insert(member).second) several.insert(member);
    }
  }
  return {several.begin(), several.end()};
}

TeamRegister::State TeamRegister::Evolve(State state, const Event& event, const EventMetadata&) {
  return std::visit([&](const auto& e) { return On(std::move(state), e); }, event);
}

}  // namespace crm::domain

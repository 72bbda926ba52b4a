#include "domain/team/team.h"

#include <algorithm>
#include <utility>

#include "domain/claim/claim.h"
#include "domain/field_mask.h"
#include "domain/member/member.h"
#include "domain/organization/organization.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/team/team_effects.h"
#include "domain/team/team_settings.h"
#include "google/protobuf/util/message_differencer.h"

namespace crm::domain {
namespace {

TeamState On(TeamState state, const events::v1::TeamCreated& event, const EventMetadata& metadata) {
  state.id = TeamId(metadata.stream.id);
  Apply(event, state);
  return state;
}

TeamState On(TeamState state, const events::v1::TeamSettingsRevised& event, const EventMetadata&) {
  Apply(event, state);
  return state;
}

TeamState On(TeamState state, const events::v1::TeamAliasRevised& event, const EventMetadata&) {
  state.alias = event.alias();
  state.alias_policy = static_cast<v1::AliasPolicy>(event.policy());
  return state;
}

TeamState On(TeamState state, const events::v1::MembershipBegan& event, const EventMetadata&) {
  state.memberships.push_back({FromBytes<MemberId>(event.member_id()), TermsFrom(event.terms())});
  return state;
}

TeamState On(TeamState state, const events::v1::MembershipTermsRevised& event,
             const EventMetadata&) {
  const auto member = FromBytes<MemberId>(event.member_id());
  for (Membership& membership : state.memberships) {
    if (membership.member == member) membership.terms = TermsFrom(event.terms());
  }
  return state;
}

TeamState On(TeamState state, const events::v1::MembershipEnded& event, const EventMetadata&) {
  const auto member = FromBytes<MemberId>(event.member_id());
  std::erase_if(state.memberships,
                [&](const Membership& membership) { return membership.member == member; });
  return state;
}

TeamState On(TeamState state, const events::v1::LeaderAppointed& event, const EventMetadata&) {
  state.leaders.push_back(FromBytes<MemberId>(event.member_id()));
  return state;
}

TeamState On(TeamState state, const events::v1::LeaderDismissed& event, const EventMetadata&) {
  std::erase(state.leaders, FromBytes<MemberId>(event.member_id()));
  return state;
}

TeamState On(TeamState state, const events::v1::OverrideLeaderNamed& event, const EventMetadata&) {
  state.override_leader = FromBytes<MemberId>(event.member_id());
  return state;
}

TeamState On(TeamState state, const events::v1::TeamArchived&, const EventMetadata& metadata) {
  state.archive_time = metadata.effective_time;
  return state;
}

TeamState On(TeamState state, const events::v1::TeamRestored&, const EventMetadata&) {
  state.archive_time.reset();
  return state;
}

absl::Status RequireLive(const TeamState& state) {
  return state.archived() ? TeamIsArchived(state.id) : absl::OkStatus();
}

absl::Status MembershipExists(const MemberId& member) {
  return Taken("MEMBERSHIP_EXISTS", absl::StrCat(NameOf(member), " belongs to the team"),
               {{"member", NameOf(member)}});
}

absl::Status NotATeamMember(const MemberId& member) {
  return Refuse("NOT_A_TEAM_MEMBER", absl::StrCat(NameOf(member), " does not belong to the team"),
                {{"member", NameOf(member)}});
}

absl::Status NotALeader(const MemberId& member) {
  return Refuse("NOT_A_LEADER", absl::StrCat(NameOf(member), " does not lead the team"),
                {{"member", NameOf(member)}});
}

absl::StatusOr<events::v1::MembershipBegan> Begin(const v1::Membership& wanted,
                                                  const DecideContext& context) {
  ASSIGN_OR_RETURN(const MemberId id, ParseName<MemberId>(wanted.member()));
  ASSIGN_OR_RETURN(const Ref<Member> member, RequireActiveMember(id, context));
  auto began = About<events::v1::MembershipBegan>(member.id);
  ASSIGN_OR_RETURN(*began.mutable_terms(), StoredTerms(wanted));
  return began;
}

// Everyone a new team starts with. `born` collects them, for the register.
absl::Status AddFounders(const v1::CreateTeamRequest& command, const DecideContext& context,
                         TeamState& born, TeamDecision& decision) {
  for (const std::string& name : command.leaders()) {
    ASSIGN_OR_RETURN(const MemberId leader, ParseName<MemberId>(name));
    if (born.IsLeader(leader)) continue;
    RETURN_IF_ERROR(RequireActiveMember(leader, context).status());
    born.leaders.push_back(leader);
    decision.Add(About<events::v1::LeaderAppointed>(leader));
  }
  if (!born.leaders.empty()) {
    decision.Add(About<events::v1::OverrideLeaderNamed>(born.leaders.front()));
  }
  for (const v1::Membership& wanted : command.memberships()) {
    ASSIGN_OR_RETURN(events::v1::MembershipBegan began, Begin(wanted, context));
    const auto member = FromBytes<MemberId>(began.member_id());
    if (born.Find(member) != nullptr) return MembershipExists(member);
    born.memberships.push_back({member, {}});
    decision.Add(std::move(began));
  }
  return absl::OkStatus();
}

}  // namespace

bool TeamState::IsLeader(const MemberId& member) const {
  return std::find(leaders.begin(), leaders.end(), member) != leaders.end();
}

const Membership* TeamState::Find(const MemberId& member) const {
  const auto found =
      std::find_if(memberships.begin(), memberships.end(),
                   [&](const Membership& membership) { return membership.member == member; });
  return found == memberships.end() ? nullptr : &*found;
}

absl::Status TeamIsArchived(const TeamId& id) {
  return Refuse("TEAM_ARCHIVED", absl::StrCat(NameOf(id), " is archived"), {{"team", NameOf(id)}});
}

absl::Status RequireTeamsUsed(const DecideContext& context) {
  ASSIGN_OR_RETURN(const Ref<Organization> organization,
                   context.Find<Organization>(context.caller().organization));
  if (organization->teams_enabled) return absl::OkStatus();
  return Refuse("TEAMS_NOT_USED", "the organization does not use teams");
}

absl::StatusOr<TeamId> Team::TargetOf(const v1::UpdateTeamRequest& command, const Caller&) {
  return ParseName<TeamId>(command.team().name());
}

absl::StatusOr<TeamDecision> Team::Decide(const State&, const v1::CreateTeamRequest& command,
                                          const DecideContext& context) {
  RETURN_IF_ERROR(RequireTeamsUsed(context));
  const auto id = context.NewId<TeamId>(0);
  ASSIGN_OR_RETURN(events::v1::TeamCreated created, CheckedSettings(command.team(), {}, context));
  ASSIGN_OR_RETURN(const Ref<TeamRegister> teams, RegisterOf(context));
  TeamDecision decision(created);
  TeamState born;
  RETURN_IF_ERROR(AddFounders(command, context, born, decision));

  events::v1::TeamRegistered registered;
  registered.set_team_id(ToBytes(id));
  decision.Affect(teams, std::move(registered));
  NotePolicy(teams, id, created, decision);
  for (const Membership& membership : born.memberships) {
    Note(teams, id, membership.member, {.member = true, .leader = born.IsLeader(membership.member)},
         decision);
    RETURN_IF_ERROR(EndOtherMemberships(membership.member, id, teams, context, decision));
  }
  for (const MemberId& leader : born.leaders) {
    if (born.Find(leader) != nullptr) continue;
    Note(teams, id, leader, {.member = false, .leader = true}, decision);
  }
  return decision;
}

absl::StatusOr<TeamDecision> Team::Decide(const State& state, const v1::UpdateTeamRequest& command,
                                          const DecideContext& context) {
  RETURN_IF_ERROR(RequireLive(state));
  ASSIGN_OR_RETURN(const FieldChanges changes,
                   FieldChanges::Resolve(command.team(), command.update_mask(),
                                         {"display_name", "pipeline", "lead_pipeline",
                                          "color_index", "assignment_filter", "monthly_target",
                                          "target_measure", "privacy", "assigners"}));
  const events::v1::TeamCreated now = StoredSettings(state);
  ASSIGN_OR_RETURN(
      const events::v1::TeamCreated next,
      CheckedSettings(changes.Merged(ShownSettings(state), command.team()), now, context));
  std::optional<events::v1::TeamSettingsRevised> revised = SettingsRevision(now, next);
  if (!revised.has_value()) return TeamDecision();
  const bool is_policy_changed = revised->has_privacy() || revised->has_assigners();
  TeamDecision decision(*std::move(revised));
  if (is_policy_changed) {
    ASSIGN_OR_RETURN(const Ref<TeamRegister> teams, RegisterOf(context));
    NotePolicy(teams, state.id, next, decision);
  }
  return decision;
}

absl::StatusOr<TeamDecision> Team::Decide(const State& state,
                                          const v1::AssignTeamAliasRequest& command,
                                          const DecideContext& context) {
  RETURN_IF_ERROR(RequireLive(state));
  const bool is_removed = command.alias().empty();
  if (!is_removed && command.alias_policy() == v1::ALIAS_POLICY_UNSPECIFIED) {
    return Invalid("ALIAS_POLICY_REQUIRED", "an alias says whose mail it accepts");
  }
  const v1::AliasPolicy policy = is_removed ? v1::ALIAS_POLICY_UNSPECIFIED : command.alias_policy();
  if (command.alias() == state.alias && policy == state.alias_policy) return TeamDecision();

  events::v1::TeamAliasRevised revised;
  revised.set_alias(command.alias());
  revised.set_policy(policy);
  TeamDecision decision(std::move(revised));
  if (command.alias() == state.alias) return decision;
  const OrganizationId& organization = context.caller().organization;
  if (!state.alias.empty()) {
    ASSIGN_OR_RETURN(const Ref<Claim> old,
                     context.Find<Claim>(ClaimOf(organization, kTeamAliasClaim, state.alias)));
    decision.Affect(old, events::v1::ValueReleased());
  }
  if (!is_removed) {
    ASSIGN_OR_RETURN(const Ref<Claim> claim,
                     context.Find<Claim>(ClaimOf(organization, kTeamAliasClaim, command.alias())));
    if (claim->held) {
      return Taken("TEAM_ALIAS_TAKEN",
                   absl::StrCat("the alias '", command.alias(), "' belongs to another team"),
                   {{"team", NameOf(TeamId(claim->holder.id))}});
    }
    decision.Affect(claim, ClaimedBy(kTeamAliasClaim, StreamOf(state.id)));
  }
  return decision;
}

absl::StatusOr<TeamDecision> Team::Decide(const State& state,
                                          const v1::AddTeamMemberRequest& command,
                                          const DecideContext& context) {
  RETURN_IF_ERROR(RequireLive(state));
  ASSIGN_OR_RETURN(events::v1::MembershipBegan began, Begin(command.membership(), context));
  const auto member = FromBytes<MemberId>(began.member_id());
  if (state.Find(member) != nullptr) return MembershipExists(member);
  ASSIGN_OR_RETURN(const Ref<TeamRegister> teams, RegisterOf(context));
  TeamDecision decision(std::move(began));
  Note(teams, state.id, member, {.member = true, .leader = state.IsLeader(member)}, decision);
  RETURN_IF_ERROR(EndOtherMemberships(member, state.id, teams, context, decision));
  return decision;
}

absl::StatusOr<TeamDecision> Team::Decide(const State& state,
                                          const v1::ReviseMembershipRequest& command,
                                          const DecideContext&) {
  RETURN_IF_ERROR(RequireLive(state));
  ASSIGN_OR_RETURN(const MemberId member, ParseName<MemberId>(command.membership().member()));
  const Membership* membership = state.Find(member);
  if (membership == nullptr) return NotATeamMember(member);
  auto revised = About<events::v1::MembershipTermsRevised>(member);
  ASSIGN_OR_RETURN(*revised.mutable_terms(), StoredTerms(command.membership()));
  if (google::protobuf::util::MessageDifferencer::Equals(revised.terms(),
                                                         StoredTerms(membership->terms))) {
    return TeamDecision();
  }
  return TeamDecision(std::move(revised));
}

absl::StatusOr<TeamDecision> Team::Decide(const State& state,
                                          const v1::RemoveTeamMemberRequest& command,
                                          const DecideContext& context) {
  ASSIGN_OR_RETURN(const MemberId member, ParseName<MemberId>(command.member()));
  if (state.Find(member) == nullptr) return NotATeamMember(member);
  ASSIGN_OR_RETURN(const Ref<TeamRegister> teams, RegisterOf(context));
  TeamDecision decision(About<events::v1::MembershipEnded>(member));
  Note(teams, state.id, member, {.member = false, .leader = state.IsLeader(member)}, decision);
  return decision;
}

absl::StatusOr<TeamDecision> Team::Decide(const State& state,
                                          const v1::AppointLeaderRequest& command,
                                          const DecideContext& context) {
  RETURN_IF_ERROR(RequireLive(state));
  ASSIGN_OR_RETURN(const MemberId member, ParseName<MemberId>(command.member()));
  if (state.IsLeader(member)) return TeamDecision();
  RETURN_IF_ERROR(RequireActiveMember(member, context).status());
  ASSIGN_OR_RETURN(const Ref<TeamRegister> teams, RegisterOf(context));
  TeamDecision decision(About<events::v1::LeaderAppointed>(member));
  Note(teams, state.id, member, {.member = state.Find(member) != nullptr, .leader = true},
       decision);
  return decision;
}

absl::StatusOr<TeamDecision> Team::Decide(const State& state,
                                          const v1::DismissLeaderRequest& command,
                                          const DecideContext& context) {
  ASSIGN_OR_RETURN(const MemberId member, ParseName<MemberId>(command.member()));
  if (!state.IsLeader(member)) return NotALeader(member);
  ASSIGN_OR_RETURN(const Ref<TeamRegister> teams, RegisterOf(context));
  TeamDecision decision;
  if (state.override_leader == member) decision.Add(events::v1::OverrideLeaderNamed());
  decision.Add(About<events::v1::LeaderDismissed>(member));
  Note(teams, state.id, member, {.member = state.Find(member) != nullptr, .leader = false},
       decision);
  return decision;
}

absl::StatusOr<TeamDecision> Team::Decide(const State& state,
                                          const v1::NameOverrideLeaderRequest& command,
                                          const DecideContext&) {
  RETURN_IF_ERROR(RequireLive(state));
  ASSIGN_OR_RETURN(const MemberId member, ParseOptionalName<MemberId>(command.member()));
  if (member == state.override_leader) return TeamDecision();
  if (!member.IsNil() && !state.IsLeader(member)) return NotALeader(member);
  return TeamDecision(About<events::v1::OverrideLeaderNamed>(member));
}

absl::StatusOr<TeamDecision> Team::Decide(const State& state, const v1::ArchiveTeamRequest&,
                                          const DecideContext& context) {
  if (state.archived()) return TeamDecision();
  TeamDecision decision((events::v1::TeamArchived()));
  RETURN_IF_ERROR(NoteAvailability(state.id, /*available=*/false, context, decision));
  return decision;
}

absl::StatusOr<TeamDecision> Team::Decide(const State& state, const v1::RestoreTeamRequest&,
                                          const DecideContext& context) {
  if (!state.archived()) return TeamDecision();
  RETURN_IF_ERROR(RequireTeamsUsed(context));
  TeamDecision decision((events::v1::TeamRestored()));
  RETURN_IF_ERROR(NoteAvailability(state.id, /*available=*/true, context, decision));
  return decision;
}

Team::State Team::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  return std::visit([&](const auto& e) { return On(std::move(state), e, metadata); }, event);
}

absl::StatusOr<v1::Team> Team::Render(const Ref<Team>& self, const Lookup&) {
  const State& state = self.state();
  v1::Team resource = ShownSettings(state);
  resource.set_name(NameOf(self.id));
  for (const MemberId& leader : state.leaders) resource.add_leaders(NameOf(leader));
  resource.set_override_leader(NameOf(state.override_leader));
  for (const Membership& membership : state.memberships) {
    *resource.add_memberships() = ShownMembership(membership);
  }
  resource.set_alias(state.alias);
  resource.set_alias_policy(state.alias_policy);
  if (state.archived()) *resource.mutable_archive_time() = TimestampOf(*state.archive_time);
  Stamp(resource, self.head);
  return resource;
}

}  // namespace crm::domain

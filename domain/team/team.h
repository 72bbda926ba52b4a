// Team: who works together, on which terms, and who sees whose records.
//
//   created -> archived <-> restored          membership: began -> terms revised* -> ended
//
// Invariants
//   I1  A member belongs to a team once; in single-team organizations joining ends every other
//       membership in the same commit, naming the successor (T50). Open records stay.
//   I2  Leaders are active members of the organization when appointed. They need not belong to the
//       team, and single-team organizations do not limit how many teams one leads.
//   I3  The override leader is one of the leaders, or nobody.
//   I4  An alias is unique in the organization: its claim is held from assignment to release.
//   I5  Its pipelines exist, are of the right kind and not archived when they are chosen.
//   I6  An archived team takes nobody on and changes nothing but who leaves, until it is restored.
//   I7  The organization's TeamRegister says the same as the teams: both change in one commit.
//   I8  A monthly target is not negative and in the organization's currency.
//   I9  Where teams are not used, none is created or restored.
//
// A team belongs to the organization (everyone with team.view sees it) and yet has a scope with its
// own id: "edit, reach team" therefore lets a leader change the teams he is in and no others.
// Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crm/events/v1/team_events.pb.h"
#include "crm/v1/team_service.pb.h"
#include "domain/decide_context.h"
#include "domain/types/money.h"

namespace crm::domain {

// Terms on which a member belongs to a team.
struct MembershipTerms {
  int maximum_leads = 0;                        // in a sliding 30 x 24 h window; 0: none by rule
  int daily_leads = 0;                          // in a sliding 24 h window; 0: no daily limit
  std::optional<events::v1::Condition> filter;  // leads accepted; none: all
  std::optional<events::v1::Condition>
      preferred_filter;                            // leads offered first; none: no preference
  absl::Time paused_until = absl::InfinitePast();  // no leads by rule before
};

struct Membership {
  MemberId member;
  MembershipTerms terms;
};

struct TeamState {
  TeamId id;  // nil before the first event
  std::string display_name;
  std::vector<MemberId> leaders;  // in order of appointment
  MemberId override_leader;       // nil: nobody
  std::vector<Membership> memberships;
  PipelineId pipeline;       // of its opportunities; nil: none
  PipelineId lead_pipeline;  // nil: none
  int color_index = 0;
  std::string alias;  // local part; empty: none
  v1::AliasPolicy alias_policy = v1::ALIAS_POLICY_UNSPECIFIED;
  std::optional<events::v1::Condition> assignment_filter;  // none: all leads
  std::optional<Money> monthly_target;
  v1::TargetMeasure target_measure = v1::TARGET_MEASURE_RECEIVED;
  v1::TeamPrivacy privacy = v1::TEAM_PRIVACY_LEADERS_SEE;
  v1::ReassignPolicy assigners = v1::REASSIGN_POLICY_EVERY_MEMBER;
  std::optional<absl::Time> archive_time;  // effective time

  bool archived() const { return archive_time.has_value(); }
  bool IsLeader(const MemberId& member) const;
  // nullptr when the member does not belong to the team.
  const Membership* Find(const MemberId& member) const;
};

struct Team {
  using Id = TeamId;
  using State = TeamState;
  using Event = std::variant<
      events::v1::TeamCreated, events::v1::TeamSettingsRevised, events::v1::TeamAliasRevised,
      events::v1::MembershipBegan, events::v1::MembershipTermsRevised, events::v1::MembershipEnded,
      events::v1::LeaderAppointed, events::v1::LeaderDismissed, events::v1::OverrideLeaderNamed,
      events::v1::TeamArchived, events::v1::TeamRestored>;
  using Resource = v1::Team;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State& state) {
    return {.team = state.id, .owner = {}, .contributors = {}, .shared = true};
  }
  static absl::StatusOr<Resource> Render(const Ref<Team>& self, const Lookup& lookup);

  static absl::StatusOr<TeamId> TargetOf(const v1::UpdateTeamRequest&, const Caller&);

  // Refuses DISPLAY_NAME_REQUIRED, MEMBER_INACTIVE, MEMBERSHIP_EXISTS, PIPELINE_KIND_MISMATCH,
  // PIPELINE_ARCHIVED, what ConditionFrom refuses, TARGET_INVALID, TEAMS_NOT_USED.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::CreateTeamRequest&,
                                                const DecideContext&);
  // The same, and TEAM_ARCHIVED (as all below, but where said otherwise).
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::UpdateTeamRequest&,
                                                const DecideContext&);
  // Refuses TEAM_ALIAS_TAKEN, ALIAS_POLICY_REQUIRED.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::AssignTeamAliasRequest&,
                                                const DecideContext&);
  // Refuses MEMBERSHIP_EXISTS, MEMBER_INACTIVE, what ConditionFrom refuses.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::AddTeamMemberRequest&,
                                                const DecideContext&);
  // Refuses NOT_A_TEAM_MEMBER, what ConditionFrom refuses.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::ReviseMembershipRequest&,
                                                const DecideContext&);
  // Refuses NOT_A_TEAM_MEMBER; allowed on archived teams.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::RemoveTeamMemberRequest&,
                                                const DecideContext&);
  // Refuses MEMBER_INACTIVE.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::AppointLeaderRequest&,
                                                const DecideContext&);
  // Refuses NOT_A_LEADER; allowed on archived teams. Takes the overrides away too.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::DismissLeaderRequest&,
                                                const DecideContext&);
  // Refuses NOT_A_LEADER.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::NameOverrideLeaderRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::ArchiveTeamRequest&,
                                                const DecideContext&);
  // Refuses TEAMS_NOT_USED.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::RestoreTeamRequest&,
                                                const DecideContext&);
};

// FAILED_PRECONDITION TEAM_ARCHIVED.
absl::Status TeamIsArchived(const TeamId& id);
// OK, or FAILED_PRECONDITION TEAMS_NOT_USED: a setting of the caller's organization.
absl::Status RequireTeamsUsed(const DecideContext& context);

}  // namespace crm::domain

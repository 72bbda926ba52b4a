// Goal: what a member, a team or everybody shall reach in a period. What is reached follows from
// the facts that count, as of any day, and is no part of the stream; only what was noticed when is.
//
//   created -> archived <-> restored        notices: achieved <-> fell below; missed
//
// Invariants, cited by tests:
//   I1  a goal has a name (DISPLAY_NAME_REQUIRED), a kind (GOAL_KIND_REQUIRED) and a period
//       (PERIOD_INVALID)
//   I2  its target is more than zero (TARGET_NOT_POSITIVE), an amount where the kind counts money
//       and a number where it counts records (TARGET_KIND_MISMATCH)
//   I3  it is a member's or a team's or everybody's (GOAL_SUBJECT_AMBIGUOUS)
//   I4  what shall be reached never changes; name and notices do, unless it is archived
//       (GOAL_ARCHIVED)
//   I5  it is noticed as achieved once, until it fell below; as missed once, and not while it is
//       achieved
// A member's goal is in the first of the member's teams besides, so that its leaders see it. Pure
// functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "crm/events/v1/goal_events.pb.h"
#include "crm/v1/goal_service.pb.h"
#include "domain/decide_context.h"
#include "domain/goal/standing.h"

namespace crm::domain {

struct GoalRecord {
  std::string display_name;
  events::v1::GoalTerms terms;
  events::v1::Ownership ownership;
  bool achieved_noticed = false;  // people are told
  bool missed_noticed = false;
  std::optional<absl::Time> archive_time;  // effective; nullopt: in use
  // What was noticed.
  bool achieved = false;
  bool missed = false;

  bool archived() const { return archive_time.has_value(); }
};

struct Goal {
  using Id = GoalId;
  using State = GoalRecord;
  using Event =
      std::variant<events::v1::GoalCreated, events::v1::GoalRevised, events::v1::GoalAchieved,
                   events::v1::GoalFellBelow, events::v1::GoalMissed, events::v1::GoalArchived,
                   events::v1::GoalRestored>;
  using Resource = v1::Goal;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State& state);
  static absl::StatusOr<Resource> Render(const Ref<Goal>& self, const Lookup& lookup);

  // The update's target is named inside the resource.
  static absl::StatusOr<GoalId> TargetOf(const v1::UpdateGoalRequest&, const Caller&);

  // Refuses by I1, I2, I3; references that do not exist, and MEMBER_INACTIVE.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::CreateGoalRequest&,
                                                const DecideContext&);
  // Refuses by I1, I4.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::UpdateGoalRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::ArchiveGoalRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::RestoreGoalRequest&,
                                                const DecideContext&);

  // What is to be noticed of a goal that stands like this (I5); nothing when it was noticed before,
  // or when it is archived. `historic`: its period was over when the goal was entered.
  static Decision<Event> Notice(const State& state, v1::GoalState now,
                                const events::v1::GoalStanding& standing, bool historic);
};

}  // namespace crm::domain

#include "domain/goal/goal.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/field_mask.h"
#include "domain/member/member.h"
#include "domain/ownership.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/team/team.h"
#include "domain/team_register/team_register.h"
#include "domain/text.h"
#include "domain/types/calendar.h"
#include "domain/types/money.h"

namespace crm::domain {
namespace {

using events::v1::GoalAchieved;
using events::v1::GoalArchived;
using events::v1::GoalCreated;
using events::v1::GoalFellBelow;
using events::v1::GoalMissed;
using events::v1::GoalRestored;
using events::v1::GoalRevised;
using events::v1::GoalTerms;
using GoalDecision = absl::StatusOr<Decision<Goal::Event>>;

void On(GoalRecord& state, const GoalCreated& event, const EventMetadata&) {
  state.display_name = event.display_name();
  state.terms = event.terms();
  state.ownership = event.ownership();
  state.achieved_noticed = event.achieved_noticed();
  state.missed_noticed = event.missed_noticed();
}

void On(GoalRecord& state, const GoalRevised& event, const EventMetadata&) {
  if (event.has_display_name()) state.display_name = event.display_name();
  if (event.has_achieved_noticed()) state.achieved_noticed = event.achieved_noticed();
  if (event.has_missed_noticed()) state.missed_noticed = event.missed_noticed();
}

void On(GoalRecord& state, const GoalAchieved&, const EventMetadata&) { state.achieved = true; }

void On(GoalRecord& state, const GoalFellBelow&, const EventMetadata&) { state.achieved = false; }

void On(GoalRecord& state, const GoalMissed&, const EventMetadata&) { state.missed = true; }

void On(GoalRecord& state, const GoalArchived&, const EventMetadata& metadata) {
  state.archive_time = metadata.effective_time;
}

void On(GoalRecord& state, const GoalRestored&, const EventMetadata&) {
  state.archive_time.reset();
}

// I2
absl::Status ReadTarget(const v1::Goal& goal, GoalTerms& terms) {
  const auto mismatch = [](absl::string_view message) {
    return Invalid("TARGET_KIND_MISMATCH", message, {{"field", "target"}});
  };
  const auto not_positive = [] {
    return Invalid("TARGET_NOT_POSITIVE", "a target is more than nothing", {{"field", "target"}});
  };
  if (!CountsMoney(goal.kind())) {
    if (goal.has_target()) return mismatch("a goal of this kind counts records, not an amount");
    if (goal.target_count() <= 0) return not_positive();
    terms.set_target_count(goal.target_count());
    return absl::OkStatus();
  }
  if (goal.target_count() != 0) return mismatch("a goal of this kind counts money, not records");
  if (!goal.has_target()) return not_positive();
  ASSIGN_OR_RETURN(const Money target, Money::FromProto(goal.target()));
  if (target.minor() <= 0) return not_positive();
  *terms.mutable_target() = StoredAmount(target);
  return absl::OkStatus();
}

// I1
absl::Status ReadPeriod(const v1::Goal& goal, GoalTerms& terms) {
  ASSIGN_OR_RETURN(const absl::CivilDay first, DayFromProto(goal.first_date()));
  ASSIGN_OR_RETURN(const absl::CivilDay last, DayFromProto(goal.last_date()));
  if (last < first) {
    return Invalid("PERIOD_INVALID", "the last day is before the first", {{"field", "last_date"}});
  }
  *terms.mutable_first() = StoredDay(first);
  *terms.mutable_last() = StoredDay(last);
  return absl::OkStatus();
}

// I1. Filters that say nothing to the kind are refused with it.
absl::Status ReadKind(const v1::Goal& goal, GoalTerms& terms) {
  if (goal.kind() == v1::GOAL_KIND_UNSPECIFIED) {
    return Invalid("GOAL_KIND_REQUIRED", "a goal says what counts", {{"field", "kind"}});
  }
  const bool stray =
      (!goal.contract_type().empty() && goal.kind() != v1::GOAL_KIND_CONTRACT_VALUE) ||
      (!goal.activity_type().empty() && goal.kind() != v1::GOAL_KIND_ACTIVITIES);
  if (stray) {
    return Invalid("GOAL_FILTER_MISMATCH", "a goal of this kind counts nothing of a type",
                   {{"kind", absl::StrCat(goal.kind())}});
  }
  terms.set_kind(goal.kind());
  terms.set_comparison(goal.comparison() == v1::GOAL_COMPARISON_UNSPECIFIED
                           ? v1::GOAL_COMPARISON_AT_LEAST
                           : goal.comparison());
  terms.set_contract_type(goal.contract_type());
  terms.set_activity_type(goal.activity_type());
  return absl::OkStatus();
}

// I3. Whose it is: the member's, in the first of the member's teams; the team's; or nobody's.
absl::StatusOr<Ownership> ReadSubject(const v1::Goal& goal, const DecideContext& context,
                                      GoalTerms& terms) {
  if (!goal.member().empty() && !goal.team().empty()) {
    return Invalid("GOAL_SUBJECT_AMBIGUOUS", "a goal is a member's or a team's, not both",
                   {{"field", "team"}});
  }
  ASSIGN_OR_RETURN(Ownership ownership, ResolveOwnership(goal.team(), goal.member(), context));
  terms.set_member_id(ToBytes(ownership.owner));
  if (ownership.owner.IsNil()) {
    terms.set_team_id(ToBytes(ownership.team));
    return ownership;
  }
  ASSIGN_OR_RETURN(const Ref<TeamRegister> teams,
                   context.Find<TeamRegister>(TeamRegisterOf(context.caller().organization)));
  const std::vector<TeamId> of_member = teams->TeamsOf(ownership.owner);
  ownership.team = of_member.empty() ? TeamId() : of_member.front();
  return ownership;
}

// I4
absl::Status RequireInUse(const GoalRecord& state, const GoalId& id) {
  if (!state.archived()) return absl::OkStatus();
  return Refuse("GOAL_ARCHIVED", absl::StrCat(NameOf(id), " is archived"), {{"goal", NameOf(id)}});
}

}  // namespace

GoalRecord Goal::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  std::visit([&](const auto& e) { On(state, e, metadata); }, event);
  return state;
}

Scope Goal::ScopeOf(const State& state) { return ScopeFrom(state.ownership); }

absl::StatusOr<v1::Goal> Goal::Render(const Ref<Goal>& self, const Lookup&) {
  const GoalTerms& terms = self->terms;
  v1::Goal shown;
  shown.set_name(NameOf(self.id));
  shown.set_display_name(self->display_name);
  shown.set_kind(static_cast<v1::GoalKind>(terms.kind()));
  shown.set_comparison(static_cast<v1::GoalComparison>(terms.comparison()));
  if (const auto target = AmountFromStored(terms.target())) {
    *shown.mutable_target() = target->ToProto();
  }
  shown.set_target_count(terms.target_count());
  shown.set_member(NameOf(FromBytes<MemberId>(terms.member_id())));
  shown.set_team(NameOf(FromBytes<TeamId>(terms.team_id())));
  *shown.mutable_first_date() = DayToProto(DayFromStored(terms.first()));
  *shown.mutable_last_date() = DayToProto(DayFromStored(terms.last()));
  shown.set_contract_type(terms.contract_type());
  shown.set_activity_type(terms.activity_type());
  shown.set_achieved_noticed(self->achieved_noticed);
  shown.set_missed_noticed(self->missed_noticed);
  if (self->archived()) *shown.mutable_archive_time() = TimestampOf(*self->archive_time);
  Stamp(shown, self.head);
  return shown;
}

absl::StatusOr<GoalId> Goal::TargetOf(const v1::UpdateGoalRequest& command, const Caller&) {
  return ParseName<GoalId>(command.goal().name());
}

GoalDecision Goal::Decide(const State&, const v1::CreateGoalRequest& command,
                          const DecideContext& context) {
  const v1::Goal& goal = command.goal();
  RETURN_IF_ERROR(RequireDisplayName(goal.display_name()));
  GoalCreated created;
  created.set_display_name(std::string(absl::StripAsciiWhitespace(goal.display_name())));
  RETURN_IF_ERROR(ReadKind(goal, *created.mutable_terms()));
  RETURN_IF_ERROR(ReadTarget(goal, *created.mutable_terms()));
  RETURN_IF_ERROR(ReadPeriod(goal, *created.mutable_terms()));
  ASSIGN_OR_RETURN(const Ownership ownership, ReadSubject(goal, context, *created.mutable_terms()));
  *created.mutable_ownership() = ToEvent(ownership);
  created.set_achieved_noticed(goal.achieved_noticed());
  created.set_missed_noticed(goal.missed_noticed());
  return Decision<Event>(std::move(created));
}

GoalDecision Goal::Decide(const State& state, const v1::UpdateGoalRequest& command,
                          const DecideContext& context) {
  const v1::Goal& goal = command.goal();
  ASSIGN_OR_RETURN(const GoalId id, TargetOf(command, context.caller()));
  RETURN_IF_ERROR(RequireInUse(state, id));
  ASSIGN_OR_RETURN(const FieldChanges changes,
                   FieldChanges::Resolve(goal, command.update_mask(),
                                         {"display_name", "achieved_noticed", "missed_noticed"}));
  GoalRevised revised;
  if (changes.Has("display_name")) {
    RETURN_IF_ERROR(RequireDisplayName(goal.display_name()));
    const absl::string_view name = absl::StripAsciiWhitespace(goal.display_name());
    if (name != state.display_name) revised.set_display_name(std::string(name));
  }
  if (changes.Has("achieved_noticed") && goal.achieved_noticed() != state.achieved_noticed) {
    revised.set_achieved_noticed(goal.achieved_noticed());
  }
  if (changes.Has("missed_noticed") && goal.missed_noticed() != state.missed_noticed) {
    revised.set_missed_noticed(goal.missed_noticed());
  }
  if (revised.ByteSizeLong() == 0) return Decision<Event>();
  return Decision<Event>(std::move(revised));
}

GoalDecision Goal::Decide(const State& state, const v1::ArchiveGoalRequest&, const DecideContext&) {
  if (state.archived()) return Decision<Event>();
  return Decision<Event>(GoalArchived());
}

GoalDecision Goal::Decide(const State& state, const v1::RestoreGoalRequest&, const DecideContext&) {
  if (!state.archived()) return Decision<Event>();
  return Decision<Event>(GoalRestored());
}

Decision<Goal::Event> Goal::Notice(const State& state, v1::GoalState now,
                                   const events::v1::GoalStanding& standing, bool historic) {
  Decision<Event> notices;
  if (state.archived()) return notices;
  const auto add = [&](auto notice) {
    *notice.mutable_standing() = standing;
    notice.set_historic(historic);
    notices.Add(std::move(notice));
  };
  const bool reached = now == v1::GOAL_STATE_REACHED;
  if (reached && !state.achieved) add(GoalAchieved());
  if (!reached && state.achieved) add(GoalFellBelow());
  if (now == v1::GOAL_STATE_MISSED && !state.missed) add(GoalMissed());
  return notices;
}

}  // namespace crm::domain

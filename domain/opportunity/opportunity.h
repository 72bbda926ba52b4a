// Opportunity: what may be sold, to whom, for how much, by when.
//
//            +--------------- Reopen ----------------+
//            v                                       |
//   Create -> open --- Win / Lose / (an alternative was won) ---> won, lost, superseded
//            ^ |                          ^
//     Resume | | PlaceOnStandby           |       archived: put away in any phase,
//            | v                          |       changes nothing until restored
//          standby -----------------------+
//
// Invariants
//   I1  It is in a stage of an opportunity pipeline; while open or on standby in one of kind open.
//       Only Win enters a stage of kind won, and none enters one of kind lost: what is lost stays
//       where it died.
//   I2  It enters a stage only with the fields that the stage requires; but where it was before, or
//       where the records of its archived stage went, it goes as it is.
//   I3  Amounts are of a known currency and not negative.
//   I4  A probability that was entered, 0 included, survives moves until the command clears it;
//       otherwise it is that of the stage at any time.
//   I5  Won means 100 %, lost and superseded 0 %; the probability from before comes back on reopen.
//   I6  It changes only while open or on standby, and not while archived.
//   I7  Standby has a day to be reminded, which was after today when it was set; on that day its
//       owner is reminded once, and it goes on waiting.
//   I8  A loss names a reason that was configured and offered then, with text where demanded.
//   I9  Of the members of a group of alternatives one at most is won, and then no other is open.
//   I10 Contributors are different active members with positive weights.
//   I11 Members of a group of sub-projects with synchronous stages that are open in one pipeline
//       move together; leaving an archived stage for its target each goes alone.
//   I12 It belongs to one group at most, and both streams say so.
//   I13 It always has a name. Customer and contact existed and were not archived when named.
// Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crm/events/v1/opportunity_events.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "domain/contribution.h"
#include "domain/decide_context.h"
#include "domain/schedule/rules.h"
#include "domain/types/calendar.h"
#include "domain/types/money.h"
#include "domain/types/rate.h"

namespace crm::domain {

struct OpportunityState {
  OpportunityId id;  // nil before the first event
  v1::OpportunityState phase = v1::OPPORTUNITY_STATE_UNSPECIFIED;
  events::v1::OpportunityDetails details;  // descriptive fields as stored, customer included
  TeamId team;                             // nil: none
  MemberId owner;                          // nil: nobody
  std::vector<Contribution> contributors;  // in the order credited
  StageName stage;
  StageName last_open_stage;    // where Reopen goes back to
  absl::Time stage_enter_time;  // effective; a move out and back begins anew (T42)
  std::optional<Money> expected_revenue;
  std::optional<Probability> explicit_probability;  // nullopt: follows the stage
  std::optional<absl::CivilDay> reminder;           // on standby only
  bool reminded = false;                            // on standby only
  events::v1::LossReason loss_reason;               // as configured when it was lost
  std::string loss_text;
  OpportunityId superseded_by;
  std::optional<absl::Time> close_time;  // effective; won, lost, superseded only
  OpportunityGroupId group;              // nil: none
  LeadId lead;                           // nil: entered directly
  std::optional<absl::Time> archive_time;

  bool archived() const { return archive_time.has_value(); }
  // Open or on standby.
  bool IsOpen() const;
  CustomerId customer() const { return FromBytes<CustomerId>(details.customer_id()); }
};

struct Opportunity {
  using Id = OpportunityId;
  using State = OpportunityState;
  using Event =
      std::variant<events::v1::OpportunityOpened, events::v1::OpportunityDetailsRevised,
                   events::v1::ExpectedRevenueRevised, events::v1::ProbabilityRevised,
                   events::v1::StageMoved, events::v1::OpportunityAssigned,
                   events::v1::ContributorsCredited, events::v1::OpportunityPlacedOnStandby,
                   events::v1::OpportunityReminded, events::v1::OpportunityResumed,
                   events::v1::OpportunityWon, events::v1::OpportunityLost,
                   events::v1::OpportunitySuperseded, events::v1::OpportunityReopened,
                   events::v1::OpportunityGrouped, events::v1::OpportunityUngrouped,
                   events::v1::OpportunityArchived, events::v1::OpportunityRestored>;
  using Resource = v1::Opportunity;
  using Result = absl::StatusOr<Decision<Event>>;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State& state);
  // Weighted revenue is rounded half-up; a probability that follows the stage is the stage's now.
  static absl::StatusOr<Resource> Render(const Ref<Opportunity>& self, const Lookup& lookup);

  // The update's target is named inside the resource.
  static absl::StatusOr<OpportunityId> TargetOf(const v1::UpdateOpportunityRequest&, const Caller&);
  static absl::StatusOr<OpportunityId> TargetOf(const DueInstant& instant, const Caller&) {
    return OpportunityId(instant.subject.id);
  }

  // Refuses DISPLAY_NAME_REQUIRED, AMOUNT_NEGATIVE, and by OpenOpportunity, CreditContributors and
  // ResolveOwnership (domain/ownership.h); customers and contacts that are archived.
  static Result Decide(const State&, const v1::CreateOpportunityRequest&, const DecideContext&);
  // This and all below but Reopen, Archive and Restore refuse OPPORTUNITY_CLOSED and
  // OPPORTUNITY_ARCHIVED (I6). Refuses FIELD_UNKNOWN, FIELD_NOT_UPDATABLE, DISPLAY_NAME_REQUIRED.
  static Result Decide(const State&, const v1::UpdateOpportunityRequest&, const DecideContext&);
  // Refuses AMOUNT_NEGATIVE and what Money::FromProto refuses.
  static Result Decide(const State&, const v1::ReviseExpectedRevenueRequest&, const DecideContext&);
  static Result Decide(const State&, const v1::ReviseProbabilityRequest&, const DecideContext&);
  // Refuses STAGE_CLOSED_KIND, STAGE_FIELDS_MISSING, and what RequireLiveStage (pipeline.h) does.
  static Result Decide(const State&, const v1::MoveStageRequest&, const DecideContext&);
  // Refuses what ResolveOwnership refuses.
  static Result Decide(const State&, const v1::AssignOpportunityRequest&, const DecideContext&);
  // Refuses CONTRIBUTOR_WEIGHT_INVALID, CONTRIBUTOR_REPEATED and members who are not active.
  static Result Decide(const State&, const v1::CreditContributorsRequest&, const DecideContext&);
  // Refuses DATE_INVALID, REMINDER_NOT_IN_FUTURE.
  static Result Decide(const State&, const v1::PlaceOnStandbyRequest&, const DecideContext&);
  static Result Decide(const State&, const v1::ResumeOpportunityRequest&, const DecideContext&);
  // Refuses AMOUNT_NEGATIVE, STAGE_FIELDS_MISSING.
  static Result Decide(const State&, const v1::WinOpportunityRequest&, const DecideContext&);
  // Refuses LOSS_REASON_UNKNOWN, LOSS_TEXT_REQUIRED.
  static Result Decide(const State&, const v1::LoseOpportunityRequest&, const DecideContext&);
  // Refuses OPPORTUNITY_ARCHIVED, ALTERNATIVE_WON, STAGE_NOT_IN_PIPELINE (it stays in its
  // pipeline), and by the stage as MoveStage does. Its time in the stage begins anew. Reopening an
  // open one decides nothing.
  static Result Decide(const State&, const v1::ReopenOpportunityRequest&, const DecideContext&);
  static Result Decide(const State&, const v1::ArchiveOpportunityRequest&, const DecideContext&);
  // Open in a stage that was archived meanwhile, it moves to where that one's records went.
  static Result Decide(const State&, const v1::RestoreOpportunityRequest&, const DecideContext&);
  // The clock's (I7); refuses nothing.
  static Result Decide(const State&, const DueInstant&, const DecideContext&);
};

// What it is worth and whose it is, as every event carries it.
events::v1::OpportunitySnapshot SnapshotOf(const OpportunityState& state);

// Splits `amount` over the contributors by weight, in the order credited, without losing a unit;
// without contributors all of it goes to the owner, and nowhere without either (T24, T60).
struct CreditShare {
  MemberId member;
  Money amount;
};
std::vector<CreditShare> SharesOf(const OpportunityState& state, const Money& amount);

}  // namespace crm::domain

// Lead: a person or company that may become a customer, from capture to conversion.
//
//                    +--------- Restore ---------+
//                    v                           |
//   Capture --> NEW ----- Lose, Junk --> LOST, JUNK
//     |          |  \                           ^
//     |          |   Qualify, or a WON stage    | Lose, Junk
//     |          |    \--> QUALIFIED -----------+   (Restore goes back to QUALIFIED)
//     |          v            |
//     |        Convert <------+  --> CONVERTED (for good)
//     +--> REFUSED: kept with the reason, until it is captured again under its external id
//
// Invariants, cited by tests:
//   I1  every capture is recorded: one refused by a rule is REFUSED with the reason. Only what its
//       sender must correct (a name of nothing, an impossible amount) is rejected unrecorded
//   I2  a lead that is not refused has an e-mail, a phone, a company or a person (NO_CONTACT_DATA),
//       and its e-mail is plausible (EMAIL_INVALID)
//   I3  CONVERTED, LOST, JUNK and REFUSED leads do not change (LEAD_CLOSED)
//   I4  a stage is one of a lead pipeline (PIPELINE_KIND_MISMATCH), is not archived and not of kind
//       LOST; a WON stage qualifies
//   I5  the customer is born once, with qualification or conversion, whichever is first
//   I6  customer, contact and opportunity of a conversion appear in one commit; converting again to
//       the same decides nothing, to something else is LEAD_ALREADY_CONVERTED
//   I7  every assignment to a member in a team is on the team's roster in the same commit, and
//       leaves the roster of whoever had the lead; losing a lead frees nothing
//   I8  a member with a maximum never gets beyond it in 30 x 24 h (CAPACITY): by rule never, by
//       hand only with lead.exceed_capacity
//   I9  losing needs a configured reason (LOSS_REASON_UNKNOWN), with text where it says so
//       (LOSS_TEXT_REQUIRED)
//   I10 a revision names exactly the fields whose values changed; no change, no event
//   I11 where leads are not used a capture becomes an opportunity in the same commit
//   I12 a lead without a stage enters the first open stage of its team's lead pipeline, if any, in
//       the commit that gives it the team
//   I13 an external id names one lead of a source: another capture with it joins the lead, which
//       stays as it is; a refused one is captured anew
//
// Pure functions over immutable values; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crm/events/v1/lead_events.pb.h"
#include "crm/v1/lead_service.pb.h"
#include "domain/aggregate.h"
#include "domain/decide_context.h"
#include "domain/decision.h"
#include "domain/lookup.h"
#include "domain/ownership.h"
#include "domain/record_filter.h"
#include "domain/scope.h"
#include "domain/types/ids.h"

namespace crm::domain {

struct LeadState {
  LeadId id;
  v1::LeadState phase = v1::LEAD_STATE_UNSPECIFIED;
  v1::LeadState phase_before_close = v1::LEAD_STATE_NEW;  // what Restore goes back to
  v1::CaptureChannel channel = v1::CAPTURE_CHANNEL_API;
  events::v1::LeadDetails details;  // descriptive fields as stored; personal ones may be erased
  Ownership ownership;
  StageName stage;                                     // nil: none
  absl::Time stage_enter_time = absl::InfinitePast();  // effective
  PersonId subject;                                    // whose key seals the personal fields
  std::string refusal_reason;
  std::string external_id;                              // empty: none
  int capture_count = 0;                                // refused ones included
  absl::Time last_capture_time = absl::InfinitePast();  // effective
  events::v1::LossReason loss_reason;                   // as configured then
  std::string closing_text;                             // beside the loss reason, or why junk
  // What the rule last decided; nullopt when never asked, or overruled by hand.
  std::optional<events::v1::AssignmentExplanation> explanation;
  std::string unassigned_reason;
  CustomerId customer;
  ContactId contact;
  OpportunityId opportunity;
  bool erased = false;

  // Being worked on: new or qualified.
  bool IsOpen() const { return phase == v1::LEAD_STATE_NEW || phase == v1::LEAD_STATE_QUALIFIED; }
};

struct Lead {
  using Id = LeadId;
  using State = LeadState;
  using Event = std::variant<
      events::v1::LeadCaptured, events::v1::LeadCaptureRefused, events::v1::LeadCaptureJoined,
      events::v1::LeadDetailsRevised, events::v1::LeadStageMoved, events::v1::LeadAssigned,
      events::v1::LeadLeftUnassigned, events::v1::LeadQualified, events::v1::LeadConverted,
      events::v1::LeadLost, events::v1::LeadJunked, events::v1::LeadRestored>;
  using Resource = v1::Lead;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State& state);
  static absl::StatusOr<Resource> Render(const Ref<Lead>& lead, const Lookup& lookup);

  // I1, I2, I4, I7, I8, I11, I13. Without a stage, the first open stage of the team's lead
  // pipeline.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::CaptureLeadRequest&,
                                                const DecideContext&);
  // I2, I3, I10. Team, owner and stage are not paths of an update.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::UpdateLeadRequest&,
                                                const DecideContext&);
  // I3, I4, I5.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::MoveLeadStageRequest&,
                                                const DecideContext&);
  // I3, I7, I8.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::AssignLeadRequest&,
                                                const DecideContext&);
  // I3, I7, I8. A lead that has an owner stays where it is; one that has a team stays in it.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::RouteLeadRequest&,
                                                const DecideContext&);
  // I3, I5. Qualifying again with the same customer decides nothing; with another one it is
  // refused LEAD_CUSTOMER_DIFFERS.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::QualifyLeadRequest&,
                                                const DecideContext&);
  // I3, I5, I6.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::ConvertLeadRequest&,
                                                const DecideContext&);
  // I3, I9.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::LoseLeadRequest&,
                                                const DecideContext&);
  // I3. Refuses JUNK_REASON_REQUIRED.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::JunkLeadRequest&,
                                                const DecideContext&);
  // Back to the phase and stage it was lost or junked in; an open lead stays as it is.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::RestoreLeadRequest&,
                                                const DecideContext&);

  // The update's target is named inside the resource.
  static absl::StatusOr<LeadId> TargetOf(const v1::UpdateLeadRequest&, const Caller&);
  // A capture's by its external id, if it has one: the lead that was captured with it, or a new
  // one.
  static absl::StatusOr<LeadId> TargetOf(const v1::CaptureLeadRequest&, const Caller&);
  static void BirthsIfAbsent(const v1::CaptureLeadRequest&);

  // The answer to a conversion, built from the state, so that a repeated one answers the same.
  static absl::StatusOr<v1::ConvertLeadResponse> Respond(const v1::ConvertLeadRequest&,
                                                         const Ref<Lead>& lead,
                                                         const Lookup& lookup);
};

// What filters see of a lead; views into `details`.
RecordTraits TraitsOf(const events::v1::LeadDetails& details);

// What a lead gives birth to is named after the lead, so a repeat finds it again.
CustomerId CustomerBornOf(const LeadId& lead);
ContactId ContactBornOf(const LeadId& lead);
OpportunityId OpportunityBornOf(const LeadId& lead);

}  // namespace crm::domain

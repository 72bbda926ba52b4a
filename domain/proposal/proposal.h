// Proposal: a priced offer to a lead or customer, until it is accepted or declined.
//
//   Create --> draft -- Send --> sent -- Accept --> accepted -- Convert --> (an invoice)
//                |                 |
//                |                 +---- Decline --> declined
//                |                 |
//                +-----------------+---- a revision is made of it --> revised
//                                        archived: put away in any phase, changes nothing until
//                                        restored
//
// Invariants
//   I1  Lines and recipient change only in a draft (PROPOSAL_NOT_DRAFT); nothing but where it
//       belongs changes once it is accepted, declined or revised (PROPOSAL_CLOSED), and nothing at
//       all while archived (PROPOSAL_ARCHIVED).
//   I2  It is accepted once, after it was sent (PROPOSAL_NOT_SENT), and until the end of its last
//       day in the organization's zone (PROPOSAL_EXPIRED, T43). A last day is not set in the past
//       (OPEN_TILL_PASSED).
//   I3  It becomes one document, with all its lines: converting it again is refused
//       (PROPOSAL_CONVERTED) unless that document is void and named (T68). With the organization's
//       automatic invoice this happens in the commit of the acceptance.
//   I4  Where a manager must approve, what is sent is what was approved (APPROVAL_REQUIRED): new
//       lines want a new approval.
//   I5  A revision is a proposal of its own, numbered on; what it revises can no longer be accepted
//       from that commit on.
//   I6  Whether it expired is not in it: it follows from its last day and the day asked for.
//   I7  A revision of its fields names exactly those whose values changed; no change, no event.
//   I8  Its owner is reminded once of a last day, while it may still be accepted.
// Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crm/events/v1/proposal_events.pb.h"
#include "crm/v1/proposal_service.pb.h"
#include "domain/decide_context.h"
#include "domain/document/document.h"
#include "domain/schedule/rules.h"

namespace crm::domain {

struct ProposalState {
  ProposalId id;                // nil before the first event
  OrganizationId organization;  // the same
  v1::ProposalState phase = v1::PROPOSAL_STATE_UNSPECIFIED;
  events::v1::ProposalDetails details;
  DocumentState document;
  ProposalId revises;     // nil: the first of its kind
  ProposalId revised_by;  // nil: none took its place
  int revision = 0;       // from 1
  bool approved = false;
  std::optional<absl::Time> send_time;   // effective time of the first sending
  std::optional<absl::Time> close_time;  // effective; accepted, declined, revised only
  std::string decline_reason;
  InvoiceId invoice;                            // what it was last converted to; nil: nothing
  int conversions = 0;                          // how often it was converted
  std::optional<absl::CivilDay> reminded_till;  // the last day its owner was reminded of
  std::optional<absl::Time> archive_time;

  bool archived() const { return archive_time.has_value(); }
  // It may still be accepted, its last day aside.
  bool IsOpen() const {
    return phase == v1::PROPOSAL_STATE_DRAFT || phase == v1::PROPOSAL_STATE_SENT;
  }
  // I6.
  bool IsExpired(absl::CivilDay today) const;
};

struct Proposal {
  using Id = ProposalId;
  using State = ProposalState;
  using Event = std::variant<
      events::v1::ProposalDrafted, events::v1::ProposalContentRevised,
      events::v1::ProposalDetailsRevised, events::v1::ProposalReaddressed,
      events::v1::ProposalApproved, events::v1::ProposalSent, events::v1::ProposalAccepted,
      events::v1::ProposalDeclined, events::v1::ProposalExtended, events::v1::ProposalSuperseded,
      events::v1::ProposalConverted, events::v1::ProposalAssigned, events::v1::ProposalReminded,
      events::v1::ProposalArchived, events::v1::ProposalRestored>;
  using Resource = v1::Proposal;
  using Result = absl::StatusOr<Decision<Event>>;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State& state);
  // Expired or not at the lookup's instant.
  static absl::StatusOr<Resource> Render(const Ref<Proposal>& self, const Lookup& lookup);

  // The update's target is named inside the resource.
  static absl::StatusOr<ProposalId> TargetOf(const v1::UpdateProposalRequest&, const Caller&);
  static absl::StatusOr<ProposalId> TargetOf(const DueInstant& instant, const Caller&) {
    return ProposalId(instant.subject.id);
  }

  // Refuses DISPLAY_NAME_REQUIRED, by I2, and by OriginFrom and DocumentFrom
  // (domain/document/document.h); of what it revises PROPOSAL_CLOSED and PROPOSAL_ARCHIVED.
  static Result Decide(const State&, const v1::CreateProposalRequest&, const DecideContext&);
  // This and all below but Restore refuse PROPOSAL_ARCHIVED (I1). Refuses PROPOSAL_CLOSED.
  static Result Decide(const State&, const v1::UpdateProposalRequest&, const DecideContext&);
  // Refuses by I1 and ContentFrom.
  static Result Decide(const State&, const v1::ReviseProposalContentRequest&, const DecideContext&);
  // Refuses by I1 and AddresseeFrom.
  static Result Decide(const State&, const v1::ReaddressProposalRequest&, const DecideContext&);
  // Refuses by I1.
  static Result Decide(const State&, const v1::ApproveProposalRequest&, const DecideContext&);
  // Refuses PROPOSAL_CLOSED, PROPOSAL_EXPIRED, RECIPIENT_REQUIRED, and by I4.
  static Result Decide(const State&, const v1::SendProposalRequest&, const DecideContext&);
  // Refuses PROPOSAL_CLOSED, and by I2.
  static Result Decide(const State&, const v1::AcceptProposalRequest&, const DecideContext&);
  // Refuses PROPOSAL_CLOSED, PROPOSAL_NOT_SENT, DECLINE_REASON_REQUIRED. With a configured reason
  // the opportunity or lead is lost too: SOURCE_REQUIRED without one, PERMISSION_DENIED, and what
  // losing refuses.
  static Result Decide(const State&, const v1::DeclineProposalRequest&, const DecideContext&);
  // Refuses PROPOSAL_CLOSED, and by I2.
  static Result Decide(const State&, const v1::ExtendProposalRequest&, const DecideContext&);
  // Refuses PROPOSAL_NOT_ACCEPTED, and by I3.
  static Result Decide(const State&, const v1::ConvertProposalRequest&, const DecideContext&);
  // Refuses what ResolveOwnership refuses.
  static Result Decide(const State&, const v1::AssignProposalRequest&, const DecideContext&);
  static Result Decide(const State&, const v1::ArchiveProposalRequest&, const DecideContext&);
  static Result Decide(const State&, const v1::RestoreProposalRequest&, const DecideContext&);
  // The clock's (I8); refuses nothing.
  static Result Decide(const State&, const DueInstant&, const DecideContext&);

  // The proposal, and what it became.
  static absl::StatusOr<v1::ConvertProposalResponse> Respond(const v1::ConvertProposalRequest&,
                                                             const Ref<Proposal>& self,
                                                             const Lookup& lookup);
};

// I1: PROPOSAL_ARCHIVED, then PROPOSAL_CLOSED, then PROPOSAL_NOT_DRAFT; each of the first ones is
// refused by those below it.
absl::Status RequireNotArchived(const ProposalState& state);
absl::Status RequireOpen(const ProposalState& state);
absl::Status RequireDraft(const ProposalState& state);

// What it is worth and whose it is, as every event carries it.
events::v1::DocumentSnapshot SnapshotOf(const ProposalState& state);

// The organization's day of the command.
absl::StatusOr<absl::CivilDay> DayOfCommand(const DecideContext& context);

}  // namespace crm::domain

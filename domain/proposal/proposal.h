// Proposal: a priced offer to a lead or customer, until it is accepted or declined.
//
//   Create --> draft -- Send --> sent -- Accept --> accepted -- Convert --> (an invoice or an
//   order)
//                |                 |
//                |                 +---- Decline --> declined
//                |                 |
//                +-----------------+---- a revision is made of it --> revised
//                                        archived: put away in any phase until restored
//
// Invariants
//   I1  Lines and recipient change only in a draft (PROPOSAL_NOT_DRAFT); nothing but where it
//       belongs changes once it is accepted, declined or revised (PROPOSAL_CLOSED), and nothing at
//       all while archived (PROPOSAL_ARCHIVED).
//   I2  It is accepted once, after it was sent (PROPOSAL_NOT_SENT), and until the end of its last
//       day in the organization's zone (PROPOSAL_EXPIRED, T43). A last day is not set in the past
//       (OPEN_TILL_PASSED).
//   I3  It becomes one document, with all its lines: converting it again is refused
//       (PROPOSAL_CONVERTED) unless that document is void or cancelled, and named (T68). With the
//       organization's automatic invoice this happens in the commit of the acceptance.
//   I4  Where a manager must approve, what is sent is what was approved (APPROVAL_REQUIRED): new
//       lines want a new approval.
//   I5  A revision is a proposal of its own, numbered on; what it revises can no longer be accepted
//       from that commit on.
//   I6  Whether it expired is not in it: it follows from its last day and the day asked for.
//   I7  A revision of its fields names exactly those whose values changed; no change, no event.
//   I8  A public link opens it once it was sent, one link at a time, while it is not archived and
//       the link's last day has not passed. Whoever holds it acts by the same rules as a member who
//       enters what the receiver said; a link that opens nothing decides nothing (LINK_INVALID).
//   I9  That it was opened is recorded once a link and day. The receiver comments where it is not
//       disallowed (COMMENTS_DISALLOWED), and neither side without end (COMMENT_LIMIT_REACHED).
//   I10 Through the link only what is on paper is seen: no ids, costs, tags, members.
//   I11 Its owner is reminded once of a last day, while it may still be accepted.
// Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crm/events/v1/proposal_events.pb.h"
#include "crm/v1/proposal_service.pb.h"
#include "crm/v1/public_document_service.pb.h"
#include "domain/decide_context.h"
#include "domain/document/document.h"
#include "domain/document/public_link.h"
#include "domain/schedule/rules.h"

namespace crm::domain {

inline constexpr int kMostCommentsEach = 100;  // of the receiver, and of members (I9)

struct ProposalState {
  struct Comment {
    MemberId author;          // nil: the receiver
    std::string person_name;  // as the receiver typed it; may be erased, as the text may
    std::string text;
    absl::Time time;  // effective
  };

  ProposalId id;                // nil before the first event
  OrganizationId organization;  // the same
  v1::ProposalState phase = v1::PROPOSAL_STATE_UNSPECIFIED;
  events::v1::ProposalDetails details;
  DocumentState document;
  ProposalTemplateId made_of;  // nil: no template
  ProposalId revises;          // nil: the first of its kind
  ProposalId revised_by;       // nil: none took its place
  int revision = 0;            // from 1
  bool approved = false;
  std::optional<absl::Time> send_time;   // effective time of the first sending
  std::optional<absl::Time> close_time;  // effective; accepted, declined, revised only
  std::string decline_reason;
  InvoiceId invoice;                            // what it was last converted to; nil: none
  SalesOrderId order;                           // the same; at most one of both is not nil
  int conversions = 0;                          // how often it was converted
  std::optional<absl::CivilDay> reminded_till;  // the last day its owner was reminded of
  std::optional<absl::Time> archive_time;
  LinkState link;
  std::vector<Comment> comments;  // in order
  int64_t view_count = 0;
  std::optional<absl::Time> first_view_time;
  std::optional<absl::Time> last_view_time;
  std::string closed_person_name;  // of who accepted or declined through the link

  bool archived() const { return archive_time.has_value(); }
  // It may still be accepted, its last day aside.
  bool IsOpen() const {
    return phase == v1::PROPOSAL_STATE_DRAFT || phase == v1::PROPOSAL_STATE_SENT;
  }
  std::string ConvertedTo() const;  // the name of that document; empty: none
  // I6.
  bool IsExpired(absl::CivilDay today) const;
};

struct Proposal {
  using Id = ProposalId;
  using State = ProposalState;
  using Event = std::variant<
      events::v1::ProposalDrafted, events::v1::ProposalContentRevised,
      events::v1::ProposalDetailsRevised, events::v1::ProposalReaddressed,
      events::v1::ProposalApproved, events::v1::ProposalSent, events::v1::ProposalLinkIssued,
      events::v1::ProposalViewed, events::v1::ProposalCommented, events::v1::ProposalReplied,
      events::v1::ProposalAccepted, events::v1::ProposalDeclined, events::v1::ProposalExtended,
      events::v1::ProposalSuperseded, events::v1::ProposalConverted, events::v1::ProposalAssigned,
      events::v1::ProposalReminded, events::v1::ProposalArchived, events::v1::ProposalRestored>;
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
  // What a link names; LINK_INVALID when that is no proposal.
  static absl::StatusOr<ProposalId> TargetOf(absl::string_view link);
  template <class Command>
  requires requires(const Command& c) { c.link(); }
  static absl::StatusOr<ProposalId> TargetOf(const Command& command, const Caller&) {
    return TargetOf(command.link());
  }

  // Refuses DISPLAY_NAME_REQUIRED, by I2, FillFromTemplate, OriginFrom and DocumentFrom; of what it
  // revises PROPOSAL_CLOSED and PROPOSAL_ARCHIVED.
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
  // By I8: PROPOSAL_CLOSED, PROPOSAL_NOT_SENT; and LINK_EXPIRY_PASSED.
  static Result Decide(const State&, const v1::CreateProposalLinkRequest&, const DecideContext&);
  // Also of an archived one.
  static Result Decide(const State&, const v1::RevokeProposalLinkRequest&, const DecideContext&);
  // Refuses PROPOSAL_NOT_SENT, and by I9.
  static Result Decide(const State&, const v1::ReplyProposalCommentRequest&, const DecideContext&);

  // Whoever holds the link: each refuses by I8, then by I9, or what a member's would be refused.
  static Result Decide(const State&, const v1::ViewPublicDocumentRequest&, const DecideContext&);
  static Result Decide(const State&, const v1::CommentPublicDocumentRequest&, const DecideContext&);
  static Result Decide(const State&, const v1::AcceptPublicDocumentRequest&, const DecideContext&);
  static Result Decide(const State&, const v1::DeclinePublicDocumentRequest&, const DecideContext&);
  static absl::StatusOr<v1::ViewPublicDocumentResponse> Respond(
      const v1::ViewPublicDocumentRequest&, const Ref<Proposal>& self, const Lookup& lookup);
  static absl::StatusOr<v1::CommentPublicDocumentResponse> Respond(
      const v1::CommentPublicDocumentRequest&, const Ref<Proposal>& self, const Lookup& lookup);
  static absl::StatusOr<v1::AcceptPublicDocumentResponse> Respond(
      const v1::AcceptPublicDocumentRequest&, const Ref<Proposal>& self, const Lookup& lookup);
  static absl::StatusOr<v1::DeclinePublicDocumentResponse> Respond(
      const v1::DeclinePublicDocumentRequest&, const Ref<Proposal>& self, const Lookup& lookup);
  // The clock's (I11); refuses nothing.
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
// I2, I8: PROPOSAL_NOT_SENT, after what RequireOpen refuses.
absl::Status RequireSent(const ProposalState& state);

// What it is worth and whose it is, as every event carries it.
events::v1::DocumentSnapshot SnapshotOf(const ProposalState& state);

absl::StatusOr<absl::CivilDay> DayOfCommand(const DecideContext& context);

}  // namespace crm::domain

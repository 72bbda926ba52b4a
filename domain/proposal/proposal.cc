#include "domain/proposal/proposal.h"

#include <utility>

#include "base/status_macros.h"
#include "domain/details_revision.h"
#include "domain/organization/organization.h"
#include "domain/ownership.h"
#include "domain/render.h"

namespace crm::domain {
namespace {

using State = ProposalState;

void Close(State& state, v1::ProposalState phase, const EventMetadata& metadata) {
  state.phase = phase;
  state.close_time = metadata.effective_time;
}

void On(State& state, const events::v1::ProposalDrafted& event, const EventMetadata& metadata) {
  state.id = ProposalId(metadata.stream.id);
  state.organization = OrganizationId(metadata.organization);
  state.phase = v1::PROPOSAL_STATE_DRAFT;
  state.details = event.details();
  state.document = {.ownership = event.at().ownership(),
                    .recipient = event.recipient(),
                    .subject = FromBytes<PersonId>(event.subject_id()),
                    .content = event.content(),
                    .credited = event.credited(),
                    .channel = event.at().channel(),
                    .source = event.source()};
  state.made_of = FromBytes<ProposalTemplateId>(event.template_id());
  state.revises = FromBytes<ProposalId>(event.revises_id());
  state.revision = event.revision();
}

void On(State& state, const events::v1::ProposalContentRevised& event, const EventMetadata&) {
  state.document.content = event.content();
  SetContributors(state.document);
  state.approved = false;  // I4
}

void On(State& state, const events::v1::ProposalDetailsRevised& event, const EventMetadata&) {
  CopyFields(event.details(), event.fields(), state.details);
}

void On(State& state, const events::v1::ProposalReaddressed& event, const EventMetadata&) {
  state.document.recipient = event.recipient();
  state.document.subject = FromBytes<PersonId>(event.subject_id());
}

void On(State& state, const events::v1::ProposalApproved&, const EventMetadata&) {
  state.approved = true;
}

void On(State& state, const events::v1::ProposalSent&, const EventMetadata& metadata) {
  state.phase = v1::PROPOSAL_STATE_SENT;
  if (!state.send_time.has_value()) state.send_time = metadata.effective_time;
}

void On(State& state, const events::v1::ProposalLinkIssued& event, const EventMetadata&) {
  state.link = LinkFrom(event.link());
}

void On(State& state, const events::v1::ProposalViewed& event, const EventMetadata& metadata) {
  state.view_count = event.ordinal();
  state.link.view_time = metadata.effective_time;
  state.last_view_time = metadata.effective_time;
  if (!state.first_view_time.has_value()) state.first_view_time = metadata.effective_time;
}

void On(State& state, const events::v1::ProposalCommented& event, const EventMetadata& metadata) {
  state.comments.push_back(
      {MemberId(), event.caller().display_name(), event.text(), metadata.effective_time});
}

void On(State& state, const events::v1::ProposalReplied& event, const EventMetadata& metadata) {
  state.comments.push_back({MemberId(metadata.actor), "", event.text(), metadata.effective_time});
}

void On(State& state, const events::v1::ProposalAccepted& event, const EventMetadata& metadata) {
  Close(state, v1::PROPOSAL_STATE_ACCEPTED, metadata);
  state.closed_person_name = event.caller().display_name();
}

void On(State& state, const events::v1::ProposalDeclined& event, const EventMetadata& metadata) {
  Close(state, v1::PROPOSAL_STATE_DECLINED, metadata);
  state.decline_reason = event.reason();
  state.closed_person_name = event.caller().display_name();
}

void On(State& state, const events::v1::ProposalExtended& event, const EventMetadata&) {
  state.details.clear_open_till();
  if (event.has_to()) *state.details.mutable_open_till() = event.to();
}

void On(State& state, const events::v1::ProposalSuperseded& event, const EventMetadata& metadata) {
  Close(state, v1::PROPOSAL_STATE_REVISED, metadata);
  state.revised_by = FromBytes<ProposalId>(event.revised_by_id());
}

void On(State& state, const events::v1::ProposalConverted& event, const EventMetadata&) {
  const bool ordered = event.target_category() == SalesOrderTag::kCategory;
  state.invoice = ordered ? InvoiceId() : FromBytes<InvoiceId>(event.target_id());
  state.order = ordered ? FromBytes<SalesOrderId>(event.target_id()) : SalesOrderId();
  ++state.conversions;
}

void On(State& state, const events::v1::ProposalAssigned& event, const EventMetadata&) {
  state.document.ownership = event.to();
}

void On(State& state, const events::v1::ProposalReminded& event, const EventMetadata&) {
  state.reminded_till = DayFromStored(event.open_till());
}

void On(State& state, const events::v1::ProposalArchived&, const EventMetadata& metadata) {
  state.archive_time = metadata.effective_time;
}

void On(State& state, const events::v1::ProposalRestored&, const EventMetadata&) {
  state.archive_time.reset();
}

// The code of older programs, which know 1 for proposals that were opened.
int LegacyStatus(const State& state) {
  switch (state.phase) {
    case v1::PROPOSAL_STATE_DECLINED:
      return 2;
    case v1::PROPOSAL_STATE_ACCEPTED:
      return 3;
    case v1::PROPOSAL_STATE_SENT:
      return state.view_count > 0 ? 1 : 4;
    case v1::PROPOSAL_STATE_REVISED:
      return 5;
    default:
      return 6;
  }
}

void ShowDocument(const DocumentState& document, v1::Proposal& shown) {
  *shown.mutable_recipient() = ShownRecipient(document.recipient);
  *shown.mutable_content() = ShownContent(document.content);
  if (document.source.category() == LeadTag::kCategory) {
    shown.set_lead(NameOf(FromBytes<LeadId>(document.source.source_id())));
  }
  shown.set_team(NameOf(FromBytes<TeamId>(document.ownership.team_id())));
  shown.set_owner(NameOf(FromBytes<MemberId>(document.ownership.owner_id())));
  *shown.mutable_contributors() = ShownCredit(document.credited);
}

// What whoever holds the link did.
void ShowReceiver(const State& state, v1::Proposal& shown) {
  shown.set_comments_disallowed(state.details.comments_disallowed());
  for (const State::Comment& said : state.comments) {
    v1::ProposalComment& comment = *shown.add_comments();
    comment.set_author(NameOf(said.author));
    comment.set_person_name(said.person_name);
    comment.set_text(said.text);
    *comment.mutable_create_time() = TimestampOf(said.time);
  }
  shown.set_view_count(state.view_count);
  if (state.first_view_time.has_value()) {
    *shown.mutable_first_view_time() = TimestampOf(*state.first_view_time);
    *shown.mutable_last_view_time() = TimestampOf(*state.last_view_time);
  }
  shown.set_closed_person_name(state.closed_person_name);
  shown.set_linked(state.link.exists());
  if (state.link.last_day.has_value()) {
    *shown.mutable_link_expire_date() = DayToProto(*state.link.last_day);
  }
}

void ShowOutcome(const State& state, v1::Proposal& shown) {
  shown.set_approved(state.approved);
  if (state.send_time.has_value()) *shown.mutable_send_time() = TimestampOf(*state.send_time);
  if (state.close_time.has_value()) *shown.mutable_close_time() = TimestampOf(*state.close_time);
  shown.set_decline_reason(state.decline_reason);
  shown.set_converted_document(state.ConvertedTo());
  if (state.archived()) *shown.mutable_archive_time() = TimestampOf(*state.archive_time);
}

}  // namespace

bool ProposalState::IsExpired(absl::CivilDay today) const {
  return IsOpen() && details.has_open_till() && DayFromStored(details.open_till()) < today;
}

std::string ProposalState::ConvertedTo() const {
  return invoice.IsNil() ? NameOf(order) : NameOf(invoice);
}

State Proposal::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  std::visit([&](const auto& e) { On(state, e, metadata); }, event);
  return state;
}

Scope Proposal::ScopeOf(const State& state) { return ScopeFrom(state.document.ownership); }

absl::StatusOr<v1::Proposal> Proposal::Render(const Ref<Proposal>& self, const Lookup& lookup) {
  const State& state = self.state();
  v1::Proposal shown;
  shown.set_name(NameOf(self.id));
  shown.set_display_name(state.details.display_name());
  shown.set_state(state.phase);
  shown.set_legacy_status(LegacyStatus(state));
  ASSIGN_OR_RETURN(const Ref<Organization> settings, lookup.Find<Organization>(state.organization));
  shown.set_expired(state.IsExpired(settings->zone().DayOf(lookup.instant())));
  if (state.details.has_open_till()) {
    *shown.mutable_open_till_date() = DayToProto(DayFromStored(state.details.open_till()));
  }
  shown.set_opportunity(NameOf(FromBytes<OpportunityId>(state.details.opportunity_id())));
  *shown.mutable_tags() = state.details.tags();
  ShowDocument(state.document, shown);
  shown.set_proposal_template(NameOf(state.made_of));
  shown.set_revises(NameOf(state.revises));
  shown.set_revised_by(NameOf(state.revised_by));
  shown.set_revision(state.revision);
  ShowOutcome(state, shown);
  ShowReceiver(state, shown);
  Stamp(shown, self.head);
  return shown;
}

absl::StatusOr<v1::ConvertProposalResponse> Proposal::Respond(const v1::ConvertProposalRequest&,
                                                              const Ref<Proposal>& self,
                                                              const Lookup& lookup) {
  v1::ConvertProposalResponse response;
  ASSIGN_OR_RETURN(*response.mutable_proposal(), Render(self, lookup));
  response.set_document(response.proposal().converted_document());
  return response;
}

absl::StatusOr<ProposalId> Proposal::TargetOf(const v1::UpdateProposalRequest& command,
                                              const Caller&) {
  return ParseName<ProposalId>(command.proposal().name());
}

events::v1::DocumentSnapshot SnapshotOf(const State& state) {
  events::v1::DocumentSnapshot at = SnapshotOf(state.document);
  at.set_opportunity_id(state.details.opportunity_id());
  return at;
}

}  // namespace crm::domain

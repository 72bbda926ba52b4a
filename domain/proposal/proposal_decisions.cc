// Decisions of Proposal about what it says: birth, fields, lines, recipient, people.
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/details_revision.h"
#include "domain/field_mask.h"
#include "domain/opportunity/opportunity.h"
#include "domain/organization/organization.h"
#include "domain/ownership.h"
#include "domain/proposal/proposal.h"
#include "domain/proposal_template/proposal_template.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/text.h"
#include "google/protobuf/util/message_differencer.h"

namespace crm::domain {
namespace {

using google::protobuf::util::MessageDifferencer;
using State = ProposalState;
using Result = Proposal::Result;

absl::Status RefuseProposal(absl::string_view reason, absl::string_view message,
                            const ProposalId& id) {
  return Refuse(reason, absl::StrCat(NameOf(id), " ", message), {{"proposal", NameOf(id)}});
}

// I2.
absl::StatusOr<events::v1::Day> OpenTillFrom(const google::type::Date& entered,
                                             const DecideContext& context) {
  ASSIGN_OR_RETURN(const absl::CivilDay last, DayFromProto(entered));
  ASSIGN_OR_RETURN(const absl::CivilDay today, DayOfCommand(context));
  if (last >= today) return StoredDay(last);
  return Refuse("OPEN_TILL_PASSED", "the last day has passed",
                {{"today", absl::FormatCivilTime(today)}});
}

absl::StatusOr<events::v1::ProposalDetails> DetailsFrom(const v1::Proposal& entered,
                                                        const DecideContext& context) {
  events::v1::ProposalDetails details;
  const absl::string_view name = absl::StripAsciiWhitespace(entered.display_name());
  if (!name.empty()) details.set_display_name(std::string(name));
  if (entered.has_open_till_date()) {
    ASSIGN_OR_RETURN(*details.mutable_open_till(), OpenTillFrom(entered.open_till_date(), context));
  }
  ASSIGN_OR_RETURN(const auto opportunity, ParseOptionalName<OpportunityId>(entered.opportunity()));
  if (!opportunity.IsNil()) details.set_opportunity_id(ToBytes(opportunity));
  if (entered.comments_disallowed()) details.set_comments_disallowed(true);
  *details.mutable_tags() = entered.tags();
  return details;
}

// The birth that a command asks for, made of `origin`.
absl::StatusOr<events::v1::ProposalDrafted> DraftFrom(const v1::Proposal& entered,
                                                      const DocumentOrigin& origin,
                                                      const DecideContext& context) {
  events::v1::ProposalDrafted drafted;
  ASSIGN_OR_RETURN(*drafted.mutable_details(), DetailsFrom(entered, context));
  if (!drafted.details().has_display_name()) {
    RETURN_IF_ERROR(RequireDisplayName(origin.display_name));
    drafted.mutable_details()->set_display_name(origin.display_name);
  }
  const PersonId own(context.NewId<ProposalId>(0).uuid());
  ASSIGN_OR_RETURN(const DocumentState document,
                   DocumentFrom({.recipient = entered.recipient(),
                                 .content = entered.content(),
                                 .contributors = entered.contributors(),
                                 .team = entered.team(),
                                 .owner = entered.owner()},
                                origin, own, context));
  *drafted.mutable_content() = document.content;
  *drafted.mutable_recipient() = document.recipient;
  drafted.set_subject_id(ToBytes(document.subject));
  *drafted.mutable_at() = SnapshotOf(document);
  if (!document.source.category().empty()) *drafted.mutable_source() = document.source;
  *drafted.mutable_credited() = document.credited;
  drafted.set_revision(1);
  return drafted;
}

DocumentOrigin OriginIn(const State& revised) {
  return {.display_name = revised.details.display_name(),
          .source = revised.document.source,
          .ownership = OwnershipFrom(revised.document.ownership),
          .recipient = revised.document.recipient,
          .subject = revised.document.subject,
          .credited = revised.document.credited,
          .content = revised.document.content};
}

// I5.
Result Revise(const v1::Proposal& entered, const ProposalId& id, const DecideContext& context) {
  if (!entered.opportunity().empty() || !entered.lead().empty()) {
    return Invalid("SOURCE_AMBIGUOUS", "a revision is made of what it revises");
  }
  ASSIGN_OR_RETURN(const Ref<Proposal> revised, context.RequireSeen<Proposal>(id));
  RETURN_IF_ERROR(RequireOpen(revised.state()));
  RETURN_IF_ERROR(context.RequirePermission("proposal.edit", revised));
  ASSIGN_OR_RETURN(events::v1::ProposalDrafted drafted,
                   DraftFrom(entered, OriginIn(revised.state()), context));
  drafted.set_revises_id(ToBytes(id));
  drafted.set_revision(revised->revision + 1);
  events::v1::ProposalDetails& details = *drafted.mutable_details();
  if (revised->details.has_opportunity_id()) {
    details.set_opportunity_id(revised->details.opportunity_id());
    drafted.mutable_at()->set_opportunity_id(revised->details.opportunity_id());
  }
  if (revised->details.comments_disallowed()) details.set_comments_disallowed(true);
  if (details.tags().empty()) *details.mutable_tags() = revised->details.tags();
  events::v1::ProposalSuperseded superseded;
  superseded.set_revised_by_id(ToBytes(context.NewId<ProposalId>(0)));
  *superseded.mutable_at() = SnapshotOf(revised.state());
  Decision<Proposal::Event> decision(std::move(drafted));
  decision.Affect(revised, std::move(superseded));
  return decision;
}

}  // namespace

absl::Status RequireNotArchived(const State& state) {
  if (!state.archived()) return absl::OkStatus();
  return RefuseProposal("PROPOSAL_ARCHIVED", "is archived", state.id);
}

absl::Status RequireOpen(const State& state) {
  RETURN_IF_ERROR(RequireNotArchived(state));
  if (state.IsOpen()) return absl::OkStatus();
  return RefuseProposal("PROPOSAL_CLOSED", "is accepted, declined or revised", state.id);
}

absl::Status RequireDraft(const State& state) {
  RETURN_IF_ERROR(RequireOpen(state));
  if (state.phase == v1::PROPOSAL_STATE_DRAFT) return absl::OkStatus();
  return RefuseProposal("PROPOSAL_NOT_DRAFT", "was sent: revise it", state.id);
}

absl::Status RequireSent(const State& state) {
  RETURN_IF_ERROR(RequireOpen(state));
  if (state.phase == v1::PROPOSAL_STATE_SENT) return absl::OkStatus();
  return RefuseProposal("PROPOSAL_NOT_SENT", "is a draft", state.id);
}

absl::StatusOr<absl::CivilDay> DayOfCommand(const DecideContext& context) {
  ASSIGN_OR_RETURN(const Ref<Organization> settings,
                   context.Require<Organization>(context.caller().organization));
  return settings->zone().DayOf(context.effective_time());
}

Result Proposal::Decide(const State&, const v1::CreateProposalRequest& command,
                        const DecideContext& context) {
  v1::Proposal entered = command.proposal();
  ASSIGN_OR_RETURN(const auto made_of,
                   ParseOptionalName<ProposalTemplateId>(entered.proposal_template()));
  if (!made_of.IsNil()) {
    ASSIGN_OR_RETURN(const absl::CivilDay today, DayOfCommand(context));
    RETURN_IF_ERROR(FillFromTemplate(made_of, today, context, entered));
  }
  ASSIGN_OR_RETURN(const ProposalId revised, ParseOptionalName<ProposalId>(entered.revises()));
  if (!revised.IsNil()) return Revise(entered, revised, context);
  ASSIGN_OR_RETURN(const DocumentOrigin origin,
                   OriginFrom(entered.opportunity(), entered.lead(), context));
  ASSIGN_OR_RETURN(events::v1::ProposalDrafted drafted, DraftFrom(entered, origin, context));
  drafted.mutable_at()->set_opportunity_id(drafted.details().opportunity_id());
  drafted.set_template_id(ToBytes(made_of));
  return drafted;
}

Result Proposal::Decide(const State& state, const v1::UpdateProposalRequest& command,
                        const DecideContext& context) {
  RETURN_IF_ERROR(RequireOpen(state));
  ASSIGN_OR_RETURN(
      const FieldChanges changes,
      FieldChanges::Resolve(command.proposal(), command.update_mask(),
                            {"display_name", "opportunity", "comments_disallowed", "tags"}));
  v1::Proposal current;
  current.set_display_name(state.details.display_name());
  current.set_opportunity(NameOf(FromBytes<OpportunityId>(state.details.opportunity_id())));
  current.set_comments_disallowed(state.details.comments_disallowed());
  *current.mutable_tags() = state.details.tags();
  const v1::Proposal wanted = changes.Merged(current, command.proposal());
  RETURN_IF_ERROR(RequireDisplayName(wanted.display_name()));
  ASSIGN_OR_RETURN(events::v1::ProposalDetails details, DetailsFrom(wanted, context));
  if (state.details.has_open_till()) *details.mutable_open_till() = state.details.open_till();
  auto revised = RevisionOf<events::v1::ProposalDetailsRevised>(state.details, details);
  if (revised.fields().empty()) return Decision<Event>();
  if (details.has_opportunity_id() && changes.Has("opportunity")) {
    const auto opportunity = FromBytes<OpportunityId>(details.opportunity_id());
    RETURN_IF_ERROR(context.RequireSeen<Opportunity>(opportunity).status());
  }
  *revised.mutable_at() = SnapshotOf(state);
  return revised;
}

Result Proposal::Decide(const State& state, const v1::ReviseProposalContentRequest& command,
                        const DecideContext& context) {
  RETURN_IF_ERROR(RequireDraft(state));
  events::v1::ProposalContentRevised revised;
  ASSIGN_OR_RETURN(*revised.mutable_content(),
                   ContentFrom(command.content(), state.document.content, context));
  if (MessageDifferencer::Equals(revised.content(), state.document.content)) {
    return Decision<Event>();
  }
  *revised.mutable_at() = SnapshotOf(state);
  return revised;
}

Result Proposal::Decide(const State& state, const v1::ReaddressProposalRequest& command,
                        const DecideContext& context) {
  RETURN_IF_ERROR(RequireDraft(state));
  ASSIGN_OR_RETURN(Addressee addressee, AddresseeFrom(command.recipient(), DocumentOrigin(),
                                                      PersonId(state.id.uuid()), context));
  if (MessageDifferencer::Equals(addressee.recipient, state.document.recipient)) {
    return Decision<Event>();
  }
  events::v1::ProposalReaddressed readdressed;
  *readdressed.mutable_recipient() = std::move(addressee.recipient);
  readdressed.set_subject_id(ToBytes(addressee.subject));
  *readdressed.mutable_at() = SnapshotOf(state);
  return readdressed;
}

Result Proposal::Decide(const State& state, const v1::ExtendProposalRequest& command,
                        const DecideContext& context) {
  RETURN_IF_ERROR(RequireOpen(state));
  events::v1::ProposalExtended extended;
  if (state.details.has_open_till()) *extended.mutable_from() = state.details.open_till();
  if (command.has_open_till_date()) {
    ASSIGN_OR_RETURN(*extended.mutable_to(), OpenTillFrom(command.open_till_date(), context));
  }
  const bool same =
      extended.has_from() == extended.has_to() && extended.from().days() == extended.to().days();
  if (same) return Decision<Event>();
  *extended.mutable_at() = SnapshotOf(state);
  return extended;
}

Result Proposal::Decide(const State& state, const v1::AssignProposalRequest& command,
                        const DecideContext& context) {
  RETURN_IF_ERROR(RequireNotArchived(state));
  ASSIGN_OR_RETURN(const Ownership to, ResolveOwnership(command.team(), command.owner(), context));
  if (to == OwnershipFrom(state.document.ownership)) return Decision<Event>();
  auto assigned = AssignmentTo<events::v1::ProposalAssigned>(to, state.document);
  *assigned.mutable_at() = SnapshotOf(state);
  return assigned;
}

Result Proposal::Decide(const State& state, const v1::ArchiveProposalRequest&,
                        const DecideContext&) {
  if (state.archived()) return Decision<Event>();
  events::v1::ProposalArchived archived;
  *archived.mutable_at() = SnapshotOf(state);
  return archived;
}

Result Proposal::Decide(const State& state, const v1::RestoreProposalRequest&,
                        const DecideContext&) {
  if (!state.archived()) return Decision<Event>();
  events::v1::ProposalRestored restored;
  *restored.mutable_at() = SnapshotOf(state);
  return restored;
}

}  // namespace crm::domain

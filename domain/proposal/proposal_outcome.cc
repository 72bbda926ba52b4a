// Decisions of Proposal about what becomes of it: approved, sent, accepted, declined, converted.
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/invoice/invoice.h"
#include "domain/lead/lead.h"
#include "domain/opportunity/opportunity.h"
#include "domain/organization/organization.h"
#include "domain/proposal/proposal.h"
#include "domain/proposal/proposal_link.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/sales_order/sales_order.h"

namespace crm::domain {
namespace {

using State = ProposalState;
using Result = Proposal::Result;
using Events = Decision<Proposal::Event>;

absl::Status RefuseProposal(absl::string_view reason, absl::string_view message,
                            const ProposalId& id) {
  return Refuse(reason, absl::StrCat(NameOf(id), " ", message), {{"proposal", NameOf(id)}});
}

// I2.
absl::Status RequireNotExpired(const State& state, const DecideContext& context) {
  ASSIGN_OR_RETURN(const absl::CivilDay today, DayOfCommand(context));
  if (!state.IsExpired(today)) return absl::OkStatus();
  return RefuseProposal("PROPOSAL_EXPIRED", "can no longer be accepted: extend it", state.id);
}

bool HasRecipient(const events::v1::Recipient& recipient) {
  return !recipient.customer_id().empty() || !recipient.contact_id().empty() ||
         !recipient.company_name().empty() || !recipient.person_name().empty() ||
         !recipient.email().empty();
}

// The customer an invoice is made out to: the proposal's, or whoever the opportunity or lead that
// it is for has become since.
absl::StatusOr<std::string> CustomerOf(const State& state, const DecideContext& context) {
  const events::v1::DocumentSource& source = state.document.source;
  if (!state.document.recipient.customer_id().empty()) {
    return state.document.recipient.customer_id();
  }
  if (state.details.has_opportunity_id()) {
    const auto id = FromBytes<OpportunityId>(state.details.opportunity_id());
    ASSIGN_OR_RETURN(const Ref<Opportunity> opportunity, context.Find<Opportunity>(id));
    return opportunity->details.customer_id();
  }
  if (source.category() != LeadTag::kCategory) return std::string();
  ASSIGN_OR_RETURN(const Ref<Lead> lead, context.Find<Lead>(FromBytes<LeadId>(source.source_id())));
  return ToBytes(lead->customer);
}

// I3: documents are named after the proposal, so whoever converts it meets the same stream.
template <class Id>
Id MadeOf(const State& state) {
  return Id(Uuid::FromName(state.id.uuid(),
                           absl::StrCat(StreamOf(Id()).category, "/", state.conversions + 1)));
}

// What a document made of the proposal says.
absl::StatusOr<DocumentState> DocumentOf(const State& state, const DecideContext& context) {
  ASSIGN_OR_RETURN(const Ref<Proposal> self, context.Find<Proposal>(state.id));
  DocumentState document = state.document;
  ASSIGN_OR_RETURN(*document.recipient.mutable_customer_id(), CustomerOf(state, context));
  document.source.set_category(StreamOf(state.id).category);
  document.source.set_source_id(ToBytes(state.id));
  document.source.set_version(self.head.version);
  return document;
}

template <class Details>
Details DetailsOf(const State& state) {
  Details details;
  details.set_display_name(state.details.display_name());
  if (state.details.has_opportunity_id()) {
    details.set_opportunity_id(state.details.opportunity_id());
  }
  *details.mutable_tags() = state.details.tags();
  return details;
}

events::v1::ProposalConverted ConvertedTo(const StreamId& target, bool automatic,
                                          const State& state) {
  events::v1::ProposalConverted converted;
  converted.set_target_category(target.category);
  converted.set_target_id(target.id.ToBytes());
  converted.set_replaces_id(state.invoice.IsNil() ? ToBytes(state.order) : ToBytes(state.invoice));
  converted.set_automatic(automatic);
  *converted.mutable_at() = SnapshotOf(state);
  return converted;
}

// The draft with all that the proposal says, as an effect.
absl::Status AddInvoice(const State& state, bool automatic, const DecideContext& context,
                        Events& decision) {
  ASSIGN_OR_RETURN(const Ref<Invoice> invoice, context.Find<Invoice>(MadeOf<InvoiceId>(state)));
  ASSIGN_OR_RETURN(const DocumentState document, DocumentOf(state, context));
  decision.Affect(invoice, DraftInvoice(document, DetailsOf<events::v1::InvoiceDetails>(state)));
  decision.Add(ConvertedTo(StreamOf(invoice.id), automatic, state));
  return absl::OkStatus();
}

absl::Status AddOrder(const State& state, const DecideContext& context, Events& decision) {
  ASSIGN_OR_RETURN(const Ref<SalesOrder> order,
                   context.Find<SalesOrder>(MadeOf<SalesOrderId>(state)));
  ASSIGN_OR_RETURN(const DocumentState document, DocumentOf(state, context));
  auto details = DetailsOf<events::v1::SalesOrderDetails>(state);
  details.set_invoicing(v1::INVOICING_POLICY_IN_FULL);
  decision.Affect(order, DraftSalesOrder(document, details));
  decision.Add(ConvertedTo(StreamOf(order.id), /*automatic=*/false, state));
  return absl::OkStatus();
}

// What it became is void or cancelled.
absl::StatusOr<bool> IsUndone(const State& state, const DecideContext& context) {
  if (!state.invoice.IsNil()) {
    ASSIGN_OR_RETURN(const Ref<Invoice> invoice, context.Find<Invoice>(state.invoice));
    return invoice->voided();
  }
  ASSIGN_OR_RETURN(const Ref<SalesOrder> order, context.Find<SalesOrder>(state.order));
  return order->cancelled();
}

// I3: nothing yet, or what it became is undone and named.
absl::Status RequireConvertible(const State& state, const std::string& replaces,
                                const DecideContext& context) {
  const std::string became = state.ConvertedTo();
  if (became.empty() && replaces.empty()) return absl::OkStatus();
  if (!became.empty() && replaces == became) {
    ASSIGN_OR_RETURN(const bool undone, IsUndone(state, context));
    if (undone) return absl::OkStatus();
  }
  return Refuse("PROPOSAL_CONVERTED",
                became.empty() ? "there is no document to replace"
                               : "it became a document already: void or cancel and name that one",
                {{"proposal", NameOf(state.id)}, {"document", became}});
}

// I2; `caller` is absent when a member enters it.
Result Accept(const State& state, const events::v1::PublicCaller* caller,
              const DecideContext& context) {
  RETURN_IF_ERROR(RequireSent(state));
  RETURN_IF_ERROR(RequireNotExpired(state, context));
  events::v1::ProposalAccepted accepted;
  if (caller != nullptr) *accepted.mutable_caller() = *caller;
  accepted.set_subject_id(ToBytes(state.document.subject));
  *accepted.mutable_at() = SnapshotOf(state);
  Events decision(std::move(accepted));
  ASSIGN_OR_RETURN(const Ref<Organization> settings,
                   context.Require<Organization>(context.caller().organization));
  if (settings->auto_invoice_on_acceptance) {
    RETURN_IF_ERROR(AddInvoice(state, /*automatic=*/true, context, decision));
  }
  return decision;
}

// Loses what the proposal was for, by its own rules.
template <class A, class Lose>
absl::Status LoseSource(const typename A::Id& id, Lose lose, absl::string_view permission,
                        const DecideContext& context, Events& decision) {
  ASSIGN_OR_RETURN(const Ref<A> source, context.Require<A>(id));
  RETURN_IF_ERROR(context.RequirePermission(permission, source));
  lose.set_name(NameOf(id));
  ASSIGN_OR_RETURN(const auto lost, A::Decide(source.state(), lose, context));
  decision.Include(source, lost);
  return absl::OkStatus();
}

absl::Status LoseSource(const State& state, const v1::DeclineProposalRequest& command,
                        const DecideContext& context, Events& decision) {
  const auto fill = [&](auto lose) {
    lose.set_loss_reason_id(command.loss_reason_id());
    lose.set_text(command.reason());
    return lose;
  };
  const events::v1::DocumentSource& source = state.document.source;
  if (state.details.has_opportunity_id()) {
    return LoseSource<Opportunity>(FromBytes<OpportunityId>(state.details.opportunity_id()),
                                   fill(v1::LoseOpportunityRequest()), "opportunity.edit", context,
                                   decision);
  }
  if (source.category() == LeadTag::kCategory) {
    return LoseSource<Lead>(FromBytes<LeadId>(source.source_id()), fill(v1::LoseLeadRequest()),
                            "lead.edit", context, decision);
  }
  return RefuseProposal("SOURCE_REQUIRED", "is for no opportunity or lead that could be lost",
                        state.id);
}

}  // namespace

Result Proposal::Decide(const State& state, const v1::ApproveProposalRequest&,
                        const DecideContext&) {
  RETURN_IF_ERROR(RequireDraft(state));
  if (state.approved) return Events();
  events::v1::ProposalApproved approved;
  *approved.mutable_at() = SnapshotOf(state);
  return approved;
}

Result Proposal::Decide(const State& state, const v1::SendProposalRequest& command,
                        const DecideContext& context) {
  RETURN_IF_ERROR(RequireOpen(state));
  RETURN_IF_ERROR(RequireNotExpired(state, context));
  ASSIGN_OR_RETURN(const Ref<Organization> settings,
                   context.Require<Organization>(context.caller().organization));
  if (settings->proposal_approval_required && !state.approved) {
    return RefuseProposal("APPROVAL_REQUIRED", "wants a manager's approval first", state.id);
  }
  if (!HasRecipient(state.document.recipient)) {
    return RefuseProposal("RECIPIENT_REQUIRED", "is to nobody", state.id);
  }
  events::v1::ProposalSent sent;
  sent.set_channel(command.channel());
  *sent.mutable_at() = SnapshotOf(state);
  return sent;
}

Result Proposal::Decide(const State& state, const v1::AcceptProposalRequest&,
                        const DecideContext& context) {
  return Accept(state, nullptr, context);
}

Result Proposal::Decide(const State& state, const v1::AcceptPublicDocumentRequest& command,
                        const DecideContext& context) {
  ASSIGN_OR_RETURN(const PublicLinkText link, RequireLink(state, command.link(), context));
  const events::v1::PublicCaller caller = CallerThrough(link, command.person_name());
  return Accept(state, &caller, context);
}

Result Proposal::Decide(const State& state, const v1::DeclinePublicDocumentRequest& command,
                        const DecideContext& context) {
  ASSIGN_OR_RETURN(const PublicLinkText link, RequireLink(state, command.link(), context));
  RETURN_IF_ERROR(RequireSent(state));
  events::v1::ProposalDeclined declined;
  declined.set_reason(std::string(absl::StripAsciiWhitespace(command.reason())));
  *declined.mutable_caller() = CallerThrough(link, command.person_name());
  declined.set_subject_id(ToBytes(state.document.subject));
  *declined.mutable_at() = SnapshotOf(state);
  return declined;
}

Result Proposal::Decide(const State& state, const v1::DeclineProposalRequest& command,
                        const DecideContext& context) {
  RETURN_IF_ERROR(RequireSent(state));
  const bool reasoned = !absl::StripAsciiWhitespace(command.reason()).empty();
  if (!reasoned && command.loss_reason_id().empty()) {
    return Invalid("DECLINE_REASON_REQUIRED", "say why it was declined", {{"field", "reason"}});
  }
  events::v1::ProposalDeclined declined;
  declined.set_reason(reasoned ? command.reason() : command.loss_reason_id());
  declined.set_subject_id(ToBytes(state.document.subject));
  *declined.mutable_at() = SnapshotOf(state);
  Events decision(std::move(declined));
  if (!command.loss_reason_id().empty()) {
    RETURN_IF_ERROR(LoseSource(state, command, context, decision));
  }
  return decision;
}

Result Proposal::Decide(const State& state, const v1::ConvertProposalRequest& command,
                        const DecideContext& context) {
  RETURN_IF_ERROR(RequireNotArchived(state));
  if (state.phase != v1::PROPOSAL_STATE_ACCEPTED) {
    return RefuseProposal("PROPOSAL_NOT_ACCEPTED", "was not accepted", state.id);
  }
  RETURN_IF_ERROR(RequireConvertible(state, command.replaces(), context));
  Events decision;
  if (command.target() == v1::CONVERSION_TARGET_SALES_ORDER) {
    RETURN_IF_ERROR(AddOrder(state, context, decision));
  } else {
    RETURN_IF_ERROR(AddInvoice(state, /*automatic=*/false, context, decision));
  }
  return decision;
}

Result Proposal::Decide(const State& state, const DueInstant& instant,
                        const DecideContext& context) {
  if (state.archived() || !state.IsOpen() || !state.details.has_open_till()) return Events();
  const absl::CivilDay last = DayFromStored(state.details.open_till());
  if (state.reminded_till == last) return Events();
  ASSIGN_OR_RETURN(const bool due, IsDue(instant, last, context));
  if (!due) return Events();
  events::v1::ProposalReminded reminded;
  *reminded.mutable_open_till() = StoredDay(last);
  return reminded;
}

}  // namespace crm::domain

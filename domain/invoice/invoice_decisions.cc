// Decisions of Invoice: what a draft says, and what becomes of it.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/details_revision.h"
#include "domain/field_mask.h"
#include "domain/invoice/invoice.h"
#include "domain/invoice/invoice_details.h"
#include "domain/opportunity/opportunity.h"
#include "domain/organization/organization.h"
#include "domain/ownership.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/sales_order/order_effects.h"
#include "domain/settlement/settlement.h"
#include "google/protobuf/util/message_differencer.h"

namespace crm::domain {
namespace {

using google::protobuf::util::MessageDifferencer;
using State = InvoiceState;
using Result = Invoice::Result;

absl::Status RefuseInvoice(absl::string_view reason, absl::string_view message,
                           const InvoiceId& id) {
  return Refuse(reason, absl::StrCat(NameOf(id), " ", message), {{"invoice", NameOf(id)}});
}

// I1: of an issued invoice only what does not say what is asked for.
absl::Status RequireRevisable(const State& state, const FieldNames& fields) {
  const bool frozen = std::any_of(fields.begin(), fields.end(), [](const std::string& field) {
    return field == "due_date" || field == "due_days";
  });
  return frozen ? RequireDraft(state) : absl::OkStatus();
}

absl::Status RequireSeenOpportunity(const std::string& stored_id, const DecideContext& context) {
  if (stored_id.empty()) return absl::OkStatus();
  return context.RequireSeen<Opportunity>(FromBytes<OpportunityId>(stored_id)).status();
}

}  // namespace

absl::Status RequireNotVoid(const State& state) {
  if (!state.voided()) return absl::OkStatus();
  return RefuseInvoice("INVOICE_VOID", "is void", state.id);
}

absl::Status RequireDraft(const State& state) {
  RETURN_IF_ERROR(RequireNotVoid(state));
  if (!state.issued.has_value()) return absl::OkStatus();
  return RefuseInvoice("INVOICE_ISSUED", "is issued, and stays as it is", state.id);
}

events::v1::InvoiceDrafted DraftInvoice(const DocumentState& document,
                                        const events::v1::InvoiceDetails& details, int64_t cycle) {
  events::v1::InvoiceDrafted drafted;
  *drafted.mutable_details() = details;
  *drafted.mutable_content() = document.content;
  *drafted.mutable_recipient() = document.recipient;
  drafted.set_subject_id(ToBytes(document.subject));
  *drafted.mutable_at() = SnapshotOf(document);
  drafted.mutable_at()->set_opportunity_id(details.opportunity_id());
  if (!document.source.category().empty()) *drafted.mutable_source() = document.source;
  *drafted.mutable_credited() = document.credited;
  drafted.set_cycle(cycle);
  return drafted;
}

Result Invoice::Decide(const State&, const v1::CreateInvoiceRequest& command,
                       const DecideContext& context) {
  const v1::Invoice& entered = command.invoice();
  ASSIGN_OR_RETURN(events::v1::InvoiceDetails details, DetailsFrom(entered));
  ASSIGN_OR_RETURN(const DocumentOrigin origin,
                   OriginFrom(entered.opportunity(), /*lead=*/"", context));
  const PersonId own(context.NewId<InvoiceId>(0).uuid());
  ASSIGN_OR_RETURN(const DocumentState document,
                   DocumentFrom({.recipient = entered.recipient(),
                                 .content = entered.content(),
                                 .contributors = entered.contributors(),
                                 .team = entered.team(),
                                 .owner = entered.owner(),
                                 .channel = entered.channel()},
                                origin, own, context));
  if (!details.has_display_name() && !origin.display_name.empty()) {
    details.set_display_name(origin.display_name);
  }
  return DraftInvoice(document, details);
}

Result Invoice::Decide(const State& state, const v1::UpdateInvoiceRequest& command,
                       const DecideContext& context) {
  RETURN_IF_ERROR(RequireNotVoid(state));
  ASSIGN_OR_RETURN(
      const FieldChanges changes,
      FieldChanges::Resolve(command.invoice(), command.update_mask(),
                            {"display_name", "due_date", "due_days", "opportunity", "tags"}));
  v1::Invoice current;
  ShowDetails(state.details, current);
  ASSIGN_OR_RETURN(const events::v1::InvoiceDetails details,
                   DetailsFrom(changes.Merged(current, command.invoice())));
  std::optional<events::v1::InvoiceDetailsRevised> revised =
      DetailsRevision(state.details, details);
  if (!revised.has_value()) return Decision<Event>();
  RETURN_IF_ERROR(RequireRevisable(state, revised->fields()));
  if (details.opportunity_id() != state.details.opportunity_id()) {
    RETURN_IF_ERROR(RequireSeenOpportunity(details.opportunity_id(), context));
  }
  *revised->mutable_at() = SnapshotOf(state);
  return *std::move(revised);
}

Result Invoice::Decide(const State& state, const v1::ReviseInvoiceContentRequest& command,
                       const DecideContext& context) {
  RETURN_IF_ERROR(RequireDraft(state));
  events::v1::InvoiceContentRevised revised;
  ASSIGN_OR_RETURN(*revised.mutable_content(),
                   ContentFrom(command.content(), state.document.content, context));
  if (MessageDifferencer::Equals(revised.content(), state.document.content)) {
    return Decision<Event>();
  }
  *revised.mutable_at() = SnapshotOf(state);
  return revised;
}

Result Invoice::Decide(const State& state, const v1::ReaddressInvoiceRequest& command,
                       const DecideContext& context) {
  RETURN_IF_ERROR(RequireDraft(state));
  ASSIGN_OR_RETURN(Addressee addressee, AddresseeFrom(command.recipient(), DocumentOrigin(),
                                                      PersonId(state.id.uuid()), context));
  if (MessageDifferencer::Equals(addressee.recipient, state.document.recipient)) {
    return Decision<Event>();
  }
  events::v1::InvoiceReaddressed readdressed;
  *readdressed.mutable_recipient() = std::move(addressee.recipient);
  readdressed.set_subject_id(ToBytes(addressee.subject));
  *readdressed.mutable_at() = SnapshotOf(state);
  return readdressed;
}

Result Invoice::Decide(const State& state, const v1::CreditInvoiceMembersRequest& command,
                       const DecideContext& context) {
  RETURN_IF_ERROR(RequireDraft(state));
  ASSIGN_OR_RETURN(const auto contributions, ContributorsFrom(command.contributors(), context));
  events::v1::InvoiceMembersCredited credited;
  *credited.mutable_credited() = StoredCredit(contributions);
  events::v1::InvoiceMembersCredited current;
  *current.mutable_credited() = state.document.credited;
  if (MessageDifferencer::Equals(credited, current)) return Decision<Event>();
  *credited.mutable_at() = SnapshotOf(state);
  return credited;
}

Result Invoice::Decide(const State& state, const v1::SendInvoiceRequest& command,
                       const DecideContext&) {
  RETURN_IF_ERROR(RequireNotVoid(state));
  if (!state.issued.has_value()) return RefuseInvoice("INVOICE_NOT_ISSUED", "is a draft", state.id);
  events::v1::InvoiceSent sent;
  sent.set_channel(command.channel());
  *sent.mutable_at() = SnapshotOf(state);
  return sent;
}

Result Invoice::Decide(const State& state, const v1::VoidInvoiceRequest& command,
                       const DecideContext& context) {
  RETURN_IF_ERROR(RequireNotVoid(state));
  ASSIGN_OR_RETURN(const Ref<Settlement> settlement,
                   context.Find<Settlement>(SettlementOf(state.id)));
  if (!settlement->untouched()) {
    return RefuseInvoice("INVOICE_PAID", "was paid or credited: issue a credit note", state.id);
  }
  events::v1::InvoiceVoided voided;
  voided.set_reason(command.reason());
  *voided.mutable_at() = SnapshotOf(state);
  voided.set_issued(state.issued.has_value());
  Decision<Event> decision(std::move(voided));
  const events::v1::DocumentSource& source = state.document.source;
  if (source.category() == SalesOrderTag::kCategory) {
    RETURN_IF_ERROR(
        UndoInvoicing(FromBytes<SalesOrderId>(source.source_id()), state.id, context, decision));
  }
  return decision;
}

Result Invoice::Decide(const State& state, const v1::AssignInvoiceRequest& command,
                       const DecideContext& context) {
  RETURN_IF_ERROR(RequireNotVoid(state));
  ASSIGN_OR_RETURN(const Ownership to, ResolveOwnership(command.team(), command.owner(), context));
  if (to == OwnershipFrom(state.document.ownership)) return Decision<Event>();
  auto assigned = AssignmentTo<events::v1::InvoiceAssigned>(to, state.document);
  *assigned.mutable_at() = SnapshotOf(state);
  return assigned;
}

Result Invoice::Decide(const State& state, const DueInstant& instant,
                       const DecideContext& context) {
  if (state.voided() || !state.issued.has_value()) return Decision<Event>();
  ASSIGN_OR_RETURN(const Ref<Settlement> settlement,
                   context.Find<Settlement>(SettlementOf(state.id)));
  if (settlement->DueMinor(state.issued->content().total_minor()) <= 0) return Decision<Event>();
  ASSIGN_OR_RETURN(const bool due, IsDue(instant, DayFromStored(state.issued->due()), context));
  if (!due) return Decision<Event>();
  ASSIGN_OR_RETURN(const Ref<Organization> settings,
                   context.Get<Organization>(context.caller().organization));
  const absl::CivilDay planned = settings->zone().DayOf(instant.due);
  if (state.last_reminder.has_value() && planned <= *state.last_reminder) return Decision<Event>();
  events::v1::InvoiceReminded reminded;
  reminded.set_ordinal(state.reminders + 1);
  *reminded.mutable_planned() = StoredDay(planned);
  *reminded.mutable_at() = SnapshotOf(state);
  return reminded;
}

}  // namespace crm::domain

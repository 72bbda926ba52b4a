#include "domain/invoice/invoice.h"

#include <utility>

#include "base/status_macros.h"
#include "domain/invoice/invoice_details.h"
#include "domain/invoice/invoice_standing.h"
#include "domain/organization/organization.h"
#include "domain/ownership.h"
#include "domain/render.h"
#include "domain/types/money.h"

namespace crm::domain {
namespace {

using State = InvoiceState;

constexpr int kLegacyVoid = 5;
constexpr int kLegacyDraft = 6;

void On(State& state, const events::v1::InvoiceDrafted& event, const EventMetadata& metadata) {
  state.id = InvoiceId(metadata.stream.id);
  state.organization = OrganizationId(metadata.organization);
  state.details = event.details();
  state.document = {.ownership = event.at().ownership(),
                    .recipient = event.recipient(),
                    .subject = FromBytes<PersonId>(event.subject_id()),
                    .content = event.content(),
                    .credited = event.credited(),
                    .channel = event.at().channel(),
                    .source = event.source()};
  state.cycle = event.cycle();
}

void On(State& state, const events::v1::InvoiceContentRevised& event, const EventMetadata&) {
  state.document.content = event.content();
  SetContributors(state.document);
}

void On(State& state, const events::v1::InvoiceDetailsRevised& event, const EventMetadata&) {
  ApplyRevision(event, state.details);
}

void On(State& state, const events::v1::InvoiceReaddressed& event, const EventMetadata&) {
  state.document.recipient = event.recipient();
  state.document.subject = FromBytes<PersonId>(event.subject_id());
}

void On(State& state, const events::v1::InvoiceMembersCredited& event, const EventMetadata&) {
  state.document.credited = event.credited();
  SetContributors(state.document);
}

void On(State& state, const events::v1::InvoiceIssued& event, const EventMetadata& metadata) {
  state.document.ownership = event.at().ownership();
  state.document.content = event.content();
  state.issued = event;
  state.issue_time = metadata.effective_time;
}

void On(State& state, const events::v1::InvoiceSent&, const EventMetadata& metadata) {
  if (!state.send_time.has_value()) state.send_time = metadata.effective_time;
}

void On(State& state, const events::v1::InvoiceReminded& event, const EventMetadata&) {
  state.reminders = event.ordinal();
  state.last_reminder = DayFromStored(event.planned());
}

void On(State& state, const events::v1::InvoiceVoided& event, const EventMetadata& metadata) {
  state.void_time = metadata.effective_time;
  state.void_reason = event.reason();
}

void On(State& state, const events::v1::InvoiceAssigned& event, const EventMetadata&) {
  state.document.ownership = event.to();
}

// "proposals/{uuid}", "salesOrders/{uuid}"; empty for what was made of nothing that has a name.
std::string SourceName(const events::v1::DocumentSource& source) {
  if (source.category() == RecurringInvoiceTag::kCategory) {
    return NameOf(FromBytes<RecurringInvoiceId>(source.source_id()));
  }
  if (source.category() == ProposalTag::kCategory) {
    return NameOf(FromBytes<ProposalId>(source.source_id()));
  }
  if (source.category() == SalesOrderTag::kCategory) {
    return NameOf(FromBytes<SalesOrderId>(source.source_id()));
  }
  return std::string();
}

// I3.
void ShowIssue(const events::v1::InvoiceIssued& issued, Currency currency, v1::Invoice& shown) {
  shown.set_number(issued.number());
  *shown.mutable_issue_date() = DayToProto(DayFromStored(issued.issued()));
  *shown.mutable_due_date() = DayToProto(DayFromStored(issued.due()));
  for (const events::v1::FrozenCredit& credit : issued.credits()) {
    v1::CreditedMember& member = *shown.add_credited_members();
    member.set_member(NameOf(FromBytes<MemberId>(credit.member_id())));
    member.set_weight(credit.weight());
    int64_t base_minor = 0;
    for (const events::v1::CreditedShare& share : credit.shares()) base_minor += share.base_minor();
    *member.mutable_base() = Money(currency, base_minor).ToProto();
    for (const events::v1::CommissionTerms& terms : credit.terms()) {
      member.add_policies(NameOf(FromBytes<CommissionPolicyId>(terms.policy_id())));
    }
  }
  shown.set_override_leader(NameOf(FromBytes<MemberId>(issued.override_leader_id())));
}

// I5: how it stands at the lookup's instant.
absl::Status ShowStanding(const Ref<Invoice>& self, const Lookup& lookup, Currency currency,
                          v1::Invoice& shown) {
  ASSIGN_OR_RETURN(const Ref<Settlement> settlement,
                   lookup.Find<Settlement>(SettlementOf(self.id)));
  ASSIGN_OR_RETURN(const Ref<Organization> settings, lookup.Find<Organization>(self->organization));
  const SettlementState::Amounts amounts = settlement->AsOf(lookup.instant());
  const InvoiceStanding standing =
      StandingOf(self->issued->content().total_minor(), amounts, DayFromStored(self->issued->due()),
                 settings->zone().DayOf(lookup.instant()));
  shown.set_settlement(standing.settlement);
  shown.set_overdue_days(static_cast<int32_t>(standing.overdue_days));
  shown.set_legacy_status(LegacyStatus(standing));
  *shown.mutable_paid() = Money(currency, amounts.paid_minor).ToProto();
  *shown.mutable_credited() = Money(currency, amounts.credited_minor).ToProto();
  *shown.mutable_due() = Money(currency, standing.due_minor).ToProto();
  *shown.mutable_overpaid() = Money(currency, amounts.overpaid_minor).ToProto();
  return absl::OkStatus();
}

v1::InvoiceState PhaseOf(const State& state) {
  if (state.voided()) return v1::INVOICE_STATE_VOID;
  return state.issued.has_value() ? v1::INVOICE_STATE_ISSUED : v1::INVOICE_STATE_DRAFT;
}

}  // namespace

State Invoice::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  std::visit([&](const auto& e) { On(state, e, metadata); }, event);
  return state;
}

Scope Invoice::ScopeOf(const State& state) { return ScopeFrom(state.document.ownership); }

absl::StatusOr<v1::Invoice> Invoice::Render(const Ref<Invoice>& self, const Lookup& lookup) {
  const State& state = self.state();
  v1::Invoice shown;
  shown.set_name(NameOf(self.id));
  ShowDetails(state.details, shown);
  shown.set_state(PhaseOf(state));
  shown.set_legacy_status(state.voided() ? kLegacyVoid : kLegacyDraft);
  *shown.mutable_recipient() = ShownRecipient(state.document.recipient);
  *shown.mutable_content() = ShownContent(state.document.content);
  shown.set_source(SourceName(state.document.source));
  shown.set_cycle(static_cast<int32_t>(state.cycle));
  shown.set_channel(state.document.channel);
  shown.set_team(NameOf(FromBytes<TeamId>(state.document.ownership.team_id())));
  shown.set_owner(NameOf(FromBytes<MemberId>(state.document.ownership.owner_id())));
  *shown.mutable_contributors() = ShownCredit(state.document.credited);
  const auto currency = Currency::Parse(state.document.content.currency_code());
  if (state.issued.has_value() && currency.has_value()) {
    ShowIssue(*state.issued, *currency, shown);
    if (!state.voided()) RETURN_IF_ERROR(ShowStanding(self, lookup, *currency, shown));
  }
  if (state.send_time.has_value()) *shown.mutable_send_time() = TimestampOf(*state.send_time);
  shown.set_void_reason(state.void_reason);
  Stamp(shown, self.head);
  return shown;
}

absl::StatusOr<InvoiceId> Invoice::TargetOf(const v1::UpdateInvoiceRequest& command,
                                            const Caller&) {
  return ParseName<InvoiceId>(command.invoice().name());
}

events::v1::DocumentSnapshot SnapshotOf(const State& state) {
  events::v1::DocumentSnapshot at = SnapshotOf(state.document);
  at.set_opportunity_id(state.details.opportunity_id());
  if (state.issued.has_value()) at.set_number(state.issued->number());
  return at;
}

}  // namespace crm::domain

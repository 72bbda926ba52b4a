#include "domain/commission_receipt/commission_receipt.h"

#include <algorithm>
#include <utility>

#include "absl/container/btree_set.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/commission_book/commission.h"
#include "domain/commission_book/commission_balance.h"
#include "domain/member/member.h"
#include "domain/organization/organization.h"
#include "domain/ownership.h"
#include "domain/rejection.h"
#include "domain/render.h"

namespace crm::domain {
namespace {

using State = CommissionReceiptState;
using ReceiptDecision = Decision<CommissionReceipt::Event>;
using Open = CommissionBalanceState::Open;

// A commission that a receipt takes.
struct Item {
  CommissionId commission;
  Open open;
};

State On(State state, const events::v1::CommissionReceiptIssued& event,
         const EventMetadata& metadata) {
  state.id = CommissionReceiptId(metadata.stream.id);
  state.issued = event;
  return state;
}

State On(State state, const events::v1::CommissionReceiptPaid& event, const EventMetadata&) {
  state.paid = DayFromStored(event.paid());
  state.reference = event.reference();
  if (event.has_expense()) state.expense = AmountFromStored(event.expense());
  return state;
}

absl::Status NotOpen(const CommissionId& commission) {
  return Refuse("COMMISSION_NOT_OPEN",
                absl::StrCat(NameOf(commission),
                             " is in a receipt, not due yet, or of another agent or currency"),
                {{"commission", NameOf(commission)}});
}

// By due day, then id.
void Sort(std::vector<Item>& items) {
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    return std::tie(a.open.due, a.commission) < std::tie(b.open.due, b.commission);
  });
}

std::vector<Item> EverythingDue(const CommissionBalanceState& balance, absl::CivilDay day) {
  std::vector<Item> items;
  for (const auto& [commission, open] : balance.open) {
    if (open.due <= day) items.push_back({commission, open});
  }
  Sort(items);
  if (items.size() > kMaxReceiptItems) items.resize(kMaxReceiptItems);
  return items;
}

absl::StatusOr<std::vector<Item>> Named(const v1::CommissionReceipt& entered,
                                        const CommissionBalanceState& balance, absl::CivilDay day) {
  std::vector<Item> items;
  absl::btree_set<CommissionId> named;
  for (const v1::CommissionReceiptItem& item : entered.items()) {
    ASSIGN_OR_RETURN(const auto commission, ParseName<CommissionId>(item.commission()));
    if (!named.insert(commission).second) {
      return Invalid("ITEM_REPEATED", "a receipt takes a commission once",
                     {{"commission", NameOf(commission)}});
    }
    const auto open = balance.open.find(commission);
    if (open == balance.open.end() || open->second.due > day) return NotOpen(commission);
    items.push_back({commission, open->second});
  }
  Sort(items);
  return items;
}

absl::StatusOr<absl::CivilDay> DueDayOf(const v1::CommissionReceipt& entered,
                                        const OrganizationState& settings,
                                        const DecideContext& context) {
  const absl::CivilDay today = settings.zone().DayOf(context.effective_time());
  if (!entered.has_due_date()) return today;
  ASSIGN_OR_RETURN(const absl::CivilDay day, DayFromProto(entered.due_date()));
  if (day <= today) return day;
  return Invalid("DUE_DATE_AHEAD", "what falls due later is in a later receipt",
                 {{"today", absl::FormatCivilTime(today)}});
}

absl::StatusOr<std::string> CurrencyOf(const std::string& entered,
                                       const OrganizationState& settings) {
  if (entered.empty()) return std::string(settings.currency->code());
  if (Currency::Parse(entered).has_value()) return entered;
  return Invalid("CURRENCY_UNKNOWN", "not a currency of ISO 4217", {{"currency_code", entered}});
}

// I1, I2: takes the items out of the balance, entries and all.
absl::Status Take(const std::vector<Item>& items, const Ref<CommissionBalance>& balance,
                  const DecideContext& context, events::v1::CommissionReceiptIssued& issued,
                  ReceiptDecision& decision) {
  int64_t total_minor = 0;
  for (const Item& item : items) {
    // Read, so that no entry comes in between.
    ASSIGN_OR_RETURN(const Ref<Commission> commission, context.Get<Commission>(item.commission));
    total_minor += item.open.amount_minor;
    events::v1::CommissionReceiptItem& taken = *issued.add_items();
    taken.set_commission_id(ToBytes(item.commission));
    taken.set_version(commission.head.version);
    taken.set_amount_minor(item.open.amount_minor);
    events::v1::CommissionSettled settled;
    settled.set_receipt_id(ToBytes(context.NewId<CommissionReceiptId>(0)));
    settled.set_version(commission.head.version);
    settled.set_amount_minor(item.open.amount_minor);
    settled.set_commission_id(ToBytes(item.commission));
    decision.Affect(balance, std::move(settled));
  }
  issued.set_total_minor(total_minor);
  if (total_minor > 0) return absl::OkStatus();
  return Refuse("RECEIPT_NOT_PAYABLE", "nothing is to be paid; what is open is carried over",
                {{"open_minor", absl::StrCat(total_minor)}});
}

}  // namespace

State CommissionReceipt::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  return std::visit([&](const auto& e) { return On(std::move(state), e, metadata); }, event);
}

Scope CommissionReceipt::ScopeOf(const State& state) { return ScopeFrom(state.issued.ownership()); }

absl::StatusOr<v1::CommissionReceipt> CommissionReceipt::Render(const Ref<CommissionReceipt>& self,
                                                                const Lookup&) {
  const events::v1::CommissionReceiptIssued& issued = self->issued;
  const auto currency = Currency::Parse(issued.currency_code());
  const auto shown_minor = [&](int64_t minor) {
    return currency.has_value() ? Money(*currency, minor).ToProto() : google::type::Money();
  };
  v1::CommissionReceipt shown;
  shown.set_name(NameOf(self.id));
  shown.set_agent(NameOf(FromBytes<MemberId>(issued.agent_id())));
  shown.set_currency_code(issued.currency_code());
  *shown.mutable_due_date() = DayToProto(DayFromStored(issued.due()));
  for (const events::v1::CommissionReceiptItem& item : issued.items()) {
    v1::CommissionReceiptItem& taken = *shown.add_items();
    taken.set_commission(NameOf(FromBytes<CommissionId>(item.commission_id())));
    *taken.mutable_amount() = shown_minor(item.amount_minor());
  }
  *shown.mutable_total() = shown_minor(issued.total_minor());
  shown.set_paid_status(self->paid.has_value() ? 1 : 0);
  if (self->paid.has_value()) *shown.mutable_paid_date() = DayToProto(*self->paid);
  shown.set_reference(self->reference);
  if (self->expense.has_value()) *shown.mutable_expense() = self->expense->ToProto();
  Stamp(shown, self.head);
  return shown;
}

absl::StatusOr<ReceiptDecision> CommissionReceipt::Decide(
    const State&, const v1::CreateCommissionReceiptRequest& command, const DecideContext& context) {
  const v1::CommissionReceipt& entered = command.commission_receipt();
  ASSIGN_OR_RETURN(const MemberId agent, ParseName<MemberId>(entered.agent()));
  RETURN_IF_ERROR(context.Require<Member>(agent).status());
  ASSIGN_OR_RETURN(const Ref<Organization> settings,
                   context.Require<Organization>(context.caller().organization));
  ASSIGN_OR_RETURN(const std::string currency_code,
                   CurrencyOf(entered.currency_code(), settings.state()));
  ASSIGN_OR_RETURN(const absl::CivilDay due, DueDayOf(entered, settings.state(), context));
  ASSIGN_OR_RETURN(const Ref<CommissionBalance> balance,
                   context.Find<CommissionBalance>(
                       CommissionBalanceOf(context.caller().organization, agent, currency_code)));
  std::vector<Item> items = EverythingDue(balance.state(), due);
  if (!entered.items().empty()) {
    ASSIGN_OR_RETURN(items, Named(entered, balance.state(), due));
  }
  events::v1::CommissionReceiptIssued issued;
  issued.set_agent_id(ToBytes(agent));
  issued.set_currency_code(currency_code);
  *issued.mutable_due() = StoredDay(due);
  issued.mutable_ownership()->set_owner_id(ToBytes(agent));
  if (!items.empty()) issued.mutable_ownership()->set_team_id(ToBytes(items.back().open.team));
  ReceiptDecision decision;
  RETURN_IF_ERROR(Take(items, balance, context, issued, decision));
  decision.Add(std::move(issued));
  return decision;
}

absl::StatusOr<ReceiptDecision> CommissionReceipt::Decide(
    const State& state, const v1::PayCommissionReceiptRequest& command,
    const DecideContext& context) {
  if (state.paid.has_value()) {
    return Refuse("RECEIPT_PAID", absl::StrCat(NameOf(state.id), " is paid"),
                  {{"commission_receipt", NameOf(state.id)}});
  }
  ASSIGN_OR_RETURN(const Ref<Organization> settings,
                   context.Require<Organization>(context.caller().organization));
  events::v1::CommissionReceiptPaid paid;
  *paid.mutable_paid() = StoredDay(settings->zone().DayOf(context.effective_time()));
  paid.set_reference(command.reference());
  if (command.has_expense()) {
    ASSIGN_OR_RETURN(const Money expense, Money::FromProto(command.expense()));
    if (expense.minor() <= 0) {
      return Invalid("AMOUNT_NOT_POSITIVE", "an expense is more than nothing",
                     {{"field", "expense"}});
    }
    *paid.mutable_expense() = StoredAmount(expense);
  }
  return paid;
}

}  // namespace crm::domain

#include "projections/invoice_money.h"

#include <algorithm>
#include <tuple>

#include "domain/commission/credit.h"
#include "domain/render.h"
#include "domain/types/allocation.h"
#include "projections/counters.h"
#include "projections/stored_day.h"

namespace crm::projections {

using domain::EventMetadata;
using views::v1::InvoiceMoney;
using views::v1::InvoiceMovement;

namespace {

void AddOnce(std::vector<Uuid>& ids, const std::string& bytes) {
  const Uuid id = UuidOf(bytes);
  if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
}

auto PlaceOf(const InvoiceMovement& movement) {
  return std::make_tuple(movement.time_us(), movement.reversal(), movement.cause_id(),
                         movement.payment_id());
}

// Puts a movement of the event in its place.
void AddMovement(InvoiceMoney& money, const InvoiceFold& fold, InvoiceMovement movement) {
  movement.set_time_us(absl::ToUnixMicros(fold.metadata.effective_time));
  movement.set_day(DayNumber(fold.zone.DayOf(fold.metadata.effective_time)));
  movement.set_cause_id(fold.metadata.stream.id.ToBytes());
  auto& movements = *money.mutable_movements();
  const auto place =
      std::upper_bound(movements.begin(), movements.end(), movement,
                       [](const auto& a, const auto& b) { return PlaceOf(a) < PlaceOf(b); });
  const auto index = place - movements.begin();
  *movements.Add() = std::move(movement);
  std::rotate(movements.begin() + index, movements.end() - 1, movements.end());
}

void Pay(InvoiceMoney& money, const InvoiceFold& fold, int64_t paid_minor, int64_t overpaid_minor) {
  if (paid_minor == 0 && overpaid_minor == 0) return;
  InvoiceMovement movement;
  movement.set_payment_id(fold.metadata.stream.id.ToBytes());
  movement.set_paid_minor(paid_minor);
  movement.set_overpaid_minor(overpaid_minor);
  AddMovement(money, fold, std::move(movement));
}

// What the event says of money that came by this invoice beyond what was due of it.
template <class Event>
int64_t ExcessOf(const Event& event, const InvoiceFold& fold) {
  int64_t minor = 0;
  for (const auto& excess : event.excesses()) {
    if (UuidOf(excess.invoice_id()) == fold.invoice) minor += excess.amount_minor();
  }
  return minor;
}

// Lines of other currencies have no cost that counts, as for commissions.
int64_t CostOf(const events::v1::DocumentContent& content) {
  int64_t cost_minor = 0;
  for (const events::v1::DocumentLine& line : content.lines()) {
    cost_minor += domain::LineCost(line, content.currency_code(),
                                   domain::RoundingFromStored(content.profile().rounding()))
                      .value_or(0);
  }
  return cost_minor;
}

// A member credited with single lines has no weight in the document: then bases are the weights.
void SetCredits(InvoiceMoney& money, const events::v1::InvoiceIssued& event) {
  const bool by_line = std::any_of(event.content().lines().begin(), event.content().lines().end(),
                                   [](const auto& line) { return line.credited_size() > 0; });
  for (const events::v1::FrozenCredit& credit : event.credits()) {
    int64_t weight = by_line ? 0 : credit.weight();
    for (const events::v1::CreditedShare& share : credit.shares()) {
      if (by_line) weight += share.base_minor();
    }
    if (weight <= 0) continue;
    views::v1::InvoiceCredit& kept = *money.add_credits();
    kept.set_member_id(credit.member_id());
    kept.set_weight(weight);
  }
}

}  // namespace

std::vector<Uuid> InvoicesOf(const events::v1::InvoiceIssued&, const EventMetadata& metadata) {
  return {metadata.stream.id};
}

std::vector<Uuid> InvoicesOf(const events::v1::InvoiceVoided& event,
                             const EventMetadata& metadata) {
  if (!event.issued()) return {};  // a draft was never asked for
  return {metadata.stream.id};
}

std::vector<Uuid> InvoicesOf(const events::v1::PaymentRecorded& event, const EventMetadata&) {
  std::vector<Uuid> ids;
  for (const auto& allocation : event.allocations()) AddOnce(ids, allocation.invoice_id());
  for (const auto& excess : event.excesses()) AddOnce(ids, excess.invoice_id());
  return ids;
}

std::vector<Uuid> InvoicesOf(const events::v1::CreditApplied& event, const EventMetadata&) {
  std::vector<Uuid> ids = {UuidOf(event.allocation().invoice_id())};
  for (const auto& excess : event.excesses()) AddOnce(ids, excess.invoice_id());
  return ids;
}

std::vector<Uuid> InvoicesOf(const events::v1::CreditRefunded& event, const EventMetadata&) {
  std::vector<Uuid> ids;
  for (const auto& excess : event.excesses()) AddOnce(ids, excess.invoice_id());
  return ids;
}

std::vector<Uuid> InvoicesOf(const events::v1::PaymentReversed& event, const EventMetadata&) {
  std::vector<Uuid> ids;
  for (const auto& allocation : event.allocations()) AddOnce(ids, allocation.invoice_id());
  for (const auto& excess : event.excesses()) AddOnce(ids, excess.invoice_id());
  return ids;
}

std::vector<Uuid> InvoicesOf(const events::v1::CreditNoteIssued& event, const EventMetadata&) {
  return {UuidOf(event.invoice_id())};
}

void FoldMoney(InvoiceMoney& money, const events::v1::InvoiceIssued& event, const InvoiceFold&) {
  *money.mutable_holder() = HolderOf(event.at().ownership());
  money.set_currency_code(event.content().currency_code());
  money.set_total_minor(event.content().total_minor());
  money.set_base_minor(event.content().base_minor());
  money.set_cost_minor(CostOf(event.content()));
  money.set_channel(event.at().channel());
  money.set_issue_day(event.issued().days());
  money.set_override_leader_id(event.override_leader_id());
  const bool direct = event.source().category() == domain::ProposalTag::kCategory;
  money.set_proposal_id(direct ? event.source().source_id() : event.source().proposal_id());
  SetCredits(money, event);
}

void FoldMoney(InvoiceMoney& money, const events::v1::InvoiceVoided&, const InvoiceFold&) {
  money.set_voided(true);
}

void FoldMoney(InvoiceMoney& money, const events::v1::PaymentRecorded& event,
               const InvoiceFold& fold) {
  int64_t paid_minor = 0;
  for (const auto& allocation : event.allocations()) {
    if (UuidOf(allocation.invoice_id()) == fold.invoice) paid_minor += allocation.amount_minor();
  }
  Pay(money, fold, paid_minor, ExcessOf(event, fold));
}

void FoldMoney(InvoiceMoney& money, const events::v1::CreditApplied& event,
               const InvoiceFold& fold) {
  const bool paid = UuidOf(event.allocation().invoice_id()) == fold.invoice;
  Pay(money, fold, paid ? event.allocation().amount_minor() : 0, -ExcessOf(event, fold));
}

void FoldMoney(InvoiceMoney& money, const events::v1::CreditRefunded& event,
               const InvoiceFold& fold) {
  Pay(money, fold, 0, -ExcessOf(event, fold));
}

// All of the payment that is on the invoice goes back, whatever released a part of it before.
void FoldMoney(InvoiceMoney& money, const events::v1::PaymentReversed&, const InvoiceFold& fold) {
  const std::string payment = fold.metadata.stream.id.ToBytes();
  int64_t paid_minor = 0;
  int64_t overpaid_minor = 0;
  for (const InvoiceMovement& movement : money.movements()) {
    if (movement.payment_id() != payment) continue;
    paid_minor += movement.paid_minor();
    overpaid_minor += movement.overpaid_minor();
  }
  if (paid_minor == 0 && overpaid_minor == 0) return;
  InvoiceMovement movement;
  movement.set_reversal(true);
  movement.set_payment_id(payment);
  movement.set_paid_minor(-paid_minor);
  movement.set_overpaid_minor(-overpaid_minor);
  AddMovement(money, fold, std::move(movement));
}

void FoldMoney(InvoiceMoney& money, const events::v1::CreditNoteIssued& event,
               const InvoiceFold& fold) {
  InvoiceMovement credited;
  credited.set_credit_note(true);
  credited.set_credited_minor(event.content().total_minor());
  credited.set_credited_base_minor(event.content().base_minor());
  credited.set_credited_cost_minor(CostOf(event.content()));
  AddMovement(money, fold, std::move(credited));
  for (const events::v1::ReleasedPayment& released : event.released()) {
    InvoiceMovement movement;
    movement.set_credit_note(true);
    movement.set_payment_id(released.payment_id());
    movement.set_paid_minor(-released.amount_minor());
    AddMovement(money, fold, std::move(movement));
  }
}

bool IsAsked(const InvoiceMoney& money) {
  return !money.voided() && !money.currency_code().empty();
}

InvoiceStanding StandingOf(const InvoiceMoney& money) {
  InvoiceStanding standing;
  for (const InvoiceMovement& movement : money.movements()) {
    standing.paid_minor += movement.paid_minor();
    standing.credited_minor += movement.credited_minor();
    standing.overpaid_minor += movement.overpaid_minor();
  }
  standing.due_minor =
      std::max<int64_t>(money.total_minor() - standing.credited_minor - standing.paid_minor, 0);
  return standing;
}

events::v1::Amount AmountOf(const InvoiceMoney& money, int64_t minor) {
  events::v1::Amount amount;
  amount.set_currency_code(money.currency_code());
  amount.set_minor(minor);
  return amount;
}

CreditSplit::CreditSplit(const InvoiceMoney& money) : money_(money) {
  for (const views::v1::InvoiceCredit& credit : money.credits()) {
    weights_.push_back(credit.weight());
  }
  given_.resize(weights_.size());
}

absl::StatusOr<std::vector<MemberPart>> CreditSplit::Add(int64_t minor) {
  std::vector<MemberPart> parts;
  if (weights_.empty()) return parts;
  sum_ += minor;
  ASSIGN_OR_RETURN(std::vector<int64_t> shares, domain::Allocate(sum_, weights_));
  for (size_t i = 0; i < shares.size(); ++i) {
    const int64_t step = shares[i] - given_[i];
    if (step != 0) parts.push_back({money_.credits(static_cast<int>(i)).member_id(), step});
  }
  given_ = std::move(shares);
  return parts;
}

}  // namespace crm::projections

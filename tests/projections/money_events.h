// Events of invoices and payments as tests of views tell them: who and what is named by words, ids
// derive from them (see story_names.h). Amounts are minor units.
//
//   scenario.Given(InvoiceStream("A"), Issued({.base_minor = 100'000}), {.at =
//   TimeAt("2026-03-02")})
//       .Given(PaymentStream("P"), Paid({{"A", 40'000}}), {.at = TimeAt("2026-03-09")});
//
// Include from tests only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/stream.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "crm/events/v1/organization_events.pb.h"
#include "crm/events/v1/payment_events.pb.h"
#include "projections/stored_day.h"
#include "tests/projections/story_names.h"

namespace crm::projections::testing {

// The stream of what a test calls `name`; nothing of that name but the invoice "A" has its id.
inline StreamId InvoiceStream(const std::string& name) { return {"invoice", Named(name)}; }
inline StreamId PaymentStream(const std::string& name) { return {"payment", Named(name)}; }
inline StreamId CreditNoteStream(const std::string& name) { return {"credit_note", Named(name)}; }
inline StreamId OrganizationStream() { return {"organization", Named("organization")}; }

inline events::v1::OrganizationCreated Founded(const std::string& zone,
                                               const std::string& currency = "EUR") {
  events::v1::OrganizationCreated created;
  created.set_time_zone(zone);
  created.set_currency_code(currency);
  return created;
}

inline int32_t DayOf(const std::string& date) {
  absl::CivilDay day;
  EXPECT_TRUE(absl::ParseCivilTime(date, &day)) << date;
  return DayNumber(day);
}

struct Sale {
  std::string team = "north";
  std::string owner = "ann";
  int64_t base_minor = 100'000;
  int64_t tax_minor = 0;
  int64_t cost_minor = 0;
  std::string currency = "EUR";
  std::string issued = "2026-03-02";
  std::string due = "2026-03-31";
  std::vector<std::pair<std::string, int64_t>> credits = {};  // none: the owner alone
  std::string leader = {};
  std::string proposal = {};
  std::string customer = {};
  std::string number = {};
  std::string channel = "sales";
};

inline events::v1::DocumentContent ContentOf(const Sale& sale) {
  events::v1::DocumentContent content;
  content.set_currency_code(sale.currency);
  content.set_base_minor(sale.base_minor);
  content.set_tax_minor(sale.tax_minor);
  content.set_total_minor(sale.base_minor + sale.tax_minor);
  events::v1::DocumentLine& line = *content.add_lines();
  line.set_quantity_e6(1'000'000);
  line.set_base_minor(sale.base_minor);
  if (sale.cost_minor != 0) {
    line.mutable_unit_cost()->set_currency_code(sale.currency);
    line.mutable_unit_cost()->set_minor(sale.cost_minor);
  }
  return content;
}

inline events::v1::InvoiceIssued Issued(const Sale& sale) {
  events::v1::InvoiceIssued issued;
  issued.set_number(sale.number);
  issued.mutable_issued()->set_days(DayOf(sale.issued));
  issued.mutable_due()->set_days(DayOf(sale.due));
  *issued.mutable_content() = ContentOf(sale);
  auto credits = sale.credits;
  if (credits.empty()) credits = {{sale.owner, 1}};
  for (const auto& [member, weight] : credits) {
    events::v1::FrozenCredit& credit = *issued.add_credits();
    credit.set_member_id(BytesOf(member));
    credit.set_weight(weight);
  }
  issued.set_override_leader_id(BytesOf(sale.leader));
  *issued.mutable_at()->mutable_ownership() = OwnershipOf(sale.team, sale.owner);
  issued.mutable_at()->set_customer_id(BytesOf(sale.customer));
  issued.mutable_at()->set_number(sale.number);
  issued.mutable_at()->set_channel(sale.channel);
  if (!sale.proposal.empty()) {
    issued.mutable_source()->set_category("proposal");
    issued.mutable_source()->set_source_id(BytesOf(sale.proposal));
  }
  return issued;
}

inline events::v1::InvoiceVoided Voided() {
  events::v1::InvoiceVoided voided;
  voided.set_issued(true);
  return voided;
}

// Invoice and how much of the payment is on it.
using Allocations = std::vector<std::pair<std::string, int64_t>>;

inline events::v1::PaymentRecorded Paid(const Allocations& allocations, int64_t credit_minor = 0,
                                        const Allocations& excesses = {},
                                        const std::string& currency = "EUR") {
  events::v1::PaymentRecorded paid;
  int64_t amount_minor = credit_minor;
  for (const auto& [invoice, minor] : allocations) {
    events::v1::PaymentAllocation& allocation = *paid.add_allocations();
    allocation.set_invoice_id(BytesOf(invoice));
    allocation.set_amount_minor(minor);
    amount_minor += minor;
  }
  for (const auto& [invoice, minor] : excesses) {
    events::v1::PaymentExcess& excess = *paid.add_excesses();
    excess.set_invoice_id(BytesOf(invoice));
    excess.set_amount_minor(minor);
  }
  paid.mutable_amount()->set_currency_code(currency);
  paid.mutable_amount()->set_minor(amount_minor);
  paid.set_credit_minor(credit_minor);
  *paid.mutable_ownership() = OwnershipOf("north", "ann");
  return paid;
}

// What a payment that went back had paid.
inline events::v1::PaymentReversed WentBack(const events::v1::PaymentRecorded& paid) {
  events::v1::PaymentReversed reversed;
  *reversed.mutable_allocations() = paid.allocations();
  *reversed.mutable_excesses() = paid.excesses();
  reversed.set_credit_minor(paid.credit_minor());
  *reversed.mutable_ownership() = paid.ownership();
  return reversed;
}

inline events::v1::CreditApplied Applied(const std::string& invoice, int64_t minor,
                                         int64_t credit_left_minor) {
  events::v1::CreditApplied applied;
  applied.mutable_allocation()->set_invoice_id(BytesOf(invoice));
  applied.mutable_allocation()->set_amount_minor(minor);
  applied.set_credit_minor(credit_left_minor);
  return applied;
}

// Takes back what `sale` says of an invoice; `released` names payments.
inline events::v1::CreditNoteIssued Credited(const std::string& invoice, const Sale& sale,
                                             const Allocations& released = {}) {
  events::v1::CreditNoteIssued credited;
  credited.set_invoice_id(BytesOf(invoice));
  *credited.mutable_content() = ContentOf(sale);
  for (const auto& [payment, minor] : released) {
    events::v1::ReleasedPayment& part = *credited.add_released();
    part.set_payment_id(BytesOf(payment));
    part.set_amount_minor(minor);
  }
  return credited;
}

}  // namespace crm::projections::testing

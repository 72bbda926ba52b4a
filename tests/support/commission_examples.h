// Policies, and invoices as they were frozen when issued. Amounts are minor units of EUR. Each is
// valid; a test changes what it is about.
#pragma once

#include <string>
#include <vector>

#include "crm/events/v1/commission_events.pb.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "crm/v1/commission_policy.pb.h"
#include "domain/render.h"
#include "tests/support/example_ids.h"

namespace crm::testing {

// 5 % of every base, in any currency, for everybody and always.
inline events::v1::PolicyTerms FlatTermsExample(int64_t rate_ppm = 50'000) {
  events::v1::PolicyTerms terms;
  terms.set_kind(v1::COMMISSION_KIND_FLAT);
  terms.set_rate_ppm(rate_ppm);
  terms.set_accumulation(v1::ACCUMULATION_PER_INVOICE);
  return terms;
}

// Ladder L of the worked cases: 5 % up to 10,000.00, 7 % up to 30,000.00, 10 % above.
inline events::v1::Ladder LadderExample(v1::LadderMode mode = v1::LADDER_MODE_MARGINAL) {
  events::v1::Ladder ladder;
  ladder.set_mode(mode);
  const auto add = [&](int64_t lower, int64_t upper, int64_t rate_ppm) {
    events::v1::LadderStep& step = *ladder.add_steps();
    step.set_lower_minor(lower);
    step.set_upper_minor(upper);
    step.set_rate_ppm(rate_ppm);
  };
  add(0, 1'000'000, 50'000);
  add(1'000'000, 3'000'000, 70'000);
  add(3'000'000, 0, 100'000);
  return ladder;
}

inline events::v1::PolicyTerms LadderTermsExample(bool per_period = false) {
  events::v1::PolicyTerms terms;
  terms.set_kind(v1::COMMISSION_KIND_LADDER);
  terms.set_currency_code("EUR");
  *terms.mutable_ladder() = LadderExample();
  terms.set_accumulation(per_period ? v1::ACCUMULATION_PER_PERIOD : v1::ACCUMULATION_PER_INVOICE);
  if (per_period) terms.set_period(v1::COMMISSION_PERIOD_MONTH);
  return terms;
}

inline events::v1::CommissionPolicyCreated CommissionPolicyCreatedExample(int n = 1) {
  events::v1::CommissionPolicyCreated event;
  event.set_display_name(absl::StrCat("Policy ", n));
  return event;
}

inline events::v1::CommissionPolicyVersionPublished VersionPublishedExample(
    const events::v1::PolicyTerms& terms = FlatTermsExample(), int version = 1) {
  events::v1::CommissionPolicyVersionPublished event;
  event.set_policy_version(version);
  *event.mutable_terms() = terms;
  return event;
}

// What the register is told of that version.
inline events::v1::CommissionPolicyRegistered PolicyRegisteredExample(int policy = 1,
                                                                      int version = 1) {
  events::v1::CommissionPolicyRegistered event;
  event.set_policy_id(ExampleBytes<domain::CommissionPolicyId>(policy));
  event.set_policy_version(version);
  return event;
}

inline Uuid ExampleLineId(int n = 1) { return ExampleUuid("line", n); }

// A line whose base is what it costs the customer: no discount, no tax.
inline events::v1::DocumentLine LineExample(int64_t base_minor, int n = 1) {
  events::v1::DocumentLine line;
  line.set_line_id(ExampleLineId(n).ToBytes());
  line.set_description(absl::StrCat("Line ", n));
  line.set_quantity_e6(1'000'000);
  line.mutable_unit_price()->set_currency_code("EUR");
  line.mutable_unit_price()->set_minor(base_minor);
  line.set_amount_minor(base_minor);
  line.set_net_minor(base_minor);
  line.set_base_minor(base_minor);
  return line;
}

// Lines of one document, without tax.
inline events::v1::DocumentContent ContentExample(
    const std::vector<events::v1::DocumentLine>& lines) {
  events::v1::DocumentContent content;
  content.set_currency_code("EUR");
  int64_t base_minor = 0;
  for (const events::v1::DocumentLine& line : lines) {
    *content.add_lines() = line;
    base_minor += line.base_minor();
  }
  content.set_subtotal_minor(base_minor);
  content.set_base_minor(base_minor);
  content.set_total_minor(base_minor);
  return content;
}

inline events::v1::CreditedMember CreditedExample(int member, int64_t weight = 1) {
  events::v1::CreditedMember credited;
  credited.set_member_id(ExampleBytes<domain::MemberId>(member));
  credited.set_weight(weight);
  return credited;
}

// Credits a member with all of the document's base, under policies (at version 1).
inline events::v1::FrozenCredit FrozenCreditExample(const events::v1::DocumentContent& content,
                                                    int member = 1,
                                                    const std::vector<int>& policies = {1}) {
  events::v1::FrozenCredit credit;
  credit.set_member_id(ExampleBytes<domain::MemberId>(member));
  credit.set_weight(1);
  for (const events::v1::DocumentLine& line : content.lines()) {
    events::v1::CreditedShare& share = *credit.add_shares();
    share.set_line_id(line.line_id());
    share.set_base_minor(line.base_minor());
  }
  for (const int policy : policies) {
    events::v1::CommissionTerms& terms = *credit.add_terms();
    terms.set_policy_id(ExampleBytes<domain::CommissionPolicyId>(policy));
    terms.set_policy_version(1);
  }
  return credit;
}

// An invoice of one line in the first team, sold by the first member under the first policy.
inline events::v1::InvoiceIssued InvoiceIssuedExample(int64_t base_minor, int64_t tax_minor = 0) {
  events::v1::InvoiceIssued issued;
  issued.set_number("INV-2026-00001");
  issued.set_ordinal(1);
  *issued.mutable_issued() = domain::StoredDay(absl::CivilDay(2026, 3, 1));
  *issued.mutable_due() = domain::StoredDay(absl::CivilDay(2026, 3, 31));
  events::v1::DocumentContent& content = *issued.mutable_content();
  content = ContentExample({LineExample(base_minor)});
  content.set_tax_minor(tax_minor);
  content.set_total_minor(base_minor + tax_minor);
  *issued.add_credits() = FrozenCreditExample(content);
  issued.mutable_at()->mutable_ownership()->set_team_id(ExampleBytes<domain::TeamId>());
  issued.mutable_at()->mutable_ownership()->set_owner_id(ExampleBytes<domain::MemberId>());
  issued.mutable_at()->set_currency_code("EUR");
  issued.mutable_at()->set_base_minor(base_minor);
  issued.mutable_at()->set_total_minor(base_minor + tax_minor);
  return issued;
}

}  // namespace crm::testing

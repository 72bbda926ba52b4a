#include "projections/commission_what_if.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/projections/money_events.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/sales_story.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::HasReason;
using ::crm::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

google::type::Money Eur(int64_t units) {
  google::type::Money money;
  money.set_currency_code("EUR");
  money.set_units(units);
  return money;
}

v1::PolicyTerms Flat(int64_t rate_ppm) {
  v1::PolicyTerms terms;
  terms.set_kind(v1::COMMISSION_KIND_FLAT);
  terms.set_rate_ppm(rate_ppm);
  return terms;
}

// 5 % up to 10,000, 7 % up to 30,000, 10 % above.
v1::PolicyTerms Laddered() {
  v1::PolicyTerms terms;
  terms.set_kind(v1::COMMISSION_KIND_LADDER);
  terms.set_currency_code("EUR");
  int64_t lower = 0;
  for (const auto& [upper, rate_ppm] :
       {std::pair{10'000, 50'000}, {30'000, 70'000}, {0, 100'000}}) {
    v1::LadderStep& step = *terms.mutable_ladder()->add_steps();
    if (lower != 0) *step.mutable_lower() = Eur(lower);
    if (upper != 0) *step.mutable_upper() = Eur(upper);
    step.set_rate_ppm(rate_ppm);
    lower = upper;
  }
  return terms;
}

class CommissionWhatIfTest : public ::testing::Test {
 protected:
  CommissionWhatIfTest() {
    story_.Given(OrganizationStream(), Founded("Europe/Berlin"), {.at = TimeAt("2026-01-01")});
  }

  // Everybody is credited with the own weight in percent of the one line.
  static void Credit(const Sale& sale, events::v1::DocumentContent& content,
                     google::protobuf::RepeatedPtrField<events::v1::FrozenCredit>& credits) {
    content.mutable_lines(0)->set_line_id(BytesOf("line"));
    for (events::v1::FrozenCredit& credit : credits) {
      events::v1::CreditedShare& share = *credit.add_shares();
      share.set_line_id(BytesOf("line"));
      share.set_base_minor(credits.size() == 1 ? sale.base_minor
                                               : sale.base_minor * credit.weight() / 100);
    }
  }
  void Issue(const std::string& name, const Sale& sale) {
    events::v1::InvoiceIssued issued = Issued(sale);
    Credit(sale, *issued.mutable_content(), *issued.mutable_credits());
    story_.Given(InvoiceStream(name), issued, {.at = TimeAt(sale.issued)});
  }
  events::v1::PaymentRecorded Pay(const std::string& payment, const std::string& date,
                                  const Allocations& allocations) {
    events::v1::PaymentRecorded paid = Paid(allocations);
    for (events::v1::PaymentAllocation& allocation : *paid.mutable_allocations()) {
      allocation.mutable_paid()->set_days(DayOf(date));
      allocation.set_fiscal_year_start_month(1);
    }
    story_.Given(PaymentStream(payment), paid, {.at = TimeAt(date)});
    return paid;
  }
  void Recognise(const std::string& agent, const std::string& date, int64_t minor,
                 const std::string& invoice = "A", const std::string& team = "north") {
    events::v1::CommissionRecognized event;
    event.set_agent_id(BytesOf(agent));
    event.set_role(v1::COMMISSION_ROLE_AGENT);
    event.mutable_cause()->set_invoice_id(BytesOf(invoice));
    event.set_currency_code("EUR");
    event.set_amount_minor(minor);
    *event.mutable_ownership() = OwnershipOf(team, agent);
    story_.Given({"commission", Named(agent + date)}, event, {.at = TimeAt(date)});
  }
  static v1::GetCommissionWhatIfRequest Between(const google::type::Date& first,
                                                const google::type::Date& last,
                                                const v1::PolicyTerms& terms) {
    v1::GetCommissionWhatIfRequest request;
    *request.mutable_first_date() = first;
    *request.mutable_last_date() = last;
    *request.mutable_terms() = terms;
    return request;
  }
  static v1::GetCommissionWhatIfRequest InSpring(const v1::PolicyTerms& terms) {
    return Between(DateOf(2026, 3, 1), DateOf(2026, 5, 31), terms);
  }
  static std::string Decimal(const google::type::Money& money) {
    return domain::Money::FromProto(money)->ToDecimal();
  }
  // "agent role invoice: recognised simulated difference", then "all: ...".
  std::vector<std::string> WhatIf(const v1::GetCommissionWhatIfRequest& request,
                                  const Asker& asker = {}) {
    const auto answer = story_.Answer(request, asker);
    EXPECT_THAT(answer, IsOk());
    std::vector<std::string> lines;
    if (!answer.ok()) return lines;
    const auto text = [](const auto& shown) {
      return absl::StrCat(Decimal(shown.recognised()), " ", Decimal(shown.simulated()), " ",
                          Decimal(shown.difference()));
    };
    for (const char* member : {"ann", "bob", "leah"}) {
      for (const auto& row : answer->rows()) {
        if (row.agent() != ResourceOf<domain::MemberId>(member)) continue;
        std::string line = member;
        if (row.role() == v1::COMMISSION_ROLE_OVERRIDE) line += " override";
        for (const char* invoice : {"A", "B"}) {
          if (row.invoice() == ResourceOf<domain::InvoiceId>(invoice)) {
            absl::StrAppend(&line, " ", invoice);
          }
        }
        lines.push_back(absl::StrCat(line, ": ", text(row)));
      }
    }
    for (const auto& total : answer->totals()) lines.push_back("all: " + text(total));
    return lines;
  }

  SalesStory<CommissionWhatIf> story_;
};

// What was sold in March at 5 % is paid in March and April, when another policy says 8 %.
TEST_F(CommissionWhatIfTest, T23UnderEightPercentThirtyMore) {
  Issue("A", {.base_minor = 100'000});
  Pay("P", "2026-03-09", {{"A", 40'000}});
  Recognise("ann", "2026-03-09", 2'000);
  Pay("Q", "2026-04-09", {{"A", 60'000}});
  Recognise("ann", "2026-04-09", 3'000);
  EXPECT_THAT(WhatIf(InSpring(Flat(80'000))),
              ElementsAre("ann: 50.00 80.00 30.00", "all: 50.00 80.00 30.00"));
  EXPECT_THAT(WhatIf(Between(DateOf(2026, 4, 1), DateOf(2026, 4, 30), Flat(80'000))),
              ElementsAre("ann: 30.00 48.00 18.00", "all: 30.00 48.00 18.00"));
  Asker asker;
  asker.cut.effective_before = TimeAt("2026-04-01");
  EXPECT_THAT(WhatIf(InSpring(Flat(80'000)), asker),
              ElementsAre("ann: 20.00 32.00 12.00", "all: 20.00 32.00 12.00"));
  ExpectReplayEquality(story_);
}

TEST_F(CommissionWhatIfTest, TakesTheTermsOfAPublishedVersion) {
  Issue("A", {.base_minor = 100'000});
  Pay("P", "2026-03-09", {{"A", 100'000}});
  for (int version = 1; version <= 2; ++version) {
    events::v1::CommissionPolicyVersionPublished published;
    published.set_policy_version(version);
    published.mutable_terms()->set_kind(v1::COMMISSION_KIND_FLAT);
    published.mutable_terms()->set_rate_ppm(version * 10'000);
    published.mutable_terms()->mutable_valid_from()->set_days(DayOf("2027-01-01"));
    story_.Given({"commission_policy", Named("policy")}, published);
  }
  auto request = InSpring({});
  request.clear_terms();
  EXPECT_THAT(story_.Answer(request), HasReason("WHAT_IF_TERMS_REQUIRED"));
  request.set_commission_policy(ResourceOf<domain::CommissionPolicyId>("policy"));
  EXPECT_THAT(WhatIf(request), ElementsAre("ann: 0.00 20.00 20.00", "all: 0.00 20.00 20.00"));
  request.set_policy_version(1);
  EXPECT_THAT(WhatIf(request), ElementsAre("ann: 0.00 10.00 10.00", "all: 0.00 10.00 10.00"));
  request.set_policy_version(3);
  EXPECT_THAT(story_.Answer(request), HasReason("REFERENCE_NOT_FOUND"));
  *request.mutable_terms() = Flat(1);
  EXPECT_THAT(story_.Answer(request), HasReason("WHAT_IF_TERMS_REQUIRED"));
  EXPECT_THAT(story_.Answer(InSpring({})), HasReason("COMMISSION_KIND_REQUIRED"));
  EXPECT_THAT(story_.Answer(Between(DateOf(2026, 3, 2), DateOf(2026, 3, 1), Flat(1))),
              HasReason("RANGE_INVALID"));
}

// T4 and T5: two sales of one month, each by itself or together; asked for a part of the month the
// rest of it still fills the ladder.
TEST_F(CommissionWhatIfTest, T05ALadderOverTheMonth) {
  Issue("A", {.base_minor = 800'000});
  Issue("B", {.base_minor = 800'000});
  Pay("P", "2026-03-09", {{"A", 800'000}});
  Pay("Q", "2026-03-19", {{"B", 800'000}});
  EXPECT_THAT(WhatIf(InSpring(Laddered())),
              ElementsAre("ann: 0.00 800.00 800.00", "all: 0.00 800.00 800.00"));
  v1::PolicyTerms monthly = Laddered();
  monthly.set_accumulation(v1::ACCUMULATION_PER_PERIOD);
  EXPECT_THAT(WhatIf(InSpring(monthly)),
              ElementsAre("ann: 0.00 920.00 920.00", "all: 0.00 920.00 920.00"));
  auto late = Between(DateOf(2026, 3, 15), DateOf(2026, 3, 31), monthly);
  EXPECT_THAT(WhatIf(late), ElementsAre("ann: 0.00 520.00 520.00", "all: 0.00 520.00 520.00"));
  late.set_by_invoice(true);
  EXPECT_THAT(WhatIf(late), ElementsAre("ann B: 0.00 520.00 520.00", "all: 0.00 520.00 520.00"));
}

TEST_F(CommissionWhatIfTest, T20WhatIsCreditedGoesBackUnderTheLadder) {
  Issue("A", {.base_minor = 2'500'000});
  Pay("P", "2026-03-09", {{"A", 2'500'000}});
  const Sale part = {.base_minor = 1'000'000};
  events::v1::CreditNoteIssued note = Credited("A", part, {{"P", 1'000'000}});
  events::v1::FrozenCredit& credit = *note.add_credits();
  credit.set_member_id(BytesOf("ann"));
  credit.set_weight(1);
  Credit(part, *note.mutable_content(), *note.mutable_credits());
  note.mutable_released(0)->mutable_paid()->set_days(DayOf("2026-03-09"));
  note.mutable_released(0)->set_fiscal_year_start_month(1);
  story_.Given(CreditNoteStream("N"), note, {.at = TimeAt("2026-04-10")});
  const auto april = [](const v1::PolicyTerms& terms) {
    return Between(DateOf(2026, 4, 1), DateOf(2026, 4, 30), terms);
  };
  EXPECT_THAT(WhatIf(april(Laddered())),
              ElementsAre("ann: 0.00 -700.00 -700.00", "all: 0.00 -700.00 -700.00"));
  v1::PolicyTerms monthly = Laddered();
  monthly.set_accumulation(v1::ACCUMULATION_PER_PERIOD);
  EXPECT_THAT(WhatIf(april(monthly)),
              ElementsAre("ann: 0.00 -700.00 -700.00", "all: 0.00 -700.00 -700.00"));
  EXPECT_THAT(WhatIf(InSpring(Laddered())),
              ElementsAre("ann: 0.00 850.00 850.00", "all: 0.00 850.00 850.00"));
  ExpectReplayEquality(story_);
}

TEST_F(CommissionWhatIfTest, WhatWentBackEarnsNothing) {
  Issue("A", {.base_minor = 100'000});
  const auto paid = Pay("P", "2026-03-09", {{"A", 100'000}});
  story_.Given(PaymentStream("P"), WentBack(paid), {.at = TimeAt("2026-04-09")});
  v1::PolicyTerms monthly = Laddered();
  monthly.set_accumulation(v1::ACCUMULATION_PER_PERIOD);
  EXPECT_THAT(WhatIf(Between(DateOf(2026, 4, 1), DateOf(2026, 4, 30), monthly)),
              ElementsAre("ann: 0.00 -50.00 -50.00", "all: 0.00 -50.00 -50.00"));
  EXPECT_THAT(WhatIf(InSpring(Flat(80'000))),
              ElementsAre("ann: 0.00 0.00 0.00", "all: 0.00 0.00 0.00"));
}

// T25, and T24 of two agents.
TEST_F(CommissionWhatIfTest, T25TheLeaderEarnsOfWhatIsLeft) {
  Issue("A", {.base_minor = 1'000, .leader = "leah"});
  Pay("P", "2026-03-09", {{"A", 1'000}});
  v1::PolicyTerms terms = Flat(100'000);
  terms.mutable_override_terms()->set_rate_ppm(100'000);
  EXPECT_THAT(
      WhatIf(InSpring(terms)),
      ElementsAre("ann: 0.00 1.00 1.00", "leah override: 0.00 1.00 1.00", "all: 0.00 2.00 2.00"));
  terms.mutable_override_terms()->set_agent_commission_subtracted(true);
  EXPECT_THAT(
      WhatIf(InSpring(terms)),
      ElementsAre("ann: 0.00 1.00 1.00", "leah override: 0.00 0.90 0.90", "all: 0.00 1.90 1.90"));
}

TEST_F(CommissionWhatIfTest, PaysWhomTheTermsName) {
  Issue("A", {.base_minor = 100'000, .credits = {{"ann", 60}, {"bob", 40}}});
  Issue("B", {.base_minor = 100'000, .currency = "USD"});
  Pay("P", "2026-03-09", {{"A", 100'000}, {"B", 100'000}});
  EXPECT_EQ(WhatIf(InSpring(Flat(100'000))).size(), 5u) << "three rows, two currencies";
  v1::PolicyTerms terms = Flat(100'000);
  terms.set_currency_code("EUR");
  EXPECT_THAT(WhatIf(InSpring(terms)), ElementsAre("ann: 0.00 60.00 60.00", "bob: 0.00 40.00 40.00",
                                                   "all: 0.00 100.00 100.00"));
  terms.add_members(ResourceOf<domain::MemberId>("bob"));
  EXPECT_THAT(WhatIf(InSpring(terms)),
              ElementsAre("bob: 0.00 40.00 40.00", "all: 0.00 40.00 40.00"));
  terms.add_teams(ResourceOf<domain::TeamId>("south"));
  EXPECT_THAT(WhatIf(InSpring(terms)), IsEmpty());
}

TEST_F(CommissionWhatIfTest, AgentsSeeTheirOwn) {
  Issue("A", {.base_minor = 100'000, .credits = {{"ann", 60}, {"bob", 40}}});
  Pay("P", "2026-03-09", {{"A", 100'000}});
  Recognise("ann", "2026-03-09", 3'000);
  Recognise("bob", "2026-03-09", 2'000);
  EXPECT_THAT(WhatIf(InSpring(Flat(100'000)), {.everything = false, .member = "bob"}),
              ElementsAre("bob: 20.00 40.00 20.00", "all: 20.00 40.00 20.00"));
  EXPECT_THAT(
      WhatIf(InSpring(Flat(100'000)), {.everything = false, .member = "leah", .teams = {"north"}}),
      ElementsAre("ann: 30.00 60.00 30.00", "bob: 20.00 40.00 20.00", "all: 50.00 100.00 50.00"));
  EXPECT_THAT(WhatIf(InSpring(Flat(100'000)), {.everything = false, .member = "eve"}), IsEmpty());
  auto request = InSpring(Flat(100'000));
  request.set_agent(ResourceOf<domain::MemberId>("ann"));
  EXPECT_THAT(WhatIf(request), ElementsAre("ann: 30.00 60.00 30.00", "all: 30.00 60.00 30.00"));
  request.clear_agent();
  request.set_team(ResourceOf<domain::TeamId>("south"));
  EXPECT_THAT(WhatIf(request), IsEmpty());
}

}  // namespace
}  // namespace crm::projections::testing

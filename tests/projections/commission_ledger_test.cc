#include "projections/commission_ledger.h"

#include <string>
#include <vector>

#include "crm/events/v1/member_events.pb.h"
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

// An entry as its cause made it.
struct Entry {
  std::string payment = "P";
  std::string agent = "ann";
  int64_t amount_minor = 0;
  std::string invoice = "A";
  std::string team = "north";
  std::string due = "2026-03-31";
  v1::CommissionRole role = v1::COMMISSION_ROLE_AGENT;
  std::string corrected_by = {};
  std::string currency = "EUR";
};

class CommissionLedgerTest : public ::testing::Test {
 protected:
  CommissionLedgerTest() {
    story_.Organization("Europe/Berlin").Member("ann").Member("bob").Member("zoe");
  }

  void Recognise(const Entry& entry, const std::string& effective, const Told& told = {}) {
    events::v1::CommissionRecognized event;
    event.set_agent_id(BytesOf(entry.agent));
    event.set_role(entry.role);
    event.mutable_cause()->set_category("payment");
    event.mutable_cause()->set_cause_id(BytesOf(entry.payment));
    event.mutable_cause()->set_invoice_id(BytesOf(entry.invoice));
    event.set_policy_id(BytesOf("policy"));
    event.set_policy_version(3);
    event.set_currency_code(entry.currency);
    event.set_paid_minor(1'000'000);
    event.set_base_before_minor(500'000);
    event.set_base_after_minor(1'500'000);
    for (const auto& [from, to, rate] :
         {std::tuple{500'000, 1'000'000, 50'000}, std::tuple{1'000'000, 1'500'000, 70'000}}) {
      events::v1::CommissionSlice& slice = *event.add_slices();
      slice.set_from_minor(from);
      slice.set_to_minor(to);
      slice.set_rate_ppm(rate);
    }
    event.set_amount_minor(entry.amount_minor);
    event.mutable_due()->set_days(DayOf(entry.due));
    *event.mutable_ownership() = OwnershipOf(entry.team, entry.agent);
    if (!entry.corrected_by.empty()) {
      event.set_corrected_by_category("payment");
      event.set_corrected_by_id(BytesOf(entry.corrected_by));
    }
    Told when = told;
    when.effective = TimeAt(effective);
    if (!when.at.has_value()) when.at = when.effective;
    story_.Given({"commission", Named(entry.payment + entry.agent + entry.invoice)}, event, when);
  }

  v1::ListCommissionsResponse List(const v1::ListCommissionsRequest& request = {},
                                   const Asker& asker = {}, std::string* next = nullptr) {
    const auto answer = story_.Answer(request, asker, next);
    EXPECT_THAT(answer, IsOk());
    return answer.value_or(v1::ListCommissionsResponse());
  }
  // Amounts of the entries in order, in minor units.
  static std::vector<int64_t> AmountsOf(const v1::ListCommissionsResponse& page) {
    std::vector<int64_t> amounts;
    for (const auto& entry : page.entries()) {
      amounts.push_back(domain::Money::FromProto(entry.amount())->minor());
    }
    return amounts;
  }
  // "agent role: received earned waiting payable"
  std::vector<std::string> Summary(int first_day, int last_day, const Asker& asker = {}) {
    v1::GetCommissionSummaryRequest request;
    *request.mutable_first_date() = DateOf(2026, 3, first_day);
    *request.mutable_last_date() = DateOf(2026, 3, last_day);
    const auto answer = story_.Answer(request, asker);
    EXPECT_THAT(answer, IsOk());
    std::vector<std::string> lines;
    for (const auto& row : answer->rows()) {
      std::string line = "?";
      for (const char* member : {"ann", "bob", "zoe"}) {
        if (row.agent() == ResourceOf<domain::MemberId>(member)) line = member;
      }
      if (row.role() == v1::COMMISSION_ROLE_OVERRIDE) line += " override";
      line += ":";
      for (const auto* money : {&row.received(), &row.earned(), &row.waiting(), &row.payable()}) {
        line += " " + domain::Money::FromProto(*money)->ToDecimal();
      }
      lines.push_back(line);
    }
    return lines;
  }

  SalesStory<CommissionLedger> story_;
};

TEST_F(CommissionLedgerTest, AnEntryExplainsEveryCent) {
  Recognise({.amount_minor = 60'000, .corrected_by = "Q"}, "2026-03-09T23:30:00",
            {.at = TimeAt("2026-03-20")});
  const auto page = List();
  ASSERT_EQ(page.entries_size(), 1);
  const v1::CommissionEntry& entry = page.entries(0);
  EXPECT_EQ(entry.agent(), ResourceOf<domain::MemberId>("ann"));
  EXPECT_EQ(entry.role(), v1::COMMISSION_ROLE_AGENT);
  EXPECT_EQ(entry.entry_date().day(), 10) << "in Berlin";
  EXPECT_EQ(entry.amount().units(), 600);
  EXPECT_EQ(entry.payment(), ResourceOf<domain::PaymentId>("P"));
  EXPECT_EQ(entry.credit_note(), "");
  EXPECT_EQ(entry.corrected_by(), ResourceOf<domain::PaymentId>("Q"));
  EXPECT_EQ(entry.invoice(), ResourceOf<domain::InvoiceId>("A"));
  EXPECT_EQ(entry.commission_policy(), ResourceOf<domain::CommissionPolicyId>("policy"));
  EXPECT_EQ(entry.policy_version(), 3);
  EXPECT_EQ(entry.paid().units(), 10'000);
  EXPECT_EQ(entry.base_before().units(), 5'000);
  EXPECT_EQ(entry.base_after().units(), 15'000);
  ASSERT_EQ(entry.slices_size(), 2);
  EXPECT_EQ(entry.slices(1).from().units(), 10'000);
  EXPECT_EQ(entry.slices(1).to().units(), 15'000);
  EXPECT_EQ(entry.slices(1).rate_ppm(), 70'000);
  EXPECT_EQ(entry.due_date().month(), 3);
  EXPECT_FALSE(entry.has_period_start_date());
  EXPECT_GT(entry.position(), 0);
}

TEST_F(CommissionLedgerTest, SlicesNameProductsAndCategories) {
  events::v1::CommissionPolicyVersionPublished published;
  published.mutable_terms()->add_products()->set_category_id(BytesOf("chairs"));
  published.mutable_terms()->add_products()->set_product_id(BytesOf("stool"));
  story_.Tell("commission_policy", "policy", published);
  events::v1::CommissionRecognized event;
  event.set_currency_code("EUR");
  event.set_agent_id(BytesOf("ann"));
  event.add_slices()->set_group_id(BytesOf("chairs"));
  event.add_slices()->set_group_id(BytesOf("stool"));
  event.add_slices();
  event.add_slices()->set_group_id(BytesOf("a line of its own"));
  story_.Tell("commission", "C", event);
  const auto page = List();
  ASSERT_EQ(page.entries_size(), 1);
  EXPECT_EQ(page.entries(0).slices(0).group(), ResourceOf<domain::ProductCategoryId>("chairs"));
  EXPECT_EQ(page.entries(0).slices(1).group(), ResourceOf<domain::ProductId>("stool"));
  EXPECT_EQ(page.entries(0).slices(2).group(), "");
  EXPECT_EQ(page.entries(0).slices(3).group(), "");
}

// Seen to fail when entries are keyed by the time of recording.
TEST_F(CommissionLedgerTest, ListsByDateWhateverTheOrderOfRecording) {
  Recognise({.payment = "P", .amount_minor = 3}, "2026-03-20");
  Recognise({.payment = "Q", .amount_minor = 1}, "2026-03-05", {.at = TimeAt("2026-03-21")});
  Recognise({.payment = "P", .amount_minor = -2}, "2026-03-20", {.at = TimeAt("2026-03-21")});
  EXPECT_THAT(AmountsOf(List()), ElementsAre(1, 3, -2));
  std::string next;
  EXPECT_THAT(AmountsOf(List({}, {.page_size = 2}, &next)), ElementsAre(1, 3));
  EXPECT_THAT(AmountsOf(List({}, {.page_size = 2, .after = next}, &next)), ElementsAre(-2));
  EXPECT_EQ(next, "");
  v1::ListCommissionsRequest ann;
  ann.set_agent(ResourceOf<domain::MemberId>("ann"));
  EXPECT_THAT(AmountsOf(List(ann, {.page_size = 2}, &next)), ElementsAre(1, 3));
  EXPECT_THAT(AmountsOf(List(ann, {.page_size = 2, .after = next})), ElementsAre(-2));
  EXPECT_THAT(story_.Answer(ann, {.after = "x"}), HasReason("PAGE_TOKEN_INVALID"));
  ExpectReplayEquality(story_);
}

TEST_F(CommissionLedgerTest, FiltersByWhatCausedIt) {
  Recognise({.payment = "P", .amount_minor = 1}, "2026-03-05");
  Recognise({.payment = "Q", .amount_minor = 2, .invoice = "B"}, "2026-03-06");
  Recognise({.payment = "P", .agent = "bob", .amount_minor = 4, .team = "south"}, "2026-03-07");
  v1::ListCommissionsRequest request;
  request.set_payment(ResourceOf<domain::PaymentId>("P"));
  EXPECT_THAT(AmountsOf(List(request)), ElementsAre(1, 4));
  request.set_team(ResourceOf<domain::TeamId>("south"));
  EXPECT_THAT(AmountsOf(List(request)), ElementsAre(4));
  request.Clear();
  request.set_invoice(ResourceOf<domain::InvoiceId>("B"));
  EXPECT_THAT(AmountsOf(List(request)), ElementsAre(2));
  request.Clear();
  *request.mutable_entry_date_from() = DateOf(2026, 3, 6);
  EXPECT_THAT(AmountsOf(List(request)), ElementsAre(2, 4));
  *request.mutable_entry_date_to() = DateOf(2026, 3, 6);
  EXPECT_THAT(AmountsOf(List(request)), ElementsAre(2));
  request.set_agent(ResourceOf<domain::MemberId>("bob"));
  EXPECT_THAT(AmountsOf(List(request)), IsEmpty());
  *request.mutable_entry_date_to() = DateOf(2026, 2, 30);
  EXPECT_THAT(story_.Answer(request), HasReason("DATE_INVALID"));
}

TEST_F(CommissionLedgerTest, AgentsSeeTheirOwnAndLeadersTheirTeams) {
  Recognise({.agent = "ann", .amount_minor = 1}, "2026-03-05");
  Recognise({.agent = "bob", .amount_minor = 2}, "2026-03-06");
  Recognise({.agent = "zoe", .amount_minor = 4, .team = "south"}, "2026-03-07");
  const Asker ann = {.everything = false, .member = "ann", .own_teams = {"north"}};
  EXPECT_THAT(AmountsOf(List({}, ann)), ElementsAre(1));
  v1::ListCommissionsRequest of_bob;
  of_bob.set_agent(ResourceOf<domain::MemberId>("bob"));
  EXPECT_THAT(AmountsOf(List(of_bob, ann)), IsEmpty());
  EXPECT_THAT(Summary(1, 31, ann), ElementsAre("ann: 0.00 0.01 0.00 0.01"));
  const Asker leader = {.everything = false, .member = "boss", .teams = {"north"}};
  EXPECT_THAT(AmountsOf(List({}, leader)), ElementsAre(1, 2));
  EXPECT_EQ(Summary(1, 31, leader).size(), 2u);
}

// What is received of an invoice is split by weight; the leader's is all of it.
TEST_F(CommissionLedgerTest, SumsUpPerAgent) {
  story_.Given(InvoiceStream("A"),
               Issued({.base_minor = 100'000,
                       .credits = {{"ann", 1}, {"bob", 1}, {"zoe", 1}},
                       .leader = "zoe"}),
               {.at = TimeAt("2026-03-02")});
  const auto paid = Paid({{"A", 100}});
  story_.Given(PaymentStream("P"), paid, {.at = TimeAt("2026-03-05")});
  Recognise({.agent = "ann", .amount_minor = 700, .due = "2026-03-20"}, "2026-03-05");
  Recognise({.agent = "zoe",
             .amount_minor = 20,
             .due = "2026-03-20",
             .role = v1::COMMISSION_ROLE_OVERRIDE},
            "2026-03-05");
  EXPECT_THAT(Summary(5, 5, {.at = "2026-03-19"}),
              ElementsAre("ann: 0.34 7.00 7.00 0.00", "bob: 0.33 0.00 0.00 0.00",
                          "zoe: 0.33 0.00 0.00 0.00", "zoe override: 1.00 0.20 0.20 0.00"));
  // T22: due on the day itself; the figures of other days are other figures.
  EXPECT_THAT(Summary(6, 9, {.at = "2026-03-20"}),
              ElementsAre("ann: 0.00 0.00 0.00 7.00", "zoe override: 0.00 0.00 0.00 0.20"));
  story_.Given(PaymentStream("P"), WentBack(paid), {.at = TimeAt("2026-03-06")});
  Recognise({.agent = "ann", .amount_minor = -900, .due = "2026-03-20"}, "2026-03-06");
  EXPECT_THAT(Summary(5, 6, {.at = "2026-03-20"}),
              ElementsAre("ann: 0.00 -2.00 0.00 -2.00", "bob: 0.00 0.00 0.00 0.00",
                          "zoe: 0.00 0.00 0.00 0.00", "zoe override: 0.00 0.20 0.00 0.20"))
      << "carried over";
  ExpectReplayEquality(story_);
}

// A correction made late is dated as what it corrects: as of that day it counts once it is known.
TEST_F(CommissionLedgerTest, AsOfAndKnownAt) {
  Recognise({.payment = "P", .amount_minor = 500}, "2026-03-10");
  Recognise({.payment = "Q", .amount_minor = 400}, "2026-03-05", {.at = TimeAt("2026-03-21")});
  Recognise({.payment = "P", .amount_minor = 200}, "2026-03-10", {.at = TimeAt("2026-03-21")});
  Asker asker = {.cut = {.effective_before = TimeAt("2026-03-06")}};
  EXPECT_THAT(AmountsOf(List({}, asker)), ElementsAre(400));
  asker.cut = {.effective_before = TimeAt("2026-03-11"), .known_at = TimeAt("2026-03-20")};
  EXPECT_THAT(AmountsOf(List({}, asker)), ElementsAre(500));
  asker.cut.known_at = TimeAt("2026-03-21");
  EXPECT_THAT(AmountsOf(List({}, asker)), ElementsAre(400, 500, 200));
}

TEST_F(CommissionLedgerTest, KeepsCurrenciesApart) {
  Recognise({.amount_minor = 100, .currency = "USD"}, "2026-03-05");
  Recognise({.payment = "Q", .amount_minor = 200}, "2026-03-05");
  EXPECT_THAT(Summary(1, 31), ElementsAre("ann: 0.00 2.00 0.00 2.00", "ann: 0.00 1.00 0.00 1.00"));
}

TEST_F(CommissionLedgerTest, ForgetsTheNamesOfTheErased) {
  Recognise({.agent = "bob", .amount_minor = 1}, "2026-03-05");
  events::v1::SubjectErased erased;
  erased.set_subject_id(BytesOf("bob"));
  story_.Tell("person", "bob", erased);
  story_.GivenErased(Named("bob"));
  EXPECT_FALSE(CommissionLedger::kNames.Get(story_.Rows(), {Named("bob")})->has_value());
  EXPECT_EQ(Summary(1, 31).size(), 1u);
}

}  // namespace
}  // namespace crm::projections::testing

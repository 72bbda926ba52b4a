#include "projections/invoice_list.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/projections/asking.h"
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

class InvoiceListTest : public ::testing::Test {
 protected:
  InvoiceListTest() { story_.On("2026-01-01").Organization("Europe/Berlin"); }

  template <class E>
  void Tell(const std::string& time, const StreamId& stream, const E& event) {
    story_.Given(stream, event, {.at = TimeAt(time)});
  }
  void Issue(const std::string& name, const Sale& sale) {
    Tell(sale.issued, InvoiceStream(name), Issued(sale));
  }
  // "current 1-30 31-60 61-90 over = total currency (invoices, overdue)"
  std::vector<std::string> Receivables(const std::string& date,
                                       const v1::GetReceivablesRequest& request = {},
                                       Asker asker = {}) {
    asker.at = date + "T12:00:00";
    const auto answer = story_.Answer(request, asker);
    EXPECT_THAT(answer, IsOk());
    std::vector<std::string> lines;
    for (const auto& row : answer->rows()) {
      std::string line;
      for (const auto* money : {&row.current(), &row.overdue_1_30(), &row.overdue_31_60(),
                                &row.overdue_61_90(), &row.overdue_over_90()}) {
        line += domain::Money::FromProto(*money)->ToDecimal() + " ";
      }
      line += "= " + domain::Money::FromProto(row.total())->ToDecimal() + " " +
              row.total().currency_code() + " (" + std::to_string(row.invoice_count()) + ", " +
              std::to_string(row.overdue_count()) + ")";
      lines.push_back(line);
    }
    return lines;
  }

  SalesStory<InvoiceList> story_;
};

// T37: due today is not overdue; one day later it is, for one day.
TEST_F(InvoiceListTest, T37AgesFromTheDayAfterItIsDue) {
  Issue("A", {.base_minor = 10'000, .due = "2026-03-10"});
  EXPECT_THAT(Receivables("2026-03-10"),
              ElementsAre("100.00 0.00 0.00 0.00 0.00 = 100.00 EUR (1, 0)"));
  EXPECT_THAT(Receivables("2026-03-11"),
              ElementsAre("0.00 100.00 0.00 0.00 0.00 = 100.00 EUR (1, 1)"));
  EXPECT_THAT(Receivables("2026-04-09"),
              ElementsAre("0.00 100.00 0.00 0.00 0.00 = 100.00 EUR (1, 1)"));
  EXPECT_THAT(Receivables("2026-04-10"),
              ElementsAre("0.00 0.00 100.00 0.00 0.00 = 100.00 EUR (1, 1)"));
  EXPECT_THAT(Receivables("2026-05-09"),
              ElementsAre("0.00 0.00 100.00 0.00 0.00 = 100.00 EUR (1, 1)"));
  EXPECT_THAT(Receivables("2026-05-10"),
              ElementsAre("0.00 0.00 0.00 100.00 0.00 = 100.00 EUR (1, 1)"));
  EXPECT_THAT(Receivables("2026-06-09"),
              ElementsAre("0.00 0.00 0.00 0.00 100.00 = 100.00 EUR (1, 1)"));
  Tell("2026-03-11", PaymentStream("P"), Paid({{"A", 4'000}}));
  EXPECT_THAT(Receivables("2026-03-11"),
              ElementsAre("0.00 60.00 0.00 0.00 0.00 = 60.00 EUR (1, 1)"));
  const auto rest = Paid({{"A", 6'000}}, 1'000, {{"A", 1'000}});
  Tell("2026-03-12", PaymentStream("Q"), rest);
  EXPECT_THAT(Receivables("2026-03-12"), IsEmpty()) << "never less than nothing";
  Tell("2026-03-20", PaymentStream("Q"), WentBack(rest));
  EXPECT_THAT(Receivables("2026-03-20"),
              ElementsAre("0.00 60.00 0.00 0.00 0.00 = 60.00 EUR (1, 1)"));
  ExpectReplayEquality(story_);
}

TEST_F(InvoiceListTest, AsOfAndKnownAt) {
  Issue("A", {.base_minor = 10'000});
  story_.Given(PaymentStream("P"), Paid({{"A", 4'000}}),
               {.at = TimeAt("2026-03-20"), .effective = TimeAt("2026-03-05")});
  Tell("2026-03-25", PaymentStream("Q"), Paid({{"A", 6'000}}));
  Asker asker;
  asker.cut.effective_before = TimeAt("2026-03-11");
  EXPECT_THAT(Receivables("2026-03-10", {}, asker),
              ElementsAre("60.00 0.00 0.00 0.00 0.00 = 60.00 EUR (1, 0)"));
  asker.cut.known_at = TimeAt("2026-03-19");
  EXPECT_THAT(Receivables("2026-03-10", {}, asker),
              ElementsAre("100.00 0.00 0.00 0.00 0.00 = 100.00 EUR (1, 0)"));
  EXPECT_THAT(Receivables("2026-03-26"), IsEmpty());
}

TEST_F(InvoiceListTest, OnlyWhatIsAskedForIsDue) {
  Tell("2026-03-02", InvoiceStream("draft"), events::v1::InvoiceDrafted());
  Issue("void", {.base_minor = 100});
  Tell("2026-03-03", InvoiceStream("void"), Voided());
  Issue("credited", {.base_minor = 100});
  Tell("2026-03-03", CreditNoteStream("N"), Credited("credited", {.base_minor = 100}));
  Issue("free", {.base_minor = 0});
  EXPECT_THAT(Receivables("2026-03-10"), IsEmpty());
  Issue("A", {.base_minor = 100, .currency = "USD"});
  Issue("B", {.base_minor = 100, .tax_minor = 20});
  EXPECT_THAT(Receivables("2026-03-10"), ElementsAre("1.20 0.00 0.00 0.00 0.00 = 1.20 EUR (1, 0)",
                                                     "1.00 0.00 0.00 0.00 0.00 = 1.00 USD (1, 0)"));
}

TEST_F(InvoiceListTest, GroupsAndFilters) {
  Issue("A", {.owner = "ann", .base_minor = 100, .customer = "acme"});
  Issue("B", {.owner = "bob", .base_minor = 400});
  Issue("C", {.team = "south", .owner = "eve", .base_minor = 800});
  v1::GetReceivablesRequest request;
  request.set_customer(ResourceOf<domain::CustomerId>("acme"));
  EXPECT_THAT(Receivables("2026-03-10", request),
              ElementsAre("1.00 0.00 0.00 0.00 0.00 = 1.00 EUR (1, 0)"));
  request.Clear();
  request.set_member(ResourceOf<domain::MemberId>("bob"));
  EXPECT_THAT(Receivables("2026-03-10", request),
              ElementsAre("4.00 0.00 0.00 0.00 0.00 = 4.00 EUR (1, 0)"));
  request.Clear();
  request.add_teams(ResourceOf<domain::TeamId>("north"));
  EXPECT_THAT(Receivables("2026-03-10", request),
              ElementsAre("5.00 0.00 0.00 0.00 0.00 = 5.00 EUR (2, 0)"));
  request.Clear();
  request.set_grouping(v1::GROUPING_TEAM);
  EXPECT_EQ(Receivables("2026-03-10", request).size(), 2u);
  request.set_grouping(v1::GROUPING_MEMBER);
  EXPECT_EQ(Receivables("2026-03-10", request).size(), 3u);
  request.add_teams("teams/x");
  EXPECT_THAT(story_.Answer(request), HasReason("INVALID_NAME"));
}

TEST_F(InvoiceListTest, ShowsWhatTheCallerMaySee) {
  Issue("A", {.owner = "ann", .base_minor = 100});
  Issue("B", {.owner = "bob", .base_minor = 400});
  const Asker bob = {.everything = false, .member = "bob"};
  EXPECT_THAT(Receivables("2026-03-10", {}, bob),
              ElementsAre("4.00 0.00 0.00 0.00 0.00 = 4.00 EUR (1, 0)"));
  events::v1::InvoiceAssigned assigned;
  *assigned.mutable_to() = OwnershipOf("north", "bob");
  Tell("2026-03-05", InvoiceStream("A"), assigned);
  EXPECT_THAT(Receivables("2026-03-10", {}, bob),
              ElementsAre("5.00 0.00 0.00 0.00 0.00 = 5.00 EUR (2, 0)"));
  EXPECT_THAT(Receivables("2026-03-10", {}, {.sees_invoices = false}), IsEmpty());
}

class InvoicePagesTest : public InvoiceListTest {
 protected:
  InvoicePagesTest() {
    Issue("early", {.base_minor = 100,
                    .issued = "2026-02-02",
                    .due = "2026-02-10",
                    .customer = "acme",
                    .number = "INV-1"});
    Issue("late", {.team = "south",
                   .owner = "bob",
                   .base_minor = 400,
                   .issued = "2026-03-02",
                   .number = "INV-2",
                   .channel = "ecommerce"});
    events::v1::InvoiceDrafted drafted;
    *drafted.mutable_at()->mutable_ownership() = OwnershipOf("north", "ann");
    drafted.mutable_at()->set_channel("sales");
    drafted.mutable_recipient()->set_customer_id(BytesOf("acme"));
    Tell("2026-01-05", InvoiceStream("draft"), drafted);
  }
  std::vector<domain::InvoiceId> List(const v1::ListInvoicesRequest& request = {},
                                      int page_size = 50, const Asker& asker = {}) {
    std::vector<domain::InvoiceId> all;
    std::string after;
    do {
      domain::Audience audience;
      audience.everything = asker.everything;
      audience.member = domain::MemberId(Named(asker.member));
      QueryContext context(audience, TimeAt("2026-03-20"), page_size, after);
      const auto page = InvoiceList::Select(request, story_.Rows(), context);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) return all;
      EXPECT_LE(page->size(), static_cast<size_t>(page_size));
      all.insert(all.end(), page->begin(), page->end());
      after = context.next();
    } while (!after.empty());
    return all;
  }
  static domain::InvoiceId Id(const std::string& name) { return domain::InvoiceId(Named(name)); }
};

TEST_F(InvoicePagesTest, DraftsFirstThenTheNewestDay) {
  for (const int page_size : {1, 2, 50}) {
    EXPECT_THAT(List({}, page_size), ElementsAre(Id("draft"), Id("late"), Id("early")));
  }
  Tell("2026-03-05", InvoiceStream("draft"),
       Issued({.issued = "2026-02-20", .customer = "acme", .number = "INV-3"}));
  EXPECT_THAT(List(), ElementsAre(Id("late"), Id("draft"), Id("early")));
  ExpectReplayEquality(story_);
}

TEST_F(InvoicePagesTest, Filters) {
  v1::ListInvoicesRequest request;
  const auto listed = [&] {
    const auto found = List(request);
    EXPECT_EQ(List(request, 1), found) << "whatever the size of a page";
    request.Clear();
    return found;
  };
  request.mutable_filter()->add_states(v1::INVOICE_STATE_DRAFT);
  EXPECT_THAT(listed(), ElementsAre(Id("draft")));
  request.mutable_filter()->set_customer(ResourceOf<domain::CustomerId>("acme"));
  EXPECT_THAT(listed(), ElementsAre(Id("draft"), Id("early")));
  request.mutable_filter()->set_number("INV-2");
  EXPECT_THAT(listed(), ElementsAre(Id("late")));
  request.mutable_filter()->set_channel("ecommerce");
  EXPECT_THAT(listed(), ElementsAre(Id("late")));
  request.mutable_filter()->set_team(ResourceOf<domain::TeamId>("south"));
  EXPECT_THAT(listed(), ElementsAre(Id("late")));
  request.mutable_filter()->set_owner(ResourceOf<domain::MemberId>("ann"));
  EXPECT_THAT(listed(), ElementsAre(Id("draft"), Id("early")));
  *request.mutable_filter()->mutable_issue_date_from() = DateOf(2026, 1, 1);
  EXPECT_THAT(listed(), ElementsAre(Id("late"), Id("early"))) << "a draft has no day";
  *request.mutable_filter()->mutable_issue_date_to() = DateOf(2026, 3, 1);
  EXPECT_THAT(listed(), ElementsAre(Id("early")));
  request.mutable_filter()->set_overdue(true);
  EXPECT_THAT(listed(), ElementsAre(Id("early")));
}

// T37 as a list asks for it.
TEST_F(InvoicePagesTest, SettlementIsThatOfTheInstant) {
  v1::ListInvoicesRequest request;
  const auto with = [&](v1::SettlementStatus status) {
    request.mutable_filter()->clear_settlements();
    request.mutable_filter()->add_settlements(status);
    return List(request);
  };
  EXPECT_THAT(with(v1::SETTLEMENT_STATUS_NONE), ElementsAre(Id("late"), Id("early")));
  Tell("2026-03-05", PaymentStream("P"), Paid({{"early", 40}}));
  EXPECT_THAT(with(v1::SETTLEMENT_STATUS_PARTIAL), ElementsAre(Id("early")));
  const auto rest = Paid({{"early", 60}}, 10, {{"early", 10}});
  Tell("2026-03-06", PaymentStream("Q"), rest);
  EXPECT_THAT(with(v1::SETTLEMENT_STATUS_OVER), ElementsAre(Id("early")));
  request.Clear();
  request.mutable_filter()->set_overdue(true);
  EXPECT_THAT(List(request), IsEmpty());
  Tell("2026-03-07", PaymentStream("Q"), WentBack(rest));
  EXPECT_THAT(List(request), ElementsAre(Id("early")));
  Tell("2026-03-08", InvoiceStream("late"), Voided());
  EXPECT_THAT(with(v1::SETTLEMENT_STATUS_NONE), IsEmpty());
}

// A draft is seen by whoever is credited with it, or with a line of it.
TEST_F(InvoicePagesTest, FollowsWhoIsCredited) {
  const Asker eve = {.everything = false, .member = "eve"};
  EXPECT_THAT(List({}, 50, eve), IsEmpty());
  events::v1::InvoiceMembersCredited credited;
  credited.add_credited()->set_member_id(BytesOf("eve"));
  Tell("2026-01-06", InvoiceStream("draft"), credited);
  EXPECT_THAT(List({}, 50, eve), ElementsAre(Id("draft")));
  Tell("2026-01-07", InvoiceStream("draft"), events::v1::InvoiceMembersCredited());
  EXPECT_THAT(List({}, 50, eve), IsEmpty());
  events::v1::InvoiceContentRevised revised;
  revised.mutable_content()->add_lines()->add_credited()->set_member_id(BytesOf("eve"));
  Tell("2026-01-08", InvoiceStream("draft"), revised);
  EXPECT_THAT(List({}, 50, eve), ElementsAre(Id("draft")));
  ExpectReplayEquality(story_);
}

TEST_F(InvoicePagesTest, FollowsReadressingAndAssigning) {
  events::v1::InvoiceReaddressed readdressed;
  readdressed.mutable_recipient()->set_customer_id(BytesOf("beta"));
  Tell("2026-01-06", InvoiceStream("draft"), readdressed);
  v1::ListInvoicesRequest request;
  request.mutable_filter()->set_customer(ResourceOf<domain::CustomerId>("acme"));
  EXPECT_THAT(List(request), ElementsAre(Id("early")));
  request.mutable_filter()->set_customer(ResourceOf<domain::CustomerId>("beta"));
  EXPECT_THAT(List(request), ElementsAre(Id("draft")));
  EXPECT_THAT(List({}, 50, {.everything = false, .member = "bob"}), ElementsAre(Id("late")));
  request.Clear();
  request.mutable_filter()->set_team("x");
  EXPECT_THAT(SelectRefusal<InvoiceList>(story_.Rows(), request), HasReason("INVALID_NAME"));
  EXPECT_THAT(SelectRefusal<InvoiceList>(story_.Rows(), v1::ListInvoicesRequest(), "x"),
              HasReason("PAGE_TOKEN_INVALID"));
  ExpectReplayEquality(story_);
}

}  // namespace
}  // namespace crm::projections::testing

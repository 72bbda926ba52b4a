#include "projections/invoice_list.h"

#include <string>
#include <vector>

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

}  // namespace
}  // namespace crm::projections::testing

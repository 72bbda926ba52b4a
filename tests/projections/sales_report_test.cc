#include "projections/sales_report.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "projections/sales_comparison.h"
#include "tests/projections/money_events.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/sales_story.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::HasReason;
using ::crm::testing::IsOk;
using domain::Period;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::CivilDay Day(int year, int month, int day) {
  return absl::CivilDay(year, month, day);
}

// T64, and what follows from it.
TEST(SalesComparisonTest, T64TheYearToDateAgainstTheSameDays) {
  EXPECT_EQ(YearBefore({Day(2028, 1, 1), Day(2028, 3, 1)}),
            (Period{Day(2027, 1, 1), Day(2027, 3, 1)}));
  EXPECT_EQ(YearBefore({Day(2029, 1, 1), Day(2029, 3, 1)}),
            (Period{Day(2028, 1, 1), Day(2028, 2, 29)}))
      << "up to the 28th, also in a leap year";
  EXPECT_EQ(YearBefore({Day(2026, 1, 1), Day(2027, 1, 1)}),
            (Period{Day(2025, 1, 1), Day(2026, 1, 1)}));
}

TEST(SalesComparisonTest, T64TheTwoNamedModes) {
  const Period march = {Day(2026, 3, 1), Day(2026, 4, 1)};
  EXPECT_EQ(PreviousPeriod(march), (Period{Day(2026, 2, 1), Day(2026, 3, 1)}));
  EXPECT_EQ(EqualLengthBefore(march), (Period{Day(2026, 1, 29), Day(2026, 3, 1)}));
  EXPECT_EQ(PreviousPeriod({Day(2026, 4, 1), Day(2026, 7, 1)}),
            (Period{Day(2026, 1, 1), Day(2026, 4, 1)}));
  EXPECT_EQ(PreviousPeriod({Day(2026, 3, 10), Day(2026, 3, 21)}),
            (Period{Day(2026, 2, 10), Day(2026, 2, 21)}));
  EXPECT_EQ(PreviousPeriod({Day(2026, 3, 15), Day(2026, 4, 15)}),
            (Period{Day(2026, 2, 15), Day(2026, 3, 15)}));
  EXPECT_EQ(PreviousPeriod({Day(2026, 3, 31), Day(2026, 4, 1)}),
            (Period{Day(2026, 2, 28), Day(2026, 3, 1)}));
}

class SalesReportTest : public ::testing::Test {
 protected:
  SalesReportTest() {
    story_.Given(OrganizationStream(), Founded("Europe/Berlin"), {.at = TimeAt("2024-01-01")});
    Tell("2024-01-02", {"product", testing::Named("chair")}, Product("Chair"));
  }
  template <class E>
  void Tell(const std::string& time, const StreamId& stream, const E& event) {
    story_.Given(stream, event, {.at = TimeAt(time)});
  }
  static events::v1::ProductCreated Product(const std::string& name) {
    events::v1::ProductCreated created;
    created.mutable_details()->set_display_name(name);
    return created;
  }
  void Issue(const std::string& name, const Sale& sale, const std::string& product = {},
             const std::string& opportunity = {}) {
    events::v1::InvoiceIssued issued = Issued(sale);
    issued.mutable_content()->mutable_lines(0)->set_product_id(BytesOf(product));
    issued.mutable_at()->set_opportunity_id(BytesOf(opportunity));
    Tell(sale.issued, InvoiceStream(name), issued);
  }
  static std::string Text(const google::type::Money& money) {
    return domain::Money::FromProto(money)->ToDecimal();
  }
  // "net - cost = profit (uncosted) received"
  static std::string Text(const v1::SalesFigures& figures) {
    std::string text = absl::StrCat(Text(figures.net()), " - ", Text(figures.cost()), " = ",
                                    Text(figures.profit()), " (", Text(figures.uncosted()), ")");
    if (figures.has_received()) {
      absl::StrAppend(&text, " ", Text(figures.received()), " #", figures.invoice_count(), "/",
                      figures.credit_note_count());
    }
    return text;
  }
  static std::string Text(const google::type::Date& date) {
    return absl::StrCat(date.year(), "-", date.month(), "-", date.day());
  }
  static v1::GetPeriodSalesRequest Year2026(v1::SalesPeriod period = {},
                                            v1::SalesGrouping grouping = {}) {
    v1::GetPeriodSalesRequest request;
    *request.mutable_from_date() = DateOf(2026, 1, 1);
    *request.mutable_to_date() = DateOf(2026, 12, 31);
    request.set_period(period);
    request.set_grouping(grouping);
    return request;
  }
  // "start..end product: figures"
  std::vector<std::string> Sales(const v1::GetPeriodSalesRequest& request,
                                 const Asker& asker = {}) {
    const auto answer = story_.Answer(request, asker);
    EXPECT_THAT(answer, IsOk());
    std::vector<std::string> lines;
    for (const auto& row : answer->rows()) {
      lines.push_back(absl::StrCat(Text(row.start_date()), "..", Text(row.end_date()), " ",
                                   row.product_display_name(), row.channel(), ": ",
                                   Text(row.figures())));
    }
    return lines;
  }
  // "start..end: figures" of one kind of rows.
  std::vector<std::string> Performance(v1::SalesSpan span,
                                       const v1::GetSalesPerformanceRequest& request,
                                       const Asker& asker = {}) {
    const auto answer = story_.Answer(request, asker);
    EXPECT_THAT(answer, IsOk());
    std::vector<std::string> lines;
    for (const auto& row : answer->rows()) {
      if (row.span() != span) continue;
      lines.push_back(absl::StrCat(row.product_display_name(), Text(row.start_date()), "..",
                                   Text(row.end_date()), ": ", Text(row.figures())));
    }
    return lines;
  }

  SalesStory<SalesReport> story_;
};

TEST_F(SalesReportTest, CountsWhatWasFrozenLessWhatWasTakenBack) {
  Issue("A", {.base_minor = 10'000, .tax_minor = 1'900, .cost_minor = 6'000});
  Issue("B", {.base_minor = 5'000, .issued = "2026-03-20"});
  Issue("void", {.base_minor = 7'000, .cost_minor = 1, .issued = "2026-03-21"});
  Tell("2026-04-01", InvoiceStream("void"), Voided());
  Tell("2026-04-02", CreditNoteStream("N"),
       Credited("A", {.base_minor = 2'500, .tax_minor = 475, .cost_minor = 1'500}));
  EXPECT_THAT(Sales(Year2026(v1::SALES_PERIOD_MONTH)),
              ElementsAre("2026-3-1..2026-3-31 : 150.00 - 60.00 = 40.00 (50.00) 0.00 #2/0",
                          "2026-4-1..2026-4-30 : -25.00 - -15.00 = -10.00 (0.00) 0.00 #0/1"));
  EXPECT_THAT(Sales(Year2026()),
              ElementsAre("2026-1-1..2026-12-31 : 125.00 - 45.00 = 30.00 (50.00) 0.00 #2/1"));
  ExpectReplayEquality(story_);
}

TEST_F(SalesReportTest, MoneyCountsOnTheDayItCame) {
  Issue("A", {.base_minor = 10'000, .tax_minor = 1'900});
  const auto paid = Paid({{"A", 11'900}});
  Tell("2026-05-05", PaymentStream("P"), paid);
  Tell("2026-07-07", PaymentStream("P"), WentBack(paid));
  EXPECT_THAT(Sales(Year2026(v1::SALES_PERIOD_QUARTER)),
              ElementsAre("2026-1-1..2026-3-31 : 100.00 - 0.00 = 0.00 (100.00) 0.00 #1/0",
                          "2026-4-1..2026-6-30 : 0.00 - 0.00 = 0.00 (0.00) 119.00 #0/0",
                          "2026-7-1..2026-9-30 : 0.00 - 0.00 = 0.00 (0.00) -119.00 #0/0"));
  EXPECT_THAT(Sales(Year2026(v1::SALES_PERIOD_QUARTER), {.sees_payments = false}),
              ElementsAre("2026-1-1..2026-3-31 : 100.00 - 0.00 = 0.00 (100.00) 0.00 #1/0"));
  ExpectReplayEquality(story_);
}

// T69: at 22:30 UTC on the last of March it is April in Berlin.
TEST_F(SalesReportTest, T69MonthsAreTheOrganizations) {
  Issue("A", {.base_minor = 10'000});
  Tell("2026-03-31T22:30:00", PaymentStream("P"), Paid({{"A", 10'000}}));
  EXPECT_THAT(Sales(Year2026(v1::SALES_PERIOD_MONTH)),
              ElementsAre("2026-3-1..2026-3-31 : 100.00 - 0.00 = 0.00 (100.00) 0.00 #1/0",
                          "2026-4-1..2026-4-30 : 0.00 - 0.00 = 0.00 (0.00) 100.00 #0/0"));
}

TEST_F(SalesReportTest, YearsBeginWhenTheOrganizationSays) {
  events::v1::OrganizationSettingsRevised revised;
  revised.set_fiscal_year_start_month(4);
  Tell("2024-02-01", OrganizationStream(), revised);
  Issue("A", {.base_minor = 100, .issued = "2026-03-31"});
  Issue("B", {.base_minor = 200, .issued = "2026-04-01"});
  EXPECT_THAT(Sales(Year2026(v1::SALES_PERIOD_YEAR)),
              ElementsAre("2026-1-1..2026-3-31 : 1.00 - 0.00 = 0.00 (1.00) 0.00 #1/0",
                          "2026-4-1..2026-12-31 : 2.00 - 0.00 = 0.00 (2.00) 0.00 #1/0"));
  v1::GetSalesPerformanceRequest request;
  *request.mutable_last_date() = DateOf(2026, 4, 1);
  EXPECT_THAT(Performance(v1::SALES_SPAN_YEAR_TO_DATE, request),
              ElementsAre("2026-4-1..2026-4-1: 2.00 - 0.00 = 0.00 (2.00) 0.00 #1/0"));
}

TEST_F(SalesReportTest, GroupsAndFilters) {
  Issue("A", {.owner = "ann", .base_minor = 100, .cost_minor = 40}, "chair");
  Issue("B", {.team = "south", .owner = "bob", .base_minor = 400, .channel = "ecommerce"});
  EXPECT_THAT(Sales(Year2026({}, v1::SALES_GROUPING_CHANNEL)),
              ElementsAre("2026-1-1..2026-12-31 ecommerce: 4.00 - 0.00 = 0.00 (4.00) 0.00 #1/0",
                          "2026-1-1..2026-12-31 sales: 1.00 - 0.40 = 0.60 (0.00) 0.00 #1/0"));
  EXPECT_THAT(Sales(Year2026({}, v1::SALES_GROUPING_PRODUCT)),
              ElementsAre("2026-1-1..2026-12-31 : 4.00 - 0.00 = 0.00 (4.00)",
                          "2026-1-1..2026-12-31 Chair: 1.00 - 0.40 = 0.60 (0.00)"));
  EXPECT_EQ(Sales(Year2026({}, v1::SALES_GROUPING_TEAM)).size(), 2u);
  EXPECT_EQ(Sales(Year2026({}, v1::SALES_GROUPING_MEMBER)).size(), 2u);
  auto request = Year2026();
  request.set_product(ResourceOf<domain::ProductId>("chair"));
  EXPECT_THAT(Sales(request), ElementsAre("2026-1-1..2026-12-31 : 1.00 - 0.40 = 0.60 (0.00)"));
  request = Year2026();
  request.add_teams(ResourceOf<domain::TeamId>("south"));
  const std::string south = "2026-1-1..2026-12-31 : 4.00 - 0.00 = 0.00 (4.00) 0.00 #1/0";
  EXPECT_THAT(Sales(request), ElementsAre(south));
  request = Year2026();
  request.set_member(ResourceOf<domain::MemberId>("bob"));
  EXPECT_THAT(Sales(request), ElementsAre(south));
  request = Year2026();
  request.set_channel("ecommerce");
  EXPECT_THAT(Sales(request), ElementsAre(south));
  EXPECT_THAT(Sales(Year2026(), {.everything = false, .member = "bob"}), ElementsAre(south));
  EXPECT_THAT(Sales(Year2026(), {.sees_invoices = false, .sees_payments = false}), IsEmpty());
  request.set_member("x");
  EXPECT_THAT(story_.Answer(request), HasReason("INVALID_NAME"));
  request = Year2026();
  *request.mutable_to_date() = DateOf(2025, 12, 31);
  EXPECT_THAT(story_.Answer(request), HasReason("RANGE_INVALID"));
}

TEST_F(SalesReportTest, AsOfAndKnownAt) {
  Issue("A", {.base_minor = 100}, "chair");
  events::v1::ProductDetailsRevised renamed;
  renamed.add_fields("display_name");
  renamed.mutable_details()->set_display_name("Oak chair");
  Tell("2026-03-10", {"product", testing::Named("chair")}, renamed);
  events::v1::CreditNoteIssued note = Credited("A", {.base_minor = 100});
  note.mutable_content()->mutable_lines(0)->set_product_id(BytesOf("chair"));
  story_.Given(CreditNoteStream("N"), note,
               {.at = TimeAt("2026-03-20"), .effective = TimeAt("2026-03-15")});
  const auto request = Year2026({}, v1::SALES_GROUPING_PRODUCT);
  Asker asker;
  asker.cut.effective_before = TimeAt("2026-03-09");
  EXPECT_THAT(Sales(request, asker),
              ElementsAre("2026-1-1..2026-12-31 Chair: 1.00 - 0.00 = 0.00 (1.00)"));
  asker.cut.effective_before = TimeAt("2026-03-16");
  asker.cut.known_at = TimeAt("2026-03-19");
  EXPECT_THAT(Sales(request, asker),
              ElementsAre("2026-1-1..2026-12-31 Oak chair: 1.00 - 0.00 = 0.00 (1.00)"));
  asker.cut.known_at = TimeAt("2026-03-20");
  EXPECT_THAT(Sales(request, asker),
              ElementsAre("2026-1-1..2026-12-31 Oak chair: 0.00 - 0.00 = 0.00 (0.00)"));
}

TEST_F(SalesReportTest, T64YearToDateOnALeapDay) {
  Issue("first", {.base_minor = 100, .issued = "2027-01-01"});
  Issue("last", {.base_minor = 200, .issued = "2027-02-28"});
  Issue("after", {.base_minor = 400, .issued = "2027-03-01"});
  Issue("leap", {.base_minor = 800, .issued = "2028-02-29"});
  Issue("later", {.base_minor = 1'600, .issued = "2028-03-01"});
  v1::GetSalesPerformanceRequest request;
  const Asker asker = {.at = "2028-02-29T12:00:00"};
  EXPECT_THAT(Performance(v1::SALES_SPAN_YEAR_TO_DATE, request, asker),
              ElementsAre("2028-1-1..2028-2-29: 8.00 - 0.00 = 0.00 (8.00) 0.00 #1/0"));
  EXPECT_THAT(Performance(v1::SALES_SPAN_LAST_YEAR_TO_DATE, request, asker),
              ElementsAre("2027-1-1..2027-2-28: 3.00 - 0.00 = 0.00 (3.00) 0.00 #2/0"));
  const auto months = Performance(v1::SALES_SPAN_MONTH, request, asker);
  ASSERT_EQ(months.size(), 12u);
  EXPECT_EQ(months.front(), "2027-3-1..2027-3-31: 4.00 - 0.00 = 0.00 (4.00) 0.00 #1/0");
  EXPECT_EQ(months.back(), "2028-2-1..2028-2-29: 8.00 - 0.00 = 0.00 (8.00) 0.00 #1/0");
}

TEST_F(SalesReportTest, T64ComparesAPeriodAsAsked) {
  Issue("january", {.base_minor = 100, .issued = "2026-01-29"});
  Issue("february", {.base_minor = 200, .issued = "2026-02-01"});
  Issue("march", {.base_minor = 400, .issued = "2026-03-31"});
  v1::GetSalesPerformanceRequest request;
  *request.mutable_first_date() = DateOf(2026, 3, 1);
  *request.mutable_last_date() = DateOf(2026, 3, 31);
  EXPECT_THAT(Performance(v1::SALES_SPAN_PERIOD, request),
              ElementsAre("2026-3-1..2026-3-31: 4.00 - 0.00 = 0.00 (4.00) 0.00 #1/0"));
  EXPECT_THAT(Performance(v1::SALES_SPAN_COMPARED_PERIOD, request),
              ElementsAre("2026-2-1..2026-2-28: 2.00 - 0.00 = 0.00 (2.00) 0.00 #1/0"));
  request.set_comparison(v1::SALES_COMPARISON_EQUAL_LENGTH);
  EXPECT_THAT(Performance(v1::SALES_SPAN_COMPARED_PERIOD, request),
              ElementsAre("2026-1-29..2026-2-28: 3.00 - 0.00 = 0.00 (3.00) 0.00 #2/0"));
}

TEST_F(SalesReportTest, ProductsThatEarnedMostComeFirst) {
  Tell("2026-01-02", {"product", testing::Named("desk")}, Product("Desk"));
  Tell("2026-01-02", {"product", testing::Named("lamp")}, Product("Lamp"));
  Issue("A", {.base_minor = 1'000, .cost_minor = 900}, "desk");
  Issue("B", {.base_minor = 500, .cost_minor = 100}, "chair");
  Issue("C", {.base_minor = 300, .cost_minor = 290}, "lamp");
  Issue("D", {.base_minor = 900, .cost_minor = 1, .issued = "2026-02-28"}, "lamp");
  v1::GetSalesPerformanceRequest request;
  *request.mutable_last_date() = DateOf(2026, 3, 31);
  request.set_product_count(2);
  EXPECT_THAT(Performance(v1::SALES_SPAN_PRODUCT, request),
              ElementsAre("Chair2026-3-1..2026-3-31: 5.00 - 1.00 = 4.00 (0.00)",
                          "Desk2026-3-1..2026-3-31: 10.00 - 9.00 = 1.00 (0.00)"));
}

TEST_F(SalesReportTest, FollowsLeadsAndOpportunitiesToTheInvoice) {
  const auto lead = [](const std::string& name) { return StreamId{"lead", testing::Named(name)}; };
  const auto opportunity = [](const std::string& name) {
    return StreamId{"opportunity", testing::Named(name)};
  };
  events::v1::LeadCaptured captured;
  *captured.mutable_ownership() = OwnershipOf("north", "ann");
  for (const char* name : {"l1", "l2", "l3", "junk"}) Tell("2026-03-02", lead(name), captured);
  Tell("2026-03-03", lead("junk"), events::v1::LeadJunked());
  events::v1::OpportunityOpened opened;
  *opened.mutable_opened()->mutable_ownership() = OwnershipOf("north", "ann");
  Tell("2026-03-04", opportunity("direct"), opened);
  for (const char* name : {"l1", "l2"}) {
    opened.set_lead_id(BytesOf(name));
    Tell("2026-03-04", opportunity(absl::StrCat("of ", name)), opened);
  }
  Issue("A", {.base_minor = 100, .issued = "2026-04-05"}, {}, "of l1");
  Issue("B", {.base_minor = 100, .issued = "2026-04-05"}, {}, "of l1");
  Issue("C", {.base_minor = 100, .issued = "2026-04-05"}, {}, "direct");
  v1::GetSalesPerformanceRequest request;
  *request.mutable_last_date() = DateOf(2026, 3, 31);
  const auto conversion = [&](const Asker& asker = {}) {
    const auto answer = story_.Answer(request, asker);
    EXPECT_THAT(answer, IsOk());
    const auto& shown = answer->conversion();
    return absl::StrCat(shown.lead_count(), " ", shown.lead_opportunity_count(), " ",
                        shown.lead_invoice_count(), " ", shown.lead_opportunity_bp(), " ",
                        shown.lead_invoice_bp(), " | ", shown.opportunity_count(), " ",
                        shown.opportunity_invoice_count(), " ", shown.opportunity_invoice_bp());
  };
  EXPECT_EQ(conversion(), "3 2 1 6667 3333 | 3 2 6667");
  EXPECT_EQ(conversion({.sees_leads = false}), "0 0 0 0 0 | 3 2 6667");
  EXPECT_EQ(conversion({.everything = false, .member = "bob"}), "0 0 0 0 0 | 0 0 0");
  Tell("2026-04-06", InvoiceStream("A"), Voided());
  EXPECT_EQ(conversion(), "3 2 1 6667 3333 | 3 2 6667") << "another one is not void";
  Tell("2026-04-06", InvoiceStream("B"), Voided());
  Tell("2026-04-07", lead("junk"), events::v1::LeadRestored());
  EXPECT_EQ(conversion(), "4 2 0 5000 0 | 3 1 3333");
  ExpectReplayEquality(story_);
}

}  // namespace
}  // namespace crm::projections::testing

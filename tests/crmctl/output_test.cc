#include <clocale>

#include "crm/v1/board.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"
#include "tools/crmctl/board.h"
#include "tools/crmctl/dashboard.h"
#include "tools/crmctl/render.h"
#include "tools/crmctl/table.h"
#include "tools/crmctl/text.h"

namespace crm::ctl {
namespace {

using crm::testing::IsOk;
using crm::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

class OutputTest : public ::testing::Test {
 protected:
  OutputTest() { std::setlocale(LC_CTYPE, "C.UTF-8"); }
};

TEST_F(OutputTest, WidthCountsCharactersNotBytes) {
  EXPECT_EQ(DisplayWidth("Zoë"), 3);
  EXPECT_EQ(DisplayWidth("日本"), 4);
  EXPECT_EQ(DisplayWidth("\xFF\xFE"), 2);
  EXPECT_EQ(Truncate("Zoë Müller", 5), "Zoë …");
  EXPECT_EQ(Truncate("short", 5), "short");
  EXPECT_EQ(PadLeft("ë", 3), "  ë");
}

TEST_F(OutputTest, ControlCharactersCannotMoveTheCursor) {
  EXPECT_EQ(OneLine("a\033[2Jb\nc\u009bd"), "a [2Jb c d");
}

TEST_F(OutputTest, FoldsNamesWithoutCase) {
  EXPECT_EQ(Fold("MÜLLER & Söhne"), Fold("müller & sÖhne"));
  EXPECT_NE(Fold("Muller"), Fold("Müller"));
}

TEST_F(OutputTest, TableAlignsNumbersRight) {
  Table table({{"NAME", false}, {"AMOUNT", true}});
  table.AddRow({"Alpha", "5"});
  table.AddRow({"B", "1,000"});
  EXPECT_EQ(table.Render(0, true, false),
            "NAME   AMOUNT\n"
            "Alpha       5\n"
            "B       1,000\n");
  EXPECT_EQ(table.Render(0, false, false),
            "Alpha      5\n"
            "B      1,000\n");
}

TEST_F(OutputTest, TableFitsTheTerminalAndNeverCutsNumbers) {
  Table table({{"NAME", false}, {"AMOUNT", true}});
  table.AddRow({"A very long name indeed", "1,000,000,000"});
  EXPECT_EQ(table.Render(25, false, false), "A very lo…  1,000,000,000\n");
  EXPECT_THAT(table.Render(10, false, false), HasSubstr("1,000,000,000"));
}

crm::v1::Opportunity Example() {
  crm::v1::Opportunity opportunity;
  opportunity.set_name("opportunities/1");
  opportunity.set_display_name("=Big one");
  opportunity.mutable_expected_revenue()->set_currency_code("USD");
  opportunity.mutable_expected_revenue()->set_units(1234);
  opportunity.set_probability_bp(6000);
  opportunity.set_state(crm::v1::OPPORTUNITY_STATE_OPEN);
  opportunity.mutable_expected_close_date()->set_year(2017);
  opportunity.mutable_expected_close_date()->set_month(3);
  opportunity.mutable_expected_close_date()->set_day(1);
  opportunity.add_tags("a");
  opportunity.add_tags("b");
  return opportunity;
}

std::string Print(Format format, const std::vector<std::string>& fields) {
  Style style;
  style.format = format;
  std::ostringstream out;
  RowPrinter printer(out, style, *crm::v1::Opportunity::descriptor(), fields);
  EXPECT_THAT(printer.Begin(), IsOk());
  printer.Add(Example());
  printer.Finish();
  return out.str();
}

TEST_F(OutputTest, RowsInEveryFormat) {
  const std::vector<std::string> fields = {
      "display_name", "expected_revenue", "probability_bp", "state", "tags", "expected_close_date"};
  EXPECT_EQ(Print(Format::kTable, fields),
            "DISPLAY NAME  EXPECTED REVENUE  PROBABILITY  STATE  TAGS  EXPECTED CLOSE DATE\n"
            "=Big one          USD 1,234.00          60%  open   a, b  2017-03-01\n");
  EXPECT_EQ(Print(Format::kCsv, fields),
            "display_name,expected_revenue,expected_revenue_currency,probability_bp,state,tags,"
            "expected_close_date\r\n"
            "'=Big one,1234.00,USD,60%,open,a; b,2017-03-01\r\n");
  const std::string line = Print(Format::kJsonl, fields);
  EXPECT_THAT(line, HasSubstr("\"display_name\":\"=Big one\""));
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(Print(Format::kJson, fields).substr(0, 3), "[\n{");
}

TEST_F(OutputTest, AnUnknownColumnIsAUsageError) {
  Style style;
  std::ostringstream out;
  RowPrinter printer(out, style, *crm::v1::Opportunity::descriptor(), {"nonsense"});
  EXPECT_THAT(printer.Begin(), StatusIs(absl::StatusCode::kInvalidArgument,
                                        HasSubstr("there is no column \"nonsense\"")));
}

TEST_F(OutputTest, BarsAreProportionalAndCapped) {
  EXPECT_EQ(Sparkline({0, 1, 4, 8}), "_▁▄█");
  EXPECT_EQ(Sparkline({0, 0}), "__");
  EXPECT_EQ(Sparkline({1, 1000}), "▁█");
  EXPECT_EQ(LoadBar(1, 4, 8), "██░░░░░░");
  EXPECT_EQ(LoadBar(9, 4, 4), "████+");
  EXPECT_EQ(LoadBar(1, 0, 4), "");
}

TEST_F(OutputTest, BoardFitsItsWidthAndMarksStagnantCards) {
  crm::v1::Board board;
  board.set_display_name("Sales");
  board.set_card_count(12);
  for (int i = 0; i < 4; ++i) {
    crm::v1::Column& column = *board.add_columns();
    column.set_display_name("Stage " + std::to_string(i));
    column.set_card_count(3);
    crm::v1::Card& card = *column.add_cards();
    card.set_display_name("A card with quite a long name");
    card.set_stage_age_days(17);
    card.set_stagnant(true);
  }
  for (const int width : {20, 60, 120, 200}) {
    const std::string text = DrawBoard(board, Style(), width);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(DisplayWidth(line), width) << line;
    EXPECT_THAT(text, HasSubstr("17d !"));
    EXPECT_THAT(text, HasSubstr("… 2 more"));
  }
}

}  // namespace
}  // namespace crm::ctl

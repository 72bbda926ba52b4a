#include <clocale>

#include "crm/v1/board.pb.h"
#include "crm/v1/dashboard_service.pb.h"
#include "crm/v1/lead_service.pb.h"
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

TEST_F(OutputTest, NarrowTerminalsWrapTitlesBeforeTheyCutText) {
  Table table(
      {{"NAME", false}, {"LEADS CAPTURED COUNT", true}, {"EXPECTED CLOSE DATE", false, true}},
      Table::Columns::kUseful);
  table.AddRow({"Forty chairs", "17", "2017-12-31"});
  EXPECT_EQ(table.Render(34, true, false),
            "                 LEADS\n"
            "              CAPTURED  EXPECTED\n"
            "NAME             COUNT  CLOSE DATE\n"
            "Forty chairs        17  2017-12-31\n");
  EXPECT_THAT(table.LeftOut(34, true), ::testing::IsEmpty());
}

TEST_F(OutputTest, ColumnsNobodyAskedForGiveWay) {
  const std::vector<Table::Heading> headings = {
      {"NAME", false}, {"EMPTY", false}, {"CLOSES", false, true}, {"ID", false, true}};
  Table useful(headings, Table::Columns::kUseful);
  useful.AddRow({"Forty chairs", "", "2017-12-31", "opportunities/1"});
  EXPECT_EQ(useful.Render(0, true, false),
            "NAME          CLOSES      ID\n"
            "Forty chairs  2017-12-31  opportunities/1\n");
  EXPECT_EQ(useful.Render(30, false, false), "Forty chairs  2017-12-31\n");
  EXPECT_THAT(useful.LeftOut(30, false), ::testing::ElementsAre("ID"));
  Table all(headings);
  all.AddRow({"Forty chairs", "", "2017-12-31", "opportunities/1"});
  EXPECT_THAT(all.Render(30, false, false), HasSubstr("opportunities/1"));
  EXPECT_THAT(all.LeftOut(30, false), ::testing::IsEmpty());
}

TEST_F(OutputTest, PartsOfARecordStandBelowTheirNameAndLongTextIsWrapped) {
  crm::v1::Lead lead;
  lead.set_display_name("one two three four five six seven eight nine ten");
  lead.mutable_assignment()->set_rule_version("weighted/1");
  for (const char* member : {"members/1", "members/2"}) {
    auto& candidate = *lead.mutable_assignment()->add_candidates();
    candidate.set_member(member);
    candidate.set_maximum_leads(4);
  }
  Style style;
  style.columns = 44;
  const Descriptor& type = *crm::v1::Lead::descriptor();
  const std::vector<FieldPath> fields = {FindPath(type, "display_name"),
                                         FindPath(type, "assignment")};
  EXPECT_EQ(DrawRecord(RecordLines(lead, fields, style), 0, style),
            "display_name    one two three four five six\n"
            "                seven eight nine ten\n"
            "assignment\n"
            "  rule_version  weighted/1\n"
            "  candidates    members/1: maximum leads 4\n"
            "                members/2: maximum leads 4\n");
}

TEST_F(OutputTest, AgesStandBesideInstants) {
  crm::v1::Lead lead;
  lead.mutable_create_time()->set_seconds(1'500'000'000);
  Style style;
  style.now = absl::FromUnixSeconds(1'500'000'000) + absl::Hours(50);
  const FieldPath path = FindPath(*crm::v1::Lead::descriptor(), "create_time");
  EXPECT_EQ(DrawRecord(RecordLines(lead, {path}, style), 0, style),
            "create_time  2017-07-14 02:40:00  (2 days ago)\n");
}

// What a spreadsheet gets can be given back as a flag.
TEST_F(OutputTest, CompositeCellsReadAsFlagsTakeThem) {
  crm::v1::Opportunity opportunity;
  auto& credited = *opportunity.add_contributors();
  credited.set_member("members/1");
  credited.set_weight(60);
  opportunity.mutable_recurring_revenue()->mutable_monthly()->set_currency_code("EUR");
  opportunity.mutable_recurring_revenue()->mutable_monthly()->set_units(1250);
  opportunity.mutable_recurring_revenue()->set_months(12);
  Style style;
  style.format = Format::kCsv;
  const Descriptor& type = *crm::v1::Opportunity::descriptor();
  EXPECT_EQ(CellText(opportunity, FindPath(type, "contributors"), style),
            "member=members/1,weight=60");
  const std::string recurring = CellText(opportunity, FindPath(type, "recurring-revenue"), style);
  EXPECT_EQ(recurring, "monthly=\"EUR 1,250.00\",months=12");
  crm::v1::Opportunity again;
  const FieldDescriptor& field = *type.FindFieldByName("recurring_revenue");
  ASSERT_THAT(Assign(again, field, recurring, {}), IsOk());
  EXPECT_EQ(again.recurring_revenue().SerializeAsString(),
            opportunity.recurring_revenue().SerializeAsString());
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
            "'=Big one,1234.00,USD,6000,open,a; b,2017-03-01\r\n");
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

TEST_F(OutputTest, ABoardOfOneCardSaysSoAndExplainsItsMarks) {
  crm::v1::Board board;
  board.set_display_name("Sales");
  board.set_card_count(1);
  crm::v1::Column& column = *board.add_columns();
  column.set_card_count(1);
  column.add_cards()->set_standby(true);
  column.mutable_cards(0)->mutable_expected_revenue()->set_currency_code("EUR");
  column.mutable_cards(0)->mutable_expected_revenue()->set_units(1200);
  const std::string text = DrawBoard(board, Style(), 40);
  EXPECT_THAT(text, HasSubstr("Sales: 1 record\n"));
  EXPECT_THAT(text, HasSubstr(" EUR 1,200\n"));
  EXPECT_THAT(text, HasSubstr("\nz on standby\n"));
  EXPECT_THAT(text, Not(HasSubstr("too long")));
}

TEST_F(OutputTest, FiguresOfATileStandUnderEachOther) {
  crm::v1::TeamDashboard tile;
  const auto add = [](crm::v1::TeamDashboard::Figure& figure, int count, int64_t units) {
    figure.set_count(count);
    figure.add_amounts()->set_currency_code("EUR");
    figure.mutable_amounts(0)->set_units(units);
  };
  tile.set_display_name("North");
  add(*tile.mutable_open(), 1200, 1'000'000);
  add(*tile.mutable_won(), 7, 50);
  EXPECT_EQ(DrawTile(tile, Style()),
            "North\n"
            "  open            1,200  EUR 1,000,000.00\n"
            "  won                 7         EUR 50.00\n");
}

TEST_F(OutputTest, TileShowsTheMoneyOfMonths) {
  const auto euros = [](int64_t units) {
    google::type::Money money;
    money.set_currency_code("EUR");
    money.set_units(units);
    return money;
  };
  crm::v1::TeamDashboard tile;
  tile.set_display_name("North");
  auto& month = *tile.add_months();
  month.mutable_start_date()->set_year(2026);
  month.mutable_start_date()->set_month(3);
  *month.mutable_issued_net() = euros(1600);
  *month.mutable_settled_net() = euros(800);
  *month.mutable_received() = euros(1050);
  *month.mutable_target() = euros(2000);
  month.set_attainment_bp(5250);
  EXPECT_EQ(DrawTile(tile, Style()),
            "North\n"
            "  2026-03       issued EUR 1,600.00  settled EUR 800.00  received EUR 1,050.00  "
            "52.5% of EUR 2,000.00\n");
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

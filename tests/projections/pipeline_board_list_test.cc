// Lists of opportunities: filters, orders and pages over the rows of PipelineBoard.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "projections/pipeline_board.h"
#include "tests/projections/board_office.h"
#include "tests/projections/replay_property.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::HasReason;
using domain::CustomerId;
using domain::OpportunityGroupId;
using domain::OpportunityId;
using domain::PipelineId;
using domain::TeamId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Office = BoardOffice;
using Details = events::v1::OpportunityDetails;

TEST(PipelineBoardListTest, ListsInEveryOrderAcrossPipelines) {
  Office office;
  office.On("2026-03-01").Open("A", {.minor = 500, .expected_close_day = 20'600});
  office.On("2026-03-02").Open("B", {.minor = 900, .pipeline = "service", .stage = "first"});
  office.On("2026-03-03")
      .Open("C", {.minor = 900, .currency = "USD", .expected_close_day = 20'500});
  office.On("2026-03-04").Open("D").Move("A", "talks");
  using enum v1::OpportunityOrder;
  EXPECT_THAT(office.List(), ElementsAre("D", "C", "B", "A"));
  EXPECT_THAT(office.List({}, OPPORTUNITY_ORDER_OLDEST), ElementsAre("A", "B", "C", "D"));
  EXPECT_THAT(office.List({}, OPPORTUNITY_ORDER_REVENUE), ElementsAre("B", "A", "C", "D"));
  const auto closing = office.List({}, OPPORTUNITY_ORDER_EXPECTED_CLOSE);
  EXPECT_THAT((std::vector<std::string>(closing.begin(), closing.begin() + 2)),
              ElementsAre("C", "A"));
  EXPECT_EQ(office.List({}, OPPORTUNITY_ORDER_STAGE_AGE).front(), "B");
  ExpectReplayEquality(office);
}

// Many of one instant in several pipelines: pages cut between them lose and repeat none.
TEST(PipelineBoardListTest, PagesCutBetweenEqualsLoseNone) {
  Office office;
  office.On("2026-03-01");
  std::vector<std::string> all;
  for (int i = 0; i < 12; ++i) {
    const bool service = i % 3 == 0;
    if (i == 7) office.On("2026-03-02");
    const std::string name = absl::StrCat("o", i);
    office.Open(name,
                {.pipeline = service ? "service" : "sales", .stage = service ? "first" : "new"});
    if (i % 4 == 0) office.Lose(name);
    all.push_back(name);
  }
  v1::OpportunityFilter filter;
  filter.add_states(v1::OPPORTUNITY_STATE_OPEN);
  filter.add_states(v1::OPPORTUNITY_STATE_LOST);
  for (const auto order : {v1::OPPORTUNITY_ORDER_NEWEST, v1::OPPORTUNITY_ORDER_OLDEST}) {
    EXPECT_THAT(office.List(filter, order), ::testing::UnorderedElementsAreArray(all));
  }
  EXPECT_EQ(office.List().size(), 9u);
}

TEST(PipelineBoardListTest, FiltersByEveryField) {
  Office office;
  office.On("2026-03-01")
      .Open("Óbuda", {.team = "south",
                      .owner = "bob",
                      .minor = 5'000,
                      .customer = "mill",
                      .expected_close_day = 20'600});
  office.On("2026-03-05").Open("Wall", {.owner = "", .minor = 9'000, .stage = "talks"});
  office.On("2026-03-10").Open("Roof", {.pipeline = "service", .stage = "first"});
  Details details;
  details.add_tags("hot");
  office.Revise("Wall", "tags", details);
  details.set_source("fair");
  office.Revise("Wall", "source", details);
  details.set_campaign("spring");
  office.Revise("Roof", "campaign", details);
  office.On("2026-04-02").Win("Roof").Group("both", {"Óbuda", "Wall"});

  using Filter = v1::OpportunityFilter;
  const auto by = [&office](auto set) {
    Filter filter;
    set(filter);
    return office.List(filter);
  };
  EXPECT_THAT(by([](Filter& f) { f.set_team(ResourceOf<TeamId>("south")); }), ElementsAre("Óbuda"));
  EXPECT_THAT(by([](Filter& f) { f.set_owner(ResourceOf<domain::MemberId>("bob")); }),
              ElementsAre("Óbuda"));
  EXPECT_THAT(by([](Filter& f) { f.set_unassigned(true); }), ElementsAre("Wall"));
  EXPECT_THAT(by([](Filter& f) { f.set_stage(StageOf("sales", "talks")); }), ElementsAre("Wall"));
  EXPECT_THAT(by([](Filter& f) { f.set_pipeline(ResourceOf<PipelineId>("sales")); }),
              ElementsAre("Wall", "Óbuda"));
  EXPECT_THAT(by([](Filter& f) { f.set_customer(ResourceOf<CustomerId>("mill")); }),
              ElementsAre("Óbuda"));
  EXPECT_THAT(by([](Filter& f) { f.set_tag("hot"); }), ElementsAre("Wall"));
  EXPECT_THAT(by([](Filter& f) { f.set_text("OBU"); }), ElementsAre("Óbuda"));
  EXPECT_THAT(by([](Filter& f) { f.set_source("fair"); }), ElementsAre("Wall"));
  EXPECT_THAT(by([](Filter& f) {
                f.set_campaign("spring");
                f.add_states(v1::OPPORTUNITY_STATE_WON);
              }),
              ElementsAre("Roof"));
  EXPECT_THAT(by([](Filter& f) { f.set_group(ResourceOf<OpportunityGroupId>("both")); }),
              ElementsAre("Wall", "Óbuda"));
  EXPECT_THAT(by([](Filter& f) { f.set_overdue(true); }), ElementsAre("Óbuda"));
  EXPECT_THAT(by([](Filter& f) { f.set_stagnant(true); }), ElementsAre("Wall", "Óbuda"));
  EXPECT_THAT(by([](Filter& f) { *f.mutable_create_date_from() = DateOf(2026, 3, 5); }),
              ElementsAre("Wall"));
  EXPECT_THAT(by([](Filter& f) { *f.mutable_create_date_to() = DateOf(2026, 3, 4); }),
              ElementsAre("Óbuda"));
  EXPECT_THAT(by([](Filter& f) { *f.mutable_expected_close_date_to() = DateOf(2026, 5, 27); }),
              ElementsAre("Óbuda"));
  EXPECT_THAT(by([](Filter& f) { *f.mutable_expected_close_date_from() = DateOf(2026, 5, 28); }),
              IsEmpty());
  const auto euros = [](int64_t units) {
    return domain::Money(*domain::Currency::Parse("EUR"), units * 100).ToProto();
  };
  EXPECT_THAT(by([&](Filter& f) { *f.mutable_minimum_revenue() = euros(51); }),
              ElementsAre("Wall"));
  EXPECT_THAT(by([&](Filter& f) { *f.mutable_maximum_revenue() = euros(50); }),
              ElementsAre("Óbuda"));
}

TEST(PipelineBoardListTest, FindsWhatWasClosedByItsDay) {
  Office office;
  office.Open("A").Open("B").Open("C").Open("D").Open("E");
  office.On("2026-03-31T21:59:59").Win("A");  // the last second of March in Berlin
  office.On("2026-03-31T22:00:00").Lose("B").Win("C").Win("D").Reopen("D", "new");
  v1::OpportunityFilter filter;
  for (const auto state :
       {v1::OPPORTUNITY_STATE_OPEN, v1::OPPORTUNITY_STATE_WON, v1::OPPORTUNITY_STATE_LOST}) {
    filter.add_states(state);
  }
  *filter.mutable_close_date_from() = DateOf(2026, 4, 1);
  EXPECT_THAT(office.List(filter), UnorderedElementsAre("B", "C"));
  *filter.mutable_close_date_from() = DateOf(2026, 3, 31);
  *filter.mutable_close_date_to() = DateOf(2026, 3, 31);
  EXPECT_THAT(office.List(filter), ElementsAre("A"));
  filter.clear_close_date_from();
  office.On("2026-04-03").Archive("A");
  EXPECT_THAT(office.List(filter), IsEmpty());
  filter.set_show_archived(true);
  EXPECT_THAT(office.List(filter), ElementsAre("A"));
  ExpectReplayEquality(office);
}

TEST(PipelineBoardListTest, FollowsAnOpportunityToItsNextCustomer) {
  Office office;
  office.Open("A", {.customer = "mill"}).Open("B", {.customer = "mill"}).Win("B");
  Details details;
  details.set_customer_id(BytesOf("kiln"));
  office.Revise("A", "customer", details);
  v1::OpportunityFilter filter;
  filter.add_states(v1::OPPORTUNITY_STATE_OPEN);
  filter.add_states(v1::OPPORTUNITY_STATE_WON);
  filter.set_customer(ResourceOf<CustomerId>("mill"));
  EXPECT_THAT(office.List(filter), ElementsAre("B"));
  filter.set_customer(ResourceOf<CustomerId>("kiln"));
  EXPECT_THAT(office.List(filter), ElementsAre("A"));
  ExpectReplayEquality(office);
}

TEST(PipelineBoardListTest, ShowsWhatTheCallerMaySee) {
  Office office;
  office.Open("A", {.owner = "ann"}).Open("B", {.owner = "bob", .contributors = {"ann"}});
  office.Open("C", {.team = "south", .owner = "cleo"});
  EXPECT_THAT(office.List({}, v1::OPPORTUNITY_ORDER_OLDEST, Only("ann")),
              UnorderedElementsAre("A", "B"));
  EXPECT_THAT(office.List({}, v1::OPPORTUNITY_ORDER_OLDEST, Only("zoe")), IsEmpty());
}

TEST(PipelineBoardListTest, ListsGroupsByNameHoweverLong) {
  Office office;
  office.Open("A").Open("B").Open("C").Open("D");
  office.Group("first", {"A", "B"}).Group("second", {"C", "D"});
  const auto rename = [&office](const std::string& group, const std::string& name) {
    events::v1::OpportunityGroupRevised revised;
    revised.set_display_name(name);
    office.Tell("opportunity_group", group, revised);
  };
  const std::string zeros(600, '\0');  // a name whose key would be twice as long
  rename("first", absl::StrCat("b", zeros));
  rename("second", "Ária");
  v1::ListOpportunityGroupsRequest request;
  const auto list = [&] {
    return SelectAll<PipelineBoard>(office.Rows(), request, {.page_size = 1});
  };
  const OpportunityGroupId first(Named("first"));
  const OpportunityGroupId second(Named("second"));
  EXPECT_THAT(list(), ElementsAre(second, first));
  request.set_opportunity(ResourceOf<OpportunityId>("B"));
  EXPECT_THAT(list(), ElementsAre(first));
  office.Ungroup("first", "B");
  EXPECT_THAT(list(), IsEmpty());
  request.clear_opportunity();
  office.Tell("opportunity_group", "first", events::v1::OpportunityGroupDissolved());
  EXPECT_THAT(list(), ElementsAre(second));
  request.set_show_dissolved(true);
  EXPECT_THAT(list(), ElementsAre(second, first));
}

TEST(PipelineBoardListTest, RefusesNamesDaysAndAmountsThatAreNone) {
  Office office;
  v1::ListOpportunitiesRequest request;
  request.mutable_filter()->set_team("teams/nobody");
  EXPECT_THAT(SelectRefusal<PipelineBoard>(office.Rows(), request), HasReason("INVALID_NAME"));
  request.mutable_filter()->clear_team();
  *request.mutable_filter()->mutable_close_date_from() = DateOf(2026, 2, 30);
  EXPECT_THAT(SelectRefusal<PipelineBoard>(office.Rows(), request), HasReason("DATE_INVALID"));
}

}  // namespace
}  // namespace crm::projections::testing

// LeadBoard: columns and totals, lists with their filters and orders, and erasure.
#include "projections/lead_board.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/projections/asking.h"
#include "tests/projections/record_events.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/view_scenario.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::StatusIs;
using domain::LeadId;
using domain::PipelineId;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const absl::Time kMorning = absl::UnixEpoch() + absl::Hours(24 * 20000 + 8);
const absl::Duration kDay = absl::Hours(24);

events::v1::OrganizationCreated Organization() {
  events::v1::OrganizationCreated event;
  event.set_time_zone("Europe/Berlin");
  event.set_currency_code("EUR");
  return event;
}

events::v1::OrganizationSettingsRevised StagnantAfter(int days) {
  events::v1::OrganizationSettingsRevised event;
  event.set_stagnation_threshold_days(days);
  return event;
}

events::v1::PipelineCreated LeadPipeline() {
  events::v1::PipelineCreated event;
  event.set_display_name("Leads");
  event.set_kind(v1::PIPELINE_KIND_LEAD);
  AddStage(event, "fresh", 1000);
  AddStage(event, "talking", 5000);
  return event;
}

events::v1::LeadCaptured InStage(events::v1::LeadCaptured event, absl::string_view stage,
                                 int64_t cents, int priority = 0) {
  event.set_pipeline_id(Bytes("leads"));
  event.set_stage_id(Bytes(stage));
  *event.mutable_details()->mutable_expected_revenue() = Euros(cents);
  event.mutable_details()->set_priority(priority);
  return event;
}

events::v1::LeadStageMoved MovedTo(absl::string_view stage) {
  events::v1::LeadStageMoved event;
  event.set_to_pipeline_id(Bytes("leads"));
  event.set_to_stage_id(Bytes(stage));
  return event;
}

StreamId Lead(absl::string_view name) { return StreamNamed<LeadId>(name); }

// Names of a board's cards, column by column.
std::vector<std::vector<std::string>> Cards(const v1::Board& board) {
  std::vector<std::vector<std::string>> columns;
  for (const v1::Column& column : board.columns()) {
    columns.emplace_back();
    for (const v1::Card& card : column.cards()) columns.back().push_back(card.display_name());
  }
  return columns;
}

class LeadBoardTest : public ::testing::Test {
 protected:
  LeadBoardTest() {
    scenario_
        .Given(StreamNamed<domain::OrganizationId>("us"), Organization(), {.at = kMorning - kDay})
        .Given(StreamNamed<domain::OrganizationId>("us"), StagnantAfter(14))
        .Given(StreamNamed<PipelineId>("leads"), LeadPipeline())
        .Given(Lead("anna"), InStage(Captured("anna", "Anna", "Schmidt"), "fresh", 100001),
               {.at = kMorning})
        .Given(Lead("bert"), InStage(Captured("bert", "Bert", "Öz", "Acme"), "fresh", 5000, 3),
               {.at = kMorning + kDay})
        .Given(Lead("cleo"), InStage(Captured("cleo", "Cleo", "Nil", "Nile Ltd"), "talking", 3333),
               {.at = kMorning + 2 * kDay});
  }

  v1::Board Board(v1::GetLeadBoardRequest request = {}, Asking asking = {}) {
    request.set_pipeline(domain::NameOf(Named<PipelineId>("leads")));
    if (asking.at == Asking().at) asking.at = kMorning + 3 * kDay;
    return AnswerTo<LeadBoard>(scenario_.Rows(), request, asking);
  }
  std::vector<LeadId> List(const v1::LeadFilter& filter = {},
                           v1::LeadOrder order = v1::LEAD_ORDER_UNSPECIFIED,
                           const Asking& asking = {}) {
    v1::ListLeadsRequest request;
    *request.mutable_filter() = filter;
    request.set_order_by(order);
    return SelectAll<LeadBoard>(scenario_.Rows(), request, asking);
  }

  ViewScenario<LeadBoard> scenario_;
};

TEST_F(LeadBoardTest, ColumnsHoldCardsByRankAndSums) {
  const v1::Board board = Board();
  EXPECT_EQ(board.display_name(), "Leads");
  EXPECT_EQ(board.card_count(), 3);
  EXPECT_THAT(Cards(board),
              ElementsAre(ElementsAre("Acme", "Anna Schmidt"), ElementsAre("Nile Ltd")));
  ASSERT_EQ(board.columns(0).totals_size(), 1);
  EXPECT_EQ(board.columns(0).totals(0).expected_revenue().units(), 1050);
  EXPECT_EQ(board.columns(0).totals(0).expected_revenue().nanos(), 10000000);
  // 10 % of 1,000.01 and of 50.00, each rounded.
  EXPECT_EQ(board.columns(0).totals(0).weighted_revenue().units(), 105);
  EXPECT_EQ(board.columns(0).totals(0).weighted_revenue().nanos(), 0);
  // 50 % of 33.33 is 16.665, rounded half up; the board sums what was rounded.
  EXPECT_EQ(board.totals(0).weighted_revenue().units(), 121);
  EXPECT_EQ(board.totals(0).weighted_revenue().nanos(), 670000000);
  EXPECT_EQ(board.columns(1).cards(0).probability_bp(), 5000);
}

TEST_F(LeadBoardTest, ShowsOnlySoManyCardsButCountsAll) {
  v1::GetLeadBoardRequest request;
  request.set_cards_per_column(1);
  const v1::Board board = Board(request);
  EXPECT_THAT(Cards(board), ElementsAre(ElementsAre("Acme"), ElementsAre("Nile Ltd")));
  EXPECT_EQ(board.columns(0).card_count(), 2);
}

TEST_F(LeadBoardTest, WhatIsClosedOrWasRefusedIsNeverOnTheBoard) {
  events::v1::LeadCaptureRefused refused;
  refused.set_subject_id(Bytes("dora"));
  scenario_.Given(Lead("anna"), events::v1::LeadLost())
      .Given(Lead("bert"), events::v1::LeadJunked())
      .Given(Lead("cleo"), OfCustomer<events::v1::LeadConverted>("nile"))
      .Given(Lead("dora"), refused);
  EXPECT_EQ(Board().card_count(), 0);
  EXPECT_THAT(Board().totals(), IsEmpty());
  v1::GetLeadBoardRequest lost;
  lost.mutable_filter()->add_states(v1::LEAD_STATE_LOST);
  EXPECT_EQ(Board(lost).card_count(), 0);
  v1::LeadFilter filter;
  filter.add_states(v1::LEAD_STATE_JUNK);
  filter.add_states(v1::LEAD_STATE_REFUSED);
  EXPECT_THAT(List(filter), ElementsAre(Named<LeadId>("dora"), Named<LeadId>("bert")));
}

TEST_F(LeadBoardTest, ARestoredLeadIsWhatItWas) {
  scenario_.Given(Lead("bert"), OfCustomer<events::v1::LeadQualified>("acme"))
      .Given(Lead("bert"), events::v1::LeadLost())
      .Given(Lead("bert"), events::v1::LeadRestored());
  v1::LeadFilter filter;
  filter.add_states(v1::LEAD_STATE_QUALIFIED);
  EXPECT_THAT(List(filter), ElementsAre(Named<LeadId>("bert")));
  EXPECT_EQ(Board().columns(0).cards(0).customer(),
            domain::NameOf(Named<domain::CustomerId>("acme")));
}

TEST_F(LeadBoardTest, StagnantIsLongerThanAllowedInTheStage) {
  EXPECT_EQ(Board({}, {.at = kMorning + 14 * kDay}).columns(0).stagnant_count(), 0);
  EXPECT_EQ(Board({}, {.at = kMorning + 15 * kDay}).columns(0).stagnant_count(), 1);
  scenario_.Given(Lead("anna"), MovedTo("talking"), {.at = kMorning + 10 * kDay});
  const v1::Board moved = Board({}, {.at = kMorning + 15 * kDay});
  EXPECT_EQ(moved.columns(0).stagnant_count() + moved.columns(1).stagnant_count(), 0);
  EXPECT_EQ(moved.columns(1).card_count(), 2);
}

TEST_F(LeadBoardTest, NoSuchPipelineOfLeads) {
  events::v1::PipelineCreated sales;
  sales.set_kind(v1::PIPELINE_KIND_OPPORTUNITY);
  scenario_.Given(StreamNamed<PipelineId>("sales"), sales);
  const domain::Audience audience = Everybody();
  for (const char* name : {"sales", "nothing"}) {
    v1::GetLeadBoardRequest request;
    request.set_pipeline(domain::NameOf(Named<PipelineId>(name)));
    QueryContext context(audience, kMorning, 50, "");
    EXPECT_THAT(LeadBoard::Answer(request, scenario_.Rows(), context),
                StatusIs(absl::StatusCode::kNotFound));
  }
}

TEST_F(LeadBoardTest, ListsInEveryOrderAtAnyPageSize) {
  const LeadId anna = Named<LeadId>("anna"), bert = Named<LeadId>("bert"),
               cleo = Named<LeadId>("cleo");
  for (const int page_size : {1, 2, 3, 50}) {
    const Asking asking{.page_size = page_size};
    EXPECT_THAT(List({}, v1::LEAD_ORDER_UNSPECIFIED, asking), ElementsAre(cleo, bert, anna));
    EXPECT_THAT(List({}, v1::LEAD_ORDER_NEWEST, asking), ElementsAre(cleo, bert, anna));
    EXPECT_THAT(List({}, v1::LEAD_ORDER_OLDEST, asking), ElementsAre(anna, bert, cleo));
    EXPECT_THAT(List({}, v1::LEAD_ORDER_PRIORITY, asking), ElementsAre(bert, cleo, anna));
  }
}

TEST_F(LeadBoardTest, FindsTextInPersonCompanyAndSubject) {
  v1::LeadFilter filter;
  filter.set_text("schmi");
  EXPECT_THAT(List(filter), ElementsAre(Named<LeadId>("anna")));
  filter.set_text("bert oz");
  EXPECT_THAT(List(filter), ElementsAre(Named<LeadId>("bert")));
  filter.set_text("NILE");
  EXPECT_THAT(List(filter), ElementsAre(Named<LeadId>("cleo")));
  v1::GetLeadBoardRequest request;
  *request.mutable_filter() = filter;
  EXPECT_EQ(Board(request).card_count(), 1);
}

TEST_F(LeadBoardTest, FiltersByWhatTheCardSays) {
  events::v1::LeadDetailsRevised revised;
  revised.set_subject_id(Bytes("cleo"));
  for (const char* field : {"source", "campaign", "tags"}) revised.add_fields(field);
  revised.mutable_details()->set_source("web");
  revised.mutable_details()->set_campaign("spring");
  revised.mutable_details()->add_tags("hot");
  events::v1::LeadAssigned assigned;
  *assigned.mutable_to() = OwnedBy("", "north");
  scenario_.Given(Lead("cleo"), revised).Given(Lead("anna"), assigned);
  const auto only = [&](auto set) {
    v1::LeadFilter filter;
    set(filter);
    return List(filter);
  };
  const auto cleo = ElementsAre(Named<LeadId>("cleo"));
  const auto anna = ElementsAre(Named<LeadId>("anna"));
  EXPECT_THAT(only([](auto& f) { f.set_source("web"); }), cleo);
  EXPECT_THAT(only([](auto& f) { f.set_campaign("spring"); }), cleo);
  EXPECT_THAT(only([](auto& f) { f.set_tag("hot"); }), cleo);
  EXPECT_THAT(only([](auto& f) {
                f.set_stage(domain::NameOf(domain::StageName{Named<PipelineId>("leads"),
                                                             Named<domain::StageId>("talking")}));
              }),
              cleo);
  EXPECT_THAT(only([](auto& f) { f.set_unassigned(true); }), anna);
  EXPECT_THAT(only([](auto& f) { f.set_team(domain::NameOf(Named<domain::TeamId>("north"))); }),
              anna);
  EXPECT_EQ(
      only([](auto& f) { f.set_owner(domain::NameOf(Named<domain::MemberId>("alice"))); }).size(),
      2u);
  EXPECT_EQ(
      only([](auto& f) { f.set_pipeline(domain::NameOf(Named<PipelineId>("leads"))); }).size(), 3u);
  EXPECT_THAT(only([](auto& f) { f.set_pipeline(domain::NameOf(Named<PipelineId>("other"))); }),
              IsEmpty());
  EXPECT_THAT(only([](auto& f) {
                *f.mutable_create_date_from() =
                    domain::DayToProto(absl::CivilDay(1970, 1, 1) + 20002);
              }),
              cleo);
  EXPECT_THAT(only([](auto& f) {
                *f.mutable_create_date_to() =
                    domain::DayToProto(absl::CivilDay(1970, 1, 1) + 20000);
              }),
              anna);
}

TEST_F(LeadBoardTest, TotalsAreOfWhatTheCallerSees) {
  events::v1::LeadAssigned assigned;
  *assigned.mutable_to() = OwnedBy("bob", "north");
  scenario_.Given(Lead("bert"), assigned);
  EXPECT_THAT(List({}, v1::LEAD_ORDER_NEWEST, {.audience = Only("bob")}),
              ElementsAre(Named<LeadId>("bert")));
  const v1::Board board = Board({}, {.audience = Only("bob")});
  EXPECT_EQ(board.card_count(), 1);
  EXPECT_EQ(board.totals(0).expected_revenue().units(), 50);
  domain::Audience leader = Only("carl");
  leader.teams.insert(Named<domain::TeamId>("north"));
  EXPECT_EQ(Board({}, {.audience = leader}).card_count(), 1);
  EXPECT_EQ(Board({}, {.audience = Only("carl")}).card_count(), 0);
}

TEST_F(LeadBoardTest, AnErasedPersonLeavesTheCardAndNoName) {
  EXPECT_THAT(EveryByte(scenario_), HasSubstr("schmidt"));
  scenario_.Given(StreamNamed<domain::PersonId>("anna"), ErasureOf("anna"));
  EXPECT_THAT(EveryByte(scenario_), Not(HasSubstr("schmidt")));
  EXPECT_EQ(Board().card_count(), 3);
  EXPECT_THAT(Cards(Board())[0], ElementsAre("Acme", ""));
  ExpectReplayEquality<LeadBoard>(scenario_);
  scenario_.GivenErased(Named<domain::PersonId>("anna").uuid());
  EXPECT_EQ(Board().card_count(), 3);
  ExpectReplayEquality<LeadBoard>(scenario_);
}

TEST_F(LeadBoardTest, ALeadWithoutAPersonIsItsOwnSubject) {
  events::v1::LeadCaptured event = Captured("dora", "Dora", "Solo");
  event.clear_subject_id();
  scenario_.Given(Lead("dora"), event)
      .Given(StreamNamed<domain::PersonId>("dora"), ErasureOf("dora"));
  EXPECT_THAT(EveryByte(scenario_), Not(HasSubstr("solo")));
}

}  // namespace
}  // namespace crm::projections::testing

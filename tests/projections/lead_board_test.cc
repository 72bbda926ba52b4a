// LeadBoard: columns and totals, and erasure.
#include "tests/projections/lead_board_story.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

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

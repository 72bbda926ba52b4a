// PipelineBoard: columns, totals and how cards stand.
#include "projections/pipeline_board.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/projections/board_office.h"
#include "tests/projections/replay_property.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::HasReason;
using domain::PipelineId;
using domain::TeamId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Office = BoardOffice;
using Details = events::v1::OpportunityDetails;

// "EUR 17500.00 weighted 6500.00", one a currency.
std::vector<std::string> Totals(const google::protobuf::RepeatedPtrField<v1::BoardTotals>& totals) {
  const auto text = [](const google::type::Money& money) {
    return absl::StrCat(money.units(), ".", absl::Dec(money.nanos() / 10'000'000, absl::kZeroPad2));
  };
  std::vector<std::string> texts;
  for (const v1::BoardTotals& sum : totals) {
    EXPECT_EQ(sum.expected_revenue().currency_code(), sum.weighted_revenue().currency_code());
    texts.push_back(absl::StrCat(sum.expected_revenue().currency_code(), " ",
                                 text(sum.expected_revenue()), " weighted ",
                                 text(sum.weighted_revenue())));
  }
  return texts;
}

std::vector<std::string> Names(const v1::Column& column) {
  std::vector<std::string> names;
  for (const v1::Card& card : column.cards()) names.push_back(card.display_name());
  return names;
}

TEST(PipelineBoardTest, T51WeighsWhatIsOpenAndNothingElse) {
  Office office;
  office.Open("A", {.minor = 1'000'000});
  office.Open("B", {.minor = 500'000, .stage = "talks"});
  office.Open("C", {.minor = 250'000, .stage = "offer"});
  office.Open("lost", {.minor = 900'000}).Lose("lost");
  office.Open("won", {.minor = 700'000}).Win("won", "done");
  office.Open("away", {.minor = 400'000}).Archive("away");
  office.Open("elsewhere", {.minor = 100'000, .pipeline = "service", .stage = "first"});
  const v1::Board board = office.Board();
  EXPECT_EQ(board.card_count(), 3);
  EXPECT_THAT(Totals(board.totals()), ElementsAre("EUR 17500.00 weighted 6500.00"));
  EXPECT_THAT(Totals(board.columns(0).totals()), ElementsAre("EUR 10000.00 weighted 2000.00"));
  EXPECT_THAT(Totals(board.columns(3).totals()), IsEmpty());
  ExpectReplayEquality(office);
}

TEST(PipelineBoardTest, T51RoundsEachCardHalfUpBeforeItSums) {
  Office office;
  office.Open("A", {.minor = 1'250, .probability_bp = 100});
  office.Open("B", {.minor = 1'250, .probability_bp = 100});
  EXPECT_EQ(office.Board().columns(0).cards(0).weighted_revenue().nanos(), 130'000'000);
  EXPECT_THAT(Totals(office.Board().totals()), ElementsAre("EUR 25.00 weighted 0.26"));
}

TEST(PipelineBoardTest, NeverAddsCurrencies) {
  Office office;
  office.Open("A", {.minor = 100'000});
  office.Open("B", {.minor = 300'000, .currency = "USD"}).Open("C");
  EXPECT_THAT(Totals(office.Board().totals()),
              ElementsAre("EUR 1000.00 weighted 200.00", "USD 3000.00 weighted 600.00"));
  EXPECT_EQ(office.Board().card_count(), 3);
}

TEST(PipelineBoardTest, HasAColumnForEachStageInUse) {
  Office office;
  office.Open("A", {.stage = "talks"});
  events::v1::StageArchived archived;
  archived.set_stage_id(BytesOf("talks"));
  archived.set_target_stage_id(BytesOf("offer"));
  office.Tell("pipeline", "sales", archived);
  const auto columns = [&office] {
    std::vector<std::string> names;
    const v1::Board board = office.Board();
    for (const v1::Column& column : board.columns()) {
      names.push_back(absl::StrCat(column.display_name(), " ", column.card_count()));
    }
    return names;
  };
  EXPECT_THAT(columns(), ElementsAre("new 0", "talks 1", "offer 0", "done 0"));
  office.Move("A", "offer");
  EXPECT_THAT(columns(), ElementsAre("new 0", "offer 1", "done 0"));
}

TEST(PipelineBoardTest, ShowsTheFirstCardsByRankAndCountsAll) {
  Office office;
  office.Open("small", {.minor = 100}).Open("big", {.minor = 900}).Open("Ábel", {.minor = 500});
  office.Open("abra", {.minor = 500}).Open("urgent", {.minor = 1});
  Details urgent;
  urgent.set_priority(3);
  office.Revise("urgent", "priority", urgent);
  v1::GetPipelineBoardRequest request;
  request.set_cards_per_column(4);
  const v1::Board board = office.Board(request);
  EXPECT_THAT(Names(board.columns(0)), ElementsAre("urgent", "big", "Ábel", "abra"));
  EXPECT_EQ(board.columns(0).card_count(), 5);
  EXPECT_THAT(Totals(board.totals()), ElementsAre("EUR 20.01 weighted 4.00"));
}

TEST(PipelineBoardTest, AStagesNewProbabilityWeighsTheCardsThatFollowIt) {
  Office office;
  office.Open("follows", {.minor = 10'000});
  office.Open("explicit", {.minor = 10'000, .probability_bp = 0});
  events::v1::StageProbabilityRevised revised;
  revised.set_stage_id(BytesOf("new"));
  revised.set_probability_bp(4000);
  EXPECT_THAT(Totals(office.Board().totals()), ElementsAre("EUR 200.00 weighted 20.00"));
  office.Tell("pipeline", "sales", revised);
  EXPECT_THAT(Totals(office.Board().totals()), ElementsAre("EUR 200.00 weighted 40.00"));
}

TEST(PipelineBoardTest, T42IsStagnantAfterMoreThanFourteenDays) {
  Office office;
  office.On("2026-03-01T10:00:00").Open("A");
  EXPECT_FALSE(office.CardAt("2026-03-15T22:59:59").stagnant());
  EXPECT_EQ(office.CardAt("2026-03-15T22:59:59").stage_age_days(), 14);
  // Days are those of Berlin.
  EXPECT_TRUE(office.CardAt("2026-03-15T23:00:00").stagnant());
  EXPECT_EQ(office.BoardAt("2026-03-16").columns(0).stagnant_count(), 1);
}

TEST(PipelineBoardTest, T42TheOrganizationsThresholdAndTheStagesOwn) {
  Office office;
  events::v1::OrganizationSettingsRevised settings;
  settings.set_stagnation_threshold_days(3);
  office.Tell("organization", "organization", settings);
  office.On("2026-03-01").Open("A");
  EXPECT_FALSE(office.CardAt("2026-03-04").stagnant());
  EXPECT_TRUE(office.CardAt("2026-03-05").stagnant());
  office.Limit("new", 5, 7);
  EXPECT_FALSE(office.CardAt("2026-03-08").stagnant());
  EXPECT_TRUE(office.CardAt("2026-03-09").stagnant());
  EXPECT_FALSE(office.CardAt("2026-03-06").warned());
  EXPECT_TRUE(office.CardAt("2026-03-07").warned());
}

TEST(PipelineBoardTest, T42NothingIsStagnantOnStandby) {
  Office office;
  office.Limit("new", 5, 7).On("2026-03-01").Open("A").Standby("A");
  const v1::Card card = office.CardAt("2026-05-01");
  EXPECT_TRUE(card.standby());
  EXPECT_FALSE(card.stagnant());
  EXPECT_FALSE(card.warned());
  EXPECT_EQ(card.stage_age_days(), 61);
}

TEST(PipelineBoardTest, T42AMoveOutAndBackBeginsAnewAndAnEditDoesNot) {
  Office office;
  office.On("2026-03-01").Open("A").On("2026-03-10").Price("A", 100);
  EXPECT_EQ(office.CardAt("2026-03-11").stage_age_days(), 10);
  office.Move("A", "talks").Move("A", "new");
  EXPECT_EQ(office.CardAt("2026-03-11").stage_age_days(), 1);
  // Reopened where it was, it is fresh work again.
  office.On("2026-03-12").Lose("A").On("2026-05-01").Reopen("A", "new");
  EXPECT_EQ(office.CardAt("2026-05-03").stage_age_days(), 2);
}

TEST(PipelineBoardTest, OverdueIsBeforeTodayInTheOrganizationsZone) {
  Office office;
  office.Open("A", {.expected_close_day = 20'528});  // 2026-03-16
  EXPECT_FALSE(office.CardAt("2026-03-16T22:59:00").overdue());
  EXPECT_TRUE(office.CardAt("2026-03-16T23:00:00").overdue());
  EXPECT_EQ(office.CardAt("2026-03-16").expected_close_date().day(), 16);
}

// T53: of alternatives one card carries the volume and one the weighted value.
TEST(PipelineBoardTest, T53AlternativesCountOnce) {
  Office office;
  office.Open("A", {.minor = 1'000'000, .probability_bp = 6000});
  office.Open("B", {.minor = 1'200'000, .probability_bp = 3000});
  office.Open("C", {.minor = 800'000, .probability_bp = 1000});
  EXPECT_THAT(Totals(office.Board().totals()), ElementsAre("EUR 30000.00 weighted 10400.00"));
  office.Group("kern", {"A", "B", "C"});
  EXPECT_THAT(Totals(office.Board().totals()), ElementsAre("EUR 12000.00 weighted 6000.00"));
  EXPECT_EQ(office.Board().card_count(), 3);
  office.Prefer("kern", "C");
  const v1::Board board = office.Board();
  EXPECT_THAT(Totals(board.totals()), ElementsAre("EUR 8000.00 weighted 6000.00"));
  // Each card shows its own amount, whether or not it counts.
  std::vector<std::string> cards;
  for (const v1::Card& card : board.columns(0).cards()) {
    cards.push_back(absl::StrCat(card.display_name(), " ", card.expected_revenue().units(),
                                 card.counts_expected() ? " volume" : "",
                                 card.counts_weighted() ? " weighted" : ""));
  }
  EXPECT_THAT(cards, ElementsAre("B 12000", "A 10000 weighted", "C 8000 volume"));
  // A preferred one that is no longer open carries nothing.
  office.Lose("C");
  EXPECT_THAT(Totals(office.Board().totals()), ElementsAre("EUR 12000.00 weighted 6000.00"));
  ExpectReplayEquality(office);
}

TEST(PipelineBoardTest, T53SubProjectsAddUp) {
  Office office;
  office.Open("A", {.minor = 1'000'000, .probability_bp = 6000});
  office.Open("B", {.minor = 1'200'000, .probability_bp = 3000});
  office.Group("kern", {"A", "B"}, v1::GROUP_KIND_SUB_PROJECTS);
  EXPECT_THAT(Totals(office.Board().totals()), ElementsAre("EUR 22000.00 weighted 9600.00"));
}

// A carrier outside what is asked for still carries: contributions do not depend on who looks.
TEST(PipelineBoardTest, SumsContributionsOfTheCardsThatAreSeen) {
  Office office;
  office.Open("A", {.owner = "ann", .minor = 1'000'000});
  office.Open("B", {.owner = "bob", .minor = 1'200'000});
  office.Open("C", {.owner = "ann", .minor = 100'000}).Group("kern", {"A", "B"});
  const v1::Board anns = office.Board({}, {.everything = false, .member = "ann"});
  EXPECT_THAT(Names(anns.columns(0)), ElementsAre("A", "C"));
  EXPECT_THAT(Totals(anns.totals()), ElementsAre("EUR 1000.00 weighted 200.00"));
  const v1::Board norths =
      office.Board({}, {.everything = false, .member = "zoe", .teams = {"north"}});
  EXPECT_EQ(norths.card_count(), 3);
}

TEST(PipelineBoardTest, ABoardIgnoresStatesStagesAndPipelinesOfItsFilter) {
  Office office;
  office.Open("A", {.team = "south", .stage = "talks"}).Open("B", {.team = "south"});
  office.Open("C").Open("lost", {.team = "south"}).Lose("lost");
  v1::GetPipelineBoardRequest request;
  request.mutable_filter()->add_states(v1::OPPORTUNITY_STATE_LOST);
  request.mutable_filter()->set_stage(StageOf("sales", "new"));
  request.mutable_filter()->set_pipeline(ResourceOf<PipelineId>("service"));
  request.mutable_filter()->set_show_archived(true);
  request.mutable_filter()->set_team(ResourceOf<TeamId>("south"));
  const v1::Board board = office.Board(request);
  EXPECT_THAT(Names(board.columns(0)), ElementsAre("B"));
  EXPECT_THAT(Names(board.columns(1)), ElementsAre("A"));
  v1::GetPipelineBoardRequest stagnant;
  stagnant.mutable_filter()->set_stagnant(true);
  office.On("2026-03-01").Move("A", "offer");
  EXPECT_EQ(office.Board(stagnant, {.at = "2026-03-10"}).card_count(), 2);
}

TEST(PipelineBoardTest, KnowsNoBoardOfWhatIsNoPipelineOfOpportunities) {
  Office office;
  v1::GetPipelineBoardRequest request;
  request.set_pipeline(ResourceOf<PipelineId>("none"));
  EXPECT_THAT(office.Answer(request), HasReason("NOT_FOUND"));
  events::v1::PipelineCreated leads;
  leads.set_kind(v1::PIPELINE_KIND_LEAD);
  office.Tell("pipeline", "leads", leads);
  request.set_pipeline(ResourceOf<PipelineId>("leads"));
  EXPECT_THAT(office.Answer(request), HasReason("NOT_FOUND"));
}

}  // namespace
}  // namespace crm::projections::testing

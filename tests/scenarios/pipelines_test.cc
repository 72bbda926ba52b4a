// Pipelines at work: what a stage asks for and is worth, how long a card stands in it, where its
// records go when it is archived, and what boards and reports said on earlier days.
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PipelinesTest : public ::testing::Test {
 protected:
  std::string Anns() const { return office_.OwnedBy(office_.ada_name, office_.north); }
  v1::Opportunity Open(absl::string_view name, int64_t units, absl::string_view more = "") const {
    return office_.Open(office_.ada, name, units, absl::StrCat(Anns(), more));
  }
  v1::Board Board(const std::string& more = "") const {
    return office_.ada.Do(&Opportunities::GetPipelineBoard,
                          With("pipeline", office_.pipeline_name) + more);
  }
  std::vector<std::string> List(const std::string& request) const {
    std::vector<std::string> names;
    const auto page = office_.ada.Do(&Opportunities::ListOpportunities, request);
    for (const v1::Opportunity& opportunity : page.opportunities()) {
      names.push_back(opportunity.display_name());
    }
    return names;
  }
  std::string StageNow(const v1::Opportunity& opportunity) const {
    return office_.ada.Do(&Opportunities::GetOpportunity, NameIs(opportunity)).stage();
  }
  // Requires a field of whoever enters the stage.
  void Demand(const std::string& stage, absl::string_view field) const {
    office_.administrator.Do(
        &Pipelines::UpdateStage,
        absl::StrCat(With("name", office_.pipeline_name), "stage { ",
                     With("name", office_.stages.at(stage)), With("required_fields", field), "}"));
  }
  void ArchiveStage(const std::string& stage, const std::string& target) const {
    office_.administrator.Do(
        &Pipelines::ArchiveStage,
        With("stage", office_.stages.at(stage)) + With("target_stage", office_.stages.at(target)));
  }
  // Blocks until the opportunity is in the stage: looks again whenever something happened to it.
  void AwaitStage(const v1::Opportunity& opportunity, const std::string& stage) const {
    grpc::ClientContext context;
    office_.avi.Prepare(context);
    Events stub(office_.avi.channel());
    const auto reader = stub.SubscribeEvents(
        &context, From<v1::SubscribeEventsRequest>(absl::StrCat(
                      "from_position: 1 filter { ", With("record", opportunity.name()), "}")));
    v1::SubscribeEventsResponse message;
    while (StageNow(opportunity) != stage) {
      if (!reader->Read(&message)) {
        ADD_FAILURE() << opportunity.display_name() << " stays in " << StageNow(opportunity);
        break;
      }
    }
    context.TryCancel();
  }
  static std::string AsOfDay(int month, int day) {
    return absl::StrCat("as_of { as_of_date { year: 2026 month: ", month, " day: ", day, " } } ");
  }
  void NextDays(int days) { clock_.Advance(absl::Hours(24 * days)); }

  ManualClock clock_{absl::FromCivil(absl::CivilHour(2026, 3, 1, 9), absl::UTCTimeZone())};
  RunningServer server_{clock_};
  SalesOffice office_{server_};
};

TEST_F(PipelinesTest, T42ACardIsStagnantAfterMoreThanFourteenDays) {
  const auto mill = Open("Mill", 100);
  const auto wait = Open("Wait", 100);
  office_.ada.Do(&Opportunities::PlaceOnStandby,
                 NameIs(wait) + "reminder_date { year: 2026 month: 6 day: 1 }");
  NextDays(14);
  EXPECT_EQ(Board().columns(0).stagnant_count(), 0);
  NextDays(1);
  EXPECT_EQ(Board().columns(0).stagnant_count(), 1);
  EXPECT_THAT(List("filter { stagnant: true }"), ElementsAre("Mill"));
  EXPECT_EQ(Board(AsOfDay(3, 15)).columns(0).stagnant_count(), 0);
  // An edit does not help, a move out and back does.
  office_.ada.Do(&Opportunities::ReviseExpectedRevenue, NameIs(mill) + Usd("expected_revenue", 90));
  EXPECT_THAT(List("filter { stagnant: true }"), ElementsAre("Mill"));
  office_.Move(office_.ada, mill, "Talks");
  office_.Move(office_.ada, mill, "New");
  EXPECT_THAT(List("filter { stagnant: true }"), IsEmpty());
}

TEST_F(PipelinesTest, ReopeningBeginsTheStageAnewWhereverItIsAsked) {
  const auto mill = Open("Mill", 100);
  office_.ada.Do(&Opportunities::LoseOpportunity, NameIs(mill) + "loss_reason_id: 'price'");
  NextDays(90);
  const auto reopened = office_.ada.Do(&Opportunities::ReopenOpportunity, NameIs(mill));
  const v1::Card card = Board().columns(0).cards(0);
  EXPECT_EQ(card.stage_age_days(), 0);
  EXPECT_EQ(card.stage_enter_time().ShortDebugString(),
            reopened.stage_enter_time().ShortDebugString());
}

TEST_F(PipelinesTest, T51OpenAndWeightedAreTheSameEverywhere) {
  Open("A", 10'000);
  office_.Move(office_.ada, Open("B", 5'000), "Talks");
  office_.Move(office_.ada, Open("C", 2'500), "Offer");
  office_.ada.Do(&Opportunities::LoseOpportunity,
                 NameIs(Open("lost", 9'000)) + "loss_reason_id: 'price'");
  office_.ada.Do(&Opportunities::WinOpportunity, NameIs(Open("won", 7'000)));
  const v1::Board board = Board();
  ASSERT_EQ(board.totals_size(), 1);
  EXPECT_EQ(board.totals(0).expected_revenue().units(), 17'500);
  EXPECT_EQ(board.totals(0).weighted_revenue().units(), 6'500);
  const auto tile = office_.ada.Do(&Dashboards::GetTeamDashboard, With("team", office_.north));
  EXPECT_EQ(tile.open().amounts(0).units(), 17'500);
  EXPECT_EQ(tile.weighted_revenue(0).units(), 6'500);
  const auto forecast =
      office_.ada.Do(&Reports::GetForecast, "from_date { year: 2026 month: 3 day: 1 } months: 1");
  ASSERT_EQ(forecast.rows_size(), 2);  // what was won, and what has no day yet
  EXPECT_EQ(forecast.rows(0).won().units(), 7'000);
  EXPECT_EQ(forecast.rows(0).best_case().units(), 7'000);
  EXPECT_EQ(forecast.rows(1).pipeline().units(), 17'500);
  EXPECT_EQ(forecast.rows(1).weighted().units(), 6'500);
}

TEST_F(PipelinesTest, T60WhoContributesIsCreditedWithAPart) {
  const auto credited = [this](const v1::Opportunity& opportunity) {
    const auto shown = office_.ada.Do(&Opportunities::GetOpportunity, NameIs(opportunity));
    int64_t units = 0;
    for (const v1::CreditShare& share : shown.credit_shares()) {
      if (share.member() == office_.ada_name) units += share.amount().units();
    }
    return units;
  };
  const auto whole = Open("whole", 5);
  const auto half =
      Open("half", 10,
           absl::StrCat("contributors { ", With("member", office_.ada_name), "weight: 1 } ",
                        "contributors { ", With("member", office_.ben_name), "weight: 1 } "));
  EXPECT_EQ(credited(whole), 5);
  EXPECT_EQ(credited(half), 5);
}

TEST_F(PipelinesTest, T63RatesWinsAgainstWhatWasDecidedAndReopeningTakesOneBack) {
  v1::Opportunity last_won;
  for (int i = 0; i < 20; ++i) {
    const auto one = Open(absl::StrCat("o", i), 100);
    if (i < 7) last_won = office_.ada.Do(&Opportunities::WinOpportunity, NameIs(one));
    if (i >= 15) {
      office_.ada.Do(&Opportunities::LoseOpportunity, NameIs(one) + "loss_reason_id: 'price'");
    }
  }
  const std::string march =
      "from_date { year: 2026 month: 3 day: 1 } to_date { year: 2026 month: 3 day: 31 } ";
  const auto flow = [&](const std::string& more = "") {
    return office_.ada.Do(&Reports::GetStageFlow,
                          With("pipeline", office_.pipeline_name) + march + more);
  };
  EXPECT_EQ(flow().win_rate_bp(), 5'833);
  EXPECT_EQ(office_.ada.Do(&Reports::GetStatistics, march).rows(0).win_rate_bp(), 5'833);
  EXPECT_EQ(flow().rows(0).cohort_win_bp(), 3'500);
  EXPECT_EQ(flow().rows(0).lost_count(), 5);
  NextDays(2);
  office_.ada.Do(&Opportunities::ReopenOpportunity, NameIs(last_won));
  EXPECT_EQ(flow().won_count(), 6);
  EXPECT_EQ(flow().win_rate_bp(), 5'455);
  EXPECT_EQ(flow(AsOfDay(3, 1)).win_rate_bp(), 5'833);
}

TEST_F(PipelinesTest, AStagesNewProbabilityHoldsFromItsEffectiveTime) {
  const auto follows = Open("follows", 1'000);
  Open("explicit", 1'000, "probability_bp: 0 ");
  NextDays(10);
  office_.administrator.Do(
      &Pipelines::ReviseStageProbability,
      absl::StrCat(With("stage", office_.stages.at("New")), "probability_bp: 4000"));
  const auto weighted = [this](const std::string& more = "") {
    return Board(more).totals(0).weighted_revenue().units();
  };
  EXPECT_EQ(weighted(), 400);
  EXPECT_EQ(weighted(AsOfDay(3, 10)), 200);
  EXPECT_EQ(weighted(AsOfDay(3, 11)), 400);
  EXPECT_EQ(office_.ada.Do(&Opportunities::GetOpportunity, NameIs(follows) + AsOfDay(3, 10))
                .probability_bp(),
            2'000);
}

TEST_F(PipelinesTest, AStageAsksForItsFieldsWhicheverWayItIsEntered) {
  Demand("New", "customer");
  const auto refused = Refused(grpc::StatusCode::FAILED_PRECONDITION, "STAGE_FIELDS_MISSING");
  const std::string in_new = absl::StrCat("opportunity { display_name: 'X' ",
                                          With("stage", office_.stages.at("New")), Anns(), "} ");
  EXPECT_THAT(office_.ada.Try(&Opportunities::CreateOpportunity, in_new), refused);
  const auto talks =
      office_.ada.Do(&Opportunities::CreateOpportunity,
                     absl::StrCat("opportunity { display_name: 'X' ",
                                  With("stage", office_.stages.at("Talks")), Anns(), "} "));
  const std::string into_new = NameIs(talks) + With("stage", office_.stages.at("New"));
  EXPECT_THAT(office_.ada.Try(&Opportunities::MoveStage, into_new), refused);
  Demand("Won", "expected_revenue");
  EXPECT_THAT(office_.ada.Try(&Opportunities::WinOpportunity, NameIs(talks)), refused);

  // From another pipeline.
  const auto other = office_.administrator.Do(
      &Pipelines::CreatePipeline,
      "pipeline { display_name: 'Service' kind: PIPELINE_KIND_OPPORTUNITY "
      "stages { display_name: 'First' required_fields: 'expected_close_date' } }");
  EXPECT_THAT(office_.ada.Try(&Opportunities::MoveStage,
                              NameIs(talks) + With("stage", other.stages(0).name())),
              refused);
  // From a lead.
  const auto lead = office_.ada.Do(
      &Leads::CaptureLead,
      absl::StrCat("lead { company_name: 'Mill Ltd' email: 'm@mill.example' ", Anns(), "} "));
  EXPECT_THAT(office_.ada.Try(&Leads::ConvertLead, NameIs(lead) + With("pipeline", other.name())),
              refused);
  EXPECT_THAT(
      office_.ada.Try(&Leads::ConvertLead, NameIs(lead) + With("pipeline", office_.pipeline_name)),
      Succeeded());  // a conversion has a customer
}

// Whatever the target asks for, and wherever it went itself meanwhile: nothing stays behind.
TEST_F(PipelinesTest, WhatAnArchivedStageHeldMovesToItsTarget) {
  Demand("Offer", "expected_close_date");
  const auto first = Open("first", 100);
  const auto second = Open("second", 100);
  const auto away = Open("away", 100);
  const auto lost = Open("lost", 100);
  const auto later = office_.Move(office_.ada, Open("later", 100), "Talks");
  office_.ada.Do(&Opportunities::ArchiveOpportunity, NameIs(away));
  office_.ada.Do(&Opportunities::LoseOpportunity, NameIs(lost) + "loss_reason_id: 'price'");
  ArchiveStage("New", "Talks");
  ArchiveStage("Talks", "Offer");
  const std::string offer = office_.stages.at("Offer");
  for (const auto& moved : {first, second, later}) AwaitStage(moved, offer);
  EXPECT_EQ(office_.ada.Do(&Opportunities::RestoreOpportunity, NameIs(away)).stage(), offer);
  EXPECT_EQ(office_.ada.Do(&Opportunities::ReopenOpportunity, NameIs(lost)).stage(), offer);
  EXPECT_EQ(Board().columns(0).card_count(), 5);
  EXPECT_EQ(Board().columns(0).display_name(), "Offer");
}

TEST_F(PipelinesTest, NothingEntersAnArchivedPipelineAndWhatIsInItGoesOn) {
  const auto mill = Open("Mill", 100);
  const auto lost = Open("Lost", 100);
  office_.ada.Do(&Opportunities::LoseOpportunity, NameIs(lost) + "loss_reason_id: 'price'");
  office_.administrator.Do(&Pipelines::ArchivePipeline, With("name", office_.pipeline_name));
  const auto refused = Refused(grpc::StatusCode::FAILED_PRECONDITION, "PIPELINE_ARCHIVED");
  const std::string another = absl::StrCat("opportunity { display_name: 'X' ", Anns(), "}");
  EXPECT_THAT(office_.ada.Try(&Opportunities::CreateOpportunity, another), refused);
  EXPECT_EQ(office_.Move(office_.ada, mill, "Offer").probability_bp(), 8'000);
  EXPECT_EQ(office_.ada.Do(&Opportunities::ReopenOpportunity, NameIs(lost)).stage(),
            office_.stages.at("New"));
  EXPECT_EQ(office_.ada.Do(&Opportunities::WinOpportunity, NameIs(mill)).state(),
            v1::OPPORTUNITY_STATE_WON);
  EXPECT_EQ(Board().card_count(), 1);
  EXPECT_EQ(office_.ada.Do(&Pipelines::ListPipelines).pipelines_size(), 0);
  office_.administrator.Do(&Pipelines::RestorePipeline, With("name", office_.pipeline_name));
  EXPECT_THAT(office_.ada.Try(&Opportunities::CreateOpportunity, another), Succeeded());
}

// Asked for a past day, every view says byte by byte what it said then.
TEST_F(PipelinesTest, APastDayReadsAsItWasLive) {
  struct Said {
    std::string as_of, board, list, forecast, flow;
  };
  const auto say = [this](const std::string& as_of) {
    const auto text = [](auto message) {
      message.clear_position();
      return message.SerializeAsString();
    };
    const std::string march =
        "from_date { year: 2026 month: 3 day: 1 } to_date { year: 2026 month: 3 day: 31 } ";
    return Said{as_of, text(Board(as_of)),
                text(office_.ada.Do(&Opportunities::ListOpportunities, as_of)),
                text(office_.ada.Do(&Reports::GetForecast,
                                    "from_date { year: 2026 month: 3 day: 1 } months: 2 " + as_of)),
                text(office_.ada.Do(&Reports::GetStageFlow,
                                    With("pipeline", office_.pipeline_name) + march + as_of))};
  };
  std::vector<Said> live;
  const auto end_of_day = [&](int day) {
    clock_.Set(absl::FromCivil(absl::CivilSecond(2026, 3, day, 23, 59, 59), absl::UTCTimeZone()));
    live.push_back(say(""));
    live.back().as_of = AsOfDay(3, day);
    NextDays(1);
  };
  const auto mill = Open("Mill", 1'000, "expected_close_date { year: 2026 month: 3 day: 20 } ");
  const auto kiln = Open("Kiln", 700);
  end_of_day(2);
  office_.Move(office_.ada, mill, "Offer");
  end_of_day(4);
  office_.ada.Do(&Opportunities::WinOpportunity, NameIs(mill));
  office_.administrator.Do(&Pipelines::ReviseStageProbability,
                           With("stage", office_.stages.at("New")) + "probability_bp: 3000");
  end_of_day(8);
  office_.ada.Do(&Opportunities::ReopenOpportunity, NameIs(mill));
  office_.ada.Do(&Opportunities::LoseOpportunity, NameIs(kiln) + "loss_reason_id: 'price'");
  end_of_day(24);
  for (const Said& said : live) {
    const Said again = say(said.as_of);
    EXPECT_EQ(again.board, said.board) << said.as_of;
    EXPECT_EQ(again.list, said.list) << said.as_of;
    EXPECT_EQ(again.forecast, said.forecast) << said.as_of;
    EXPECT_EQ(again.flow, said.flow) << said.as_of;
  }
  EXPECT_NE(live[0].board, live[1].board);
}

}  // namespace
}  // namespace crm::testing

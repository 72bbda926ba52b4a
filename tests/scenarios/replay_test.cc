// Views are disposable: built again from the log, or caught up after a stop, they answer byte for
// byte as before.
// Mutations seen to fail: Commit with the checkpoint one behind; BeginBuild that begins where the
// other build stands; CompareNext that finds every row different; as-of that folds to the end.
#include "crm/v1/projection_service.grpc.pb.h"
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using Projections = v1::ProjectionService::Stub;

constexpr absl::Duration kPatience = absl::Seconds(60);
constexpr char kMarch[] =
    "from_date { year: 2026 month: 3 day: 1 } to_date { year: 2026 month: 3 day: 31 } ";

class ReplayTest : public ::testing::Test {
 protected:
  using Bytes = std::map<std::string, std::string>;

  template <class Stub, class Request, class Response>
  void Note(Bytes& answers, const ApiCaller& caller,
            grpc::Status (Stub::*rpc)(grpc::ClientContext*, const Request&, Response*),
            const std::string& request = "") const {
    answers[absl::StrCat(Request::descriptor()->name(), " ", request)] =
        caller.Do(rpc, request).SerializeAsString();
  }
  // What every view says, to the administrator and to a leader.
  Bytes Answers() const {
    Bytes answers;
    const std::string pipeline = With("pipeline", office_.pipeline_name);
    for (const ApiCaller& asks :
         {server_.Reconnect(office_.administrator), server_.Reconnect(office_.leah)}) {
      Bytes own;
      Note(own, asks, &Opportunities::GetPipelineBoard, pipeline);
      Note(own, asks, &Opportunities::ListOpportunities,
           "filter { states: OPPORTUNITY_STATE_WON states: OPPORTUNITY_STATE_SUPERSEDED }");
      Note(own, asks, &Groups::ListOpportunityGroups, "show_dissolved: true");
      Note(own, asks, &Groups::ListUndercutAlerts, "show_closed: true");
      Note(own, asks, &Dashboards::ListTeamDashboards);
      Note(own, asks, &Reports::GetStatistics,
           absl::StrCat(kMarch, "period: PERIOD_UNIT_DAY grouping: GROUPING_MEMBER"));
      Note(own, asks, &Reports::GetStageFlow, kMarch + pipeline);
      Note(own, asks, &Reports::GetForecast, "from_date { year: 2026 month: 3 day: 1 } months: 3");
      Note(own, asks, &Leads::ListLeads);
      Note(own, asks, &Customers::ListCustomers, "show_grey: true");
      Note(own, asks, &Customers::GetCustomerOverview, With("name", customer_));
      Note(own, asks, &Search::SearchRecords, "query: 'Kern'");
      Note(own, asks, &Members::ListMembers);
      for (const auto& [question, answer] : own) {
        answers[absl::StrCat(asks.token().substr(0, 50), question)] = answer;
      }
    }
    return answers;
  }
  // T53, and a lead.
  void TellTheStory() {
    const ApiCaller& administrator = office_.administrator;
    customer_ =
        administrator
            .Do(&Customers::CreateCustomer,
                absl::StrCat("customer { kind: CUSTOMER_KIND_COMPANY display_name: ", "'Kern Ltd' ",
                             With("team", office_.north), "}"))
            .name();
    std::string group =
        absl::StrCat("opportunity_group { display_name: 'Kern' kind: GROUP_KIND_ALTERNATIVES ",
                     With("team", office_.north), "} ");
    const auto offer = [&](const std::string& owner, absl::string_view name, int64_t units,
                           int probability_bp) {
      const auto opened = office_.Open(
          administrator, name, units,
          absl::StrCat(office_.OwnedBy(owner, office_.north), With("customer", customer_),
                       "probability_bp: ", probability_bp, " "));
      group += With("opportunities", opened.name());
      clock_.Advance(absl::Hours(5));
      return opened;
    };
    won_ = offer(office_.ada_name, "Kern A", 10'000, 6000);
    offer(office_.ben_name, "Kern B", 12'000, 3000);
    offer(office_.ada_name, "Kern C", 8'000, 1000);
    administrator.Do(&Groups::CreateOpportunityGroup, group);
    administrator.Do(&Leads::CaptureLead,
                     absl::StrCat("lead { company_name: 'Kern Sons' ",
                                  office_.OwnedBy(office_.ada_name, office_.north), "}"));
    office_.Move(administrator, won_, "Talks");
  }
  void Win() { office_.administrator.Do(&Opportunities::WinOpportunity, NameIs(won_)); }
  std::vector<v1::Projection> List() const {
    const auto listed = server_.Reconnect(office_.administrator).Do(&Projections::ListProjections);
    return {listed.projections().begin(), listed.projections().end()};
  }
  void AwaitLive() const {
    const absl::Time patience = SystemClock().Now() + kPatience;
    for (const v1::Projection& projection : List()) {
      while (StateOf(projection.name()) != v1::PROJECTION_STATE_LIVE) {
        ASSERT_NE(StateOf(projection.name()), v1::PROJECTION_STATE_STOPPED);
        ASSERT_LT(SystemClock().Now(), patience) << projection.name();
      }
    }
  }
  v1::ProjectionState StateOf(const std::string& name) const {
    for (const v1::Projection& projection : List()) {
      if (projection.name() == name) return projection.state();
    }
    return v1::PROJECTION_STATE_UNSPECIFIED;
  }

  ManualClock clock_{absl::FromCivil(absl::CivilHour(2026, 3, 2, 9), absl::UTCTimeZone())};
  RunningServer server_{clock_};
  SalesOffice office_{server_};
  std::string customer_;
  v1::Opportunity won_;
};

TEST_F(ReplayTest, T70ViewsBuiltAgainAnswerTheSameBytes) {
  TellTheStory();
  Win();
  const Bytes before = Answers();
  const auto projections = List();
  EXPECT_GT(projections.size(), 8u);
  for (const v1::Projection& projection : projections) {
    EXPECT_THAT(office_.administrator.Try(&Projections::RebuildProjection, NameIs(projection)),
                Succeeded());
  }
  // While they are built again the old ones answer; afterwards the new ones do.
  EXPECT_EQ(Answers(), before);
  AwaitLive();
  EXPECT_EQ(Answers(), before);
  for (const v1::Projection& projection : List()) {
    EXPECT_EQ(projection.cut_over().state(), v1::COMPARISON_STATE_EQUAL) << projection.name();
  }
}

TEST_F(ReplayTest, EveryProjectionComparesAsEqual) {
  TellTheStory();
  Win();
  int64_t rows = 0;
  for (const v1::Projection& projection : List()) {
    EXPECT_THAT(office_.ada.Try(&Projections::CompareProjection, NameIs(projection)),
                Refused(grpc::StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
    v1::Projection shown =
        office_.administrator.Do(&Projections::CompareProjection, NameIs(projection));
    const absl::Time patience = SystemClock().Now() + kPatience;
    while (shown.comparison().state() == v1::COMPARISON_STATE_RUNNING) {
      ASSERT_LT(SystemClock().Now(), patience) << shown.DebugString();
      shown = office_.administrator.Do(&Projections::GetProjection, NameIs(projection));
    }
    EXPECT_EQ(shown.comparison().state(), v1::COMPARISON_STATE_EQUAL) << shown.DebugString();
    EXPECT_GT(shown.comparison().position(), 0);
    rows += shown.comparison().rows_count();
  }
  EXPECT_GT(rows, 100);
  EXPECT_THAT(
      office_.administrator.Try(&Projections::GetProjection, With("name", "projections/none")),
      Refused(grpc::StatusCode::NOT_FOUND, "VIEW_NOT_FOUND"));
}

// The server ends at any offset of the story, views as far as they happen to be, and goes on.
TEST_F(ReplayTest, T70ViewsCaughtUpAfterAStopAnswerTheSameBytes) {
  TellTheStory();
  Win();  // nobody has waited for a view to have heard of it
  server_.Restart();
  const Bytes caught_up = Answers();
  server_.Restart();
  EXPECT_EQ(Answers(), caught_up);
  for (const v1::Projection& projection : List()) {
    server_.Reconnect(office_.administrator)
        .Do(&Projections::RebuildProjection, NameIs(projection));
  }
  server_.Restart();  // in the middle of building them again
  AwaitLive();
  EXPECT_EQ(Answers(), caught_up);
}

// The past is folded from the log for each question: at offset N as the views said at offset N.
TEST_F(ReplayTest, T70ThePastAnswersTheSameBytes) {
  const std::string tile = With("team", office_.north);
  const auto without_position = [](v1::TeamDashboard shown) {
    shown.clear_position();
    return shown.SerializeAsString();
  };
  TellTheStory();
  const std::string then = without_position(office_.leah.Do(&Dashboards::GetTeamDashboard, tile));
  const std::string as_of =
      absl::StrCat("as_of { as_of_time { seconds: ", absl::ToUnixSeconds(clock_.Now()) + 1, " } }");
  clock_.Advance(absl::Hours(1));
  Win();
  EXPECT_NE(without_position(office_.leah.Do(&Dashboards::GetTeamDashboard, tile)), then);
  EXPECT_EQ(without_position(office_.leah.Do(&Dashboards::GetTeamDashboard, tile + as_of)), then);
}

}  // namespace
}  // namespace crm::testing

// Teams: who belongs to them, what their tiles show, who may change them and their pipelines, and
// organizations that do without teams, or without leads.
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const auto kDenied = Refused(grpc::StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED");

auto Precondition(const char* reason) {
  return Refused(grpc::StatusCode::FAILED_PRECONDITION, reason);
}

class TeamsTest : public ::testing::Test {
 protected:
  void Join(absl::string_view team, absl::string_view member, int maximum_leads) const {
    office_.administrator.Do(
        &Teams::AddTeamMember,
        absl::StrCat(With("name", team), "membership { ", With("member", member),
                     "maximum_leads: ", maximum_leads, " }"));
  }
  std::vector<std::string> MembersOf(const std::string& team) const {
    std::vector<std::string> members;
    const auto got = office_.administrator.Do(&Teams::GetTeam, With("name", team));
    for (const v1::Membership& membership : got.memberships()) {
      members.push_back(membership.member());
    }
    return members;
  }
  v1::TeamDashboard TileOf(const ApiCaller& caller, const std::string& team) const {
    return caller.Do(&Dashboards::GetTeamDashboard, With("team", team));
  }
  // What the members of the team may take in 30 days, as its tile says.
  int CapacityOf(const std::string& team) const {
    int capacity = 0;
    const auto tile = TileOf(office_.administrator, team);
    for (const auto& load : tile.loads()) capacity += load.maximum_leads();
    return capacity;
  }
  Answer<v1::Organization> Switch(const std::string& policy) const {
    return office_.administrator.Try(&Organizations::SwitchMembershipPolicy,
                                     "membership_policy: MEMBERSHIP_POLICY_" + policy);
  }
  Answer<v1::Organization> Set(const std::string& setting) const {
    return office_.administrator.Try(&Organizations::UpdateOrganization,
                                     "organization {} update_mask { paths: '" + setting + "' }");
  }
  v1::Lead Capture(absl::string_view more) const {
    return office_.administrator.Do(
        &Leads::CaptureLead,
        absl::StrCat("lead { given_name: 'Grace' company_name: 'Mill Ltd' ", more, "}"));
  }

  // A Monday.
  ManualClock clock_{absl::FromCivil(absl::CivilHour(2025, 12, 1, 9), absl::UTCTimeZone())};
  RunningServer server_{clock_};
  SalesOffice office_{server_};
};

// T50: several teams share a member, each once.
TEST_F(TeamsTest, T50InMultiTeamOrganizationsBothMembershipsAreActive) {
  Join(office_.south, office_.ada_name, 5);
  EXPECT_THAT(MembersOf(office_.north), UnorderedElementsAre(office_.ada_name, office_.ben_name));
  EXPECT_THAT(MembersOf(office_.south), UnorderedElementsAre(office_.ada_name, office_.cleo_name));
  EXPECT_THAT(office_.administrator.Try(&Teams::AddTeamMember,
                                        absl::StrCat(With("name", office_.south), "membership { ",
                                                     With("member", office_.ada_name), "}")),
              Refused(grpc::StatusCode::ALREADY_EXISTS, "MEMBERSHIP_EXISTS"));
  EXPECT_THAT(Switch("SINGLE_TEAM"), Precondition("MEMBERS_IN_SEVERAL_TEAMS"));
  office_.administrator.Do(&Teams::RemoveTeamMember,
                           With("name", office_.south) + With("member", office_.ada_name));
  EXPECT_THAT(Switch("SINGLE_TEAM"), Succeeded());
}

// T50: joining B ends the membership in A and its capacity; the open leads stay with the member.
TEST_F(TeamsTest, T50InSingleTeamOrganizationsJoiningLeavesTheOtherTeam) {
  ASSERT_THAT(Switch("SINGLE_TEAM"), Succeeded());
  office_.administrator.Do(&Teams::ReviseMembership,
                           absl::StrCat(With("name", office_.north), "membership { ",
                                        With("member", office_.ada_name), "maximum_leads: 30 }"));
  const v1::Lead lead =
      Capture(absl::StrCat(With("team", office_.north), With("owner", office_.ada_name)));
  EXPECT_EQ(CapacityOf(office_.north), 30);

  Join(office_.south, office_.ada_name, 20);
  EXPECT_THAT(MembersOf(office_.north), ElementsAre(office_.ben_name));
  EXPECT_THAT(MembersOf(office_.south), UnorderedElementsAre(office_.ada_name, office_.cleo_name));
  EXPECT_EQ(CapacityOf(office_.north), 0);
  EXPECT_EQ(CapacityOf(office_.south), 20);
  const v1::Lead kept = office_.ada.Do(&Leads::GetLead, NameIs(lead));
  EXPECT_EQ(kept.owner(), office_.ada_name);
  EXPECT_EQ(kept.team(), office_.north);
  EXPECT_EQ(kept.etag(), lead.etag());
  // The rule knows at once.
  const v1::Lead next = office_.administrator.Do(
      &Leads::CaptureLead,
      absl::StrCat("lead { given_name: 'Ann' ", With("team", office_.north), "} route: true"));
  EXPECT_THAT(next.owner(), IsEmpty());
}

// Assigning an owner sets the record's team, one by one and in bulk.
TEST_F(TeamsTest, T50InSingleTeamOrganizationsTheOwnerBringsTheTeam) {
  ASSERT_THAT(Switch("SINGLE_TEAM"), Succeeded());
  const auto mill = office_.Open(office_.administrator, "Mill", 100,
                                 office_.OwnedBy(office_.ada_name, office_.north));
  const auto barn = office_.Open(office_.administrator, "Barn", 100,
                                 office_.OwnedBy(office_.ada_name, office_.north));
  const auto assigned = office_.administrator.Do(&Opportunities::AssignOpportunity,
                                                 NameIs(mill) + With("owner", office_.cleo_name));
  EXPECT_EQ(assigned.team(), office_.south);
  const auto moved =
      office_.administrator.Do(&Opportunities::ApplyOpportunityAction,
                               absl::StrCat(With("names", barn.name()), "transfer { ",
                                            With("owner", office_.cleo_name), "}"));
  ASSERT_TRUE(moved.committed()) << moved.ShortDebugString();
  EXPECT_EQ(office_.cleo.Do(&Opportunities::GetOpportunity, NameIs(barn)).team(), office_.south);
  const v1::Lead lead =
      Capture(absl::StrCat(With("team", office_.north), With("owner", office_.ada_name)));
  ASSERT_TRUE(office_.administrator
                  .Do(&Leads::ApplyLeadAction, absl::StrCat(With("names", lead.name()), "assign { ",
                                                            With("owner", office_.cleo_name), "}"))
                  .committed());
  EXPECT_EQ(office_.cleo.Do(&Leads::GetLead, NameIs(lead)).team(), office_.south);
}

// Without a team named, records in bulk stay where they are as long as members have several teams.
TEST_F(TeamsTest, InMultiTeamOrganizationsABulkKeepsTheTeam) {
  const v1::Lead lead =
      Capture(absl::StrCat(With("team", office_.north), With("owner", office_.ada_name)));
  const std::string to = absl::StrCat(With("names", lead.name()), "assign { owner: '");
  ASSERT_TRUE(
      office_.administrator.Do(&Leads::ApplyLeadAction, to + office_.ben_name + "' }").committed());
  EXPECT_EQ(office_.ben.Do(&Leads::GetLead, NameIs(lead)).team(), office_.north);
  const auto refused =
      office_.administrator.Do(&Leads::ApplyLeadAction, to + office_.cleo_name + "' }");
  EXPECT_FALSE(refused.committed());
  EXPECT_EQ(refused.results(0).reason(), "MEMBER_NOT_IN_TEAM");
}

class TileTest : public TeamsTest {
 protected:
  void GoTo(absl::CivilHour hour) { clock_.Set(absl::FromCivil(hour, absl::UTCTimeZone())); }
  v1::Opportunity Open(absl::string_view name) const {
    return office_.Open(office_.ada, name, 100, office_.OwnedBy(office_.ada_name, office_.north));
  }
  // "12-08 W50: 1" and so on.
  std::vector<std::string> BarsOf(const std::string& team) const {
    std::vector<std::string> bars;
    const auto tile = TileOf(office_.administrator, team);
    for (const auto& week : tile.weeks()) {
      bars.push_back(absl::StrCat(week.start_date().month(), "-", week.start_date().day(), " W",
                                  week.week_number(), ": ", week.opened_count()));
    }
    return bars;
  }
};

// T54: four bars, five after a long month, in the order of the weeks; by the day of opening and the
// team of that day.
TEST_F(TileTest, T54BarsOfNewOpportunitiesPerWeek) {
  GoTo(absl::CivilHour(2025, 12, 7, 23));
  Open("the day before");
  GoTo(absl::CivilHour(2025, 12, 8, 0));
  Open("first day");
  GoTo(absl::CivilHour(2025, 12, 31, 12));
  Open("the last of the year");
  GoTo(absl::CivilHour(2026, 1, 2, 12));
  EXPECT_THAT(BarsOf(office_.north),
              ElementsAre("12-8 W50: 1", "12-15 W51: 0", "12-22 W52: 0", "12-29 W1: 1"));

  GoTo(absl::CivilHour(2026, 2, 22, 12));
  Open("the Sunday before");
  GoTo(absl::CivilHour(2026, 2, 23, 12));
  Open("the Monday");
  GoTo(absl::CivilHour(2026, 3, 18, 12));
  Open("stays");
  office_.administrator.Do(
      &Opportunities::AssignOpportunity,
      NameIs(Open("goes")) + office_.OwnedBy(office_.cleo_name, office_.south));
  EXPECT_THAT(BarsOf(office_.north),
              ElementsAre("2-23 W9: 1", "3-2 W10: 0", "3-9 W11: 0", "3-16 W12: 2"));
  EXPECT_THAT(BarsOf(office_.south),
              ElementsAre("2-23 W9: 0", "3-2 W10: 0", "3-9 W11: 0", "3-16 W12: 0"));

  GoTo(absl::CivilHour(2026, 3, 31, 12));
  EXPECT_THAT(BarsOf(office_.north),
              ElementsAre("3-2 W10: 0", "3-9 W11: 0", "3-16 W12: 2", "3-23 W13: 0", "3-30 W14: 0"));
}

// Each figure leads to its list: what is counted is what is listed.
TEST_F(TileTest, FiguresAreThoseOfTheirLists) {
  office_.administrator.Do(
      &Teams::UpdateTeam,
      absl::StrCat("team { ", With("name", office_.north),
                   "color_index: 7 monthly_target { currency_code: 'USD' units: 2000 } }"));
  office_.administrator.Do(&Teams::ReviseMembership,
                           absl::StrCat(With("name", office_.north), "membership { ",
                                        With("member", office_.ada_name), "maximum_leads: 30 }"));
  const auto late = office_.Open(office_.ada, "Late", 100,
                                 office_.OwnedBy(office_.ada_name, office_.north) +
                                     "expected_close_date { year: 2025 month: 12 day: 1 } ");
  office_.ada.Do(&Opportunities::PlaceOnStandby, NameIs(late) +
                                                     "reminder_date { year: 2026 "
                                                     "month: 6 day: 1 }");
  Open("Soon");
  office_.ada.Do(&Opportunities::WinOpportunity, NameIs(Open("Won")));
  office_.ada.Do(&Opportunities::ArchiveOpportunity, NameIs(Open("Gone")));
  Capture(With("team", office_.north));
  Capture(absl::StrCat(With("team", office_.north), With("owner", office_.ada_name)));
  const auto due_today = TileOf(office_.leah, office_.north);
  EXPECT_EQ(due_today.overdue().count(), 0);
  clock_.Advance(absl::Hours(24));

  const auto tile = TileOf(office_.leah, office_.north);
  const auto listed = [this](absl::string_view filter) {
    return office_.leah
        .Do(&Opportunities::ListOpportunities,
            absl::StrCat("filter { ", With("team", office_.north), filter, "}"))
        .opportunities_size();
  };
  EXPECT_EQ(tile.open().count(), 2);
  EXPECT_EQ(tile.open().count(), listed(""));
  EXPECT_EQ(tile.open().amounts(0).units(), 200);
  EXPECT_EQ(tile.weighted_revenue(0).units(), 40);
  EXPECT_EQ(tile.overdue().count(), 1);
  EXPECT_EQ(tile.overdue().count(), listed("overdue: true "));
  EXPECT_EQ(tile.won().count(), listed("states: OPPORTUNITY_STATE_WON "));
  EXPECT_EQ(tile.unassigned_lead_count(), 1);
  EXPECT_EQ(tile.unassigned_lead_count(),
            office_.leah
                .Do(&Leads::ListLeads,
                    absl::StrCat("filter { unassigned: true ", With("team", office_.north), "}"))
                .leads_size());
  ASSERT_EQ(tile.loads_size(), 2);
  EXPECT_EQ(tile.loads(0).member(), office_.ada_name);
  EXPECT_EQ(tile.loads(0).lead_count(), 1);
  EXPECT_EQ(tile.loads(0).maximum_leads(), 30);
  EXPECT_EQ(tile.loads(0).open_opportunity_count(), 2);
  EXPECT_EQ(tile.color_index(), 7);
  EXPECT_EQ(tile.monthly_target().units(), 2000);
  EXPECT_EQ(tile.invoiced_this_month().units(), 0);
  EXPECT_EQ(tile.quotations().count() + tile.sales_orders().count(), 0);
}

TEST_F(TileTest, FavouritesOfTheViewerComeFirst) {
  const auto shown = [this](const ApiCaller& caller) {
    std::vector<std::string> names;
    const auto listed = caller.Do(&Dashboards::ListTeamDashboards);
    for (const auto& tile : listed.team_dashboards()) {
      names.push_back(tile.display_name());
      EXPECT_EQ(tile.position(), listed.position());
    }
    EXPECT_GE(listed.position(), office_.HeadPosition());
    return names;
  };
  EXPECT_THAT(shown(office_.avi), ElementsAre("North", "South"));
  office_.avi.Do(&Members::FavorTeam, With("team", office_.south));
  EXPECT_THAT(shown(office_.avi), ElementsAre("South", "North"));
  EXPECT_THAT(shown(office_.administrator), ElementsAre("North", "South"));
  EXPECT_THAT(shown(office_.ada), ElementsAre("North"));
  office_.avi.Do(&Members::UnfavorTeam, With("team", office_.south));
  EXPECT_THAT(shown(office_.avi), ElementsAre("North", "South"));
}

// Rights are today's, the tile is that of the day: who leads now looks back, who led no longer
// does.
TEST_F(TileTest, WhoLeadsTodayLooksBack) {
  office_.administrator.Do(&Members::AssignRoles,
                           With("name", office_.cleo_name) + "roles: 'roles/sales_manager'");
  Open("Mill");
  const std::string then = absl::StrCat(
      With("team", office_.north),
      "as_of { as_of_time { seconds: ", absl::ToUnixSeconds(clock_.Now()) + 60, " } }");
  clock_.Advance(absl::Hours(24));
  EXPECT_EQ(office_.leah.Do(&Dashboards::GetTeamDashboard, then).open().count(), 1);
  EXPECT_THAT(office_.cleo.Try(&Dashboards::GetTeamDashboard, then), kDenied);
  office_.administrator.Do(&Teams::AppointLeader,
                           With("name", office_.north) + With("member", office_.cleo_name));
  office_.administrator.Do(&Teams::DismissLeader,
                           With("name", office_.north) + With("member", office_.leah_name));
  EXPECT_EQ(office_.cleo.Do(&Dashboards::GetTeamDashboard, then).open().count(), 1);
  EXPECT_THAT(office_.leah.Try(&Dashboards::GetTeamDashboard, then), kDenied);
}

// "Own team, pipelines of it": no other team's, and no new ones.
TEST_F(TeamsTest, LeadersChangeTheirTeamAndItsPipelines) {
  const auto add_stage = [this](const ApiCaller& caller, const std::string& pipeline) {
    static int count = 0;
    return caller.Try(&Pipelines::AddStage,
                      absl::StrCat(With("name", pipeline), "stage { display_name: 'S", ++count,
                                   "' kind: STAGE_KIND_OPEN }"));
  };
  const std::string born =
      "pipeline { display_name: 'Other' kind: PIPELINE_KIND_OPPORTUNITY "
      "stages { display_name: 'New' kind: STAGE_KIND_OPEN } }";
  const std::string other = office_.administrator.Do(&Pipelines::CreatePipeline, born).name();
  EXPECT_THAT(add_stage(office_.leah, office_.pipeline_name), Succeeded());
  EXPECT_THAT(office_.leah.Try(&Pipelines::ReviseStageProbability,
                               With("stage", office_.stages.at("Talks")) + "probability_bp: 4000"),
              Succeeded());
  EXPECT_THAT(add_stage(office_.leah, other), kDenied);
  EXPECT_THAT(office_.leah.Try(&Pipelines::CreatePipeline, born), kDenied);
  EXPECT_THAT(add_stage(office_.ada, office_.pipeline_name), kDenied);
  EXPECT_THAT(
      office_.leah.Try(&Teams::UpdateTeam,
                       absl::StrCat("team { ", With("name", office_.south), "color_index: 1 }")),
      kDenied);
  EXPECT_THAT(
      office_.leah.Try(&Organizations::UpdateOrganization, "organization { reminder_days: 3 }"),
      kDenied);

  // The team changes its pipeline, and with it whose pipelines they are.
  EXPECT_THAT(
      office_.leah.Try(&Teams::UpdateTeam, absl::StrCat("team { ", With("name", office_.north),
                                                        With("pipeline", other), "}")),
      Succeeded());
  EXPECT_THAT(add_stage(office_.leah, other), Succeeded());
  EXPECT_THAT(add_stage(office_.leah, office_.pipeline_name), kDenied);
  office_.administrator.Do(&Teams::DismissLeader,
                           With("name", office_.north) + With("member", office_.leah_name));
  EXPECT_THAT(add_stage(office_.leah, other), kDenied);
}

// An organization that gives teams up has none left, and none come back.
TEST_F(TeamsTest, WhereTeamsAreNotUsedNothingIsPutIntoOne) {
  const auto mill =
      office_.Open(office_.ada, "Mill", 100, office_.OwnedBy(office_.ada_name, office_.north));
  EXPECT_THAT(Set("teams_enabled"), Precondition("TEAMS_IN_USE"));
  office_.administrator.Do(&Teams::ArchiveTeam, With("name", office_.north));
  EXPECT_THAT(Set("teams_enabled"), Precondition("TEAMS_IN_USE"));
  office_.administrator.Do(&Teams::ArchiveTeam, With("name", office_.south));
  ASSERT_THAT(Set("teams_enabled"), Succeeded());

  const ApiCaller& administrator = office_.administrator;
  EXPECT_THAT(administrator.Try(&Teams::CreateTeam, "team { display_name: 'East' }"),
              Precondition("TEAMS_NOT_USED"));
  EXPECT_THAT(administrator.Try(&Teams::RestoreTeam, With("name", office_.north)),
              Precondition("TEAMS_NOT_USED"));
  EXPECT_THAT(administrator.Try(&Opportunities::AssignOpportunity,
                                NameIs(mill) + office_.OwnedBy(office_.ben_name, office_.north)),
              Precondition("TEAMS_NOT_USED"));
  const v1::Lead refused = Capture(With("team", office_.north));
  EXPECT_EQ(refused.state(), v1::LEAD_STATE_REFUSED);
  EXPECT_EQ(refused.refusal_reason(), "TEAMS_NOT_USED");

  // What was in a team stays readable, and is handed on out of it.
  EXPECT_EQ(office_.ada.Do(&Opportunities::GetOpportunity, NameIs(mill)).team(), office_.north);
  const auto moved = administrator.Do(&Opportunities::ApplyOpportunityAction,
                                      absl::StrCat(With("names", mill.name()), "transfer { ",
                                                   With("owner", office_.ben_name), "}"));
  ASSERT_TRUE(moved.committed()) << moved.ShortDebugString();
  EXPECT_THAT(office_.ben.Do(&Opportunities::GetOpportunity, NameIs(mill)).team(), IsEmpty());

  administrator.Do(&Organizations::UpdateOrganization, "organization { teams_enabled: true }");
  EXPECT_THAT(administrator.Try(&Teams::RestoreTeam, With("name", office_.north)), Succeeded());
}

// Where leads are not used, a capture is an opportunity at once; leads that are open go on.
TEST_F(TeamsTest, WhereLeadsAreNotUsedACaptureIsAnOpportunity) {
  const v1::Lead open = Capture(With("owner", office_.ada_name));
  ASSERT_THAT(Set("leads_enabled"), Succeeded());
  const v1::Lead captured = Capture(absl::StrCat(
      With("team", office_.north), With("owner", office_.ada_name), Usd("expected_revenue", 700)));
  EXPECT_EQ(captured.state(), v1::LEAD_STATE_CONVERTED);
  const auto opportunity =
      office_.ada.Do(&Opportunities::GetOpportunity, With("name", captured.opportunity()));
  EXPECT_EQ(opportunity.stage(), office_.stages.at("New"));
  EXPECT_EQ(opportunity.expected_revenue().units(), 700);
  EXPECT_EQ(opportunity.team(), office_.north);
  EXPECT_EQ(opportunity.customer(), captured.customer());
  EXPECT_EQ(TileOf(office_.leah, office_.north).open().count(), 1);
  EXPECT_THAT(office_.ada.Try(&Leads::QualifyLead, NameIs(open)), Succeeded());
}

// Who never saw a position reads what others wrote a moment before.
TEST_F(TeamsTest, TheLatestIsEverythingThatWasAnsweredBefore) {
  const auto teams = [&] {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + office_.administrator.token());
    context.AddMetadata("crm-min-position", "latest");
    v1::ListTeamsRequest all;
    all.set_page_size(1000);
    v1::ListTeamsResponse response;
    const grpc::Status status = Teams(server_.Channel()).ListTeams(&context, all, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.teams_size();
  };
  for (int before = teams(), round = 1; round <= 50; ++round) {
    office_.administrator.Do(&Teams::CreateTeam,
                             absl::StrCat("team { display_name: 'Team ", round, "' }"));
    ASSERT_EQ(teams(), before + round);
  }
}

}  // namespace
}  // namespace crm::testing

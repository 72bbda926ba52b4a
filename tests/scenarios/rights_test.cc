// Who may see and do what: own records, the team's, everything; and what is no longer granted.
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const auto kDenied = Refused(grpc::StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED");

class RightsTest : public ::testing::Test {
 protected:
  void SetPrivacy(absl::string_view level) const {
    office_.administrator.Do(&Teams::UpdateTeam,
                             absl::StrCat("team { ", With("name", office_.north),
                                          "privacy: TEAM_PRIVACY_", level, " }"));
  }
  static std::vector<std::string> Visible(const ApiCaller& caller) {
    std::vector<std::string> names;
    const auto listed = caller.Do(&Opportunities::ListOpportunities);
    for (const auto& opportunity : listed.opportunities()) {
      names.push_back(opportunity.display_name());
    }
    return names;
  }
  bool MayRead(const ApiCaller& caller, const v1::Opportunity& opportunity) const {
    const auto got = caller.Try(&Opportunities::GetOpportunity, NameIs(opportunity));
    if (!got.status.ok()) {
      EXPECT_THAT(got, kDenied);
    }
    return got.status.ok();
  }
  // The open amount of team North's tile, in USD.
  int64_t TileOf(const ApiCaller& caller) const {
    const auto tile = caller.Try(&Dashboards::GetTeamDashboard, With("team", office_.north));
    if (!tile.status.ok()) {
      EXPECT_THAT(tile, kDenied);
      return -1;
    }
    return tile.response.open().amounts_size() == 0 ? 0 : tile.response.open().amounts(0).units();
  }
  int64_t BoardOf(const ApiCaller& caller) const {
    const auto board =
        caller.Do(&Opportunities::GetPipelineBoard, With("pipeline", office_.pipeline_name));
    return board.totals_size() == 0 ? 0 : board.totals(0).expected_revenue().units();
  }

  SystemClock clock_;
  RunningServer server_{clock_};
  SalesOffice office_{server_};
};

TEST_F(RightsTest, PrivacyOfATeamDecidesWhatMembersAndLeadersSee) {
  const auto& [ada, ben, cleo, leah] =
      std::tie(office_.ada, office_.ben, office_.cleo, office_.leah);
  const auto mill =
      office_.Open(ada, "Mill", 100, office_.OwnedBy(office_.ada_name, office_.north));
  office_.Open(ben, "Barn", 20, office_.OwnedBy(office_.ben_name, office_.north));
  office_.Open(cleo, "Dock", 3, office_.OwnedBy(office_.cleo_name, office_.south));

  SetPrivacy("ADMINISTRATORS_ONLY");
  EXPECT_THAT(Visible(ada), ElementsAre("Mill"));
  EXPECT_THAT(Visible(ben), ElementsAre("Barn"));
  EXPECT_THAT(Visible(leah), IsEmpty());
  EXPECT_FALSE(MayRead(leah, mill));
  EXPECT_EQ(TileOf(ada), 100);
  EXPECT_EQ(TileOf(leah), 0);

  SetPrivacy("LEADERS_SEE");
  EXPECT_THAT(Visible(ada), ElementsAre("Mill"));
  EXPECT_THAT(Visible(leah), UnorderedElementsAre("Mill", "Barn"));
  EXPECT_TRUE(MayRead(leah, mill));
  EXPECT_FALSE(MayRead(ben, mill));
  EXPECT_EQ(TileOf(leah), 120);
  EXPECT_EQ(TileOf(ben), 20);
  EXPECT_EQ(BoardOf(leah), 120);
  EXPECT_EQ(BoardOf(ben), 20);

  SetPrivacy("ALL_SHARED");
  EXPECT_THAT(Visible(ben), UnorderedElementsAre("Mill", "Barn"));
  EXPECT_TRUE(MayRead(ben, mill));
  EXPECT_EQ(TileOf(ben), 120);
  EXPECT_EQ(BoardOf(ben), 120);
  // To be seen is not to be changed: an agent changes what is his own.
  EXPECT_THAT(
      ben.Try(&Opportunities::MoveStage, NameIs(mill) + With("stage", office_.stages.at("Talks"))),
      kDenied);
  // The other team sees nothing of it, in no level.
  EXPECT_THAT(Visible(cleo), ElementsAre("Dock"));
  EXPECT_FALSE(MayRead(cleo, mill));
  EXPECT_EQ(TileOf(cleo), -1);
  EXPECT_EQ(BoardOf(cleo), 3);
  EXPECT_EQ(BoardOf(office_.administrator), 123);
}

TEST_F(RightsTest, AnOrganizationMayShareEverything) {
  const auto mill =
      office_.Open(office_.ada, "Mill", 100, office_.OwnedBy(office_.ada_name, office_.north));
  EXPECT_FALSE(MayRead(office_.cleo, mill));
  office_.administrator.Do(&Organizations::UpdateOrganization,
                           "organization { everything_shared: true }");
  EXPECT_TRUE(MayRead(office_.cleo, mill));
  EXPECT_THAT(Visible(office_.cleo), ElementsAre("Mill"));
}

TEST_F(RightsTest, NobodyMovesARecordWhereTheyMayNot) {
  const auto mill =
      office_.Open(office_.ada, "Mill", 100, office_.OwnedBy(office_.ada_name, office_.north));
  EXPECT_THAT(office_.cleo.Try(&Opportunities::AssignOpportunity,
                               NameIs(mill) + With("owner", office_.cleo_name)),
              kDenied);
  EXPECT_THAT(office_.cleo.Try(&Opportunities::CreateOpportunity,
                               absl::StrCat("opportunity { display_name: 'X' ",
                                            With("stage", office_.stages.at("New")),
                                            office_.OwnedBy(office_.ada_name, office_.north), "}")),
              Refused(grpc::StatusCode::PERMISSION_DENIED, "ASSIGNMENT_DENIED"));
  const auto read = office_.ada.Do(&Opportunities::GetOpportunity, NameIs(mill));
  EXPECT_EQ(read.etag(), mill.etag());
}

TEST_F(RightsTest, AnAuditorReadsEverythingAndChangesNothing) {
  const auto mill =
      office_.Open(office_.ada, "Mill", 100, office_.OwnedBy(office_.ada_name, office_.north));
  const ApiCaller& avi = office_.avi;
  EXPECT_TRUE(MayRead(avi, mill));
  EXPECT_EQ(TileOf(avi), 100);
  EXPECT_TRUE(avi.Do(&Events::VerifyLog).valid());
  EXPECT_GT(avi.Do(&Events::ReadEvents).events_size(), 0);
  EXPECT_GT(avi.Do(&Histories::ListChanges, With("record", mill.name())).changes_size(), 0);
  const int64_t head = office_.HeadPosition();
  EXPECT_THAT(
      avi.Try(&Opportunities::MoveStage, NameIs(mill) + With("stage", office_.stages.at("Talks"))),
      kDenied);
  EXPECT_THAT(avi.Try(&Leads::CaptureLead, "lead { given_name: 'Grace' }"), kDenied);
  EXPECT_THAT(avi.Try(&Privacy::ErasePerson, With("record", office_.ada_name)), kDenied);
  EXPECT_EQ(office_.HeadPosition(), head);
  // And the log is not everybody's.
  EXPECT_THAT(office_.ada.Try(&Events::ReadEvents), kDenied);
  EXPECT_THAT(office_.leah.Try(&Events::VerifyLog), kDenied);
}

TEST_F(RightsTest, WhoIsDeactivatedIsOutAtOnce) {
  office_.ada.Do(&Members::GetCurrentMember);
  office_.administrator.Do(&Members::DeactivateMember, With("name", office_.ada_name));
  EXPECT_THAT(office_.ada.Try(&Members::GetCurrentMember),
              Refused(grpc::StatusCode::UNAUTHENTICATED, "MEMBER_DEACTIVATED"));
  office_.administrator.Do(&Members::ReactivateMember, With("name", office_.ada_name));
  EXPECT_EQ(office_.ada.Do(&Members::GetCurrentMember).name(), office_.ada_name);
}

TEST_F(RightsTest, ARevokedTokenIsRefusedOnTheNextCall) {
  const auto tokens =
      office_.administrator.Do(&Tokens::ListTokens, With("member", office_.ada_name));
  ASSERT_EQ(tokens.tokens_size(), 1);
  office_.administrator.Do(&Tokens::RevokeToken, NameIs(tokens.tokens(0)));
  EXPECT_THAT(office_.ada.Try(&Members::GetCurrentMember),
              Refused(grpc::StatusCode::UNAUTHENTICATED, "TOKEN_REVOKED"));
  EXPECT_THAT(office_.ben.Try(&Members::GetCurrentMember), Succeeded());
}

TEST_F(RightsTest, RolesTakenAwayBindTheNextCall) {
  office_.Open(office_.ada, "Mill", 100, office_.OwnedBy(office_.ada_name, office_.north));
  office_.administrator.Do(&Members::AssignRoles,
                           With("name", office_.ada_name) + "roles: 'roles/auditor'");
  EXPECT_THAT(office_.ada.Try(&Opportunities::CreateOpportunity,
                              "opportunity { display_name: 'X' " +
                                  With("stage", office_.stages.at("New")) + "}"),
              kDenied);
  EXPECT_THAT(Visible(office_.ada), ElementsAre("Mill"));
}

// Two organizations on one server know nothing of each other, not even that a name exists.
TEST_F(RightsTest, OrganizationsAreIsolated) {
  const auto mill =
      office_.Open(office_.ada, "Mill", 100, office_.OwnedBy(office_.ada_name, office_.north));
  const ApiCaller other = server_.Organization("Other");
  const auto got = other.Try(&Opportunities::GetOpportunity, NameIs(mill));
  EXPECT_EQ(got.status.error_code(), grpc::StatusCode::NOT_FOUND) << got;
  EXPECT_THAT(Visible(other), IsEmpty());
  EXPECT_EQ(other.Do(&Members::ListMembers).members_size(), 1);
  EXPECT_THAT(other.Try(&Opportunities::MoveStage,
                        NameIs(mill) + With("stage", office_.stages.at("Talks"))),
              ::testing::Not(Succeeded()));
  EXPECT_THAT(
      other.Try(&Opportunities::CreateOpportunity,
                "opportunity { display_name: 'X' " + With("stage", office_.stages.at("New")) + "}"),
      ::testing::Not(Succeeded()));
  EXPECT_EQ(other.Try(&Histories::ListChanges, With("record", mill.name())).status.error_code(),
            grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(other.Do(&Search::SearchRecords, With("query", "Mill")).hits_size(), 0);
  const auto events = other.Do(&Events::ReadEvents);
  for (const v1::Event& event : events.events()) {
    EXPECT_EQ(event.data_json().find("Mill"), std::string::npos);
  }
  // A token's secret is of one organization: its prefix cannot be swapped.
  std::string forged = office_.administrator.token();
  forged.replace(4, 32, other.token().substr(4, 32));
  EXPECT_THAT(ApiCaller(server_.Channel(), forged, other.seen()).Try(&Members::GetCurrentMember),
              Refused(grpc::StatusCode::UNAUTHENTICATED, "CREDENTIAL_INVALID"));
  EXPECT_EQ(
      server_.Operator().Do(&v1::OperatorService::Stub::ListOrganizations).organizations_size(), 2);
}

}  // namespace
}  // namespace crm::testing

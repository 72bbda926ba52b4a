// Roles of an organization's own: each permission reaches as far as it says, and no other
// permission shows what it does not.
#include "crm/v1/role_service.grpc.pb.h"
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using Roles = v1::RoleService::Stub;

const auto kDenied = Refused(grpc::StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED");

class RolesTest : public ::testing::Test {
 protected:
  RolesTest() {
    const ApiCaller& administrator = office_.administrator;
    customer_ = administrator
                    .Do(&Customers::CreateCustomer,
                        absl::StrCat("customer { kind: CUSTOMER_KIND_COMPANY display_name: 'Kern' ",
                                     With("team", office_.north), "}"))
                    .name();
    mill_ = office_.Open(
        office_.ada, "Kern mill", 100,
        office_.OwnedBy(office_.ada_name, office_.north) + With("customer", customer_));
    lead_ = office_.ada.Do(&Leads::CaptureLead,
                           absl::StrCat("lead { company_name: 'Kern' given_name: 'Grace' ",
                                        "email: 'grace@kern.example' ",
                                        office_.OwnedBy(office_.ada_name, office_.north), "}"));
  }
  // Somebody new whose only role grants this: "permission REACH, ...".
  ApiCaller HireWith(std::initializer_list<std::pair<const char*, const char*>> grants) {
    std::string role = "role { display_name: 'Own' ";
    for (const auto& [permission, reach] : grants) {
      absl::StrAppend(&role, "grants { ", With("permission", permission), "reach: REACH_", reach,
                      " } ");
    }
    const v1::Role made = office_.administrator.Do(&Roles::CreateRole, role + "}");
    std::string name;
    const ApiCaller caller =
        Hire(office_.administrator, absl::StrCat("Own", ++hired_), "auditor", &name);
    office_.administrator.Do(&Members::AssignRoles,
                             With("name", name) + With("roles", made.name()));
    return caller;
  }
  static std::vector<std::string> Found(const ApiCaller& caller) {
    std::vector<std::string> records;
    const auto found = caller.Do(&Search::SearchRecords, "query: 'Kern'");
    for (const auto& hit : found.hits()) records.push_back(hit.record());
    return records;
  }

  ManualClock clock_{absl::FromCivil(absl::CivilHour(2026, 3, 2, 9), absl::UTCTimeZone())};
  RunningServer server_{clock_};
  SalesOffice office_{server_};
  std::string customer_;
  v1::Opportunity mill_;
  v1::Lead lead_;
  int hired_ = 0;
};

// Grey rows are leads.
TEST_F(RolesTest, GreyRowsAreForThoseWhoMayViewLeads) {
  const ApiCaller clerk = HireWith({{"customer.view", "ALL"}});
  EXPECT_EQ(clerk.Do(&Customers::ListCustomers).customers_size(), 1);
  EXPECT_THAT(clerk.Try(&Customers::ListCustomers, "show_grey: true"), kDenied);
  const ApiCaller own = HireWith({{"customer.view", "ALL"}, {"lead.view", "OWN"}});
  EXPECT_EQ(own.Do(&Customers::ListCustomers, "show_grey: true").customers_size(), 1);
  const ApiCaller all = HireWith({{"customer.view", "OWN"}, {"lead.view", "ALL"}});
  const auto listed = all.Do(&Customers::ListCustomers, "show_grey: true");
  ASSERT_EQ(listed.customers_size(), 1);
  EXPECT_EQ(listed.customers(0).lead(), lead_.name());
}

TEST_F(RolesTest, AnAnswerOfSeveralKindsShowsEachAsItsOwnPermissionSays) {
  const ApiCaller clerk = HireWith({{"customer.view", "ALL"}, {"opportunity.view", "OWN"}});
  EXPECT_THAT(Found(clerk), UnorderedElementsAre(customer_));
  const auto hidden = clerk.Do(&Customers::GetCustomerOverview, With("name", customer_));
  EXPECT_EQ(hidden.open_count(), 0);
  EXPECT_THAT(hidden.open_opportunities(), IsEmpty());
  EXPECT_THAT(clerk.Do(&Customers::FindDuplicates, "emails: 'grace@kern.example'").duplicates(),
              IsEmpty());

  const ApiCaller seller =
      HireWith({{"customer.view", "OWN"}, {"opportunity.view", "ALL"}, {"lead.view", "ALL"}});
  EXPECT_THAT(Found(seller), UnorderedElementsAre(mill_.name(), lead_.name()));
  EXPECT_EQ(seller.Do(&Customers::FindDuplicates, "emails: 'grace@kern.example'").duplicates_size(),
            1);
}

// Totals are sums over what the caller may see, however far the reports reach.
TEST_F(RolesTest, ReportsAreMadeOfWhatTheRoleShows) {
  const std::string tile = With("team", office_.north);
  const std::string year =
      "from_date { year: 2026 month: 1 day: 1 } to_date { year: 2026 month: 12 day: 31 }";
  const ApiCaller all =
      HireWith({{"report.view", "ALL"}, {"opportunity.view", "ALL"}, {"lead.view", "ALL"}});
  EXPECT_EQ(all.Do(&Dashboards::GetTeamDashboard, tile).open().count(), 1);
  EXPECT_EQ(all.Do(&Reports::GetStatistics, year).rows(0).opened_count(), 1);
  EXPECT_EQ(all.Do(&Reports::GetStatistics, year).rows(0).leads_captured_count(), 1);
  const ApiCaller sales = HireWith({{"report.view", "ALL"}, {"opportunity.view", "ALL"}});
  EXPECT_EQ(sales.Do(&Reports::GetStatistics, year).rows(0).opened_count(), 1);
  EXPECT_EQ(sales.Do(&Reports::GetStatistics, year).rows(0).leads_captured_count(), 0);
  const ApiCaller none = HireWith({{"report.view", "ALL"}, {"opportunity.view", "OWN"}});
  EXPECT_EQ(none.Do(&Dashboards::GetTeamDashboard, tile).open().count(), 0);
  EXPECT_EQ(none.Do(&Reports::GetStatistics, year).rows(0).opened_count(), 0);
  const ApiCaller narrow = HireWith({{"report.view", "OWN"}, {"opportunity.view", "ALL"}});
  EXPECT_EQ(narrow.Do(&Reports::GetStatistics, year).rows(0).opened_count(), 0);
}

// Changing takes seeing, and the right to change.
TEST_F(RolesTest, WhatIsNotSeenIsNotChanged) {
  const std::string move = NameIs(mill_) + With("stage", office_.stages.at("Talks"));
  const ApiCaller blind = HireWith({{"opportunity.edit", "ALL"}});
  EXPECT_THAT(blind.Try(&Opportunities::MoveStage, move), kDenied);
  const ApiCaller near = HireWith({{"opportunity.edit", "ALL"}, {"opportunity.view", "OWN"}});
  EXPECT_THAT(near.Try(&Opportunities::MoveStage, move), kDenied);
  EXPECT_THAT(near.Try(&Opportunities::ApplyOpportunityAction, "filter {} tag { add: 'x' }"),
              Refused(grpc::StatusCode::INVALID_ARGUMENT, "SELECTION_EMPTY"));
  const ApiCaller far = HireWith({{"opportunity.edit", "ALL"}, {"opportunity.view", "ALL"}});
  EXPECT_THAT(far.Try(&Opportunities::MoveStage, move), Succeeded());
}

// Everybody may see everything; a leader still changes the own team's records only.
TEST_F(RolesTest, SharingEverythingWidensTheViewNotTheChange) {
  const auto dock =
      office_.Open(office_.cleo, "Dock", 3, office_.OwnedBy(office_.cleo_name, office_.south));
  office_.administrator.Do(&Organizations::UpdateOrganization,
                           "organization { everything_shared: true }");
  const auto to_talks = With("stage", office_.stages.at("Talks"));
  EXPECT_THAT(office_.leah.Try(&Opportunities::GetOpportunity, NameIs(dock)), Succeeded());
  EXPECT_THAT(office_.leah.Try(&Opportunities::MoveStage, NameIs(dock) + to_talks), kDenied);
  EXPECT_THAT(office_.leah.Try(&Opportunities::MoveStage, NameIs(mill_) + to_talks), Succeeded());
  // A role that does not view leads at all is shown none.
  const ApiCaller clerk = HireWith({{"customer.view", "OWN"}, {"report.view", "OWN"}});
  EXPECT_THAT(clerk.Try(&Leads::GetLead, NameIs(lead_)), kDenied);
  EXPECT_THAT(Found(clerk), UnorderedElementsAre(customer_));
}

// History is that of visible records; nobody but auditors reads that of tokens.
TEST_F(RolesTest, HistoryIsThatOfVisibleRecords) {
  const ApiCaller reader = HireWith({{"history.view", "ALL"}, {"opportunity.view", "ALL"}});
  const auto of = [](const std::string& name) { return With("record", name); };
  EXPECT_THAT(reader.Try(&Histories::ListChanges, of(mill_.name())), Succeeded());
  EXPECT_THAT(reader.Try(&Histories::ListChanges, of(lead_.name())), kDenied);
  const auto tokens =
      office_.administrator.Do(&Tokens::ListTokens, With("member", office_.ada_name));
  ASSERT_EQ(tokens.tokens_size(), 1);
  EXPECT_THAT(office_.avi.Try(&Histories::ListChanges, of(tokens.tokens(0).name())), Succeeded());
  EXPECT_THAT(office_.leah.Try(&Histories::ListChanges, of(tokens.tokens(0).name())), kDenied);
  EXPECT_THAT(office_.leah.Try(&Histories::ListChanges, of(office_.north)), Succeeded());
}

// "All, view" of teams and reports; enters and edits, hands nothing on.
TEST_F(RolesTest, AnIntegrationSeesReportsAndEntersRecords) {
  const ApiCaller machine = Hire(office_.administrator, "Machine", "integration");
  EXPECT_EQ(machine.Do(&Dashboards::GetTeamDashboard, With("team", office_.north)).open().count(),
            1);
  EXPECT_EQ(machine.Do(&Dashboards::ListTeamDashboards).team_dashboards_size(), 2);
  EXPECT_THAT(machine.Try(&Leads::QualifyLead, NameIs(lead_)), Succeeded());
  EXPECT_THAT(machine.Try(&Leads::AssignLead, NameIs(lead_)), kDenied);
  EXPECT_THAT(machine.Try(&Teams::UpdateTeam,
                          absl::StrCat("team { ", With("name", office_.north), "color_index: 1 }")),
              kDenied);
}

}  // namespace
}  // namespace crm::testing

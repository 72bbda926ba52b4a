// The table of shipped roles against the permissions that the API asks for.
#include "domain/role/shipped_roles.h"

#include <set>

#include "crm/options/v1/options.pb.h"
#include "crm/v1/comment_service.pb.h"
#include "crm/v1/contact_service.pb.h"
#include "crm/v1/customer_service.pb.h"
#include "crm/v1/dashboard_service.pb.h"
#include "crm/v1/event_service.pb.h"
#include "crm/v1/history_service.pb.h"
#include "crm/v1/lead_service.pb.h"
#include "crm/v1/member_service.pb.h"
#include "crm/v1/operator_service.pb.h"
#include "crm/v1/opportunity_group_service.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "crm/v1/organization_service.pb.h"
#include "crm/v1/pipeline_service.pb.h"
#include "crm/v1/privacy_service.pb.h"
#include "crm/v1/projection_service.pb.h"
#include "crm/v1/report_service.pb.h"
#include "crm/v1/search_service.pb.h"
#include "crm/v1/team_service.pb.h"
#include "crm/v1/token_service.pb.h"
#include "domain/role/role.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace crm::domain {
namespace {

// Permissions of every method of the API.
std::set<std::string> AskedPermissions() {
  std::set<std::string> asked;
  for (const google::protobuf::FileDescriptor* file :
       {v1::Comment::descriptor()->file(),
        v1::Contact::descriptor()->file(),
        v1::Customer::descriptor()->file(),
        v1::GetTeamDashboardRequest::descriptor()->file(),
        v1::ReadEventsRequest::descriptor()->file(),
        v1::ListChangesRequest::descriptor()->file(),
        v1::Lead::descriptor()->file(),
        v1::Member::descriptor()->file(),
        v1::CreateOrganizationRequest::descriptor()->file(),
        v1::OpportunityGroup::descriptor()->file(),
        v1::Opportunity::descriptor()->file(),
        v1::Organization::descriptor()->file(),
        v1::Pipeline::descriptor()->file(),
        v1::Erasure::descriptor()->file(),
        v1::ListProjectionsRequest::descriptor()->file(),
        v1::Forecast::descriptor()->file(),
        v1::Role::descriptor()->file(),
        v1::SearchRecordsRequest::descriptor()->file(),
        v1::Team::descriptor()->file(),
        v1::Token::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        asked.insert(
            file->service(s)->method(m)->options().GetExtension(options::v1::rpc).permission());
      }
    }
  }
  asked.erase("none");
  asked.erase("authenticated");
  return asked;
}

v1::Reach ReachOf(absl::string_view role, absl::string_view permission) {
  for (const Grant& grant : FindShippedRole(role)->grants) {
    if (grant.permission == permission) return grant.reach;
  }
  return v1::REACH_UNSPECIFIED;
}

TEST(ShippedRolesTest, TheAdministratorIsGrantedEverythingThatIsAskedFor) {
  const std::set<std::string> asked = AskedPermissions();
  EXPECT_GT(asked.size(), 25u);
  for (const std::string& permission : asked) {
    EXPECT_EQ(ReachOf("administrator", permission), v1::REACH_ALL) << permission;
  }
}

TEST(ShippedRolesTest, NothingIsGrantedThatNobodyAsksFor) {
  std::set<std::string> asked = AskedPermissions();
  asked.insert({"lead.exceed_capacity", "history.backdate"});  // asked by rules
  for (const ShippedRole& role : ShippedRoles()) {
    std::set<std::string> seen;
    for (const Grant& grant : role.grants) {
      EXPECT_TRUE(asked.contains(grant.permission)) << role.word << " " << grant.permission;
      EXPECT_TRUE(IsKnownPermission(grant.permission)) << role.word << " " << grant.permission;
      EXPECT_TRUE(seen.insert(grant.permission).second) << role.word << " " << grant.permission;
      EXPECT_NE(grant.reach, v1::REACH_UNSPECIFIED);
    }
  }
}

TEST(ShippedRolesTest, FollowsTheTableOfTheDomain) {
  EXPECT_EQ(ReachOf("sales_manager", "opportunity.assign"), v1::REACH_TEAM);
  EXPECT_EQ(ReachOf("sales_manager", "team.edit"), v1::REACH_TEAM);
  EXPECT_EQ(ReachOf("sales_manager", "settings.edit"), v1::REACH_UNSPECIFIED);
  EXPECT_EQ(ReachOf("sales_manager", "lead.convert"), v1::REACH_TEAM);
  EXPECT_EQ(ReachOf("sales_agent", "lead.assign"), v1::REACH_OWN);
  EXPECT_EQ(ReachOf("sales_agent", "lead.convert"), v1::REACH_OWN);
  EXPECT_EQ(ReachOf("sales_agent", "team.view"), v1::REACH_ALL);
  EXPECT_EQ(ReachOf("sales_agent", "history.view"), v1::REACH_OWN);
  EXPECT_EQ(ReachOf("sdr", "lead.qualify"), v1::REACH_OWN);
  EXPECT_EQ(ReachOf("sdr", "opportunity.create"), v1::REACH_OWN);
  EXPECT_EQ(ReachOf("sdr", "opportunity.edit"), v1::REACH_UNSPECIFIED);
  EXPECT_EQ(ReachOf("sdr", "history.view"), v1::REACH_UNSPECIFIED);
  EXPECT_EQ(ReachOf("account_manager", "customer.edit"), v1::REACH_OWN);
  EXPECT_EQ(ReachOf("account_manager", "lead.view"), v1::REACH_OWN);
  EXPECT_EQ(ReachOf("account_manager", "lead.edit"), v1::REACH_UNSPECIFIED);
  EXPECT_EQ(ReachOf("auditor", "lead.view"), v1::REACH_ALL);
  EXPECT_EQ(ReachOf("auditor", "log.verify"), v1::REACH_ALL);
  EXPECT_EQ(ReachOf("auditor", "lead.edit"), v1::REACH_UNSPECIFIED);
  EXPECT_EQ(ReachOf("integration", "lead.create"), v1::REACH_ALL);
  EXPECT_EQ(ReachOf("integration", "history.backdate"), v1::REACH_UNSPECIFIED);
  for (const ShippedRole& role : ShippedRoles()) {
    if (role.word == kAdministratorWord) continue;
    for (const char* permission : {"member.edit", "token.edit", "settings.edit", "person.erase",
                                   "projection.edit", "history.backdate", "lead.exceed_capacity"}) {
      EXPECT_EQ(ReachOf(role.word, permission), v1::REACH_UNSPECIFIED) << role.word << permission;
    }
  }
}

TEST(ShippedRolesTest, AreShownWithTheirWordAndWithoutAnEtag) {
  const v1::Role shown = RenderShipped(*FindShippedRole("sdr"));
  EXPECT_EQ(shown.name(), "roles/sdr");
  EXPECT_TRUE(shown.shipped());
  EXPECT_TRUE(shown.etag().empty());
  EXPECT_GT(shown.grants_size(), 5);
  EXPECT_EQ(FindShippedRole("emperor"), nullptr);
}

}  // namespace
}  // namespace crm::domain

// Names as people know them, wherever a record, stage or reason is asked for.
#include "crm/v1/comment_service.pb.h"
#include "crm/v1/commission_policy_service.pb.h"
#include "crm/v1/consumer_group_service.pb.h"
#include "crm/v1/contact_service.pb.h"
#include "crm/v1/customer_service.pb.h"
#include "crm/v1/event_service.pb.h"
#include "crm/v1/goal_service.pb.h"
#include "crm/v1/history_service.pb.h"
#include "crm/v1/invoice_series_service.pb.h"
#include "crm/v1/invoice_service.pb.h"
#include "crm/v1/lead_service.pb.h"
#include "crm/v1/opportunity_group_service.pb.h"
#include "crm/v1/organization_service.pb.h"
#include "crm/v1/product_service.pb.h"
#include "crm/v1/proposal_template_service.pb.h"
#include "crm/v1/role_service.pb.h"
#include "crm/v1/tax_service.pb.h"
#include "crm/v1/team_service.pb.h"
#include "crm/v1/token_service.pb.h"
#include "crm/v1/warehouse_service.pb.h"
#include "tests/crmctl/run_fixture.h"

namespace crm::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Ran;
using testing::Refusal;
using testing::RunTest;

class NamesTest : public RunTest {
 protected:
  NamesTest() {
    crm::v1::ListOpportunitiesResponse opportunities;
    AddOpportunity(opportunities, "opportunities/1", "Big one", 5000);
    AddOpportunity(opportunities, "opportunities/2", "Chairs", 100);
    AddOpportunity(opportunities, "opportunities/3", "Chairs", 200);
    server_.Return("ListOpportunities", opportunities);
    crm::v1::ListLeadsResponse leads;
    leads.add_leads()->set_name("leads/1");
    leads.mutable_leads(0)->set_display_name("Office move");
    server_.Return("ListLeads", leads);
    server_.Return("ListCustomers", crm::v1::ListCustomersResponse());
    server_.Return("ListContacts", crm::v1::ListContactsResponse());
    server_.Return("ListTeams", crm::v1::ListTeamsResponse());
    server_.Return("ListRoles", crm::v1::ListRolesResponse());
    server_.Return("ListOpportunityGroups", crm::v1::ListOpportunityGroupsResponse());
    server_.Return("ListConsumerGroups", crm::v1::ListConsumerGroupsResponse());
    server_.Return("ListProducts", crm::v1::ListProductsResponse());
    server_.Return("ListCommissionPolicies", crm::v1::ListCommissionPoliciesResponse());
    crm::v1::ListInvoicesResponse invoices;
    invoices.add_invoices()->set_name("invoices/1");
    invoices.mutable_invoices(0)->set_number("INV-2026-00001");
    server_.Return("ListInvoices", invoices);
    server_.Return("ListTaxes", crm::v1::ListTaxesResponse());
    server_.Return("ListProposalTemplates", crm::v1::ListProposalTemplatesResponse());
    server_.Return("ListWarehouses", crm::v1::ListWarehousesResponse());
    server_.Return("ListGoals", crm::v1::ListGoalsResponse());
    server_.Return("ListInvoiceSeries", crm::v1::ListInvoiceSeriesResponse());
    server_.Fail("ListTokens", Refusal(grpc::StatusCode::PERMISSION_DENIED, "NO", "not yours"));
    server_.Return("ListChanges", crm::v1::ListChangesResponse());
    server_.Return("ListComments", crm::v1::ListCommentsResponse());
    crm::v1::Organization organization;
    organization.set_name("organizations/1");
    organization.add_loss_reasons()->set_loss_reason_id("price");
    organization.mutable_loss_reasons(0)->set_display_name("Price too high");
    server_.Return("GetOrganization", organization);
    server_.Return("LoseOpportunity", crm::v1::Opportunity());
    server_.Return("DefineLossReason", organization);
  }

  static void AddOpportunity(crm::v1::ListOpportunitiesResponse& list, const std::string& name,
                             const std::string& display_name, int64_t revenue) {
    crm::v1::Opportunity& opportunity = *list.add_opportunities();
    opportunity.set_name(name);
    opportunity.set_display_name(display_name);
    opportunity.set_owner("members/1");
    opportunity.mutable_expected_revenue()->set_currency_code("EUR");
    opportunity.mutable_expected_revenue()->set_units(revenue);
  }

  std::string RecordOf(const std::string& text) {
    const Ran ran = cli_.Run({"history", text});
    EXPECT_EQ(ran.code, ExitCode::kOk) << ran.err;
    return Last<crm::v1::ListChangesRequest>("ListChanges").record();
  }
};

TEST_F(NamesTest, HistoryTakesWhateverHasAName) {
  EXPECT_EQ(RecordOf("big ONE"), "opportunities/1");
  EXPECT_EQ(RecordOf("Office move"), "leads/1");
  EXPECT_EQ(RecordOf("lead/Office move"), "leads/1");
  EXPECT_EQ(RecordOf("Moses Frase"), "members/1");
  EXPECT_EQ(RecordOf("inv-2026-00001"), "invoices/1");
  EXPECT_EQ(RecordOf("leads/x"), "leads/x");
  EXPECT_EQ(RecordOf("organization"), "organizations/1");
  EXPECT_EQ(RecordOf("organizations/7"), "organizations/7");
}

TEST_F(NamesTest, CommentsTakeTheNameOfTheirRecordWithoutItsKind) {
  ASSERT_EQ(cli_.Run({"comment", "list", "Office move"}).code, ExitCode::kOk);
  EXPECT_EQ(Last<crm::v1::ListCommentsRequest>("ListComments").parent(), "leads/1");
}

TEST_F(NamesTest, NamesakesAreToldApart) {
  const Ran ran = cli_.Run({"history", "Chairs"});
  EXPECT_EQ(ran.code, ExitCode::kUsage);
  EXPECT_THAT(ran.err, HasSubstr("2 things are named \"Chairs\""));
  EXPECT_THAT(ran.err, HasSubstr("opportunities/2  Moses Frase, EUR 100.00"));
  EXPECT_THAT(ran.err, HasSubstr("opportunities/3  Moses Frase, EUR 200.00"));
}

TEST_F(NamesTest, WhatNothingIsCalledIsNotFound) {
  Ran ran = cli_.Run({"history", "Nothing"});
  EXPECT_EQ(ran.code, ExitCode::kNotFound);
  EXPECT_EQ(cli_.Run({"history", std::string(100, 'x')}).code, ExitCode::kNotFound)
      << "longer than any number";
  EXPECT_THAT(ran.err, HasSubstr("NAME_UNKNOWN: nothing is named \"Nothing\""));
  ran = cli_.Run({"opportunity", "move", "opportunities/1", "Won"});
  EXPECT_EQ(ran.code, ExitCode::kNotFound);
  EXPECT_THAT(ran.err, HasSubstr("no stage is named \"Won\"; there are Engaging"));
  EXPECT_THAT(server_.Requests("MoveStage"), IsEmpty());
}

TEST_F(NamesTest, ReasonsOfALossAreTakenByIdAndByName) {
  for (const char* text : {"price", "price TOO high"}) {
    ASSERT_EQ(cli_.Run({"opportunity", "lose", "Big one", text}).code, ExitCode::kOk);
    const auto request = Last<crm::v1::LoseOpportunityRequest>("LoseOpportunity");
    EXPECT_EQ(request.loss_reason_id(), "price");
  }
  const Ran ran = cli_.Run({"opportunity", "lose", "Big one", "weather"});
  EXPECT_EQ(ran.code, ExitCode::kNotFound);
  EXPECT_THAT(ran.err, HasSubstr("there are price (Price too high)"));
}

TEST_F(NamesTest, ANewReasonIsNotLookedUp) {
  const Ran ran = cli_.Run({"organization", "define-loss-reason", "weather", "Bad weather"});
  ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err;
  const auto request = Last<crm::v1::DefineLossReasonRequest>("DefineLossReason");
  EXPECT_EQ(request.loss_reason().loss_reason_id(), "weather");
}

TEST_F(NamesTest, HistoryShowsValuesAsTheRecordDoes) {
  crm::v1::ListChangesResponse response;
  crm::v1::Change& change = *response.add_changes();
  change.set_event_type("ExpectedRevenueRevised");
  change.set_actor("members/1");
  change.set_position(7);
  const auto add = [&change](const char* path, const char* before, const char* after) {
    auto& field = *change.add_field_changes();
    field.set_path(path);
    field.set_before(before);
    field.set_after(after);
  };
  add("name", "", "\"opportunities/1\"");
  add("expected_revenue", R"({"currencyCode":"EUR","units":"5"})",
      R"({"currencyCode":"EUR","units":"1200"})");
  add("state", "\"OPPORTUNITY_STATE_OPEN\"", "\"OPPORTUNITY_STATE_WON\"");
  add("tags", "", R"(["a","b"])");
  add("owner", "\"members/1\"", "");
  add("contributors", "", R"([{"member":"members/1","weight":"60"}])");
  add("of_a_newer_server", "1", "2");
  server_.Return("ListChanges", response);
  const Ran ran = cli_.Run({"history", "opportunities/1"});
  EXPECT_THAT(ran.out, HasSubstr("ExpectedRevenueRevised  Moses Frase  #7  "));
  const std::string fields = ran.out.substr(ran.out.find('\n') + 1);
  EXPECT_EQ(fields,
            "    expected_revenue: EUR 5.00 -> EUR 1,200.00\n"
            "    state: open -> won\n"
            "    tags: a, b\n"
            "    owner: Moses Frase -> -\n"
            "    contributors  Moses Frase: weight 60\n"
            "    of_a_newer_server: 1 -> 2\n");
}

}  // namespace
}  // namespace crm::ctl

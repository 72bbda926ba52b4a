// The table of shipped roles against the permissions that the API asks for.
#include "domain/role/shipped_roles.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "crm/options/v1/options.pb.h"
#include "crm/v1/comment_service.pb.h"
#include "crm/v1/commission_policy_service.pb.h"
#include "crm/v1/commission_receipt_service.pb.h"
#include "crm/v1/commission_service.pb.h"
#include "crm/v1/consumer_group_service.pb.h"
#include "crm/v1/contact_service.pb.h"
#include "crm/v1/contract_service.pb.h"
#include "crm/v1/credit_note_service.pb.h"
#include "crm/v1/customer_service.pb.h"
#include "crm/v1/dashboard_service.pb.h"
#include "crm/v1/event_service.pb.h"
#include "crm/v1/goal_service.pb.h"
#include "crm/v1/history_service.pb.h"
#include "crm/v1/invoice_series_service.pb.h"
#include "crm/v1/invoice_service.pb.h"
#include "crm/v1/lead_service.pb.h"
#include "crm/v1/member_service.pb.h"
#include "crm/v1/operator_service.pb.h"
#include "crm/v1/opportunity_group_service.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "crm/v1/organization_service.pb.h"
#include "crm/v1/payment_service.pb.h"
#include "crm/v1/pipeline_service.pb.h"
#include "crm/v1/privacy_service.pb.h"
#include "crm/v1/product_service.pb.h"
#include "crm/v1/projection_service.pb.h"
#include "crm/v1/proposal_service.pb.h"
#include "crm/v1/purchase_service.pb.h"
#include "crm/v1/recurring_invoice_service.pb.h"
#include "crm/v1/report_service.pb.h"
#include "crm/v1/sales_order_service.pb.h"
#include "crm/v1/schedule_service.pb.h"
#include "crm/v1/search_service.pb.h"
#include "crm/v1/stock_service.pb.h"
#include "crm/v1/tax_service.pb.h"
#include "crm/v1/team_service.pb.h"
#include "crm/v1/token_service.pb.h"
#include "crm/v1/warehouse_service.pb.h"
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
        v1::CreateCommissionPolicyRequest::descriptor()->file(),
        v1::CommissionEntry::descriptor()->file(),
        v1::CommissionReceipt::descriptor()->file(),
        v1::DueWork::descriptor()->file(),
        v1::Goal::descriptor()->file(),
        v1::Payment::descriptor()->file(),
        v1::CreateProposalRequest::descriptor()->file(),
        v1::SalesOrder::descriptor()->file(),
        v1::Warehouse::descriptor()->file(),
        v1::StockReceipt::descriptor()->file(),
        v1::Purchase::descriptor()->file(),
        v1::CreateInvoiceRequest::descriptor()->file(),
        v1::RecurringInvoice::descriptor()->file(),
        v1::Contract::descriptor()->file(),
        v1::CreditNote::descriptor()->file(),
        v1::ConsumerGroup::descriptor()->file(),
        v1::Contact::descriptor()->file(),
        v1::Customer::descriptor()->file(),
        v1::GetTeamDashboardRequest::descriptor()->file(),
        v1::ReadEventsRequest::descriptor()->file(),
        v1::ListChangesRequest::descriptor()->file(),
        v1::InvoiceSeries::descriptor()->file(),
        v1::Lead::descriptor()->file(),
        v1::Member::descriptor()->file(),
        v1::CreateOrganizationRequest::descriptor()->file(),
        v1::OpportunityGroup::descriptor()->file(),
        v1::Opportunity::descriptor()->file(),
        v1::Organization::descriptor()->file(),
        v1::Pipeline::descriptor()->file(),
        v1::Erasure::descriptor()->file(),
        v1::Product::descriptor()->file(),
        v1::ListProjectionsRequest::descriptor()->file(),
        v1::Forecast::descriptor()->file(),
        v1::Role::descriptor()->file(),
        v1::SearchRecordsRequest::descriptor()->file(),
        v1::Tax::descriptor()->file(),
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
  asked.erase("public");
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

// A cell of the table in section 1 of the domain's specification: what a role may do with what the
// row names, as far as it exists. To edit a lead is to qualify and convert it, to be allowed to
// create is to be allowed to hand one's own on (a setting decides), but machines hand nothing on.
struct Cell {
  const char* role;
  const char* cell;
  v1::Reach reach;
  const char* subjects;
  const char* rights;
};

constexpr v1::Reach kOwn = v1::REACH_OWN;
constexpr v1::Reach kTeam = v1::REACH_TEAM;
constexpr v1::Reach kAll = v1::REACH_ALL;
constexpr char kSale[] = "opportunity customer contact";

constexpr Cell kTable[] = {
    // leads, activities
    {"administrator", "all, edit, assign", kAll, "lead",
     "view create edit qualify convert assign exceed_capacity"},
    {"sales_manager", "team, edit, assign", kTeam, "lead",
     "view create edit qualify convert assign"},
    {"sales_agent", "own, create, edit", kOwn, "lead", "view create edit qualify convert assign"},
    {"sdr", "own, create, edit, qualify", kOwn, "lead", "view create edit qualify convert assign"},
    {"account_manager", "own, view", kOwn, "lead", "view"},
    {"auditor", "all, view", kAll, "lead", "view"},
    {"integration", "all, create, edit", kAll, "lead", "view create edit qualify convert"},
    // opportunities, customers, contacts
    {"administrator", "all, edit, assign", kAll, kSale, "view create edit assign"},
    {"sales_manager", "team, edit, assign", kTeam, kSale, "view create edit assign"},
    {"sales_agent", "own, create, edit", kOwn, kSale, "view create edit assign"},
    {"sdr", "own, create", kOwn, kSale, "view create assign"},
    {"account_manager", "own, create, edit", kOwn, kSale, "view create edit assign"},
    {"auditor", "all, view", kAll, kSale, "view"},
    {"integration", "all, create, edit", kAll, kSale, "view create edit"},
    // reports: as far as the records they are made of
    {"administrator", "", kAll, "report", "view"},
    {"sales_manager", "", kTeam, "report", "view"},
    {"sales_agent", "", kOwn, "report", "view"},
    {"sdr", "", kOwn, "report", "view"},
    {"account_manager", "", kOwn, "report", "view"},
    {"auditor", "", kAll, "report", "view"},
    {"integration", "", kAll, "report", "view"},
    // teams, pipelines, products, settings
    {"administrator", "edit", kAll, "team pipeline product settings member", "view edit"},
    {"sales_manager", "own team, pipelines of it", kTeam, "team pipeline", "edit"},
    {"sales_manager", "own team, pipelines of it", kAll, "team pipeline product settings member",
     "view"},
    {"sales_agent", "view", kAll, "team pipeline product settings member", "view"},
    {"sdr", "view", kAll, "team pipeline product settings member", "view"},
    {"account_manager", "view", kAll, "team pipeline product settings member", "view"},
    {"auditor", "view", kAll, "team pipeline product settings member", "view"},
    {"integration", "view", kAll, "team pipeline product settings member", "view"},
    // proposals: who makes them sends them; where approval is required a manager gives it
    {"administrator", "all, edit, send", kAll, "proposal", "view create edit assign send approve"},
    {"sales_manager", "team, edit, send, approve", kTeam, "proposal",
     "view create edit assign send approve"},
    {"sales_agent", "own, create, edit, send", kOwn, "proposal", "view create edit assign send"},
    {"account_manager", "own, create, edit, send", kOwn, "proposal",
     "view create edit assign send"},
    {"auditor", "all, view", kAll, "proposal", "view"},
    {"integration", "all, create", kAll, "proposal", "view create"},
    // sales orders: agents draft, whoever may edit confirms, delivers and invoices
    {"administrator", "all, edit", kAll, "sales_order", "view create edit assign approve"},
    {"sales_manager", "team, edit, approve", kTeam, "sales_order",
     "view create edit assign approve"},
    {"sales_agent", "own, create", kOwn, "sales_order", "view create assign"},
    {"account_manager", "own, create, edit", kOwn, "sales_order", "view create edit assign"},
    {"auditor", "all, view", kAll, "sales_order", "view"},
    {"integration", "all, create", kAll, "sales_order", "view create"},
    // stock: seen by everybody who sees products, kept by administrators
    {"administrator", "edit", kAll, "stock", "view edit"},
    {"sales_manager", "view", kAll, "stock", "view"},
    {"sales_agent", "view", kAll, "stock", "view"},
    {"sdr", "view", kAll, "stock", "view"},
    {"account_manager", "view", kAll, "stock", "view"},
    {"auditor", "view", kAll, "stock", "view"},
    {"integration", "view", kAll, "stock", "view"},
    // contracts: agents draft; who approves leads
    {"administrator", "all, edit", kAll, "contract", "view create edit assign approve"},
    {"sales_manager", "team, edit, approve", kTeam, "contract", "view create edit assign approve"},
    {"sales_agent", "own, create", kOwn, "contract", "view create"},
    {"account_manager", "own, create, edit", kOwn, "contract", "view create edit assign"},
    {"auditor", "all, view", kAll, "contract", "view"},
    {"integration", "all, create", kAll, "contract", "view create"},
    // invoices: agents draft, others issue
    {"administrator", "all, edit", kAll, "invoice", "view create edit assign issue"},
    {"sales_manager", "team, view", kTeam, "invoice", "view"},
    {"sales_agent", "own, create (draft)", kOwn, "invoice", "view create edit assign"},
    {"account_manager", "own, create (draft)", kOwn, "invoice", "view create edit assign"},
    {"auditor", "all, view", kAll, "invoice", "view"},
    {"integration", "all, create", kAll, "invoice", "view create issue"},
    // recurring invoices: who may not issue makes them draft
    {"administrator", "all, edit", kAll, "recurring_invoice", "view create edit"},
    {"sales_manager", "team, view", kTeam, "recurring_invoice", "view"},
    {"sales_agent", "own, create (draft)", kOwn, "recurring_invoice", "view create edit"},
    {"account_manager", "own, create (draft)", kOwn, "recurring_invoice", "view create edit"},
    {"auditor", "all, view", kAll, "recurring_invoice", "view"},
    {"integration", "all, create", kAll, "recurring_invoice", "view create"},
    // credit notes: of who issues
    {"administrator", "all, edit", kAll, "credit_note", "view create"},
    {"sales_manager", "team, view", kTeam, "credit_note", "view"},
    {"sales_agent", "own", kOwn, "credit_note", "view"},
    {"account_manager", "own", kOwn, "credit_note", "view"},
    {"auditor", "all, view", kAll, "credit_note", "view"},
    {"integration", "all, create", kAll, "credit_note", "view create"},
    // payments: who sold sees what was paid; who records it keeps the books
    {"administrator", "all", kAll, "payment", "view create edit"},
    {"sales_manager", "team, view", kTeam, "payment", "view"},
    {"sales_agent", "own, view", kOwn, "payment", "view"},
    {"account_manager", "own, view", kOwn, "payment", "view"},
    {"auditor", "all, view", kAll, "payment", "view"},
    {"integration", "all, create", kAll, "payment", "view create"},
    // commissions: who is paid how is settled by administrators, and known to who leads
    {"administrator", "all, policies, receipts", kAll, "commission_policy", "view edit"},
    {"sales_manager", "team, receipts", kAll, "commission_policy", "view"},
    {"auditor", "all, view", kAll, "commission_policy", "view"},
    {"administrator", "all, policies, receipts", kAll, "commission", "view"},
    {"sales_manager", "team, receipts", kTeam, "commission", "view"},
    {"sales_agent", "own, view", kOwn, "commission", "view"},
    {"sdr", "own, view", kOwn, "commission", "view"},
    {"account_manager", "own, view", kOwn, "commission", "view"},
    {"auditor", "all, view", kAll, "commission", "view"},
    {"administrator", "all, policies, receipts", kAll, "commission_receipt", "view create edit"},
    {"sales_manager", "team, receipts", kTeam, "commission_receipt", "view create"},
    {"sales_agent", "own, view", kOwn, "commission_receipt", "view"},
    {"sdr", "own, view", kOwn, "commission_receipt", "view"},
    {"account_manager", "own, view", kOwn, "commission_receipt", "view"},
    {"auditor", "all, view", kAll, "commission_receipt", "view"},
    // goals
    {"administrator", "all, edit", kAll, "goal", "view edit"},
    {"sales_manager", "team, edit", kTeam, "goal", "view edit"},
    {"sales_agent", "own, view", kOwn, "goal", "view"},
    {"sdr", "own, view", kOwn, "goal", "view"},
    {"account_manager", "own, view", kOwn, "goal", "view"},
    {"auditor", "all, view", kAll, "goal", "view"},
    // log, audit, backdate, tokens
    {"administrator", "all", kAll, "log", "read verify"},
    {"administrator", "all", kAll, "history", "view backdate"},
    {"administrator", "all", kAll, "token", "edit"},
    {"administrator", "all", kAll, "projection", "view edit"},
    {"administrator", "all", kAll, "person", "erase"},
    {"sales_manager", "history of visible records", kTeam, "history", "view"},
    {"sales_agent", "history of visible records", kOwn, "history", "view"},
    {"account_manager", "history of visible records", kOwn, "history", "view"},
    {"auditor", "read log, audit, verify", kAll, "log", "read verify"},
    {"auditor", "read log, audit, verify", kAll, "history", "view"},
    {"auditor", "read log, audit, verify", kAll, "projection", "view"},
    // what the clock brings: of who looks after the server's work
    {"administrator", "all", kAll, "schedule", "view edit"},
    {"auditor", "read log, audit, verify", kAll, "schedule", "view"},
    // consumer groups: managed by who manages the log, used by machines
    {"administrator", "all", kAll, "consumer_group", "view edit consume"},
    {"auditor", "read log, audit, verify", kAll, "consumer_group", "view"},
    {"integration", "", kAll, "consumer_group", "view consume"},
};

using Reaches = std::map<std::string, v1::Reach>;

// What the table grants a role: the last of its cells that name a permission widens the others.
Reaches TableOf(absl::string_view role) {
  Reaches reaches;
  for (const Cell& cell : kTable) {
    if (cell.role != role) continue;
    for (const absl::string_view subject : absl::StrSplit(cell.subjects, ' ')) {
      for (const absl::string_view right : absl::StrSplit(cell.rights, ' ')) {
        v1::Reach& reach = reaches[absl::StrCat(subject, ".", right)];
        reach = std::max(reach, cell.reach);
      }
    }
  }
  return reaches;
}

TEST(ShippedRolesTest, GrantExactlyWhatTheTableOfTheDomainSays) {
  for (const ShippedRole& role : ShippedRoles()) {
    Reaches granted;
    for (const Grant& grant : role.grants) granted[grant.permission] = grant.reach;
    EXPECT_EQ(granted, TableOf(role.word)) << role.word;
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

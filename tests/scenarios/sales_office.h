// SalesOffice: the people, pipeline and teams that most stories begin with, on a running server.
//
// Leah leads the team North, in which Ada and Ben sell; Cleo sells in team South, Avi audits. The
// pipeline has the stages New (20 %), Talks (50 %), Offer (80 %), Won and Lost. At the end of every
// story the books are reconciled.
#pragma once

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "crm/v1/audit_service.grpc.pb.h"
#include "crm/v1/contact_service.grpc.pb.h"
#include "crm/v1/customer_service.grpc.pb.h"
#include "crm/v1/dashboard_service.grpc.pb.h"
#include "crm/v1/event_service.grpc.pb.h"
#include "crm/v1/history_service.grpc.pb.h"
#include "crm/v1/lead_service.grpc.pb.h"
#include "crm/v1/opportunity_group_service.grpc.pb.h"
#include "crm/v1/opportunity_service.grpc.pb.h"
#include "crm/v1/organization_service.grpc.pb.h"
#include "crm/v1/pipeline_service.grpc.pb.h"
#include "crm/v1/privacy_service.grpc.pb.h"
#include "crm/v1/report_service.grpc.pb.h"
#include "crm/v1/search_service.grpc.pb.h"
#include "crm/v1/team_service.grpc.pb.h"
#include "tests/support/running_server.h"

namespace crm::testing {

using Audits = v1::AuditService::Stub;
using Customers = v1::CustomerService::Stub;
using Contacts = v1::ContactService::Stub;
using Dashboards = v1::DashboardService::Stub;
using Events = v1::EventService::Stub;
using Groups = v1::OpportunityGroupService::Stub;
using Histories = v1::HistoryService::Stub;
using Leads = v1::LeadService::Stub;
using Members = v1::MemberService::Stub;
using Opportunities = v1::OpportunityService::Stub;
using Organizations = v1::OrganizationService::Stub;
using Pipelines = v1::PipelineService::Stub;
using Privacy = v1::PrivacyService::Stub;
using Reports = v1::ReportService::Stub;
using Search = v1::SearchService::Stub;
using Teams = v1::TeamService::Stub;
using Tokens = v1::TokenService::Stub;

// `field: 'value' `, for requests written as text.
inline std::string With(absl::string_view field, absl::string_view value) {
  return absl::StrCat(field, ": '", value, "' ");
}

// `field { currency_code: 'USD' units: ... } `
inline std::string Usd(absl::string_view field, int64_t units) {
  return absl::StrCat(field, " { currency_code: 'USD' units: ", units, " } ");
}

class SalesOffice {
 public:
  explicit SalesOffice(const RunningServer& server) : administrator(server.Administrator()) {
    const v1::Pipeline pipeline = administrator.Do(
        &Pipelines::CreatePipeline,
        "pipeline { display_name: 'Sales' kind: PIPELINE_KIND_OPPORTUNITY "
        "stages { display_name: 'New' probability_bp: 2000 kind: STAGE_KIND_OPEN } "
        "stages { display_name: 'Talks' probability_bp: 5000 kind: STAGE_KIND_OPEN } "
        "stages { display_name: 'Offer' probability_bp: 8000 kind: STAGE_KIND_OPEN } "
        "stages { display_name: 'Won' probability_bp: 10000 kind: STAGE_KIND_WON } "
        "stages { display_name: 'Lost' kind: STAGE_KIND_LOST } }");
    pipeline_name = pipeline.name();
    for (const v1::Stage& stage : pipeline.stages()) stages[stage.display_name()] = stage.name();
    leah = Hire(administrator, "Leah", "sales_manager", &leah_name);
    ada = Hire(administrator, "Ada", "sales_agent", &ada_name);
    ben = Hire(administrator, "Ben", "sales_agent", &ben_name);
    cleo = Hire(administrator, "Cleo", "sales_agent", &cleo_name);
    avi = Hire(administrator, "Avi", "auditor");
    north = CreateTeam("North",
                       absl::StrCat(With("leaders", leah_name), Sells(ada_name), Sells(ben_name)));
    south = CreateTeam("South", Sells(cleo_name));
    administrator.Do(&Organizations::DefineLossReason,
                     "loss_reason { loss_reason_id: 'price' display_name: 'Price' }");
  }

  // Whatever the story did: what is kept more than once agrees.
  ~SalesOffice() {
    const auto audit = administrator.Try(&Audits::GetReconciliation);
    const grpc::StatusCode code = audit.status.error_code();
    const bool ended = code == grpc::StatusCode::UNAVAILABLE || code == grpc::StatusCode::CANCELLED;
    if (ended) return;  // the server, by the story
    EXPECT_TRUE(audit.status.ok()) << audit;
    EXPECT_TRUE(audit.response.reconciled()) << audit.response.DebugString();
  }

  static std::string Sells(absl::string_view member) {
    return absl::StrCat("memberships { ", With("member", member), " } ");
  }
  std::string CreateTeam(absl::string_view display_name, absl::string_view people) const {
    return administrator
        .Do(&Teams::CreateTeam, absl::StrCat("team { ", With("display_name", display_name),
                                             With("pipeline", pipeline_name), "} ", people))
        .name();
  }

  // An opportunity of so many USD, in the stage New; `more` are further fields.
  v1::Opportunity Open(const ApiCaller& caller, absl::string_view display_name, int64_t units,
                       absl::string_view more) const {
    return caller.Do(
        &Opportunities::CreateOpportunity,
        absl::StrCat("opportunity { ", With("display_name", display_name),
                     With("stage", stages.at("New")), Usd("expected_revenue", units), more, "}"));
  }
  v1::Opportunity Move(const ApiCaller& caller, const v1::Opportunity& opportunity,
                       const std::string& stage) const {
    return caller.Do(&Opportunities::MoveStage,
                     absl::StrCat(NameIs(opportunity), With("stage", stages.at(stage))));
  }
  std::string OwnedBy(absl::string_view member, absl::string_view team) const {
    return absl::StrCat(With("owner", member), With("team", team));
  }
  int64_t HeadPosition() const { return administrator.Do(&Events::CountEvents).head_position(); }

  ApiCaller administrator;
  ApiCaller leah, ada, ben, cleo, avi;
  std::string leah_name, ada_name, ben_name, cleo_name;
  std::string north, south;
  std::string pipeline_name;
  std::map<std::string, std::string> stages;  // by display name
};

}  // namespace crm::testing

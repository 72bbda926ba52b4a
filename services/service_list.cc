#include "services/service_list.h"

#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "crm/v1/comment_service.grpc.pb.h"
#include "crm/v1/contact_service.grpc.pb.h"
#include "crm/v1/customer_service.grpc.pb.h"
#include "crm/v1/dashboard_service.grpc.pb.h"
#include "crm/v1/event_service.grpc.pb.h"
#include "crm/v1/history_service.grpc.pb.h"
#include "crm/v1/lead_service.grpc.pb.h"
#include "crm/v1/member_service.grpc.pb.h"
#include "crm/v1/operator_service.grpc.pb.h"
#include "crm/v1/opportunity_group_service.grpc.pb.h"
#include "crm/v1/opportunity_service.grpc.pb.h"
#include "crm/v1/organization_service.grpc.pb.h"
#include "crm/v1/pipeline_service.grpc.pb.h"
#include "crm/v1/privacy_service.grpc.pb.h"
#include "crm/v1/projection_service.grpc.pb.h"
#include "crm/v1/report_service.grpc.pb.h"
#include "crm/v1/role_service.grpc.pb.h"
#include "crm/v1/search_service.grpc.pb.h"
#include "crm/v1/team_service.grpc.pb.h"
#include "crm/v1/token_service.grpc.pb.h"

namespace crm::services {

void MakeServiceList(const ServiceParts& parts, std::vector<std::unique_ptr<grpc::Service>>& owned,
                     std::vector<ServedService>& api, std::vector<ServedService>& admin) {
  const auto serve = [&owned]<class Api>(std::type_identity<Api>,
                                         std::unique_ptr<grpc::Service> service) {
    owned.push_back(std::move(service));
    return Serve<Api>(*owned.back());
  };
#define CRM_SERVE(Name, ...) \
  api.push_back(serve(std::type_identity<v1::Name##Service>{}, Make##Name##Service(__VA_ARGS__)))
  Rpc& rpc = parts.rpc;
  CRM_SERVE(Organization, rpc);
  CRM_SERVE(Member, rpc);
  CRM_SERVE(Role, rpc);
  CRM_SERVE(Token, rpc);
  CRM_SERVE(Team, rpc);
  CRM_SERVE(Pipeline, rpc);
  CRM_SERVE(Customer, rpc);
  CRM_SERVE(Contact, rpc);
  CRM_SERVE(Lead, rpc);
  CRM_SERVE(Opportunity, rpc);
  CRM_SERVE(OpportunityGroup, rpc);
  CRM_SERVE(Comment, rpc);
  CRM_SERVE(Dashboard, rpc);
  CRM_SERVE(Report, rpc);
  CRM_SERVE(Search, rpc);
  CRM_SERVE(History, rpc, HistoryParts{rpc.queries(), parts.keys});
  CRM_SERVE(Event, rpc, LogParts{parts.log, parts.storage, parts.keys},
            EventStreamParts{parts.hub, parts.keys, parts.workers, parts.drain, parts.clock,
                             parts.max_streams, parts.open_streams});
  CRM_SERVE(Privacy, rpc, parts.eraser);
  CRM_SERVE(Projection, rpc, parts.projections);
#undef CRM_SERVE
  admin.push_back(
      serve(std::type_identity<v1::OperatorService>{}, MakeOperatorService(rpc, parts.log)));
}

std::vector<const google::protobuf::ServiceDescriptor*> DescribedServices() {
  std::vector<const google::protobuf::ServiceDescriptor*> described;
  [&described]<class... Apis>(std::type_identity<std::tuple<Apis...>>) {
    (described.push_back(google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
         Apis::service_full_name())),
     ...);
  }(std::type_identity<std::tuple<
        v1::OrganizationService, v1::MemberService, v1::RoleService, v1::TokenService,
        v1::TeamService, v1::PipelineService, v1::CustomerService, v1::ContactService,
        v1::LeadService, v1::OpportunityService, v1::OpportunityGroupService, v1::CommentService,
        v1::DashboardService, v1::ReportService, v1::SearchService, v1::HistoryService,
        v1::EventService, v1::PrivacyService, v1::ProjectionService, v1::OperatorService>>{});
  return described;
}

}  // namespace crm::services

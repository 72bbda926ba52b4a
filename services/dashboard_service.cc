// RPCs of team dashboards.
#include "crm/v1/dashboard_service.grpc.pb.h"
#include "projections/team_dashboard.h"
#include "services/picturing.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class DashboardRpcs final : public v1::DashboardService::CallbackService {
 public:
  CRM_SERVICE(DashboardRpcs, v1::DashboardService);

  CRM_REPORT(GetTeamDashboard, TeamDashboard, TeamDashboard)
  CRM_REPORT(ListTeamDashboards, TeamDashboard, ListTeamDashboardsResponse)
  CRM_PICTURE(GetTeamDashboardPicture, TeamDashboard, TeamDashboard)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeDashboardService(Rpc& rpc) {
  return std::make_unique<DashboardRpcs>(rpc);
}

}  // namespace crm::services

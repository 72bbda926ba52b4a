// RPCs of goals.
#include "crm/v1/goal_service.grpc.pb.h"
#include "domain/goal/goal.h"
#include "projections/goal_progress.h"
#include "services/picturing.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class GoalRpcs final : public v1::GoalService::CallbackService {
 public:
  CRM_SERVICE(GoalRpcs, v1::GoalService);

  CRM_GET(GetGoal, Goal)
  CRM_LIST(ListGoals, GoalProgress, Goal, goals)
  CRM_COMMAND(CreateGoal, Goal)
  CRM_COMMAND(UpdateGoal, Goal)
  CRM_COMMAND(ArchiveGoal, Goal)
  CRM_COMMAND(RestoreGoal, Goal)
  CRM_REPORT(GetGoalProgress, GoalProgress, GoalProgress)
  CRM_REPORT(ListGoalProgress, GoalProgress, ListGoalProgressResponse)
  CRM_PICTURE(GetGoalProgressPicture, GoalProgress, GoalProgress)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeGoalService(Rpc& rpc) { return std::make_unique<GoalRpcs>(rpc); }

}  // namespace crm::services

// RPCs of clock-driven work.
#include "crm/v1/schedule_service.grpc.pb.h"
#include "domain/schedule/due.h"
#include "projections/schedule.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class ScheduleRpcs final : public v1::ScheduleService::CallbackService {
 public:
  CRM_SERVICE(ScheduleRpcs, v1::ScheduleService);

  CRM_REPORT(ListDueWork, Schedule, ListDueWorkResponse)
  CRM_COMMAND(RetryDueWork, Due)
  CRM_COMMAND(AbandonDueWork, Due)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeScheduleService(Rpc& rpc) {
  return std::make_unique<ScheduleRpcs>(rpc);
}

}  // namespace crm::services

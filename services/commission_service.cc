// RPCs of commissions.
#include "crm/v1/commission_service.grpc.pb.h"
#include "projections/commission_ledger.h"
#include "projections/commission_what_if.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class CommissionRpcs final : public v1::CommissionService::CallbackService {
 public:
  CRM_SERVICE(CommissionRpcs, v1::CommissionService);

  CRM_REPORT(ListCommissions, CommissionLedger, ListCommissionsResponse)
  CRM_REPORT(GetCommissionSummary, CommissionLedger, CommissionSummary)
  CRM_REPORT(GetCommissionWhatIf, CommissionWhatIf, CommissionWhatIf)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeCommissionService(Rpc& rpc) {
  return std::make_unique<CommissionRpcs>(rpc);
}

}  // namespace crm::services

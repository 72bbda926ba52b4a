// RPCs of commission policies.
#include "crm/v1/commission_policy_service.grpc.pb.h"
#include "domain/commission_policy/commission_policy.h"
#include "projections/directory.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class CommissionPolicyRpcs final : public v1::CommissionPolicyService::CallbackService {
 public:
  CRM_SERVICE(CommissionPolicyRpcs, v1::CommissionPolicyService);

  CRM_GET(GetCommissionPolicy, CommissionPolicy)
  CRM_LIST(ListCommissionPolicies, Directory, CommissionPolicy, commission_policies)
  CRM_COMMAND(CreateCommissionPolicy, CommissionPolicy)
  CRM_COMMAND(UpdateCommissionPolicy, CommissionPolicy)
  CRM_COMMAND(PublishCommissionPolicyVersion, CommissionPolicy)
  CRM_COMMAND(ArchiveCommissionPolicy, CommissionPolicy)
  CRM_COMMAND(RestoreCommissionPolicy, CommissionPolicy)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeCommissionPolicyService(Rpc& rpc) {
  return std::make_unique<CommissionPolicyRpcs>(rpc);
}

}  // namespace crm::services

// RPCs of contracts.
#include "crm/v1/contract_service.grpc.pb.h"
#include "domain/contract/contract.h"
#include "projections/contract_list.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class ContractRpcs final : public v1::ContractService::CallbackService {
 public:
  CRM_SERVICE(ContractRpcs, v1::ContractService);

  CRM_GET(GetContract, Contract)
  CRM_LIST(ListContracts, ContractList, Contract, contracts)
  CRM_COMMAND(CreateContract, Contract)
  CRM_COMMAND(UpdateContract, Contract)
  CRM_COMMAND(ApproveContract, Contract)
  CRM_COMMAND(SendContract, Contract)
  CRM_COMMAND(CreateContractLink, Contract)
  CRM_COMMAND(RevokeContractLink, Contract)
  CRM_COMMAND(SignContract, Contract)
  CRM_COMMAND(RenewContract, Contract)
  CRM_COMMAND(TerminateContract, Contract)
  CRM_COMMAND(VoidContract, Contract)
  CRM_COMMAND(AssignContract, Contract)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeContractService(Rpc& rpc) {
  return std::make_unique<ContractRpcs>(rpc);
}

}  // namespace crm::services

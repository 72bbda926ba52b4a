// RPCs of the organization and its settings.
#include "crm/v1/organization_service.grpc.pb.h"
#include "domain/organization/organization.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class OrganizationRpcs final : public v1::OrganizationService::CallbackService {
 public:
  CRM_SERVICE(OrganizationRpcs, v1::OrganizationService);

  CRM_GET(GetOrganization, Organization)
  CRM_COMMAND(UpdateOrganization, Organization)
  CRM_COMMAND(SwitchMembershipPolicy, Organization)
  CRM_COMMAND(DefineLossReason, Organization)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeOrganizationService(Rpc& rpc) {
  return std::make_unique<OrganizationRpcs>(rpc);
}

}  // namespace crm::services

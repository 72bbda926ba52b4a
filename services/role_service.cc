// RPCs of roles. Shipped roles are data, custom ones aggregates.
#include "base/status_macros.h"
#include "crm/v1/role_service.grpc.pb.h"
#include "domain/role/role.h"
#include "projections/directory.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

// A role as a list row: shipped or custom.
struct RoleRow {
  static absl::StatusOr<v1::Role> RenderRow(const domain::RoleKey& key,
                                            const domain::Lookup& lookup) {
    if (const domain::ShippedRole* shipped = key.shipped()) return domain::RenderShipped(*shipped);
    ASSIGN_OR_RETURN(const domain::Ref<domain::Role> role, lookup.Get<domain::Role>(key.custom()));
    return domain::Role::Render(role, lookup);
  }
};

class RoleRpcs final : public v1::RoleService::CallbackService {
 public:
  CRM_SERVICE(RoleRpcs, v1::RoleService);

  CRM_RPC(GetRole, v1::Role,
          rpc_.Work(method, context, request, [this, request, response](const Call& call) {
            return Find(call, *request, response);
          }))
  CRM_RPC(ListRoles, v1::ListRolesResponse,
          (rpc_.List<projections::Directory, RoleRow>(method, context, request, response,
                                                      [](v1::ListRolesResponse& r) {
                                                        return r.mutable_roles();
                                                      })))
  CRM_COMMAND(CreateRole, Role)
  CRM_COMMAND(UpdateRole, Role)
  CRM_COMMAND(ArchiveRole, Role)

 private:
  absl::Status Find(const Call& call, const v1::GetRoleRequest& request, v1::Role* response) {
    ASSIGN_OR_RETURN(const domain::RoleKey key, domain::RoleKey::ParseName(request.name()));
    LogStreams streams = rpc_.queries().StreamsAt(call, std::nullopt);
    ASSIGN_OR_RETURN(*response, RoleRow::RenderRow(key, domain::Lookup(streams)));
    return absl::OkStatus();
  }
};

}  // namespace

std::unique_ptr<grpc::Service> MakeRoleService(Rpc& rpc) { return std::make_unique<RoleRpcs>(rpc); }

}  // namespace crm::services

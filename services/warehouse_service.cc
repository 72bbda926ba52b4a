// RPCs of warehouses.
#include "crm/v1/warehouse_service.grpc.pb.h"
#include "domain/warehouse/warehouse.h"
#include "projections/directory.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class WarehouseRpcs final : public v1::WarehouseService::CallbackService {
 public:
  CRM_SERVICE(WarehouseRpcs, v1::WarehouseService);

  CRM_GET(GetWarehouse, Warehouse)
  CRM_LIST(ListWarehouses, Directory, Warehouse, warehouses)
  CRM_COMMAND(CreateWarehouse, Warehouse)
  CRM_COMMAND(UpdateWarehouse, Warehouse)
  CRM_COMMAND(ArchiveWarehouse, Warehouse)
  CRM_COMMAND(RestoreWarehouse, Warehouse)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeWarehouseService(Rpc& rpc) {
  return std::make_unique<WarehouseRpcs>(rpc);
}

}  // namespace crm::services

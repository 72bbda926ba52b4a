// RPCs of purchases.
#include "crm/v1/purchase_service.grpc.pb.h"
#include "domain/purchase/purchase.h"
#include "projections/stock_levels.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class PurchaseRpcs final : public v1::PurchaseService::CallbackService {
 public:
  CRM_SERVICE(PurchaseRpcs, v1::PurchaseService);

  CRM_GET(GetPurchase, Purchase)
  CRM_LIST(ListPurchases, StockLevels, Purchase, purchases)
  CRM_COMMAND(CreatePurchase, Purchase)
  CRM_COMMAND(OrderPurchase, Purchase)
  CRM_COMMAND(ReceivePurchase, Purchase)
  CRM_COMMAND(CancelPurchase, Purchase)
};

}  // namespace

std::unique_ptr<grpc::Service> MakePurchaseService(Rpc& rpc) {
  return std::make_unique<PurchaseRpcs>(rpc);
}

}  // namespace crm::services

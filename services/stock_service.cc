// RPCs of stock.
#include "crm/v1/stock_service.grpc.pb.h"
#include "domain/stock_receipt/stock_receipt.h"
#include "projections/stock_levels.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class StockRpcs final : public v1::StockService::CallbackService {
 public:
  CRM_SERVICE(StockRpcs, v1::StockService);

  CRM_GET(GetStockReceipt, StockReceipt)
  CRM_REPORT(ListStockLevels, StockLevels, ListStockLevelsResponse)
  CRM_COMMAND(ReceiveStock, StockReceipt)
  CRM_COMMAND(CorrectStock, StockReceipt)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeStockService(Rpc& rpc) {
  return std::make_unique<StockRpcs>(rpc);
}

}  // namespace crm::services

// RPCs of sales orders.
#include "crm/v1/sales_order_service.grpc.pb.h"
#include "domain/sales_order/sales_order.h"
#include "projections/sales_order_list.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class SalesOrderRpcs final : public v1::SalesOrderService::CallbackService {
 public:
  CRM_SERVICE(SalesOrderRpcs, v1::SalesOrderService);

  CRM_GET(GetSalesOrder, SalesOrder)
  CRM_LIST(ListSalesOrders, SalesOrderList, SalesOrder, sales_orders)
  CRM_COMMAND(CreateSalesOrder, SalesOrder)
  CRM_COMMAND(UpdateSalesOrder, SalesOrder)
  CRM_COMMAND(ReviseSalesOrderContent, SalesOrder)
  CRM_COMMAND(ApproveSalesOrder, SalesOrder)
  CRM_COMMAND(ConfirmSalesOrder, SalesOrder)
  CRM_COMMAND(DeliverSalesOrder, SalesOrder)
  CRM_COMMAND(ReturnSalesOrderDelivery, SalesOrder)
  CRM_COMMAND_RESPONDING(InvoiceSalesOrder, SalesOrder, InvoiceSalesOrderResponse)
  CRM_COMMAND(CancelSalesOrder, SalesOrder)
  CRM_COMMAND(AssignSalesOrder, SalesOrder)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeSalesOrderService(Rpc& rpc) {
  return std::make_unique<SalesOrderRpcs>(rpc);
}

}  // namespace crm::services

// RPCs of commission receipts.
#include "crm/v1/commission_receipt_service.grpc.pb.h"
#include "domain/commission_receipt/commission_receipt.h"
#include "projections/receipt_list.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class CommissionReceiptRpcs final : public v1::CommissionReceiptService::CallbackService {
 public:
  CRM_SERVICE(CommissionReceiptRpcs, v1::CommissionReceiptService);

  CRM_GET(GetCommissionReceipt, CommissionReceipt)
  CRM_LIST(ListCommissionReceipts, ReceiptList, CommissionReceipt, commission_receipts)
  CRM_COMMAND(CreateCommissionReceipt, CommissionReceipt)
  CRM_COMMAND(PayCommissionReceipt, CommissionReceipt)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeCommissionReceiptService(Rpc& rpc) {
  return std::make_unique<CommissionReceiptRpcs>(rpc);
}

}  // namespace crm::services

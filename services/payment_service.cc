// RPCs of payments.
#include "crm/v1/payment_service.grpc.pb.h"
#include "domain/payment/payment.h"
#include "projections/payment_list.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class PaymentRpcs final : public v1::PaymentService::CallbackService {
 public:
  CRM_SERVICE(PaymentRpcs, v1::PaymentService);

  CRM_GET(GetPayment, Payment)
  CRM_LIST(ListPayments, PaymentList, Payment, payments)
  CRM_REPORT(ListCustomerCredits, PaymentList, ListCustomerCreditsResponse)
  CRM_COMMAND_RESPONDING(RecordPayment, Payment, RecordPaymentResponse)
  CRM_COMMAND(ApplyCredit, Payment)
  CRM_COMMAND(RefundCredit, Payment)
  CRM_COMMAND(ReversePayment, Payment)
};

}  // namespace

std::unique_ptr<grpc::Service> MakePaymentService(Rpc& rpc) {
  return std::make_unique<PaymentRpcs>(rpc);
}

}  // namespace crm::services

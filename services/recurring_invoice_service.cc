// RPCs of recurring invoices.
#include "crm/v1/recurring_invoice_service.grpc.pb.h"
#include "domain/recurring_invoice/recurring_invoice.h"
#include "projections/recurring_invoice_list.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class RecurringInvoiceRpcs final : public v1::RecurringInvoiceService::CallbackService {
 public:
  CRM_SERVICE(RecurringInvoiceRpcs, v1::RecurringInvoiceService);

  CRM_GET(GetRecurringInvoice, RecurringInvoice)
  CRM_LIST(ListRecurringInvoices, RecurringInvoiceList, RecurringInvoice, recurring_invoices)
  CRM_COMMAND(CreateRecurringInvoice, RecurringInvoice)
  CRM_COMMAND(UpdateRecurringInvoice, RecurringInvoice)
  CRM_COMMAND(PauseRecurringInvoice, RecurringInvoice)
  CRM_COMMAND(ResumeRecurringInvoice, RecurringInvoice)
  CRM_COMMAND(CancelRecurringInvoice, RecurringInvoice)
  CRM_COMMAND(AssignRecurringInvoice, RecurringInvoice)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeRecurringInvoiceService(Rpc& rpc) {
  return std::make_unique<RecurringInvoiceRpcs>(rpc);
}

}  // namespace crm::services

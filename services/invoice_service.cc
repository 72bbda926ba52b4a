// RPCs of invoices.
#include "crm/v1/invoice_service.grpc.pb.h"
#include "domain/invoice/invoice.h"
#include "projections/invoice_list.h"
#include "services/printing.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class InvoiceRpcs final : public v1::InvoiceService::CallbackService {
 public:
  CRM_SERVICE(InvoiceRpcs, v1::InvoiceService);

  CRM_GET(GetInvoice, Invoice)
  CRM_LIST(ListInvoices, InvoiceList, Invoice, invoices)
  CRM_COMMAND(CreateInvoice, Invoice)
  CRM_COMMAND(UpdateInvoice, Invoice)
  CRM_COMMAND(ReviseInvoiceContent, Invoice)
  CRM_COMMAND(ReaddressInvoice, Invoice)
  CRM_COMMAND(CreditInvoiceMembers, Invoice)
  CRM_COMMAND(IssueInvoice, Invoice)
  CRM_COMMAND(SendInvoice, Invoice)
  CRM_COMMAND(VoidInvoice, Invoice)
  CRM_COMMAND(AssignInvoice, Invoice)
  CRM_PAPER(GetInvoicePdf, Invoice)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeInvoiceService(Rpc& rpc) {
  return std::make_unique<InvoiceRpcs>(rpc);
}

}  // namespace crm::services

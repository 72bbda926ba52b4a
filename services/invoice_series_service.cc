// RPCs of number series.
#include "crm/v1/invoice_series_service.grpc.pb.h"
#include "domain/invoice_series/invoice_series.h"
#include "projections/directory.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class InvoiceSeriesRpcs final : public v1::InvoiceSeriesService::CallbackService {
 public:
  CRM_SERVICE(InvoiceSeriesRpcs, v1::InvoiceSeriesService);

  CRM_GET(GetInvoiceSeries, InvoiceSeries)
  CRM_LIST(ListInvoiceSeries, Directory, InvoiceSeries, invoice_series)
  CRM_COMMAND(CreateInvoiceSeries, InvoiceSeries)
  CRM_COMMAND(UpdateInvoiceSeries, InvoiceSeries)
  CRM_COMMAND(PreferInvoiceSeries, InvoiceSeries)
  CRM_COMMAND(ArchiveInvoiceSeries, InvoiceSeries)
  CRM_COMMAND(RestoreInvoiceSeries, InvoiceSeries)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeInvoiceSeriesService(Rpc& rpc) {
  return std::make_unique<InvoiceSeriesRpcs>(rpc);
}

}  // namespace crm::services

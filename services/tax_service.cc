// RPCs of taxes.
#include "crm/v1/tax_service.grpc.pb.h"
#include "domain/tax/tax.h"
#include "projections/directory.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class TaxRpcs final : public v1::TaxService::CallbackService {
 public:
  CRM_SERVICE(TaxRpcs, v1::TaxService);

  CRM_GET(GetTax, Tax)
  CRM_LIST(ListTaxes, Directory, Tax, taxes)
  CRM_COMMAND(CreateTax, Tax)
  CRM_COMMAND(UpdateTax, Tax)
  CRM_COMMAND(ArchiveTax, Tax)
  CRM_COMMAND(RestoreTax, Tax)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeTaxService(Rpc& rpc) { return std::make_unique<TaxRpcs>(rpc); }

}  // namespace crm::services

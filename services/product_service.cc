// RPCs of products.
#include "crm/v1/product_service.grpc.pb.h"
#include "domain/product/product.h"
#include "projections/product_catalogue.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class ProductRpcs final : public v1::ProductService::CallbackService {
 public:
  CRM_SERVICE(ProductRpcs, v1::ProductService);

  CRM_GET(GetProduct, Product)
  CRM_LIST(ListProducts, ProductCatalogue, Product, products)
  CRM_COMMAND(CreateProduct, Product)
  CRM_COMMAND(UpdateProduct, Product)
  CRM_COMMAND(RepriceProduct, Product)
  CRM_COMMAND(ReviseProductCost, Product)
  CRM_COMMAND(ArchiveProduct, Product)
  CRM_COMMAND(RestoreProduct, Product)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeProductService(Rpc& rpc) {
  return std::make_unique<ProductRpcs>(rpc);
}

}  // namespace crm::services

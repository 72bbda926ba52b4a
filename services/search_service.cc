// RPCs of search.
#include "crm/v1/search_service.grpc.pb.h"
#include "projections/record_index.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class SearchRpcs final : public v1::SearchService::CallbackService {
 public:
  CRM_SERVICE(SearchRpcs, v1::SearchService);

  CRM_REPORT(SearchRecords, RecordIndex, SearchRecordsResponse)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeSearchService(Rpc& rpc) {
  return std::make_unique<SearchRpcs>(rpc);
}

}  // namespace crm::services

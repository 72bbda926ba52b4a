// RPCs of history.
#include "crm/v1/history_service.grpc.pb.h"
#include "services/history.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class HistoryRpcs final : public v1::HistoryService::CallbackService {
 public:
  HistoryRpcs(Rpc& rpc, HistoryParts parts) : rpc_(rpc), parts_(parts) {}
  using Api = v1::HistoryService;

  CRM_WORK(ListChanges, ListChanges, parts_)

 private:
  Rpc& rpc_;
  const HistoryParts parts_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeHistoryService(Rpc& rpc, HistoryParts parts) {
  return std::make_unique<HistoryRpcs>(rpc, parts);
}

}  // namespace crm::services

// RPCs for auditors of a whole organization.
#include "crm/v1/audit_service.grpc.pb.h"
#include "services/reconciling.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class AuditRpcs final : public v1::AuditService::CallbackService {
 public:
  AuditRpcs(Rpc& rpc, LogParts log) : rpc_(rpc), log_(log) {}
  using Api = v1::AuditService;

  CRM_WORK(GetReconciliation, Reconcile, log_)

 private:
  Rpc& rpc_;
  const LogParts log_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAuditService(Rpc& rpc, LogParts log) {
  return std::make_unique<AuditRpcs>(rpc, log);
}

}  // namespace crm::services

#include "services/unparsable_requests.h"

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "google/protobuf/descriptor.h"
#include "services/errors.h"

namespace crm::services {
namespace {

using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::Interceptor;
using grpc::experimental::InterceptorBatchMethods;
using grpc::experimental::ServerRpcInfo;

// Looks at every answer of a served method on its way out.
class Rewriter final : public Interceptor {
 public:
  void Intercept(InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS) &&
        methods->GetSendStatus().error_code() == grpc::StatusCode::UNIMPLEMENTED) {
      methods->ModifySendStatus(ToGrpcStatus(
          WithReason(absl::StatusCode::kInvalidArgument, "REQUEST_UNPARSABLE",
                     "the request is no message of its type, or holds text that is not UTF-8")));
    }
    methods->Proceed();
  }
};

class Factory final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit Factory(absl::flat_hash_set<std::string> methods) : methods_(std::move(methods)) {}

  Interceptor* CreateServerInterceptor(ServerRpcInfo* info) override {
    return methods_.contains(info->method()) ? new Rewriter : nullptr;
  }

 private:
  const absl::flat_hash_set<std::string> methods_;  // "/crm.v1.LeadService/CaptureLead"
};

}  // namespace

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeUnparsableRequests(
    const std::vector<ServedService>& services) {
  absl::flat_hash_set<std::string> methods;
  for (const ServedService& served : services) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(served.name);
    for (int i = 0; i < service->method_count(); ++i)
      methods.insert(absl::StrCat("/", served.name, "/", service->method(i)->name()));
  }
  return std::make_unique<Factory>(std::move(methods));
}

}  // namespace crm::services

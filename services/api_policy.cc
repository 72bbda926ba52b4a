#include "services/api_policy.h"

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "crm/options/v1/options.pb.h"

namespace crm::services {
namespace {

using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

absl::Status Refuse(absl::string_view reason, const std::string& element, absl::string_view why) {
  return WithReason(absl::StatusCode::kFailedPrecondition, reason, absl::StrCat(element, " ", why),
                    {{"element", element}});
}

bool HasLink(const google::protobuf::Descriptor& request) {
  const auto* link = request.FindFieldByName("link");
  return link != nullptr && link->type() == google::protobuf::FieldDescriptor::TYPE_STRING;
}

}  // namespace

absl::Status CheckPolicy(const ServiceDescriptor& service, Listener listener) {
  for (int i = 0; i < service.method_count(); ++i) {
    const MethodDescriptor& method = *service.method(i);
    const auto& policy = method.options().GetExtension(options::v1::rpc);
    if (policy.permission().empty())
      return Refuse("METHOD_WITHOUT_PERMISSION", method.full_name(),
                    "has no (crm.options.v1.rpc).permission");
    if (policy.permission() == "public" && !HasLink(*method.input_type()))
      return Refuse("METHOD_WITHOUT_LINK", method.full_name(),
                    "is public, and nothing in its request says to which document");
    if (policy.operator_() != (listener == Listener::kOperator))
      return Refuse("METHOD_MISPLACED", method.full_name(),
                    policy.operator_() ? "is for the operator's listener only"
                                       : "is not for the operator's listener");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<const ServiceDescriptor*>> CheckPolicy(
    const std::vector<ServedService>& services, Listener listener) {
  std::vector<const ServiceDescriptor*> descriptors;
  for (const ServedService& served : services) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(served.name);
    if (service == nullptr)
      return Refuse("SERVICE_UNKNOWN", served.name, "has no descriptor in this program");
    RETURN_IF_ERROR(CheckPolicy(*service, listener));
    descriptors.push_back(service);
  }
  return descriptors;
}

}  // namespace crm::services

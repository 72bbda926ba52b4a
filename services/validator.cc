#include "services/validator.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "services/errors.h"
#include "services/validation_plan.h"

namespace crm::services {

using google::protobuf::Descriptor;

Validator::Validator() = default;
Validator::~Validator() = default;

absl::StatusOr<std::unique_ptr<Validator>> Validator::Create(
    const std::vector<const Descriptor*>& requests) {
  std::unique_ptr<Validator> validator(new Validator);
  // Plans are made before they are filled, so that messages may contain themselves.
  std::vector<const Descriptor*> pending;
  const auto plan_of = [&](const Descriptor* type) {
    auto& plan = validator->plans_[type];
    if (plan == nullptr) {
      plan = std::make_unique<MessagePlan>();
      pending.push_back(type);
    }
    return plan.get();
  };
  for (const Descriptor* request : requests) plan_of(request);
  while (!pending.empty()) {
    const Descriptor* type = pending.back();
    pending.pop_back();
    MessagePlan& plan = *validator->plans_.at(type);
    RETURN_IF_ERROR(plan.Compile(*type));
    for (MessagePlan::FieldPlan& field : plan.fields())
      if (field.field->message_type() != nullptr)
        field.message = plan_of(field.field->message_type());
  }
  return validator;
}

absl::Status Validator::Check(const google::protobuf::Message& request) const {
  const auto plan = plans_.find(request.GetDescriptor());
  if (plan == plans_.end())
    return absl::InternalError(
        absl::StrCat("no validation rules were compiled for ", request.GetTypeName()));
  Violations violations(kMaxViolations);
  plan->second->Check(request, "", kMaxDepth, violations);
  if (violations.empty()) return absl::OkStatus();
  const auto& first = violations.found().field_violations(0);
  const int more = violations.found().field_violations_size() - 1;
  absl::Status status =
      WithReason(absl::StatusCode::kInvalidArgument, "INVALID_REQUEST",
                 absl::StrCat(first.field(), " ", first.description(),
                              more == 0 ? std::string() : absl::StrCat(" (and ", more, " more)")),
                 {{"field", first.field()}});
  AttachBadRequest(status, violations.found());
  return status;
}

std::vector<const Descriptor*> RequestsOf(
    const std::vector<const google::protobuf::ServiceDescriptor*>& services) {
  std::vector<const Descriptor*> requests;
  for (const auto* service : services)
    for (int i = 0; i < service->method_count(); ++i)
      requests.push_back(service->method(i)->input_type());
  return requests;
}

}  // namespace crm::services

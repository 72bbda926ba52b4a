// Requests of any content: the rules of the protos, filters, field masks, and refusals on their way
// to the client and into crmctl.

#include <memory>
#include <nlohmann/json.hpp>

#include "base/reason.h"
#include "crm/v1/lead_service.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "crm/v1/team_service.pb.h"
#include "domain/field_mask.h"
#include "domain/record_filter.h"
#include "services/errors.h"
#include "services/validator.h"
#include "tests/fuzz/fuzz_target.h"
#include "tools/crmctl/failure.h"

namespace crm::fuzz {
namespace {

const services::Validator& TheValidator() {
  static const std::unique_ptr<services::Validator> validator = [] {
    auto made = services::Validator::Create({v1::CaptureLeadRequest::descriptor(),
                                             v1::UpdateOpportunityRequest::descriptor(),
                                             v1::CreateTeamRequest::descriptor()});
    Require(made.ok(), "the rules compile");
    return *std::move(made);
  }();
  return *validator;
}

template <class Message>
bool Parse(absl::string_view bytes, Message& message) {
  return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

// What the server says of a status, and what crmctl makes of it.
void Tell(const absl::Status& status) {
  Require(services::ToRpcStatus(status).ByteSizeLong() <= services::kMaxStatusBytes,
          "a refusal fits into a header");
  const absl::Status heard = ctl::FromGrpc(services::ToGrpcStatus(status));
  Require(ctl::FailureReason(heard) == ReasonOf(status), "a reason arrives");
  Require(nlohmann::json::accept(ctl::FailureJson(heard)), "and is JSON for programs");
  ctl::FailureText(heard);
}

template <class Request>
void Validate(absl::string_view bytes) {
  Request request;
  if (!Parse(bytes, request)) return;
  const absl::Status status = TheValidator().Check(request);
  if (status.ok()) return;
  Require(ReasonOf(status) == "INVALID_REQUEST", "a refusal names its reason");
  Tell(status);
}

void Filter(absl::string_view bytes) {
  v1::RecordFilter filter;
  if (!Parse(bytes, filter)) return;
  const absl::StatusOr<events::v1::Condition> condition = domain::ConditionFrom(filter);
  if (!condition.ok()) {
    return Require(!ReasonOf(condition.status()).empty(), "a refusal names its reason");
  }
  const auto again = domain::ConditionFrom(domain::FilterOf(*condition));
  Require(again.ok() && again->SerializeAsString() == condition->SerializeAsString(),
          "a condition comes back from its filter");
}

void Condition(absl::string_view bytes) {
  events::v1::Condition condition;
  if (!Parse(bytes, condition)) return;
  domain::FilterOf(condition);
  domain::RecordTraits record;
  record.region_code = "DE";
  record.tags = {"a", "b"};
  domain::Matches(condition, record);
}

void FieldMask(absl::string_view bytes) {
  v1::UpdateOpportunityRequest request;
  if (!Parse(bytes, request)) return;
  const auto changes =
      domain::FieldChanges::Resolve(request.opportunity(), request.update_mask(),
                                    {"display_name", "expected_revenue", "tags", "close_date"});
  if (!changes.ok()) {
    return Require(!ReasonOf(changes.status()).empty(), "a refusal names its reason");
  }
  const v1::Opportunity merged = changes->Merged(v1::Opportunity(), request.opportunity());
  Require(changes->Merged(merged, request.opportunity()).SerializeAsString() ==
              merged.SerializeAsString(),
          "a change that was made changes nothing");
}

// What a server that is none may answer.
void Answer(FuzzInput input) {
  const auto code = static_cast<grpc::StatusCode>(input.Pick(20));
  const std::string message(input.Text());
  const absl::Status failure =
      ctl::FromGrpc(grpc::Status(code, message, std::string(input.Rest())));
  if (failure.ok()) return;
  Require(!ctl::FailureReason(failure).empty(), "a failure has a reason");
  Require(nlohmann::json::accept(ctl::FailureJson(failure)), "a failure is JSON for programs");
  ctl::FailureText(failure);
  Require(ctl::RetryDelay(failure) >= absl::ZeroDuration(), "nobody waits backwards");
}

}  // namespace

CRM_FUZZ_TARGET(request) {
  FuzzInput input(bytes);
  switch (input.Pick(7)) {
    case 0:
      return Validate<crm::v1::CaptureLeadRequest>(input.Rest());
    case 1:
      return Validate<crm::v1::UpdateOpportunityRequest>(input.Rest());
    case 2:
      return Validate<crm::v1::CreateTeamRequest>(input.Rest());
    case 3:
      return Filter(input.Rest());
    case 4:
      return Condition(input.Rest());
    case 5:
      return FieldMask(input.Rest());
    default:
      return Answer(input);
  }
}

}  // namespace crm::fuzz

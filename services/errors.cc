#include "services/errors.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/log.h"
#include "base/reason.h"
#include "base/utf8.h"
#include "base/uuid.h"

namespace crm::services {
namespace {

using google::rpc::BadRequest;

constexpr char kBadRequestPayloadUrl[] = "type.googleapis.com/google.rpc.BadRequest";
constexpr int64_t kDefaultRetryDelayMs = 1000;
// The message travels twice: in the details and in grpc-message.
constexpr size_t kMaxMessageBytes = 1024;
constexpr size_t kMaxMetadataValueBytes = 256;

bool IsInside(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss;
}

std::string ReasonOrCodeName(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  return reason.empty() ? absl::StatusCodeToString(status.code()) : reason;
}

void AddDetail(google::rpc::Status& to, const google::protobuf::Message& detail) {
  to.add_details()->PackFrom(detail);
}

google::rpc::ErrorInfo ErrorInfoOf(const absl::Status& status) {
  google::rpc::ErrorInfo info;
  info.set_reason(ReasonOrCodeName(status));
  info.set_domain(kErrorDomain);
  for (const auto& [key, value] : ReasonMetadataOf(status))
    (*info.mutable_metadata())[key] = std::string(Utf8Prefix(value, kMaxMetadataValueBytes));
  return info;
}

google::rpc::PreconditionFailure PreconditionFailureOf(const absl::Status& status) {
  google::rpc::PreconditionFailure failure;
  auto* violation = failure.add_violations();
  violation->set_type(ReasonOrCodeName(status));
  violation->set_subject(ReasonMetadataValue(status, "resource"));
  violation->set_description(std::string(Utf8Prefix(status.message(), kMaxMessageBytes)));
  return failure;
}

// "pipelines/p/stages/s" is a resource of type "stages".
std::string ResourceTypeOf(absl::string_view name) {
  const size_t last = name.rfind('/');
  if (last == absl::string_view::npos) return "";
  name = name.substr(0, last);
  const size_t before = name.rfind('/');
  return std::string(before == absl::string_view::npos ? name : name.substr(before + 1));
}

google::rpc::RetryInfo RetryInfoOf(const absl::Status& status) {
  int64_t delay_ms = 0;
  if (!absl::SimpleAtoi(ReasonMetadataValue(status, "retry_delay_ms"), &delay_ms) || delay_ms < 0)
    delay_ms = kDefaultRetryDelayMs;
  google::rpc::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(delay_ms / 1000);
  info.mutable_retry_delay()->set_nanos(static_cast<int32_t>(delay_ms % 1000) * 1'000'000);
  return info;
}

void AddDetailOfCode(google::rpc::Status& to, const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kFailedPrecondition:
      AddDetail(to, PreconditionFailureOf(status));
      break;
    case absl::StatusCode::kNotFound: {
      const std::string name = ReasonMetadataValue(status, "resource");
      if (name.empty()) break;
      google::rpc::ResourceInfo info;
      info.set_resource_type(ResourceTypeOf(name));
      info.set_resource_name(std::string(Utf8Prefix(name, kMaxMetadataValueBytes)));
      AddDetail(to, info);
      break;
    }
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
      AddDetail(to, RetryInfoOf(status));
      break;
    default:
      break;
  }
}

std::optional<BadRequest> BadRequestOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kBadRequestPayloadUrl);
  BadRequest bad_request;
  if (!payload || !bad_request.ParseFromString(std::string(*payload))) return std::nullopt;
  return bad_request;
}

// Adds as many violations as fit; when some do not, the last one says how many.
void AddViolationsThatFit(google::rpc::Status& to, BadRequest bad_request) {
  auto& violations = *bad_request.mutable_field_violations();
  const int all = violations.size();
  for (int kept = all; kept >= 0; --kept) {
    if (kept < all) {
      violations.DeleteSubrange(kept, violations.size() - kept);
      bad_request.add_field_violations()->set_description(absl::StrCat(all - kept, " more"));
    }
    google::rpc::Status attempt = to;
    AddDetail(attempt, bad_request);
    if (attempt.ByteSizeLong() <= kMaxStatusBytes) {
      to = std::move(attempt);
      return;
    }
  }
}

// What is left when a rule attached more metadata than fits: the reason itself always does.
void DropWhatDoesNotFit(google::rpc::Status& status, const std::string& reason) {
  if (status.ByteSizeLong() <= kMaxStatusBytes) return;
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(Utf8Prefix(reason, kMaxMetadataValueBytes)));
  info.set_domain(kErrorDomain);
  status.clear_details();
  AddDetail(status, info);
}

google::rpc::Status HideInside(const absl::Status& status) {
  const std::string incident = Uuid::Random().ToString();
  const std::string reason = ReasonOrCodeName(status);
  log::Error("call failed inside", {{"incident", incident},
                                    {"code", absl::StatusCodeToString(status.code())},
                                    {"reason", reason},
                                    {"error", status.message()}});
  google::rpc::Status hidden;
  hidden.set_code(static_cast<int>(status.code()));
  hidden.set_message(absl::StrCat("internal error, incident ", incident));
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain(kErrorDomain);
  (*info.mutable_metadata())["incident"] = incident;
  AddDetail(hidden, info);
  return hidden;
}

}  // namespace

void AttachBadRequest(absl::Status& status, const BadRequest& bad_request) {
  status.SetPayload(kBadRequestPayloadUrl, absl::Cord(bad_request.SerializeAsString()));
}

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  if (status.ok()) return {};
  if (IsInside(status.code())) return HideInside(status);
  google::rpc::Status answer;
  answer.set_code(static_cast<int>(status.code()));
  answer.set_message(std::string(Utf8Prefix(status.message(), kMaxMessageBytes)));
  AddDetail(answer, ErrorInfoOf(status));
  AddDetailOfCode(answer, status);
  DropWhatDoesNotFit(answer, ReasonOrCodeName(status));
  if (auto bad_request = BadRequestOf(status))
    AddViolationsThatFit(answer, *std::move(bad_request));
  return answer;
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status answer = ToRpcStatus(status);
  return grpc::Status(static_cast<grpc::StatusCode>(answer.code()), answer.message(),
                      answer.SerializeAsString());
}

}  // namespace crm::services

#include "services/errors.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace crm::services {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

// The only detail of type T; fails when there is none or more than one.
template <class T>
std::optional<T> DetailOf(const google::rpc::Status& status) {
  std::optional<T> found;
  for (const auto& any : status.details()) {
    if (!any.Is<T>()) continue;
    EXPECT_FALSE(found.has_value()) << T::descriptor()->full_name() << " twice";
    any.UnpackTo(&found.emplace());
  }
  return found;
}

google::rpc::ErrorInfo InfoOf(const google::rpc::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  EXPECT_TRUE(info.has_value());
  EXPECT_EQ(info->domain(), "crm");
  return *info;
}

TEST(ErrorsTest, OkStaysOk) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_EQ(ToRpcStatus(absl::OkStatus()).ByteSizeLong(), 0u);
}

TEST(ErrorsTest, AWrongPhaseIsAPreconditionFailure) {
  const grpc::Status sent =
      ToGrpcStatus(WithReason(absl::StatusCode::kFailedPrecondition, "OPPORTUNITY_CLOSED",
                              "it is closed", {{"resource", "opportunities/7"}, {"phase", "won"}}));
  EXPECT_EQ(sent.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(sent.error_message(), "it is closed");
  google::rpc::Status status;
  ASSERT_TRUE(status.ParseFromString(sent.error_details()));
  EXPECT_EQ(status.code(), 9);
  EXPECT_EQ(status.message(), "it is closed");
  EXPECT_EQ(InfoOf(status).reason(), "OPPORTUNITY_CLOSED");
  EXPECT_EQ(InfoOf(status).metadata().at("phase"), "won");
  const auto failure = DetailOf<google::rpc::PreconditionFailure>(status);
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->violations(0).type(), "OPPORTUNITY_CLOSED");
  EXPECT_EQ(failure->violations(0).subject(), "opportunities/7");
}

TEST(ErrorsTest, AMissingResourceIsNamed) {
  const auto status = ToRpcStatus(WithReason(absl::StatusCode::kNotFound, "STAGE_NOT_FOUND", "none",
                                             {{"resource", "pipelines/p/stages/s"}}));
  const auto info = DetailOf<google::rpc::ResourceInfo>(status);
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->resource_type(), "stages");
  EXPECT_EQ(info->resource_name(), "pipelines/p/stages/s");
}

TEST(ErrorsTest, BusySaysWhenToRetry) {
  const auto delay_of = [](const absl::Status& status) {
    const auto info = DetailOf<google::rpc::RetryInfo>(ToRpcStatus(status));
    EXPECT_TRUE(info.has_value());
    return info->retry_delay().seconds() * 1'000'000'000 + info->retry_delay().nanos();
  };
  EXPECT_EQ(delay_of(WithReason(absl::StatusCode::kUnavailable, "VIEW_LAGGING", "m",
                                {{"retry_delay_ms", "2250"}})),
            2'250'000'000);
  EXPECT_EQ(delay_of(absl::ResourceExhaustedError("m")), 1'000'000'000);
  EXPECT_EQ(
      delay_of(WithReason(absl::StatusCode::kUnavailable, "X", "m", {{"retry_delay_ms", "-5"}})),
      1'000'000'000);
}

TEST(ErrorsTest, WithoutAReasonTheCodeNamesIt) {
  EXPECT_EQ(InfoOf(ToRpcStatus(absl::AbortedError("m"))).reason(), "ABORTED");
  EXPECT_EQ(InfoOf(ToRpcStatus(absl::PermissionDeniedError("m"))).reason(), "PERMISSION_DENIED");
}

TEST(ErrorsTest, TheInsideStaysInsideButIsLogged) {
  for (const absl::StatusCode code :
       {absl::StatusCode::kInternal, absl::StatusCode::kUnknown, absl::StatusCode::kDataLoss}) {
    ::testing::internal::CaptureStderr();
    const auto status = ToRpcStatus(
        WithReason(code, "LOG_UNREADABLE", "/var/lib/crmd/log/000007.sst", {{"path", "/var"}}));
    const std::string logged = ::testing::internal::GetCapturedStderr();
    EXPECT_THAT(status.SerializeAsString(), Not(HasSubstr("/var")));
    const auto info = InfoOf(status);
    EXPECT_EQ(info.reason(), "LOG_UNREADABLE");
    const std::string incident = info.metadata().at("incident");
    EXPECT_EQ(incident.size(), 36u);
    EXPECT_THAT(status.message(), EndsWith(incident));
    EXPECT_THAT(logged, HasSubstr(incident));
    EXPECT_THAT(logged, HasSubstr("/var/lib/crmd/log/000007.sst"));
  }
}

TEST(ErrorsTest, KeepsAsManyViolationsAsFitAndCountsTheRest) {
  google::rpc::BadRequest bad_request;
  for (int i = 0; i < 500; ++i) {
    auto* violation = bad_request.add_field_violations();
    violation->set_field(absl::StrCat("items[", i, "].display_name"));
    violation->set_description("must be at most 200 characters");
  }
  absl::Status status = absl::InvalidArgumentError("bad");
  AttachBadRequest(status, bad_request);
  const auto sent = ToRpcStatus(status);
  EXPECT_LE(sent.ByteSizeLong(), kMaxStatusBytes);
  EXPECT_GT(sent.ByteSizeLong(), kMaxStatusBytes - 200) << "should use the room it has";
  const auto kept = DetailOf<google::rpc::BadRequest>(sent);
  ASSERT_TRUE(kept.has_value());
  const int shown = kept->field_violations_size() - 1;
  EXPECT_EQ(kept->field_violations(shown - 1).field(),
            absl::StrCat("items[", shown - 1, "].display_name"));
  EXPECT_EQ(kept->field_violations(shown).field(), "");
  EXPECT_EQ(kept->field_violations(shown).description(), absl::StrCat(500 - shown, " more"));
}

TEST(ErrorsTest, FewViolationsAreKeptAsTheyAre) {
  google::rpc::BadRequest bad_request;
  bad_request.add_field_violations()->set_field("name");
  absl::Status status = absl::InvalidArgumentError("bad");
  AttachBadRequest(status, bad_request);
  const auto kept = DetailOf<google::rpc::BadRequest>(ToRpcStatus(status));
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept->SerializeAsString(), bad_request.SerializeAsString());
}

TEST(ErrorsTest, NeverMoreThanFitsWhateverARuleAttaches) {
  ReasonMetadata metadata = {{"resource", std::string(9000, 'r')}};
  for (int i = 0; i < 100; ++i) metadata.emplace_back(absl::StrCat("k", i), std::string(9000, 'v'));
  const auto status = ToRpcStatus(
      WithReason(absl::StatusCode::kFailedPrecondition, "LARGE", std::string(9000, 'm'), metadata));
  EXPECT_LE(status.ByteSizeLong(), kMaxStatusBytes);
  EXPECT_EQ(InfoOf(status).reason(), "LARGE");
}

}  // namespace
}  // namespace crm::services

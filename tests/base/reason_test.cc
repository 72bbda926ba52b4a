#include "base/reason.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status_macros.h"

namespace crm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(ReasonTest, CarriesCodeMessageReasonAndMetadataInOrder) {
  const absl::Status status = WithReason(absl::StatusCode::kAborted, "STREAM_CHANGED", "too late",
                                         {{"stream", "x/1"}, {"expected", "3"}});
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(status.message(), "too late");
  EXPECT_EQ(ReasonOf(status), "STREAM_CHANGED");
  EXPECT_THAT(ReasonMetadataOf(status), ElementsAre(Pair("stream", "x/1"), Pair("expected", "3")));
  EXPECT_EQ(ReasonMetadataValue(status, "expected"), "3");
  EXPECT_EQ(ReasonMetadataValue(status, "absent"), "");
}

TEST(ReasonTest, KeepsBytesThatLookLikeSeparators) {
  const std::string awkward("\0\xFF=,\n", 5);
  const absl::Status status =
      WithReason(absl::StatusCode::kInternal, "ODD", "", {{"", awkward}, {"k", ""}});
  EXPECT_THAT(ReasonMetadataOf(status), ElementsAre(Pair("", awkward), Pair("k", "")));
}

TEST(ReasonTest, KeepsValuesLongerThanOneSizeByte) {
  const std::string value(70'000, 'v');
  const absl::Status status =
      WithReason(absl::StatusCode::kInternal, "LONG", "", {{"value", value}});
  EXPECT_EQ(ReasonMetadataValue(status, "value"), value);
}

TEST(ReasonTest, SurvivesReturnIfError) {
  const auto fails = [] { return WithReason(absl::StatusCode::kNotFound, "GONE", "gone"); };
  const auto passes = [&]() -> absl::Status {
    RETURN_IF_ERROR(fails());
    return absl::OkStatus();
  };
  EXPECT_EQ(ReasonOf(passes()), "GONE");
}

TEST(ReasonTest, StatusWithoutReasonHasNone) {
  EXPECT_EQ(ReasonOf(absl::OkStatus()), "");
  EXPECT_EQ(ReasonOf(absl::InternalError("plain")), "");
  EXPECT_THAT(ReasonMetadataOf(absl::InternalError("plain")), IsEmpty());
}

TEST(ReasonTest, ForeignPayloadIsNotTakenForAReason) {
  absl::Status status = absl::InternalError("plain");
  status.SetPayload(kReasonPayloadUrl, absl::Cord("\xFF"));
  EXPECT_EQ(ReasonOf(status), "");
  EXPECT_THAT(ReasonMetadataOf(status), IsEmpty());
}

}  // namespace
}  // namespace crm

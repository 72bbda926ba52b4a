#include "domain/render.h"

#include "crm/v1/role_service.pb.h"
#include "crm/v1/team_service.pb.h"
#include "tests/support/prototext.h"
#include "tests/support/status_matchers.h"

namespace crm::domain {
namespace {

using testing::From;
using testing::HasReason;
using testing::IsOkAndHolds;

TEST(RenderTest, StampsWhatTheResourceHas) {
  StreamHead head;
  head.version = 7;
  head.first_effective_time = absl::FromUnixSeconds(100);
  head.last_effective_time = absl::FromUnixSeconds(200) + absl::Microseconds(3);
  v1::Team team;
  Stamp(team, head);
  EXPECT_EQ(team.etag(), "\"7\"");
  EXPECT_EQ(team.create_time().seconds(), 100);
  EXPECT_EQ(team.update_time().seconds(), 200);
  EXPECT_EQ(team.update_time().nanos(), 3'000);
  v1::Role role;  // without times
  Stamp(role, head);
  EXPECT_EQ(role.etag(), "\"7\"");
}

TEST(RenderTest, TimestampsBeforeTheEpochHavePositiveNanos) {
  const auto before = TimestampOf(absl::UnixEpoch() - absl::Nanoseconds(1));
  EXPECT_EQ(before.seconds(), -1);
  EXPECT_EQ(before.nanos(), 999'999'999);
  EXPECT_THAT(TimeFromProto(before), IsOkAndHolds(absl::UnixEpoch() - absl::Microseconds(1)));
}

TEST(RenderTest, TimesAreCutToTheTickOfTheLog) {
  EXPECT_THAT(TimeFromProto(From<google::protobuf::Timestamp>("seconds: 5 nanos: 1999")),
              IsOkAndHolds(absl::FromUnixMicros(5'000'001)));
}

TEST(RenderTest, RefusesTimestampsOutsideTheirRange) {
  for (const char* text :
       {"nanos: -1", "nanos: 1000000000", "seconds: 253402300800", "seconds: -62135596801"}) {
    EXPECT_THAT(TimeFromProto(From<google::protobuf::Timestamp>(text)),
                HasReason("TIMESTAMP_INVALID"))
        << text;
  }
}

TEST(RenderTest, StoredAmountsComeBack) {
  const Money money(*Currency::Parse("EUR"), -1'234);
  EXPECT_EQ(AmountFromStored(StoredAmount(money)), money);
  EXPECT_EQ(AmountFromStored({}), std::nullopt);
}

}  // namespace
}  // namespace crm::domain

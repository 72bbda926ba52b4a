// A request is known as long as its time lasts and not a moment longer, whenever compaction runs.
// Mutations seen to fail this: JoinKnownRequest without IsExpired; RequestExpiry that drops
// whatever is older than the compaction; RequestExpiry without its spare day.
#include "base/clock.h"
#include "tests/eventstore/contract.h"
#include "tests/eventstore/stored_log.h"

namespace crm::eventstore {
namespace {

constexpr absl::Duration kKeep = absl::Hours(24 * 30);

class RequestRetentionTest : public ::testing::Test {
 protected:
  RequestRetentionTest() : log_({.requests = {kKeep, &clock_}}) {
    EXPECT_TRUE(log_.Open().ok());
    CreateOrganization(*log_);
  }
  Outcome Send(const std::string& name) {
    Commit commit = TestCommit({TestAppend(absl::StrCat(name, ++streams_), 0, 1)}, clock_.Now());
    commit.request = TestRequest(name);
    return AppendNow(*log_, std::move(commit));
  }
  bool IsStored(const std::string& name) {
    const auto row =
        log_.stores().storage().ReadRequest(1, TestId("actor"), TestRequest(name).request_id);
    EXPECT_TRUE(row.ok()) << row.status();
    return row->has_value();
  }
  void Compact() { ASSERT_TRUE(log_.stores().storage().CompactEverything().ok()); }

  ManualClock clock_{kStart};
  StoredLog log_;
  int streams_ = 0;
};

TEST_F(RequestRetentionTest, IsKnownForItsTimeWhetherOrNotCompactionRuns) {
  for (const bool compact : {false, true}) {
    const std::string name = compact ? "compacted" : "left alone";
    const Outcome first = Send(name);
    ASSERT_TRUE(first.ok()) << first.status();
    clock_.Advance(kKeep - absl::Seconds(1));
    if (compact) Compact();
    const Outcome repeated = Send(name);
    ASSERT_TRUE(repeated.ok()) << repeated.status();
    EXPECT_TRUE(repeated->replayed);
    EXPECT_EQ(repeated->record.last_position(), first->record.last_position());
    clock_.Advance(absl::Seconds(2));
    if (compact) Compact();
    EXPECT_FALSE(JoinLater(*log_, TestRequest(name)).has_value());
    EXPECT_FALSE(JoinLater(*log_, TestRequest(name, "another input")).has_value());
    const Outcome anew = Send(name);
    ASSERT_TRUE(anew.ok()) << anew.status();
    EXPECT_FALSE(anew->replayed);
    EXPECT_TRUE(Send(name)->replayed) << "known again, as of now";
  }
}

TEST_F(RequestRetentionTest, CompactionDropsByRecordTimeADayLater) {
  ASSERT_TRUE(Send("old").ok());
  clock_.Advance(absl::Hours(24 * 10));
  ASSERT_TRUE(Send("young").ok());
  Compact();  // one table, written now: its age says nothing
  clock_.Advance(absl::Hours(24 * 20) + absl::Hours(23));
  Compact();
  EXPECT_TRUE(IsStored("old")) << "expired, and a clock that steps back may not bring it back";
  clock_.Advance(absl::Hours(2));
  Compact();
  EXPECT_FALSE(IsStored("old"));
  EXPECT_TRUE(IsStored("young")) << "its time is not over";
}

TEST_F(RequestRetentionTest, WithoutRetentionNothingIsEverDropped) {
  StoredLog log;
  ASSERT_TRUE(log.Open().ok());
  CreateOrganization(*log);
  Commit commit = TestCommit({TestAppend("a", 0, 1)}, absl::UnixEpoch());
  commit.request = TestRequest("for ever");
  ASSERT_TRUE(AppendNow(*log, commit).ok());
  ASSERT_TRUE(log.stores().storage().CompactEverything().ok());
  EXPECT_TRUE(AppendNow(*log, commit)->replayed);
}

}  // namespace
}  // namespace crm::eventstore

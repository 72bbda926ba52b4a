#include "eventstore/tail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/eventstore/test_log.h"

namespace crm::eventstore {
namespace {

// Each commit below counts as much.
constexpr int64_t kCommitBytes = 10;

using ::testing::IsEmpty;
using ::testing::SizeIs;

// A commit of one event on each stream, at positions from `position` on.
std::shared_ptr<PendingCommit> Pending(Position position,
                                       const std::vector<std::pair<std::string, Version>>& events) {
  auto commit = std::make_shared<PendingCommit>();
  commit->rows.organization = 1;
  commit->bytes = kCommitBytes;
  for (const auto& [stream, version] : events) {
    commit->rows.events.push_back({commit->rows.heads.size(), version, position, "record"});
    commit->rows.heads.push_back({TestStream(stream), {version, position}});
    commit->end.position = position++;
  }
  return commit;
}

TEST(TailTest, HoldsEventsUntilTheirCommitIsDurable) {
  Tail tail(0);
  const auto first = Pending(1, {{"a", 1}, {"b", 1}});
  const auto second = Pending(3, {{"a", 2}});
  tail.Add(first);
  tail.Add(second);
  EXPECT_THAT(tail.EventsOf({1, TestStream("a")}, 1), SizeIs(2));
  EXPECT_EQ(tail.HeadOf({1, TestStream("a")})->version, 2);
  EXPECT_EQ(tail.HeadOf({1, TestStream("b")})->position, 2);
  EXPECT_THAT(tail.EventsOf({2, TestStream("a")}, 1), IsEmpty()) << "another organization";
  tail.Settle(first);
  ASSERT_THAT(tail.EventsOf({1, TestStream("a")}, 1), SizeIs(1));
  EXPECT_EQ(tail.EventsOf({1, TestStream("a")}, 1)[0].first_version(), 2);
  EXPECT_THAT(tail.EventsOf({1, TestStream("b")}, 1), IsEmpty());
  tail.Settle(second);
  EXPECT_THAT(tail.EventsOf({1, TestStream("a")}, 1), IsEmpty());
  EXPECT_EQ(tail.HeadOf({1, TestStream("a")}), std::nullopt);
}

TEST(TailTest, KeepsWhatBecameDurableLast) {
  Tail tail(2 * kCommitBytes);
  for (int i = 1; i <= 5; ++i) {
    const auto commit = Pending(i, {{"a", i}});
    tail.Add(commit);
    tail.Settle(commit);
  }
  ASSERT_THAT(tail.EventsOf({1, TestStream("a")}, 1), SizeIs(2));
  EXPECT_EQ(tail.EventsOf({1, TestStream("a")}, 1)[0].first_version(), 4);
  ASSERT_THAT(tail.EventsOf({1, TestStream("a")}, 5), SizeIs(1));
  EXPECT_EQ(tail.EventsOf({1, TestStream("a")}, 5)[0].first_version(), 5);
  EXPECT_THAT(tail.EventsOf({1, TestStream("a")}, 6), IsEmpty());
  EXPECT_EQ(tail.HeadOf({1, TestStream("a")})->version, 5);
}

// Of a stream that is written in every commit, what is dropped goes some at a time; what is still
// pending stays whatever its size.
TEST(TailTest, AHotStreamIsDroppedInOrder) {
  constexpr int kSettled = 100;
  Tail tail(3 * kCommitBytes);
  std::vector<std::shared_ptr<PendingCommit>> commits;
  for (int i = 1; i <= 2 * kSettled; ++i) tail.Add(commits.emplace_back(Pending(i, {{"hot", i}})));
  for (int i = 0; i < kSettled; ++i) tail.Settle(commits[static_cast<size_t>(i)]);
  const std::vector<PendingEvents> events = tail.EventsOf({1, TestStream("hot")}, 1);
  ASSERT_THAT(events, SizeIs(kSettled + 3));
  for (size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(events[i].first_version(), kSettled - 2 + static_cast<Version>(i));
  }
}

TEST(TailTest, FindsARequestWhileItIsInFlight) {
  Tail tail(0);
  const RequestAddress address{1, TestId("actor"), TestId("request")};
  const auto commit = Pending(1, {{"a", 1}});
  commit->request = address;
  tail.Add(commit);
  EXPECT_EQ(tail.FindRequest(address), commit.get());
  EXPECT_EQ(tail.FindRequest({1, TestId("other actor"), TestId("request")}), nullptr);
  tail.Settle(commit);
  EXPECT_EQ(tail.FindRequest(address), nullptr);
  EXPECT_EQ(commit.use_count(), 1) << "nothing is kept";
}

// Nobody may join a request that was answered, also when its events are still here.
TEST(TailTest, ForgetsARequestOnceItIsDurable) {
  Tail tail(kCommitBytes);
  const RequestAddress address{1, TestId("actor"), TestId("request")};
  const auto commit = Pending(1, {{"a", 1}});
  commit->request = address;
  tail.Add(commit);
  tail.Settle(commit);
  EXPECT_THAT(tail.EventsOf({1, TestStream("a")}, 1), SizeIs(1));
  EXPECT_EQ(tail.FindRequest(address), nullptr);
}

}  // namespace
}  // namespace crm::eventstore

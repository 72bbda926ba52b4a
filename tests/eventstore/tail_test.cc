#include "eventstore/tail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/eventstore/test_log.h"

namespace crm::eventstore {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

// A commit of one event on each stream, at positions from `position` on.
std::shared_ptr<PendingCommit> Pending(Position position,
                                       const std::vector<std::pair<std::string, Version>>& events) {
  auto commit = std::make_shared<PendingCommit>();
  commit->rows.organization = 1;
  for (const auto& [stream, version] : events) {
    commit->rows.events.push_back({commit->rows.heads.size(), version, position, "record"});
    commit->rows.heads.push_back({TestStream(stream), {version, position}});
    commit->end.position = position++;
  }
  return commit;
}

TEST(TailTest, HoldsEventsUntilTheirCommitIsDurable) {
  Tail tail;
  const auto first = Pending(1, {{"a", 1}, {"b", 1}});
  const auto second = Pending(3, {{"a", 2}});
  tail.Add(first);
  tail.Add(second);
  EXPECT_THAT(tail.EventsOf({1, TestStream("a")}), SizeIs(2));
  EXPECT_EQ(tail.HeadOf({1, TestStream("a")})->version, 2);
  EXPECT_EQ(tail.HeadOf({1, TestStream("b")})->position, 2);
  EXPECT_THAT(tail.EventsOf({2, TestStream("a")}), IsEmpty()) << "another organization";
  tail.Remove(*first);
  ASSERT_THAT(tail.EventsOf({1, TestStream("a")}), SizeIs(1));
  EXPECT_EQ(tail.EventsOf({1, TestStream("a")})[0].first_version(), 2);
  EXPECT_THAT(tail.EventsOf({1, TestStream("b")}), IsEmpty());
  tail.Remove(*second);
  EXPECT_THAT(tail.EventsOf({1, TestStream("a")}), IsEmpty());
  EXPECT_EQ(tail.HeadOf({1, TestStream("a")}), std::nullopt);
}

TEST(TailTest, FindsARequestWhileItIsInFlight) {
  Tail tail;
  const RequestAddress address{1, TestId("actor"), TestId("request")};
  const auto commit = Pending(1, {{"a", 1}});
  commit->request = address;
  tail.Add(commit);
  EXPECT_EQ(tail.FindRequest(address), commit.get());
  EXPECT_EQ(tail.FindRequest({1, TestId("other actor"), TestId("request")}), nullptr);
  tail.Remove(*commit);
  EXPECT_EQ(tail.FindRequest(address), nullptr);
  EXPECT_EQ(commit.use_count(), 1) << "nothing is kept";
}

}  // namespace
}  // namespace crm::eventstore

// The server keeps how far a consumer group is, whatever becomes of the server.
//
// Seen to fail with: Store left out of GroupRuntime::Flush (nothing outlives a restart); StepBack
// always taken (nothing is repeated).
#include <filesystem>

#include "eventstore/rocksdb/rocksdb_consumer_store.h"
#include "tests/scenarios/consumer_story.h"

namespace crm::testing {
namespace {

using ::testing::ElementsAre;

struct OwnWorld {
  World own;
};

class StoppedGroupsTest : private OwnWorld, public GroupStory {
 protected:
  StoppedGroupsTest() : GroupStory(own) {}
};

TEST_F(StoppedGroupsTest, ParkedEventsOutliveTheServerUntilTheyAreDiscarded) {
  const v1::ConsumerGroup group = OfOpportunities();
  OpenMill();
  OpenMill();
  Consumer consumer(robot_, Begin(group));
  const Positions batch = consumer.NextBatch();
  ASSERT_EQ(batch.size(), 2U);
  consumer.Say(absl::StrCat("park { reason: 'NO_SUCH_ACCOUNT' positions: ", batch[0],
                            " positions: ", batch[1], " }"));
  consumer.AwaitSettled(2);
  server_.Restart();
  const ApiCaller administrator = server_.Reconnect(office_.administrator);
  const auto page = [&](const std::string& token) {
    return administrator.Do(&ConsumerGroups::ListParkedEvents,
                            absl::StrCat(With("consumer_group", group.name()),
                                         "page_size: 1 page_token: '", token, "'"));
  };
  const v1::ListParkedEventsResponse first = page("");
  ASSERT_EQ(first.parked_events_size(), 1);
  EXPECT_EQ(first.parked_events(0).position(), batch[0]);
  EXPECT_EQ(page(first.next_page_token()).parked_events(0).position(), batch[1]);
  administrator.Do(&ConsumerGroups::DiscardParkedEvents,
                   absl::StrCat(NameIs(group), "positions: ", batch[0], " reason: 'TEST_DATA'"));
  const v1::ListParkedEventsResponse left = page("");
  ASSERT_EQ(left.parked_events_size(), 1);
  EXPECT_EQ(left.parked_events(0).position(), batch[1]);
  EXPECT_EQ(left.next_page_token(), "");
}

TEST_F(StoppedGroupsTest, ARestartRepeatsOnlyWhatWasNotAcknowledged) {
  const v1::ConsumerGroup group = OfOpportunities();
  for (int i = 0; i < 4; ++i) OpenMill();
  Consumer before(robot_, Begin(group));
  const Positions batch = before.NextBatch();
  ASSERT_EQ(batch.size(), 4U);
  before.Settle({batch[0], batch[2]});
  server_.Restart();
  EXPECT_EQ(StatusOf(group).checkpoint_position(), batch[1] - 1);
  Consumer after(server_.Reconnect(robot_), Begin(group));
  int attempt = 0;
  EXPECT_THAT(after.NextBatch(&attempt), ElementsAre(batch[1], batch[3]));
  EXPECT_EQ(attempt, 1) << "a server that stops costs no attempt";
  after.Settle({batch[1], batch[3]});
  after.AwaitCaughtUp();
}

// The files as they are at that moment are what a kill would leave.
TEST_F(StoppedGroupsTest, WhatIsToldToBeSettledIsOnDisk) {
  const v1::ConsumerGroup group = OfOpportunities();
  for (int i = 0; i < 3; ++i) OpenMill();
  Consumer consumer(robot_, Begin(group));
  const Positions batch = consumer.NextBatch();
  ASSERT_EQ(batch.size(), 3U);
  consumer.Settle({batch[0]});
  consumer.Say(absl::StrCat("park { reason: 'BAD' positions: ", batch[2], " }"));
  consumer.AwaitSettled(1);
  const ScratchFolder copy;
  std::filesystem::copy(server_.data_dir() + "/consumers", copy / "consumers",
                        std::filesystem::copy_options::recursive);
  const auto store = *eventstore::RocksDbConsumerStore::Open(copy / "consumers");
  const auto keys = *store->List();
  ASSERT_EQ(keys.size(), 1U);
  const eventstore::StoredGroup stored = *store->Load(keys[0]);
  EXPECT_EQ(stored.progress->checkpoint(), batch[1] - 1);
  ASSERT_EQ(stored.parked.size(), 1U);
  EXPECT_EQ(stored.parked[0].position(), batch[2]);
}

TEST_F(StoppedGroupsTest, AStoppingServerTellsWhatIsDurableAndSaysGoodbye) {
  const v1::ConsumerGroup group = OfOpportunities();
  OpenMill();
  Consumer consumer(robot_, Begin(group));
  consumer.Settle(consumer.NextBatch());
  server_.RequestStop();
  while (consumer.Next().content_case() != 0) {
  }
  EXPECT_THAT(consumer.Finish(), Refused(grpc::StatusCode::UNAVAILABLE, "SERVER_STOPPING"));
}

}  // namespace
}  // namespace crm::testing

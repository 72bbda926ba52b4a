#include "services/event_packer.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace crm::services {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Commits of these sizes, from position 1 on.
std::vector<v1::Event> Commits(const std::vector<int>& sizes, size_t json_bytes = 10) {
  std::vector<v1::Event> events;
  for (const int size : sizes) {
    for (int i = 0; i < size; ++i) {
      v1::Event& event = events.emplace_back();
      event.set_position(static_cast<int64_t>(events.size()));
      event.set_commit_size(size);
      event.set_index_in_commit(i);
      event.set_data_json(std::string(json_bytes, 'x'));
    }
  }
  return events;
}

std::vector<int> SizesOf(const std::deque<v1::SubscribeEventsResponse>& messages) {
  std::vector<int> sizes;
  for (const auto& message : messages) sizes.push_back(message.batch().events_size());
  return sizes;
}

std::vector<int64_t> CheckpointsOf(const std::deque<v1::SubscribeEventsResponse>& messages) {
  std::vector<int64_t> checkpoints;
  for (const auto& message : messages) checkpoints.push_back(message.batch().checkpoint_position());
  return checkpoints;
}

TEST(EventPackerTest, WhatFitsIsOneMessage) {
  const auto messages = PackEvents(Commits({3, 2}), 9);
  EXPECT_THAT(SizesOf(messages), ElementsAre(5));
  EXPECT_THAT(CheckpointsOf(messages), ElementsAre(9)) << "what did not match was looked at too";
  EXPECT_THAT(PackEvents({}, 9), IsEmpty());
}

TEST(EventPackerTest, ALargeCommitIsSplitAndItsCheckpointComesLast) {
  const auto messages = PackEvents(Commits({2, 1200, 1}), 1203);
  EXPECT_THAT(SizesOf(messages), ElementsAre(512, 512, 179));
  EXPECT_THAT(CheckpointsOf(messages), ElementsAre(2, 2, 1203));
}

TEST(EventPackerTest, CheckpointsAreEndsOfCommits) {
  const auto messages = PackEvents(Commits({511, 1, 1}), 513);
  EXPECT_THAT(SizesOf(messages), ElementsAre(512, 1));
  EXPECT_THAT(CheckpointsOf(messages), ElementsAre(512, 513));
}

TEST(EventPackerTest, NoMessageIsLargerThanClientsTake) {
  const auto messages = PackEvents(Commits({1, 1, 1, 1, 1}, 900'000), 5);
  EXPECT_THAT(SizesOf(messages), ElementsAre(2, 2, 1));
  EXPECT_THAT(CheckpointsOf(messages), ElementsAre(2, 4, 5));
  for (const auto& message : messages) EXPECT_LE(message.ByteSizeLong(), kMaxPackedBytes + 100);
  EXPECT_THAT(SizesOf(PackEvents(Commits({1, 1}, 3'000'000), 2)), ElementsAre(1, 1));
}

}  // namespace
}  // namespace crm::services

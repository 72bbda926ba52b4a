#include "services/event_packer.h"

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "crm/events/v1/lead_events.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/memory_key_ring.h"
#include "tests/support/status_matchers.h"

namespace crm::services {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What a message told: how many events, and its checkpoint.
struct Told {
  int events;
  int64_t checkpoint;
  friend bool operator==(const Told&, const Told&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Told& told) {
    return out << told.events << " to " << told.checkpoint;
  }
};

class EventPackerTest : public ::testing::Test {
 protected:
  // Commits of these sizes, from position 1 on.
  std::vector<log::v1::RecordedEvent> Commits(const std::vector<int>& sizes,
                                              size_t data_bytes = 10) {
    std::vector<log::v1::RecordedEvent> events;
    for (const int size : sizes) {
      for (int i = 0; i < size; ++i) {
        log::v1::RecordedEvent& event = events.emplace_back();
        event.set_position(static_cast<int64_t>(events.size()));
        event.set_commit_size(size);
        event.set_index_in_commit(i);
        event.set_type(events::v1::LeadJunked::descriptor()->full_name());
        event.set_data(std::string(data_bytes, 'x'));
      }
    }
    return events;
  }

  std::vector<Told> Pack(const std::vector<log::v1::RecordedEvent>& page, Position scanned_to) {
    for (const auto& event : page) EXPECT_TRUE(packer_.Add(event, renderer_).ok());
    packer_.ClosePage(scanned_to);
    std::vector<Told> told;
    int64_t position = 1;
    while (!packer_.empty()) {
      const v1::SubscribeEventsResponse& message = packer_.Pop();
      EXPECT_LE(message.ByteSizeLong(), std::max<size_t>(kMaxPackedBytes, largest_));
      for (const v1::Event& event : message.batch().events()) {
        EXPECT_EQ(event.position(), position++);
      }
      told.push_back({message.batch().events_size(), message.batch().checkpoint_position()});
    }
    return told;
  }

  testing::MemoryKeyRing keys_;
  EventRenderer renderer_{keys_, v1::EVENT_ENCODING_PROTOBUF};
  EventPacker packer_;
  size_t largest_ = 0;  // of messages that hold one event
};

TEST_F(EventPackerTest, WhatFitsIsOneMessage) {
  EXPECT_THAT(Pack(Commits({3, 2}), 9), ElementsAre(Told{5, 9}))
      << "what did not match was looked at too";
  EXPECT_THAT(Pack({}, 9), IsEmpty());
}

TEST_F(EventPackerTest, ALargeCommitIsSplitAndItsCheckpointComesLast) {
  EXPECT_THAT(Pack(Commits({2, 1200, 1}), 1203),
              ElementsAre(Told{512, 2}, Told{512, 2}, Told{179, 1203}));
}

TEST_F(EventPackerTest, CheckpointsAreEndsOfCommits) {
  EXPECT_THAT(Pack(Commits({511, 1, 1}), 513), ElementsAre(Told{512, 512}, Told{1, 513}));
}

TEST_F(EventPackerTest, NoMessageIsLargerThanClientsTake) {
  EXPECT_THAT(Pack(Commits({1, 1, 1, 1, 1}, 900'000), 5),
              ElementsAre(Told{2, 2}, Told{2, 4}, Told{1, 5}));
  largest_ = 3'001'000;
  EXPECT_THAT(Pack(Commits({1, 1}, 3'000'000), 2), ElementsAre(Told{1, 1}, Told{1, 2}));
}

// Messages are filled again: nothing of a page may show in a later one.
TEST_F(EventPackerTest, APageHoldsNothingOfTheLastOne) {
  EXPECT_THAT(Pack(Commits({512, 512, 100}), 1124),
              ElementsAre(Told{512, 512}, Told{512, 1024}, Told{100, 1124}));
  EXPECT_THAT(Pack(Commits({1}), 7), ElementsAre(Told{1, 7}));
  packer_.Release();
  EXPECT_THAT(Pack(Commits({2}), 2), ElementsAre(Told{2, 2}));
}

TEST_F(EventPackerTest, AnEventThatCannotBeReadIsAnErrorAndLeavesNothing) {
  auto page = Commits({1, 1});
  page[1].set_type("crm.events.v1.NeverHeardOf");
  EXPECT_TRUE(packer_.Add(page[0], renderer_).ok());
  EXPECT_TRUE(absl::IsDataLoss(packer_.Add(page[1], renderer_)));
  EXPECT_THAT(Pack({}, 1), ElementsAre(Told{1, 1}));
  EXPECT_TRUE(absl::IsDataLoss(packer_.Add(page[1], renderer_)));
  EXPECT_THAT(Pack({}, 1), IsEmpty());
}

}  // namespace
}  // namespace crm::services

#include "projections/event_decoder.h"

#include "crm/events/v1/team_events.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/memory_key_ring.h"

namespace crm::projections {
namespace {

using events::v1::TeamCreated;

log::v1::RecordedEvent Recorded(Position position, const std::string& name,
                                const std::string& hash) {
  TeamCreated event;
  event.set_display_name(name);
  log::v1::RecordedEvent recorded;
  recorded.set_position(position);
  recorded.set_type(TeamCreated::descriptor()->full_name());
  recorded.set_data(event.SerializeAsString());
  recorded.set_hash(hash);
  return recorded;
}

class EventDecoderTest : public ::testing::Test {
 protected:
  std::string Name(const log::v1::RecordedEvent& recorded) {
    const auto decoded = decoder_.Decode(recorded, *TeamCreated::descriptor());
    if (!decoded.ok()) return std::string(decoded.status().message());
    EXPECT_EQ((*decoded)->metadata.position, recorded.position());
    return static_cast<const TeamCreated&>(*(*decoded)->message).display_name();
  }

  testing::MemoryKeyRing keys_;
  EventDecoder decoder_{keys_, 2};
};

TEST_F(EventDecoderTest, DecodesAnEventOnce) {
  const auto recorded = Recorded(1, "North", "h1");
  EXPECT_EQ(Name(recorded), "North");
  log::v1::RecordedEvent unreadable = recorded;
  unreadable.set_data("\xff");
  EXPECT_EQ(Name(unreadable), "North") << "it was decoded again";
  decoder_.Forget();
  EXPECT_THAT(Name(unreadable), ::testing::HasSubstr("malformed event"));
}

TEST_F(EventDecoderTest, TellsEventsApart) {
  EXPECT_EQ(Name(Recorded(1, "North", "h1")), "North");
  EXPECT_EQ(Name(Recorded(2, "South", "h2")), "South");
  EXPECT_EQ(Name(Recorded(3, "", "h3")), "") << "nothing of the one whose message it took";
  EXPECT_EQ(Name(Recorded(1, "West", "h1 of another log")), "West");
  EXPECT_EQ(Name(Recorded(2, "South", "h2")), "South");
  EXPECT_EQ(Name(Recorded(1, "a", "")), "a");
  EXPECT_EQ(Name(Recorded(1, "b", "")), "b") << "without a hash nobody knows that it is the same";
}

TEST_F(EventDecoderTest, KnowsTheTypesOfThisProgram) {
  auto recorded = Recorded(1, "North", "h1");
  EXPECT_EQ(decoder_.TypeOf(recorded), TeamCreated::descriptor());
  recorded.set_type("crm.events.v1.NeverHeardOf");
  EXPECT_EQ(decoder_.TypeOf(recorded), nullptr);
}

}  // namespace
}  // namespace crm::projections

#include "services/event_renderer.h"

#include "base/uuid.h"
#include "crm/events/v1/lead_events.pb.h"
#include "domain/event_codec.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/memory_key_ring.h"

namespace crm::services {
namespace {

const Uuid kOrganization = Uuid::FromName(Uuid{}, "organization");
const Uuid kPerson = Uuid::FromName(Uuid{}, "person");
const StreamId kLead{"lead", Uuid::FromName(Uuid{}, "lead")};

class EventRendererTest : public ::testing::Test {
 protected:
  EventRendererTest() {
    event_.set_reason("a \"joke\"");
    event_.set_subject_id(kPerson.ToBytes());
    const auto encoded = domain::EncodeEvent(event_, kOrganization, kLead, 4, keys_);
    EXPECT_TRUE(encoded.ok()) << encoded.status();
    recorded_.set_organization(kOrganization.ToBytes());
    recorded_.set_category(kLead.category);
    recorded_.set_stream_id(kLead.id.ToBytes());
    recorded_.set_version(4);
    recorded_.set_type(encoded->type);
    recorded_.set_data(encoded->data);
    recorded_.set_subject(encoded->subject.ToBytes());
    recorded_.set_sealed(encoded->sealed);
  }

  v1::Event Render(v1::EventEncoding encoding) {
    v1::Event event;
    const absl::Status status = EventRenderer(keys_, encoding).Render(recorded_, event);
    EXPECT_TRUE(status.ok()) << status;
    return event;
  }

  testing::MemoryKeyRing keys_;
  events::v1::LeadJunked event_;
  log::v1::RecordedEvent recorded_;
};

TEST_F(EventRendererTest, TellsTheContentAsJsonUnlessAskedOtherwise) {
  const v1::Event event = Render(v1::EVENT_ENCODING_UNSPECIFIED);
  EXPECT_EQ(event.stream_id(), kLead.id.ToString());
  EXPECT_EQ(event.data_json(),
            "{\"reason\":\"a \\\"joke\\\"\",\"subjectId\":\"" + kPerson.ToString() + "\"}");
  EXPECT_EQ(event.data(), "");
  EXPECT_EQ(Render(v1::EVENT_ENCODING_JSON).SerializeAsString(), event.SerializeAsString());
}

TEST_F(EventRendererTest, TellsTheMessageItselfWithWhatWasSealed) {
  const v1::Event event = Render(v1::EVENT_ENCODING_PROTOBUF);
  EXPECT_EQ(event.data_json(), "");
  events::v1::LeadJunked told;
  ASSERT_TRUE(told.ParseFromString(event.data()));
  EXPECT_EQ(told.SerializeAsString(), event_.SerializeAsString());
}

TEST_F(EventRendererTest, LeavesOutWhatIsErased) {
  ASSERT_TRUE(keys_.Destroy(kOrganization, kPerson).ok());
  events::v1::LeadJunked told;
  ASSERT_TRUE(told.ParseFromString(Render(v1::EVENT_ENCODING_PROTOBUF).data()));
  EXPECT_EQ(told.reason(), "");
  EXPECT_EQ(told.subject_id(), kPerson.ToBytes());
  EXPECT_EQ(Render(v1::EVENT_ENCODING_JSON).data_json(),
            "{\"subjectId\":\"" + kPerson.ToString() + "\"}");
}

// The event that is rendered into may hold another one: messages are filled again.
TEST_F(EventRendererTest, NothingOfAnotherEventShows) {
  for (const auto encoding : {v1::EVENT_ENCODING_JSON, v1::EVENT_ENCODING_PROTOBUF}) {
    EventRenderer renderer(keys_, encoding);
    log::v1::RecordedEvent plain;
    plain.set_type(events::v1::LeadJunked::descriptor()->full_name());
    v1::Event fresh, used;
    ASSERT_TRUE(renderer.Render(plain, fresh).ok());
    ASSERT_TRUE(renderer.Render(recorded_, used).ok());
    ASSERT_TRUE(renderer.Render(plain, used).ok());
    EXPECT_EQ(used.SerializeAsString(), fresh.SerializeAsString());
  }
}

TEST_F(EventRendererTest, RefusesWhatItCannotRead) {
  for (const auto encoding : {v1::EVENT_ENCODING_JSON, v1::EVENT_ENCODING_PROTOBUF}) {
    EventRenderer renderer(keys_, encoding);
    v1::Event event;
    log::v1::RecordedEvent unknown = recorded_;
    unknown.set_type("crm.events.v1.NeverHeardOf");
    EXPECT_TRUE(absl::IsDataLoss(renderer.Render(unknown, event)));
    log::v1::RecordedEvent moved = recorded_;  // sealed bytes belong to one place of the log
    moved.set_version(5);
    EXPECT_TRUE(absl::IsDataLoss(renderer.Render(moved, event)));
  }
}

}  // namespace
}  // namespace crm::services

// Other systems follow the log: first what was, then what happens, until the server says where to
// go on elsewhere.
#include <future>

#include "crm/events/v1/opportunity_events.pb.h"
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using Message = v1::SubscribeEventsResponse;

// One subscription; reading blocks until a message comes or kCallDeadline passes.
class Following {
 public:
  Following(const ApiCaller& caller, const std::string& request) : stub_(caller.channel()) {
    caller.Prepare(context_);
    reader_ = stub_.SubscribeEvents(&context_, From<v1::SubscribeEventsRequest>(request));
  }
  ~Following() { context_.TryCancel(); }

  // The next message; an empty one when the stream ended.
  Message Next() {
    Message message;
    if (!reader_->Read(&message)) message.Clear();
    return message;
  }
  // Events up to the next marker, which `marker` receives.
  std::vector<v1::Event> UpToMarker(Message* marker) {
    std::vector<v1::Event> events;
    for (*marker = Next(); marker->has_batch(); *marker = Next()) {
      for (const v1::Event& event : marker->batch().events()) events.push_back(event);
    }
    return events;
  }
  // The next batch, passing markers over.
  Message NextBatch() {
    Message message = Next();
    while (message.has_checkpoint() || message.has_caught_up()) message = Next();
    return message;
  }
  Ending Finish() {
    const grpc::Status status = reader_->Finish();
    return EndingOf(status, context_);
  }

 private:
  grpc::ClientContext context_;
  Events stub_;
  std::unique_ptr<grpc::ClientReader<Message>> reader_;
};

class EventsTest : public ::testing::Test {
 protected:
  v1::Opportunity OpenMill() const {
    return office_.Open(office_.ada, "Mill", 100, office_.OwnedBy(office_.ada_name, office_.north));
  }

  SystemClock clock_;
  RunningServer server_{clock_};
  SalesOffice office_{server_};
};

TEST_F(EventsTest, ASubscriberCatchesUpAndThenHearsWhatHappens) {
  const int64_t head = office_.HeadPosition();
  Following following(office_.avi, "from_position: 1");
  Message marker;
  const std::vector<v1::Event> past = following.UpToMarker(&marker);
  ASSERT_TRUE(marker.has_caught_up());
  EXPECT_EQ(marker.caught_up().position(), head);
  ASSERT_EQ(past.size(), static_cast<size_t>(head));
  for (size_t i = 0; i < past.size(); ++i) {
    EXPECT_EQ(past[i].position(), static_cast<int64_t>(i) + 1);
  }

  const auto mill = OpenMill();
  Message live = following.NextBatch();
  ASSERT_TRUE(live.has_batch());
  EXPECT_EQ(live.batch().events(0).position(), head + 1);
  EXPECT_EQ(live.batch().events(0).category(), "opportunity");
  EXPECT_NE(live.batch().events(0).data_json().find("Mill"), std::string::npos);
  // Again and again.
  for (const std::string stage : {"Talks", "Offer", "Talks", "New", "Offer"}) {
    office_.Move(office_.ada, mill, stage);
    live = following.NextBatch();
    ASSERT_TRUE(live.has_batch());
    EXPECT_EQ(live.batch().events(0).type(), "crm.events.v1.StageMoved");
  }
}

TEST_F(EventsTest, AnEventIsToldAsItsMessageToWhoAsksForIt) {
  const auto mill = OpenMill();
  Following following(office_.avi,
                      "encoding: EVENT_ENCODING_PROTOBUF filter { types: 'OpportunityOpened' }");
  Message marker;
  const std::vector<v1::Event> told = following.UpToMarker(&marker);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].data_json(), "");
  events::v1::OpportunityOpened opened;
  ASSERT_TRUE(opened.ParseFromString(told[0].data()));
  EXPECT_EQ(opened.details().display_name(), mill.display_name());
  const auto page =
      office_.avi.Do(&Events::ReadEvents,
                     "encoding: EVENT_ENCODING_PROTOBUF filter { types: 'OpportunityOpened' }");
  ASSERT_EQ(page.events_size(), 1);
  EXPECT_EQ(page.events(0).data(), told[0].data());
}

TEST_F(EventsTest, CheckpointsTellHowFarAFilterHasLooked) {
  Following following(office_.avi,
                      "from_position: 1 checkpoint_interval_ms: 100 "
                      "filter { types: 'OpportunityWon' }");
  Message marker;
  EXPECT_TRUE(following.UpToMarker(&marker).empty());
  ASSERT_TRUE(marker.has_caught_up());
  const auto mill = OpenMill();
  const int64_t head = office_.HeadPosition();
  do {
    marker = following.Next();
    ASSERT_TRUE(marker.has_checkpoint() || marker.has_caught_up());
  } while (marker.checkpoint().position() < head);
  EXPECT_EQ(marker.checkpoint().position(), head);
  office_.ada.Do(&Opportunities::WinOpportunity, NameIs(mill));
  const Message won = following.NextBatch();
  ASSERT_EQ(won.batch().events_size(), 1);
  EXPECT_EQ(won.batch().events(0).type(), "crm.events.v1.OpportunityWon");
  EXPECT_GE(won.batch().checkpoint_position(), won.batch().events(0).position());
}

// The workers' queue is for long reads; followers have room of their own, however many wake at
// once.
TEST(CrowdTest, ManyFollowersAreAllServed) {
  constexpr int kFollowers = 40;
  SystemClock clock;
  RunningServer server(clock, [](services::Config& config) {
    config.limits.worker_threads = 1;
    config.limits.worker_queue = 1;
    config.limits.max_subscriptions = kFollowers;
  });
  const ApiCaller administrator = server.Administrator();
  std::vector<std::unique_ptr<Following>> crowd;
  for (int i = 0; i < kFollowers; ++i) {
    crowd.push_back(std::make_unique<Following>(administrator, "from_position: 1"));
  }
  for (const auto& follower : crowd) {
    Message marker;
    follower->UpToMarker(&marker);
    ASSERT_TRUE(marker.has_caught_up()) << Ending(follower->Finish());
  }
  Following one_more(administrator, "from_position: 1");
  EXPECT_FALSE(one_more.Next().has_batch());
  EXPECT_THAT(one_more.Finish(),
              Refused(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_SUBSCRIPTIONS"));
  for (int i = 0; i < 5; ++i) {
    Hire(administrator, absl::StrCat("Member", i), "auditor");
    for (const auto& follower : crowd) {
      ASSERT_TRUE(follower->NextBatch().has_batch()) << Ending(follower->Finish());
    }
  }
}

TEST_F(EventsTest, FollowersOfOneRecordHearNothingElse) {
  const auto mill = OpenMill();
  OpenMill();
  office_.Move(office_.ada, mill, "Talks");
  Following following(office_.avi,
                      absl::StrCat("from_position: 1 filter { ", With("record", mill.name()), "}"));
  Message marker;
  const auto events = following.UpToMarker(&marker);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].stream_id(), events[1].stream_id());
  EXPECT_EQ(events[1].version(), 2);
}

TEST_F(EventsTest, AStoppingServerSaysWhereToGoOn) {
  const int64_t head = office_.HeadPosition();
  Following following(office_.avi, "from_position: 1");
  Message marker;
  following.UpToMarker(&marker);
  ASSERT_TRUE(marker.has_caught_up());
  server_.RequestStop();
  EXPECT_FALSE(following.Next().has_batch());
  const Ending ending = following.Finish();
  EXPECT_THAT(ending, Refused(grpc::StatusCode::UNAVAILABLE, "SERVER_STOPPING"));
  EXPECT_NE(ending.status.error_message().find(absl::StrCat(head)), std::string::npos);

  server_.Restart();
  Following resumed(server_.Reconnect(office_.avi), absl::StrCat("from_position: ", head + 1));
  EXPECT_TRUE(resumed.UpToMarker(&marker).empty());
  EXPECT_EQ(marker.caught_up().position(), head);
}

TEST_F(EventsTest, StrangersAndAgentsDoNotFollow) {
  Following agent(office_.ada, "from_position: 1");
  EXPECT_FALSE(agent.Next().has_batch());
  EXPECT_THAT(agent.Finish(), Refused(grpc::StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
  Following stranger(server_.Anonymous(), "from_position: 1");
  EXPECT_FALSE(stranger.Next().has_batch());
  EXPECT_THAT(stranger.Finish(), Refused(grpc::StatusCode::UNAUTHENTICATED, "CREDENTIAL_MISSING"));
}

}  // namespace
}  // namespace crm::testing

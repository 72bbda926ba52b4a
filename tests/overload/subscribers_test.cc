// Subscribers that read slowly, or never, and the end of the server while a crowd of them listens.
//
// Short by default; CRM_OVERLOAD_STREAMS=1000 for long.
#include <iostream>
#include <memory>
#include <vector>

#include "absl/time/clock.h"
#include "crm/v1/consumer_group_service.grpc.pb.h"
#include "crm/v1/event_service.grpc.pb.h"
#include "crm/v1/lead_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "tests/overload/raw_connection.h"
#include "tests/overload/watch.h"
#include "tests/support/running_server.h"
#include "tests/support/seed.h"

namespace crm::testing {
namespace {

using Events = v1::EventService::Stub;
using Leads = v1::LeadService::Stub;
using Message = v1::SubscribeEventsResponse;

constexpr char kSubscribe[] = "/crm.v1.EventService/SubscribeEvents";
constexpr char kConsume[] = "/crm.v1.ConsumerGroupService/Consume";
constexpr int64_t kMebibyte = 1 << 20;
constexpr int kPatienceMs = 60'000;
constexpr int kStreamsPerConnection = 50;

std::string Flag(const char* name, int64_t value) { return absl::StrCat("--", name, "=", value); }

int64_t ManyStreams() { return NumberFromEnvironment("CRM_OVERLOAD_STREAMS", 200); }

// Room for a crowd whose members are all one person.
std::vector<std::string> Crowded(int64_t streams, std::vector<std::string> more = {}) {
  more.push_back(Flag("max-subscriptions", streams));
  more.push_back(Flag("max-subscriptions-per-member", streams));
  return more;
}

// A hundred events or so; returns the position of the last.
int64_t FillLog(const ApiCaller& caller) {
  constexpr int kLeads = 60;
  for (int i = 0; i < kLeads; ++i)
    caller.Do(&Leads::CaptureLead, absl::StrCat("lead { given_name: 'Lead", i, "' family_name: '",
                                                std::string(100, 'x'), "' }"));
  return caller.Do(&Events::ReadEvents, "page_size: 1").head_position();
}

std::string FromTheBeginning() { return From<v1::SubscribeEventsRequest>("").SerializeAsString(); }

bool AwaitMetric(const ChildServer& server, const char* name, int64_t value) {
  const absl::Time end = absl::Now() + absl::Milliseconds(kPatienceMs);
  while (server.Metric(name) != value) {
    if (absl::Now() > end) return false;
  }
  return true;
}

// Whole messages of a stream, taken off the front of what was heard.
class Messages {
 public:
  // Those that came since the last call.
  std::vector<Message> In(const std::string& data) {
    std::vector<Message> messages;
    while (data.size() >= read_ + 5) {
      size_t size = 0;
      for (size_t i = 1; i < 5; ++i) size = size << 8 | static_cast<uint8_t>(data[read_ + i]);
      if (data.size() < read_ + 5 + size) break;
      EXPECT_TRUE(messages.emplace_back().ParseFromString(data.substr(read_ + 5, size)));
      read_ += 5 + size;
    }
    return messages;
  }

 private:
  size_t read_ = 0;
};

// Listens until the stream ends, and remembers how.
class Listener final : public grpc::ClientReadReactor<Message> {
 public:
  explicit Listener(const ApiCaller& caller) : stub_(caller.channel()) {
    context_.AddMetadata("authorization", absl::StrCat("Bearer ", caller.token()));
    stub_.async()->SubscribeEvents(&context_, &request_, this);
    StartRead(&message_);
    StartCall();
  }
  ~Listener() override {
    context_.TryCancel();
    Await();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    Note([this] {
      caught_up_ |= message_.has_caught_up();
      events_ += message_.batch().events_size();
    });
    StartRead(&message_);
  }
  void OnDone(const grpc::Status& status) override {
    // Nothing of this is touched once the lock is given back.
    Note([&] { status_ = status; });
  }

  void AwaitCaughtUp() {
    MutexLock lock(mutex_);
    while (!caught_up_ && !status_.has_value()) changed_.Wait(mutex_);
    EXPECT_TRUE(caught_up_);
  }
  // That more came than so many events.
  void AwaitMore(int64_t events) {
    MutexLock lock(mutex_);
    while (events_ <= events && !status_.has_value()) changed_.Wait(mutex_);
    EXPECT_GT(events_, events);
  }
  Ending Await() {
    MutexLock lock(mutex_);
    while (!status_.has_value()) changed_.Wait(mutex_);
    return EndingOf(*status_, context_);
  }

 private:
  template <class Change>
  void Note(Change change) {
    MutexLock lock(mutex_);
    change();
    changed_.NotifyAll();
  }

  Events stub_;
  grpc::ClientContext context_;
  const v1::SubscribeEventsRequest request_;
  Message message_;
  Mutex mutex_;
  CondVar changed_;
  bool caught_up_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t events_ ABSL_GUARDED_BY(mutex_) = 0;
  std::optional<grpc::Status> status_ ABSL_GUARDED_BY(mutex_);
};

// They take the first bytes and then nothing: each costs a page at most, loses its place in time,
// and harms nobody. One who never says what it wants to consume is no better.
// Whoever has nothing to take for as long keeps its place.
// Mutations seen to fail: no PeerOwes in EventStream::Write; none in ConsumerStream::Start; no
// PeerDid in EventStream::OnWriteDone.
TEST(SubscribersTest, ThoseWhoNeverReadAreCutOff) {
  const int64_t count = ManyStreams();
  ChildServer server(Crowded(count + 1, {Flag("subscriber-timeout-s", 1)}));
  ASSERT_TRUE(server.Start()) << server.Log();
  const ApiCaller caller = server.Administrator();
  const int64_t head = FillLog(caller);
  Listener good(caller);
  good.AwaitCaughtUp();
  Watch watch(server);
  std::vector<RawConnection> connections;
  std::vector<uint32_t> streams;
  for (int64_t i = 0; i < count; ++i) {
    if (i % kStreamsPerConnection == 0) {
      connections.emplace_back(server.port());
      connections.back().Greet(/*window=*/1000);
    }
    streams.push_back(i % 10 == 9
                          ? connections.back().Begin(kConsume, caller.token())
                          : connections.back().Ask(kSubscribe, caller.token(), FromTheBeginning()));
  }
  for (size_t i = 0; i < streams.size(); ++i) {
    RawConnection& connection = connections[i / kStreamsPerConnection];
    ASSERT_TRUE(connection.AwaitOver(streams[i], kPatienceMs)) << "stream " << i;
  }
  EXPECT_TRUE(AwaitMetric(server, "crm_subscriptions_open", 1));
  EXPECT_EQ(server.Metric("crm_subscriptions_cut"), count);
  caller.Do(&Leads::CaptureLead, "lead { given_name: 'Afterwards' }");
  good.AwaitMore(head);
  watch.Stop();
  std::cout << count << " who never read: " << watch.found() << "\n";
  EXPECT_EQ(watch.found().unanswered, 0);
  EXPECT_LT(watch.found().grown_bytes, 64 * kMebibyte + count * 3 * kMebibyte / 2);
}

// Whoever reads slowly, but reads, gets everything once and in order, however many there are.
// Mutation seen to fail: EventStream::Pack that forgets the first event of a page.
TEST(SubscribersTest, ThoseWhoReadSlowlyGetEverything) {
  constexpr uint32_t kPortion = 4'096;
  const int64_t count = ManyStreams() / 4;
  // A message takes some seconds to be taken, all of it; that is not nothing.
  ChildServer server(Crowded(count, {Flag("subscriber-timeout-s", 20)}));
  ASSERT_TRUE(server.Start()) << server.Log();
  const ApiCaller caller = server.Administrator();
  const int64_t head = FillLog(caller);
  Watch watch(server);
  struct Reader {
    RawConnection connection;
    uint32_t stream;
    Messages messages = {};
    int64_t position = 0;
    bool caught_up = false;
    size_t given = kPortion;
  };
  std::vector<Reader> readers;
  for (int64_t i = 0; i < count; ++i) {
    readers.push_back({RawConnection(server.port()), 0});
    readers.back().connection.Greet(kPortion);
    readers.back().stream =
        readers.back().connection.Ask(kSubscribe, caller.token(), FromTheBeginning());
  }
  // All in turn, a portion at a time.
  for (size_t left = readers.size(); left > 0;) {
    for (Reader& reader : readers) {
      if (reader.caught_up) continue;
      const RawConnection::Heard& heard = reader.connection.heard(reader.stream);
      while (heard.data.size() < reader.given && !reader.caught_up) {
        ASSERT_TRUE(reader.connection.Read(kPatienceMs) && !heard.over()) << reader.position;
        for (const Message& message : reader.messages.In(heard.data)) {
          for (const v1::Event& event : message.batch().events())
            ASSERT_EQ(event.position(), ++reader.position);
          reader.caught_up |= message.has_caught_up();
        }
      }
      reader.connection.GiveRoom(reader.stream, kPortion);
      reader.given += kPortion;
      if (!reader.caught_up) continue;
      EXPECT_EQ(reader.position, head);
      --left;
    }
  }
  EXPECT_EQ(server.Metric("crm_subscriptions_cut"), 0);
  watch.Stop();
  std::cout << count << " who read slowly: " << watch.found() << "\n";
  EXPECT_EQ(watch.found().unanswered, 0);
}

// Mutation seen to fail: StreamSeats::Take without the second check.
TEST(SubscribersTest, OneMemberDoesNotTakeAllPlaces) {
  constexpr int kOfOne = 3;
  ChildServer server({Flag("max-subscriptions", 10), Flag("max-subscriptions-per-member", kOfOne)});
  ASSERT_TRUE(server.Start()) << server.Log();
  const ApiCaller caller = server.Administrator();
  const ApiCaller other = Hire(caller, "Ada", "auditor");
  RawConnection connection(server.port());
  connection.Greet();
  for (int i = 0; i < kOfOne; ++i) connection.Ask(kSubscribe, caller.token(), FromTheBeginning());
  ASSERT_TRUE(AwaitMetric(server, "crm_subscriptions_open", kOfOne));
  const uint32_t late = connection.Ask(kSubscribe, caller.token(), FromTheBeginning());
  EXPECT_TRUE(connection.AwaitOver(late, kPatienceMs));
  EXPECT_TRUE(connection.heard(late).data.empty());
  const uint32_t of_other = connection.Ask(kSubscribe, other.token(), FromTheBeginning());
  while (connection.heard(of_other).data.empty()) ASSERT_TRUE(connection.Read(kPatienceMs));
  EXPECT_FALSE(connection.heard(of_other).over());
}

std::vector<std::unique_ptr<Listener>> Listen(const ChildServer& server, int64_t count) {
  std::vector<std::unique_ptr<Listener>> listeners;
  ApiCaller caller;
  for (int64_t i = 0; i < count; ++i) {
    if (i % kStreamsPerConnection == 0) caller = server.Administrator();
    listeners.push_back(std::make_unique<Listener>(caller));
  }
  for (const auto& listener : listeners) listener->AwaitCaughtUp();
  return listeners;
}

// Everybody is told where to go on, long before the deadline.
// Mutation seen to fail: Server::Run without drain_.Raise().
TEST(DrainTest, EveryListenerIsToldToGoOnElsewhere) {
  const int64_t count = ManyStreams();
  constexpr int kDeadlineS = 120;
  ChildServer server(Crowded(count, {Flag("drain-deadline-s", kDeadlineS)}));
  ASSERT_TRUE(server.Start()) << server.Log();
  const auto listeners = Listen(server, count);
  EXPECT_EQ(server.Metric("crm_subscriptions_open"), count);
  const absl::Time start = absl::Now();
  server.RequestStop();
  for (const auto& listener : listeners) {
    const Ending ending = listener->Await();
    EXPECT_THAT(ending, Refused(grpc::StatusCode::UNAVAILABLE, "SERVER_STOPPING"));
  }
  EXPECT_EQ(server.AwaitExit(kDeadlineS * 1000 / 2), 0);
  std::cout << count << " listeners, none in the way: the end took "
            << absl::FormatDuration(absl::Now() - start) << "\n";
}

// Only then does gRPC begin to close their connection: what it does as soon as the last of them has
// its status, and to the harm of the others when the client says something at that moment.
// Mutation seen to fail: Server::EndStreams without AwaitGone.
TEST(DrainTest, ListenersHearOfTheEndBeforeTheirConnectionDoes) {
  constexpr uint32_t kRoom = 1 << 20;
  ChildServer server(Crowded(kStreamsPerConnection));
  ASSERT_TRUE(server.Start()) << server.Log();
  RawConnection connection(server.port());
  connection.Greet(kRoom);
  std::vector<uint32_t> streams;
  for (int i = 0; i < kStreamsPerConnection; ++i) {
    streams.push_back(
        connection.Ask(kSubscribe, server.Administrator().token(), FromTheBeginning()));
    connection.GiveRoom(streams.back(), kRoom);
    while (connection.heard(streams.back()).data.empty()) ASSERT_TRUE(connection.Read(kPatienceMs));
  }
  server.RequestStop();
  for (const uint32_t stream : streams) {
    ASSERT_TRUE(connection.AwaitOver(stream, kPatienceMs));
    EXPECT_TRUE(connection.heard(stream).ended);
    EXPECT_FALSE(connection.told_to_leave()) << "stream " << stream;
  }
  EXPECT_TRUE(connection.AwaitClosed(kPatienceMs));
  EXPECT_TRUE(connection.told_to_leave());
  EXPECT_EQ(server.AwaitExit(kPatienceMs), 0);
}

// Some never read and some watch health, which gRPC does not end: the deadline does.
// Mutation seen to fail: Server::Stop that shuts down without a deadline.
TEST(DrainTest, NobodyHoldsTheServerBeyondItsDeadline) {
  const int64_t count = ManyStreams();
  constexpr int kDeadlineS = 3;  // those who read hear of it by then, on a busy machine too
  ChildServer server(
      Crowded(count + kStreamsPerConnection, {Flag("drain-deadline-s", kDeadlineS)}));
  ASSERT_TRUE(server.Start()) << server.Log();
  const ApiCaller caller = server.Administrator();
  FillLog(caller);
  const auto listeners = Listen(server, count);
  RawConnection stubborn(server.port());
  stubborn.Greet(/*window=*/1000);
  for (int i = 0; i < kStreamsPerConnection; ++i)
    stubborn.Ask(kSubscribe, caller.token(), FromTheBeginning());
  ASSERT_TRUE(AwaitMetric(server, "crm_subscriptions_open", count + kStreamsPerConnection));
  grpc::ClientContext context;
  const auto watch = ::grpc::health::v1::Health::NewStub(ChannelTo(server.port()))
                         ->Watch(&context, ::grpc::health::v1::HealthCheckRequest());
  ::grpc::health::v1::HealthCheckResponse health;
  ASSERT_TRUE(watch->Read(&health));
  const absl::Time start = absl::Now();
  server.RequestStop();
  for (const auto& listener : listeners) {
    const Ending ending = listener->Await();
    EXPECT_THAT(ending, Refused(grpc::StatusCode::UNAVAILABLE, "SERVER_STOPPING"));
  }
  EXPECT_EQ(server.AwaitExit(kPatienceMs), 0);
  while (watch->Read(&health)) {
  }
  EXPECT_FALSE(watch->Finish().ok());
  std::cout << count << " listeners, " << kStreamsPerConnection << " that never read: the end took "
            << absl::FormatDuration(absl::Now() - start) << " of " << kDeadlineS << " s\n";
}

}  // namespace
}  // namespace crm::testing

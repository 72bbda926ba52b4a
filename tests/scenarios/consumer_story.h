// What stories about consumer groups share: a server with a group's makings, and a consumer that
// speaks the whole conversation. Not thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "crm/v1/consumer_group_service.grpc.pb.h"
#include "tests/scenarios/sales_office.h"

namespace crm::testing {

using ConsumerGroups = v1::ConsumerGroupService::Stub;
using Positions = std::vector<int64_t>;

// One consumer; reading blocks until a message comes or kCallDeadline passes.
class Consumer {
 public:
  using Message = v1::ConsumeResponse;

  Consumer(const ApiCaller& caller, const std::string& begin) : stub_(caller.channel()) {
    caller.Prepare(context_);
    stream_ = stub_.Consume(&context_);
    Say(begin);
  }
  ~Consumer() { context_.TryCancel(); }

  void Say(const std::string& request) { stream_->Write(From<v1::ConsumeRequest>(request)); }
  void Acknowledge(const Positions& positions) {
    v1::ConsumeRequest request;
    request.mutable_acknowledge()->mutable_positions()->Add(positions.begin(), positions.end());
    stream_->Write(request);
  }
  // The next message that is no heartbeat; an empty one when the stream ended.
  Message Next() {
    Message message;
    do {
      if (!stream_->Read(&message)) return Message();
    } while (message.has_checkpoint());
    return message;
  }
  // Positions of the next batch, whose attempts `attempt` receives.
  Positions NextBatch(int* attempt = nullptr) {
    Message message = Next();
    while (message.has_caught_up() || message.has_settled()) message = Next();
    Positions positions;
    for (const auto& delivery : message.batch().deliveries()) {
      positions.push_back(delivery.event().position());
      if (attempt != nullptr) *attempt = delivery.attempt();
    }
    return positions;
  }
  // Acknowledges and waits until that is durable.
  void Settle(const Positions& positions) {
    Acknowledge(positions);
    AwaitSettled(positions.size());
  }
  void AwaitSettled(size_t count) {
    while (count > 0) {
      const Message message = Next();
      if (message.content_case() == 0) FAIL() << Finish();
      count -= static_cast<size_t>(message.settled().positions_size());
    }
  }
  void AwaitCaughtUp() {
    Message message = Next();
    while (message.content_case() != 0 && !message.has_caught_up()) message = Next();
    ASSERT_TRUE(message.has_caught_up());
  }
  // Acknowledges what comes until everything is settled; answers with it.
  Positions AcknowledgeAll() {
    Positions all;
    for (Message message = Next(); !message.has_caught_up(); message = Next()) {
      if (message.content_case() == 0) return {};
      Positions batch;
      for (const auto& delivery : message.batch().deliveries()) {
        batch.push_back(delivery.event().position());
      }
      if (!batch.empty()) Acknowledge(batch);
      all.insert(all.end(), batch.begin(), batch.end());
    }
    return all;
  }
  void Vanish() { context_.TryCancel(); }
  void SayNoMore() { stream_->WritesDone(); }
  Ending Finish() {
    const grpc::Status status = stream_->Finish();
    return EndingOf(status, context_);
  }

 private:
  grpc::ClientContext context_;
  ConsumerGroups stub_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::ConsumeRequest, Message>> stream_;
};

// An office, and a machine that may consume.
struct World {
  World() { robot = Hire(office.administrator, "Robot", "integration", &robot_name); }

  SystemClock clock;
  RunningServer server{clock};
  SalesOffice office{server};
  ApiCaller robot;
  std::string robot_name;
};

// Asks and makes what the stories need.
class GroupStory : public ::testing::Test {
 protected:
  explicit GroupStory(World& world)
      : clock_(world.clock),
        server_(world.server),
        office_(world.office),
        robot_(world.robot),
        robot_name_(world.robot_name) {}

  v1::ConsumerGroup Group(const std::string& settings, const std::string& more = "") const {
    return office_.administrator.Do(
        &ConsumerGroups::CreateConsumerGroup,
        absl::StrCat("consumer_group { display_name: 'Billing' ", settings, " } ", more));
  }
  v1::ConsumerGroup OfOpportunities(const std::string& settings = "") const {
    return Group("filter { categories: 'opportunity' } " + settings, "new_events_only: true");
  }
  static std::string Begin(const v1::ConsumerGroup& group, int max_in_flight = 0) {
    return absl::StrCat("begin { consumer_group: '", group.name(),
                        "' max_in_flight_count: ", max_in_flight, " }");
  }
  v1::Opportunity OpenMill() const {
    return office_.Open(office_.ada, "Mill", 100, office_.OwnedBy(office_.ada_name, office_.north));
  }
  v1::ConsumerGroupStatus StatusOf(const v1::ConsumerGroup& group) const {
    return server_.Reconnect(office_.administrator)
        .Do(&ConsumerGroups::GetConsumerGroupStatus, NameIs(group));
  }
  v1::ListParkedEventsResponse ParkedBy(const v1::ConsumerGroup& group) const {
    return office_.administrator.Do(&ConsumerGroups::ListParkedEvents,
                                    With("consumer_group", group.name()));
  }

  const Clock& clock_;
  RunningServer& server_;
  const SalesOffice& office_;
  const ApiCaller& robot_;
  const std::string& robot_name_;
};

}  // namespace crm::testing

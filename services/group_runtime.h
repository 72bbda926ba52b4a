// GroupRuntime: one consumer group at work. It follows the log into a GroupDelivery, hands events
// to the consumers that are connected, and stores what they settle before it tells them so.
//
// It is an actor: everything that happens to it is a message in its mailbox, and a turn on the
// workers takes all of them at once, so many acknowledgements share one sync. A group has at
// most one turn waiting or running, and every consumer at most one request and one written message
// under way: what a consumer that never reads costs is bounded. What the group is (settings,
// filter, instructions about parked events) it reads from the group's stream in every turn.
//
// Threading: the public methods may be called from any thread, unless said otherwise.
#pragma once

#include <grpcpp/alarm.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/key_ring.h"
#include "base/mutex.h"
#include "crm/v1/consumer_group_service.pb.h"
#include "domain/consumer_group/consumer_group.h"
#include "eventstore/consumer_store.h"
#include "eventstore/group_delivery.h"
#include "eventstore/subscription.h"
#include "services/event_renderer.h"
#include "services/event_stream.h"
#include "services/stream_cache.h"
#include "services/worker_pool.h"

namespace crm::services {

// Who consumes, as the group sees it. Called from the group's turns only.
class GroupConsumer {
 public:
  virtual ~GroupConsumer() = default;
  // Why it may consume no longer; OK: it may.
  virtual absl::Status CheckRights() = 0;
  // GroupRuntime::OnSent follows when it is gone out.
  virtual void Send(v1::ConsumeResponse message) = 0;
  // The last request was dealt with.
  virtual void ReadOn() = 0;
  // Nothing is called afterwards.
  virtual void End(const absl::Status& status) = 0;
};

class GroupRuntime : public std::enable_shared_from_this<GroupRuntime> {
 public:
  using ConsumerId = eventstore::GroupDelivery::ConsumerId;
  struct Parts {
    eventstore::EventLog& log;
    eventstore::SubscriptionHub& hub;
    KeyRing& keys;
    StreamCache& streams;
    eventstore::ConsumerStore& store;
    WorkerPool& workers;  // its queue has room for a turn of every group
    const Clock& clock;
  };
  // For metrics, as of the last turn.
  struct Figures {
    bool ended = false;  // deleted: nothing happens any more
    Position scanned_to = 0;
    int64_t unsettled = 0;
    absl::Time oldest = absl::InfiniteFuture();  // record time of the oldest event not settled
    int64_t in_flight = 0;
    int64_t parked = 0;
    int64_t redelivered = 0;
  };
  // `problem` says why the group does not work; OK: delivery() is there.
  using Inquiry = std::function<void(const absl::Status& problem, const GroupRuntime& group)>;

  GroupRuntime(const Parts& parts, const eventstore::GroupKey& key) : parts_(parts), key_(key) {}

  // An id for Join.
  ConsumerId NewConsumer() { return ++last_id_; }
  // The consumer is ended when the group does not work or has as many consumers as it may.
  void Join(ConsumerId id, std::shared_ptr<GroupConsumer> consumer, const domain::MemberId& member,
            const v1::ConsumeRequest::Begin& begin);
  // One request at a time; ReadOn follows.
  void Handle(ConsumerId id, v1::ConsumeRequest request);
  void OnSent(ConsumerId id);
  // The consumer says no more: it is told what of its work is durable, then ended with `status`.
  // `in_vain`: what it leaves unsettled counts as an attempt.
  void Close(ConsumerId id, const absl::Status& status, bool in_vain);
  // Asks at the end of a turn that has seen all that is durable now.
  void Inspect(Inquiry inquiry);
  // Takes a turn, if only to bring the figures up to date.
  void Poke();
  Figures figures() const;
  // After the workers have stopped.
  void Stop();

  // In an inquiry.
  const eventstore::GroupDelivery& delivery() const { return *delivery_; }
  v1::ConsumerGroupStatus Status() const;

 private:
  using Message = std::function<void()>;
  // A consumer that is connected.
  struct Seat {
    std::shared_ptr<GroupConsumer> consumer;
    domain::MemberId member;
    EventRenderer renderer;
    absl::Time connected;
    absl::Time last_message;
    bool writing = false;
    bool told_caught_up = false;
    std::vector<Position> settled{};       // not durable yet
    std::vector<Position> durable{};       // not told yet
    std::optional<absl::Status> ending{};  // says no more; ended once told
  };

  void Post(Message message);
  void Submit();
  void Turn();
  void WaitUntilDurable(Position position, std::vector<Message> messages);

  // Brings the group up to its stream. False: it was created, but that is not durable yet.
  absl::StatusOr<bool> Refresh();
  // Below its first event.
  absl::StatusOr<Position> StartOf(const domain::ConsumerGroupState& state);
  absl::Status Load(const domain::Ref<domain::ConsumerGroup>& group, Position head);
  absl::Status Configure(const domain::ConsumerGroupState& state);
  absl::Status CarryOutInstructions(Version up_to);
  // Ends every consumer; what is not stored is forgotten.
  void Dismiss(const absl::Status& status);

  void TakeSeat(ConsumerId id, Seat seat, int max_in_flight);
  void Settle(ConsumerId id, const v1::ConsumeRequest& request);
  absl::Status Work();
  void CheckRights();
  absl::Status Scan();
  absl::Status Deliver();
  absl::Status DeliverTo(ConsumerId id, Seat& seat, size_t share);
  absl::StatusOr<std::vector<absl::StatusOr<v1::Event>>> Read(
      const std::vector<Position>& positions, EventRenderer& renderer);
  absl::Status Flush(bool everything);
  void Tell();
  void Send(Seat& seat, v1::ConsumeResponse message);
  void Publish();
  // Sees to the next turn.
  void Rest();
  Position Head() const;
  absl::Time OldestRecordTime() const;

  const Parts parts_;
  const eventstore::GroupKey key_;
  std::atomic<ConsumerId> last_id_{0};

  // Of the turns.
  absl::Time now_;
  absl::Status problem_;
  bool deleted_ = false;
  Version version_ = 0;  // of the group's stream
  int max_consumers_ = 0;
  EventMatcher matcher_;
  events::v1::ConsumerFilter filter_;
  std::optional<eventstore::GroupDelivery> delivery_;
  std::optional<eventstore::Subscription> subscription_;
  bool caught_up_ = false;
  Position stored_checkpoint_ = 0;
  absl::Time last_flush_;
  std::map<ConsumerId, Seat> seats_;
  std::vector<Inquiry> inquiries_;
  std::optional<grpc::Alarm> alarm_;

  mutable Mutex mutex_;
  std::vector<Message> mailbox_ ABSL_GUARDED_BY(mutex_);
  bool scheduled_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  Figures figures_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::services

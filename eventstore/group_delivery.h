// GroupDelivery: which event of a consumer group may be delivered to whom, now: competing consumers
// as a state machine without clock, disk or network. Instants come in with the calls, what must be
// made durable goes out with TakeChanges.
//
//   offered -> waiting -> held by one consumer -> settled (acknowledged)
//                 ^            | retried, deadline passed, consumer gone
//                 +--- again --+--- no attempt left ---> parked -> replayed or discarded
//
// Rules
//   G1  Every offered event is settled or parked at least once; none is left out.
//   G2  Of a stream, the lowest unsettled event is held by at most one consumer, and the next one
//       is delivered to nobody before it is settled or parked.
//   G3  Everything up to the checkpoint is settled or parked. It never goes back, never runs ahead
//       of what was settled, and follows the scan where nothing matches.
//   G4  A parked event stays until it is settled after a replay, or discarded.
//   G5  With park_blocks_stream no event is delivered while an earlier one of its stream is parked.
//   G6  At most kWindow events are remembered between the checkpoint and the end of the scan.
//
// Threading: not thread-safe; one owner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/stream.h"
#include "crm/log/v1/consumer_group.pb.h"

namespace crm::eventstore {

// Why the group itself parks.
inline constexpr char kMaxAttemptsReached[] = "MAX_ATTEMPTS_REACHED";
inline constexpr char kBehindParkedEvent[] = "BEHIND_PARKED_EVENT";

struct GroupSettings {
  absl::Duration ack_deadline = absl::Seconds(30);
  int max_attempts = 10;
  absl::Duration retry_initial_delay = absl::Seconds(1);  // doubles
  absl::Duration retry_max_delay = absl::Minutes(1);
  int max_in_flight = 100;  // of one consumer
  bool park_blocks_stream = false;
};

// An event that passed the filter, as far as delivery cares.
struct GroupEvent {
  Position position = 0;
  StreamId stream;
  std::string type;
  int64_t record_time_us = 0;
};

// What is to be stored, all of it or nothing.
struct GroupChanges {
  log::v1::ConsumerProgress progress;
  std::vector<log::v1::ParkedDelivery> parked;
  std::vector<Position> unparked;  // rows to remove
};

class GroupDelivery {
 public:
  using ConsumerId = int64_t;
  struct Delivery {
    Position position = 0;
    int attempt = 0;  // from 1
  };

  static constexpr size_t kWindow = 10000;
  // With so many parked no further event is taken in, until some are replayed or discarded.
  static constexpr size_t kMaxParked = 10000;

  // Goes on from what was stored; the scan begins anew after the checkpoint.
  GroupDelivery(const GroupSettings& settings, const log::v1::ConsumerProgress& progress,
                std::vector<log::v1::ParkedDelivery> parked);

  void Configure(const GroupSettings& settings) { settings_ = settings; }

  // The next event to offer lies behind this position.
  Position scanned_to() const { return scanned_to_; }
  bool HasRoom() const;
  bool parked_full() const { return parked_.size() >= kMaxParked; }
  // Events that matched, by position, and how far was looked for them.
  void Offer(std::vector<GroupEvent> events, Position scanned_to, absl::Time now);

  // `max_in_flight` 0: as the group allows.
  void Join(ConsumerId consumer, int max_in_flight);
  // What it holds is delivered again; `in_vain` says whether that counts as an attempt.
  void Leave(ConsumerId consumer, bool in_vain, absl::Time now);

  // It let a deadline pass and has settled nothing since: others come first.
  bool lapsed(ConsumerId consumer) const { return consumers_.at(consumer).lapsed; }
  // How many events somebody could be given now.
  size_t ready() const { return ready_.size(); }
  // What Take would give.
  std::vector<Position> Peek(ConsumerId consumer, size_t limit) const;
  // Up to `limit` events for this consumer, by position, each of another stream.
  std::vector<Delivery> Take(ConsumerId consumer, size_t limit, absl::Time now);

  // Positions the consumer does not hold are passed over; answers with those it held.
  std::vector<Position> Acknowledge(ConsumerId consumer, absl::Span<const int64_t> positions);
  void Retry(ConsumerId consumer, absl::Span<const int64_t> positions,
             std::optional<absl::Duration> delay, absl::string_view reason, absl::Time now);
  std::vector<Position> Park(ConsumerId consumer, absl::Span<const int64_t> positions,
                             absl::string_view reason, absl::Time now);

  // Takes back what was held too long, and wakes what waited long enough.
  void Tick(absl::Time now);
  // When Tick has something to do.
  absl::Time NextDue() const;

  // No positions: all. With park_blocks_stream, earlier ones of the same streams come along.
  void Replay(absl::Span<const int64_t> positions);
  void Discard(absl::Span<const int64_t> positions);
  void SetAppliedVersion(Version version);
  Version applied_version() const { return applied_version_; }

  Position checkpoint() const;
  // More than the scan moved since the last TakeChanges.
  bool changed() const { return changed_; }
  // How far the checkpoint moved since the last TakeChanges.
  Position moved() const { return checkpoint() - taken_checkpoint_; }
  GroupChanges TakeChanges();

  size_t unsettled() const { return entries_.size(); }
  size_t in_flight() const { return deadlines_.size(); }
  size_t in_flight(ConsumerId consumer) const;
  bool Holds(ConsumerId consumer, Position position) const;
  size_t delayed() const { return delayed_.size(); }
  int64_t redelivered() const { return redelivered_; }
  // The oldest unsettled event; null: there is none.
  const GroupEvent* oldest() const;
  const absl::btree_map<Position, log::v1::ParkedDelivery>& parked() const { return parked_; }

 private:
  using Due = std::pair<absl::Time, Position>;
  // An unsettled event.
  struct Entry {
    GroupEvent event;
    int failed = 0;  // deliveries in vain
    absl::Time not_before = absl::InfinitePast();
    ConsumerId holder = 0;  // 0: nobody
    absl::Time deadline = absl::InfiniteFuture();
  };
  // The unsettled events of one stream.
  struct Lane {
    absl::btree_set<Position> waiting;  // the one that is held included
    Position held = 0;
    std::optional<Due> queued;  // where its first event stands: ready_ or delayed_
  };
  struct Consumer {
    int max_in_flight = 0;
    bool lapsed = false;
    absl::btree_set<Position> held;
  };

  void Add(Entry entry);
  // Puts a lane's first event where it belongs; forgets an empty lane.
  void Requeue(const StreamId& stream);
  bool Settles(ConsumerId consumer, Position position);
  void Release(Entry& entry);
  // How many more events the consumer may hold.
  size_t CapacityOf(ConsumerId consumer) const;
  void Remove(Position position);
  void Fail(Position position, absl::Time not_before, absl::string_view reason, absl::Time now);
  void ParkNow(Position position, absl::string_view reason, absl::Time now);
  void ParkBehind(const StreamId& stream, absl::Time now);
  void StoreParked(log::v1::ParkedDelivery row);
  absl::btree_set<Position> WithEarlierOnes(absl::btree_set<Position> chosen) const;

  GroupSettings settings_;
  Position scanned_to_;
  Position taken_checkpoint_;
  Version applied_version_;
  int64_t redelivered_;
  bool changed_ = false;
  absl::Time now_ = absl::InfinitePast();  // the last one told

  absl::btree_map<Position, Entry> entries_;
  absl::btree_set<Position> open_;  // entries that hold the checkpoint back: all but replayed ones
  absl::btree_set<Position> settled_;  // above the checkpoint
  absl::flat_hash_map<StreamId, Lane> lanes_;
  absl::btree_set<Position> ready_;
  absl::btree_set<Due> delayed_;
  absl::btree_set<Due> deadlines_;
  absl::flat_hash_map<ConsumerId, Consumer> consumers_;
  // Of events not offered yet since the start.
  absl::btree_map<Position, log::v1::FailedDelivery> remembered_;
  absl::btree_map<Position, log::v1::ParkedDelivery> parked_;
  absl::flat_hash_map<StreamId, int> blocking_;  // parked events that are not being replayed
  absl::btree_set<Position> parked_changed_;     // rows to write, or to remove
};

}  // namespace crm::eventstore

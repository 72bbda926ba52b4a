// StreamSeats: the places of subscribers and consumers - how many there are, of one member and of
// all - and the end of those who hold one without taking what is sent.
//
// Between PeerOwes and PeerDid it is the peer's turn: to take a message, or to send its first
// request. One that lets a whole timeout pass is cut off: its call is cancelled, and it may go on
// later from its checkpoint. Time is counted in looks of a thread that goes round.
//
// Thread-safe; a seat's own methods are called by one thread at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "services/call.h"

namespace crm::services {

class StreamSeats {
 public:
  class Seat {
   public:
    // Before the call's context goes.
    ~Seat() { seats_.Leave(this); }
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;

    void PeerOwes() { owes_since_ = seats_.round_.load(); }
    void PeerDid() { owes_since_ = kNothing; }

   private:
    friend class StreamSeats;
    static constexpr int64_t kNothing = -1;
    Seat(StreamSeats& seats, Uuid member, grpc::CallbackServerContext* context)
        : seats_(seats), member_(member), context_(context) {}

    StreamSeats& seats_;
    const Uuid member_;
    grpc::CallbackServerContext* const context_;
    std::atomic<int64_t> owes_since_{kNothing};
  };

  StreamSeats(int most, int most_per_member, absl::Duration timeout);
  // All seats have been left.
  ~StreamSeats();
  StreamSeats(const StreamSeats&) = delete;
  StreamSeats& operator=(const StreamSeats&) = delete;

  // A place for the call's stream until the seat is destroyed. RESOURCE_EXHAUSTED
  // TOO_MANY_SUBSCRIPTIONS or TOO_MANY_SUBSCRIPTIONS_OF_MEMBER.
  absl::StatusOr<std::unique_ptr<Seat>> Take(const Call& call,
                                             grpc::CallbackServerContext* context);

  int taken() const;
  // Cut off so far.
  int64_t cut() const { return cut_; }

 private:
  static constexpr int kRoundsOfTimeout = 8;

  void Leave(Seat* seat);
  void Run();
  void CutIdlers() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const int most_;
  const int most_per_member_;
  const absl::Duration between_rounds_;
  std::atomic<int64_t> round_{0};
  std::atomic<int64_t> cut_{0};

  // Held while calls are cancelled, so that their contexts stay.
  mutable Mutex mutex_;
  CondVar stopping_changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_set<Seat*> seats_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<Uuid, int> of_members_ ABSL_GUARDED_BY(mutex_);

  std::thread thread_;
};

}  // namespace crm::services

// HeadCache: where streams end, sequenced commits included, for the streams used last. With it the
// log knows without a look at storage that a stream has not changed, which is what most reads of a
// folded stream ask.
//
// The sequencer puts every head it moves. A reader may offer what it found in storage, with the
// ticket it drew before it looked: what was put meanwhile is newer and stays.
//
// Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/mutex.h"
#include "eventstore/lru_cache.h"
#include "eventstore/tail.h"

namespace crm::eventstore {

class HeadCache {
 public:
  // The evictions so far: as long as there were no others, what was put is still there.
  using Ticket = int64_t;

  explicit HeadCache(size_t capacity) : heads_(capacity) {}

  // The sequenced head (version 0: there is no such stream), or nullopt when it is not known here.
  // Draws a ticket for Offer.
  std::optional<StreamHead> Find(const StreamAddress& address, Ticket& ticket) {
    MutexLock lock(mutex_);
    ticket = heads_.evictions();
    const StreamHead* head = heads_.Find(address);
    return head == nullptr ? std::nullopt : std::optional(*head);
  }

  // Moves a head; called in sequence.
  void Put(const StreamAddress& address, const StreamHead& head) {
    MutexLock lock(mutex_);
    heads_.Put(address, head);
  }

  // Keeps what was read after the ticket was drawn, unless the head may have moved since.
  void Offer(const StreamAddress& address, const StreamHead& head, Ticket ticket) {
    MutexLock lock(mutex_);
    if (heads_.evictions() == ticket && heads_.Find(address) == nullptr) heads_.Put(address, head);
  }

 private:
  Mutex mutex_;
  LruCache<StreamAddress, StreamHead> heads_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::eventstore

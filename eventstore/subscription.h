// Subscription: one reader's place in an organization's log, first catching up, then live. Used by
// projections and by streaming RPCs alike. Pulling never blocks; Wait says when to pull again.
//
//   for (;;) {
//     scanned = subscription.Next(limits, [](event) { handle it });   // whole commits
//     store scanned.to as the checkpoint;
//     if (scanned.caught_up) return subscription.Wait([=] { schedule this again });
//   }
//
// Threading: one thread at a time; Wait's callback may run on any thread.
#pragma once

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "eventstore/event_log.h"
#include "eventstore/subscription_hub.h"

namespace crm::eventstore {

// An empty set lets everything pass; both sets must let an event pass.
struct SubscriptionFilter {
  absl::flat_hash_set<std::string> types;
  absl::flat_hash_set<std::string> categories;

  bool Matches(const RecordedEvent& event) const {
    return (types.empty() || types.contains(event.type())) &&
           (categories.empty() || categories.contains(event.category()));
  }
};

struct Scanned {
  // Everything up to here was looked at, matching or not; always ends a commit.
  Position to = 0;
  // Nothing durable lies beyond `to` at this moment.
  bool caught_up = false;
};

class Subscription {
 public:
  // Starts at position `from` (>= 1): a stored checkpoint plus one. `hub` must outlive this.
  Subscription(SubscriptionHub& hub, const Uuid& organization, Position from,
               SubscriptionFilter filter = {});
  // Cancels a wait; see SubscriptionHub::Cancel.
  ~Subscription();
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  // Scans the next page and calls `visit` with the events that match; `limits` bound what is
  // scanned, so a rare filter still returns soon. On an error (EventLog::ReadLog's or `visit`'s)
  // the place is unchanged.
  absl::StatusOr<Scanned> Next(const ReadLimits& limits, EventLog::Visitor visit);

  // Runs `more` once when something lies beyond scanned_to(); at once, on this thread, when it does
  // already. Replaces an earlier wait.
  void Wait(SubscriptionHub::Wake more);

  Position scanned_to() const { return scanned_to_; }

 private:
  SubscriptionHub& hub_;
  const Uuid organization_;
  const SubscriptionFilter filter_;
  Position scanned_to_;
  int64_t wait_ = 0;
};

}  // namespace crm::eventstore

#include "eventstore/subscription.h"

#include <algorithm>
#include <utility>

#include "base/status_macros.h"

namespace crm::eventstore {

Subscription::Subscription(SubscriptionHub& hub, const Uuid& organization, Position from,
                           SubscriptionFilter filter)
    : hub_(hub),
      organization_(organization),
      filter_(std::move(filter)),
      scanned_to_(std::max<Position>(from, 1) - 1) {}

Subscription::~Subscription() { hub_.Cancel(wait_); }

absl::StatusOr<SubscriptionBatch> Subscription::Next(const ReadLimits& limits) {
  SubscriptionBatch batch;
  batch.scanned_to = scanned_to_;
  RETURN_IF_ERROR(
      hub_.log().ReadLog(organization_, scanned_to_ + 1, limits, [&](const RecordedEvent& event) {
        batch.scanned_to = event.position();
        if (filter_.Matches(event)) batch.events.push_back(event);
        return absl::OkStatus();
      }));
  ASSIGN_OR_RETURN(const Head head, hub_.log().GetHead(organization_));
  batch.caught_up = batch.scanned_to >= head.durable;
  scanned_to_ = batch.scanned_to;
  return batch;
}

void Subscription::Wait(SubscriptionHub::Wake more) {
  hub_.Cancel(wait_);
  wait_ = hub_.NewHandle();
  // Last: the callback may destroy this subscription or wait again before WakeAt returns.
  hub_.WakeAt(wait_, organization_, scanned_to_ + 1, std::move(more));
}

}  // namespace crm::eventstore

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

absl::StatusOr<Scanned> Subscription::Next(const ReadLimits& limits, EventLog::Visitor visit) {
  Scanned scanned{.to = scanned_to_};
  RETURN_IF_ERROR(
      hub_.log().ReadLog(organization_, scanned_to_ + 1, limits, [&](const RecordedEvent& event) {
        scanned.to = event.position();
        return filter_.Matches(event) ? visit(event) : absl::OkStatus();
      }));
  ASSIGN_OR_RETURN(const Head head, hub_.log().GetHead(organization_));
  scanned.caught_up = scanned.to >= head.durable;
  scanned_to_ = scanned.to;
  return scanned;
}

void Subscription::Wait(SubscriptionHub::Wake more) {
  hub_.Cancel(wait_);
  wait_ = hub_.NewHandle();
  // Last: the callback may destroy this subscription or wait again before WakeAt returns.
  hub_.WakeAt(wait_, organization_, scanned_to_ + 1, std::move(more));
}

}  // namespace crm::eventstore

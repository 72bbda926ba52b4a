// ConsumerGroup: what a group of consumers of another service is to get, from where on, and how:
// its filter, its first position and its settings. Where the group has got to is no fact of the
// organization and not kept here (eventstore/group_delivery.h); what was decided about its parked
// events is, so that it is known who gave one up.
//
//   created -> (revised | replayed | discarded)* -> deleted
//
// Invariants
//   I1  Every setting is within its range; what was left open has its default, which is recorded,
//       so that a later default changes no group.
//   I2  It begins at a position, or after its own creation; that never changes.
//   I3  A deleted group stays deleted and takes no command.
// Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "crm/events/v1/consumer_group_events.pb.h"
#include "crm/v1/consumer_group_service.pb.h"
#include "domain/decide_context.h"

namespace crm::domain {

struct ConsumerGroupState {
  std::string display_name;
  Position first_position = 0;  // 0: the one after the commit that created it
  events::v1::ConsumerFilter filter;
  events::v1::ConsumerSettings settings;
  std::optional<absl::Time> delete_time;

  bool deleted() const { return delete_time.has_value(); }
};

struct ConsumerGroup {
  using Id = ConsumerGroupId;
  using State = ConsumerGroupState;
  using Event = std::variant<events::v1::ConsumerGroupCreated, events::v1::ConsumerGroupRevised,
                             events::v1::ConsumerGroupDeleted, events::v1::ParkedEventsReplayed,
                             events::v1::ParkedEventsDiscarded>;
  using Resource = v1::ConsumerGroup;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State&) { return Scope::Shared(); }
  static absl::StatusOr<Resource> Render(const Ref<ConsumerGroup>& self, const Lookup& lookup);

  static absl::StatusOr<ConsumerGroupId> TargetOf(const v1::UpdateConsumerGroupRequest&,
                                                  const Caller&);

  // Refuses DISPLAY_NAME_REQUIRED, SETTING_OUT_OF_RANGE, RETRY_DELAYS_REVERSED, INVALID_NAME (of
  // the filter), START_POSITION_AMBIGUOUS.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::CreateConsumerGroupRequest&,
                                                const DecideContext&);
  // The same but for the start, and CONSUMER_GROUP_DELETED, as all others but Delete.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::UpdateConsumerGroupRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::DeleteConsumerGroupRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::ReplayParkedEventsRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::DiscardParkedEventsRequest&,
                                                const DecideContext&);
};

// FAILED_PRECONDITION CONSUMER_GROUP_DELETED.
absl::Status ConsumerGroupIsDeleted();

// The filter as SubscribeEvents takes it.
v1::EventFilter FilterOf(const events::v1::ConsumerFilter& stored);

}  // namespace crm::domain

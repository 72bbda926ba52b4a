#include "domain/consumer_group/consumer_group.h"

#include <algorithm>
#include <utility>

#include "domain/field_mask.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/text.h"
#include "google/protobuf/util/message_differencer.h"

namespace crm::domain {
namespace {

using events::v1::ConsumerFilter;
using events::v1::ConsumerSettings;
using google::protobuf::util::MessageDifferencer;

constexpr int32_t kDefaultAckDeadlineMs = 30000;
constexpr int32_t kShortestAckDeadlineMs = 100;
constexpr int32_t kDefaultMaxAttempts = 10;
constexpr int32_t kDefaultRetryInitialDelayMs = 1000;
constexpr int32_t kDefaultRetryMaxDelayMs = 60000;
constexpr int32_t kDefaultMaxInFlight = 100;
constexpr int32_t kDefaultMaxConsumers = 16;

ConsumerGroupState On(ConsumerGroupState state, const events::v1::ConsumerGroupCreated& event,
                      const EventMetadata&) {
  state.display_name = event.display_name();
  state.first_position = event.first_position();
  state.filter = event.filter();
  state.settings = event.settings();
  return state;
}

ConsumerGroupState On(ConsumerGroupState state, const events::v1::ConsumerGroupRevised& event,
                      const EventMetadata&) {
  if (event.has_display_name()) state.display_name = event.display_name();
  if (event.has_filter()) state.filter = event.filter();
  if (event.has_settings()) state.settings = event.settings();
  return state;
}

ConsumerGroupState On(ConsumerGroupState state, const events::v1::ConsumerGroupDeleted&,
                      const EventMetadata& metadata) {
  state.delete_time = metadata.effective_time;
  return state;
}

// What the parked events are, the state does not know.
ConsumerGroupState On(ConsumerGroupState state, const events::v1::ParkedEventsReplayed&,
                      const EventMetadata&) {
  return state;
}

ConsumerGroupState On(ConsumerGroupState state, const events::v1::ParkedEventsDiscarded&,
                      const EventMetadata&) {
  return state;
}

template <class... Ids>
bool NamesOneOf(absl::string_view name) {
  return (ParseName<Ids>(name).ok() || ...);
}

absl::StatusOr<ConsumerFilter> StoredFilter(const v1::EventFilter& filter) {
  ConsumerFilter stored;
  *stored.mutable_categories() = filter.categories();
  *stored.mutable_types() = filter.types();
  if (!filter.record().empty() &&
      !NamesOneOf<OrganizationId, MemberId, RoleId, TokenId, TeamId, PipelineId, CustomerId,
                  ContactId, LeadId, OpportunityId, OpportunityGroupId, ConsumerGroupId>(
          filter.record())) {
    return InvalidName("{collection}", filter.record());
  }
  stored.set_record(filter.record());
  ASSIGN_OR_RETURN(const MemberId actor, ParseOptionalName<MemberId>(filter.actor()));
  stored.set_actor_id(ToBytes(actor));
  return stored;
}

int32_t OrDefault(int32_t value, int32_t by_default) { return value == 0 ? by_default : value; }

// I1. What is too large the request's own rules refuse.
absl::StatusOr<ConsumerSettings> StoredSettings(const v1::ConsumerGroup& wanted) {
  ConsumerSettings stored;
  stored.set_ack_deadline_ms(OrDefault(wanted.ack_deadline_ms(), kDefaultAckDeadlineMs));
  stored.set_max_attempts(OrDefault(wanted.max_attempts(), kDefaultMaxAttempts));
  stored.set_retry_initial_delay_ms(
      OrDefault(wanted.retry_initial_delay_ms(), kDefaultRetryInitialDelayMs));
  stored.set_retry_max_delay_ms(OrDefault(wanted.retry_max_delay_ms(), kDefaultRetryMaxDelayMs));
  stored.set_max_in_flight_count(OrDefault(wanted.max_in_flight_count(), kDefaultMaxInFlight));
  stored.set_max_consumers_count(OrDefault(wanted.max_consumers_count(), kDefaultMaxConsumers));
  stored.set_park_blocks_stream(wanted.park_blocks_stream());
  if (stored.ack_deadline_ms() < kShortestAckDeadlineMs) {
    return Invalid("SETTING_OUT_OF_RANGE",
                   absl::StrCat("ack_deadline_ms must be at least ", kShortestAckDeadlineMs),
                   {{"field", "ack_deadline_ms"}});
  }
  if (stored.retry_max_delay_ms() < stored.retry_initial_delay_ms()) {
    return Invalid("RETRY_DELAYS_REVERSED",
                   "retry_max_delay_ms must not be less than retry_initial_delay_ms",
                   {{"field", "retry_max_delay_ms"}});
  }
  return stored;
}

// What an Update may change, as the API shows it.
v1::ConsumerGroup Shown(const ConsumerGroupState& state) {
  v1::ConsumerGroup resource;
  resource.set_display_name(state.display_name);
  *resource.mutable_filter() = FilterOf(state.filter);
  resource.set_ack_deadline_ms(state.settings.ack_deadline_ms());
  resource.set_max_attempts(state.settings.max_attempts());
  resource.set_retry_initial_delay_ms(state.settings.retry_initial_delay_ms());
  resource.set_retry_max_delay_ms(state.settings.retry_max_delay_ms());
  resource.set_max_in_flight_count(state.settings.max_in_flight_count());
  resource.set_max_consumers_count(state.settings.max_consumers_count());
  resource.set_park_blocks_stream(state.settings.park_blocks_stream());
  return resource;
}

}  // namespace

absl::Status ConsumerGroupIsDeleted() {
  return Refuse("CONSUMER_GROUP_DELETED", "the consumer group is deleted");
}

v1::EventFilter FilterOf(const ConsumerFilter& stored) {
  v1::EventFilter filter;
  *filter.mutable_categories() = stored.categories();
  *filter.mutable_types() = stored.types();
  filter.set_record(stored.record());
  filter.set_actor(NameOf(FromBytes<MemberId>(stored.actor_id())));
  return filter;
}

absl::StatusOr<ConsumerGroupId> ConsumerGroup::TargetOf(
    const v1::UpdateConsumerGroupRequest& command, const Caller&) {
  return ParseName<ConsumerGroupId>(command.consumer_group().name());
}

absl::StatusOr<Decision<ConsumerGroup::Event>> ConsumerGroup::Decide(
    const State&, const v1::CreateConsumerGroupRequest& command, const DecideContext&) {
  const v1::ConsumerGroup& wanted = command.consumer_group();
  RETURN_IF_ERROR(RequireDisplayName(wanted.display_name()));
  if (command.new_events_only() && command.from_position() > 0) {
    return Invalid("START_POSITION_AMBIGUOUS",
                   "a group begins at from_position or with new events, not both");
  }
  events::v1::ConsumerGroupCreated created;
  created.set_display_name(wanted.display_name());
  if (!command.new_events_only()) {
    created.set_first_position(std::max<int64_t>(1, command.from_position()));
  }
  ASSIGN_OR_RETURN(*created.mutable_filter(), StoredFilter(wanted.filter()));
  ASSIGN_OR_RETURN(*created.mutable_settings(), StoredSettings(wanted));
  return Decision<Event>(std::move(created));
}

absl::StatusOr<Decision<ConsumerGroup::Event>> ConsumerGroup::Decide(
    const State& state, const v1::UpdateConsumerGroupRequest& command, const DecideContext&) {
  if (state.deleted()) return ConsumerGroupIsDeleted();
  ASSIGN_OR_RETURN(
      const FieldChanges changes,
      FieldChanges::Resolve(command.consumer_group(), command.update_mask(),
                            {"display_name", "filter", "ack_deadline_ms", "max_attempts",
                             "retry_initial_delay_ms", "retry_max_delay_ms", "max_in_flight_count",
                             "max_consumers_count", "park_blocks_stream"}));
  const v1::ConsumerGroup wanted = changes.Merged(Shown(state), command.consumer_group());
  RETURN_IF_ERROR(RequireDisplayName(wanted.display_name()));
  ASSIGN_OR_RETURN(ConsumerFilter filter, StoredFilter(wanted.filter()));
  ASSIGN_OR_RETURN(ConsumerSettings settings, StoredSettings(wanted));
  events::v1::ConsumerGroupRevised revised;
  if (wanted.display_name() != state.display_name) {
    revised.set_display_name(wanted.display_name());
  }
  if (!MessageDifferencer::Equals(filter, state.filter)) {
    *revised.mutable_filter() = std::move(filter);
  }
  if (!MessageDifferencer::Equals(settings, state.settings)) {
    *revised.mutable_settings() = std::move(settings);
  }
  if (!revised.has_display_name() && !revised.has_filter() && !revised.has_settings()) {
    return Decision<Event>();
  }
  return Decision<Event>(std::move(revised));
}

absl::StatusOr<Decision<ConsumerGroup::Event>> ConsumerGroup::Decide(
    const State& state, const v1::DeleteConsumerGroupRequest&, const DecideContext&) {
  if (state.deleted()) return Decision<Event>();
  return Decision<Event>(events::v1::ConsumerGroupDeleted());
}

absl::StatusOr<Decision<ConsumerGroup::Event>> ConsumerGroup::Decide(
    const State& state, const v1::ReplayParkedEventsRequest& command, const DecideContext&) {
  if (state.deleted()) return ConsumerGroupIsDeleted();
  events::v1::ParkedEventsReplayed replayed;
  *replayed.mutable_positions() = command.positions();
  return Decision<Event>(std::move(replayed));
}

absl::StatusOr<Decision<ConsumerGroup::Event>> ConsumerGroup::Decide(
    const State& state, const v1::DiscardParkedEventsRequest& command, const DecideContext&) {
  if (state.deleted()) return ConsumerGroupIsDeleted();
  events::v1::ParkedEventsDiscarded discarded;
  *discarded.mutable_positions() = command.positions();
  discarded.set_reason(command.reason());
  return Decision<Event>(std::move(discarded));
}

ConsumerGroup::State ConsumerGroup::Evolve(State state, const Event& event,
                                           const EventMetadata& metadata) {
  return std::visit([&](const auto& e) { return On(std::move(state), e, metadata); }, event);
}

absl::StatusOr<v1::ConsumerGroup> ConsumerGroup::Render(const Ref<ConsumerGroup>& self,
                                                        const Lookup&) {
  v1::ConsumerGroup resource = Shown(self.state());
  resource.set_name(NameOf(self.id));
  resource.set_start_position(self->first_position);
  if (self->deleted()) *resource.mutable_delete_time() = TimestampOf(*self->delete_time);
  Stamp(resource, self.head);
  return resource;
}

}  // namespace crm::domain

// What a view remembers of an opportunity, and how each of its events changes that. Views that
// follow opportunities list OpportunityEvents among theirs and fold the card before they look at
// what changed:
//
//   template <class E> requires OpportunityEvent<E>
//   static absl::Status Apply(const E& event, const EventMetadata& metadata, ViewTransaction& rows)
//   {
//     views::v1::OpportunityCard after = before;
//     FoldCard(after, event, metadata);
//     ... move figures from `before` to `after`
//   }
//
// Pure functions.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <variant>

#include "absl/time/civil_time.h"
#include "crm/events/v1/opportunity_events.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "crm/views/v1/shapes.pb.h"
#include "domain/event_codec.h"
#include "domain/scope.h"
#include "domain/types/money.h"

namespace crm::projections {

using OpportunityEvents =
    std::variant<events::v1::OpportunityOpened, events::v1::OpportunityDetailsRevised,
                 events::v1::ExpectedRevenueRevised, events::v1::ProbabilityRevised,
                 events::v1::StageMoved, events::v1::OpportunityAssigned,
                 events::v1::ContributorsCredited, events::v1::OpportunityPlacedOnStandby,
                 events::v1::OpportunityResumed, events::v1::OpportunityWon,
                 events::v1::OpportunityLost, events::v1::OpportunitySuperseded,
                 events::v1::OpportunityReopened, events::v1::OpportunityGrouped,
                 events::v1::OpportunityUngrouped, events::v1::OpportunityArchived,
                 events::v1::OpportunityRestored>;

template <class E, class Variant>
struct IsOneOf;
template <class E, class... Es>
struct IsOneOf<E, std::variant<Es...>> : std::bool_constant<(std::is_same_v<E, Es> || ...)> {};

template <class E>
concept OpportunityEvent = IsOneOf<E, OpportunityEvents>::value;

// Several lists of events as one.
template <class... Variants>
struct JoinedEvents;
template <class... Es>
struct JoinedEvents<std::variant<Es...>> {
  using type = std::variant<Es...>;
};
template <class... Es, class... Fs, class... Rest>
struct JoinedEvents<std::variant<Es...>, std::variant<Fs...>, Rest...>
    : JoinedEvents<std::variant<Es..., Fs...>, Rest...> {};
template <class... Variants>
using JoinEvents = typename JoinedEvents<Variants...>::type;

// The card after an event. OpportunityOpened makes it.
void FoldCard(views::v1::OpportunityCard& card, const events::v1::OpportunityOpened& event,
              const domain::EventMetadata& metadata);
void FoldCard(views::v1::OpportunityCard& card, const events::v1::OpportunityDetailsRevised& event,
              const domain::EventMetadata& metadata);
void FoldCard(views::v1::OpportunityCard& card, const events::v1::ExpectedRevenueRevised& event,
              const domain::EventMetadata& metadata);
void FoldCard(views::v1::OpportunityCard& card, const events::v1::ProbabilityRevised& event,
              const domain::EventMetadata& metadata);
void FoldCard(views::v1::OpportunityCard& card, const events::v1::StageMoved& event,
              const domain::EventMetadata& metadata);
void FoldCard(views::v1::OpportunityCard& card, const events::v1::OpportunityAssigned& event,
              const domain::EventMetadata& metadata);
void FoldCard(views::v1::OpportunityCard& card, const events::v1::ContributorsCredited& event,
              const domain::EventMetadata& metadata);
void FoldCard(views::v1::OpportunityCard& card, const events::v1::OpportunityPlacedOnStandby& event,
              const domain::EventMetadata& metadata);
void FoldCard(views::v1::OpportunityCard& card, const events::v1::OpportunityResumed& event,
              const domain::EventMetadata& metadata);
void FoldCard(views::v1::OpportunityCard& card, const events::v1::OpportunityWon& event,
              const domain::EventMetadata& metadata);
void FoldCard(views::v1::OpportunityCard& card, const events::v1::OpportunityLost& event,
              const domain::EventMetadata& metadata);
void FoldCard(views::v1::OpportunityCard& card, const events::v1::OpportunitySuperseded& event,
              const domain::EventMetadata& metadata);
void FoldCard(views::v1::OpportunityCard& card, const events::v1::OpportunityReopened& event,
              const domain::EventMetadata& metadata);
void FoldCard(views::v1::OpportunityCard& card, const events::v1::OpportunityGrouped& event,
              const domain::EventMetadata& metadata);
void FoldCard(views::v1::OpportunityCard& card, const events::v1::OpportunityUngrouped& event,
              const domain::EventMetadata& metadata);
void FoldCard(views::v1::OpportunityCard& card, const events::v1::OpportunityArchived& event,
              const domain::EventMetadata& metadata);
void FoldCard(views::v1::OpportunityCard& card, const events::v1::OpportunityRestored& event,
              const domain::EventMetadata& metadata);

// Open or on standby, and not archived: what boards, tiles and forecasts count as open.
bool IsOpen(const views::v1::OpportunityCard& card);
domain::Scope ScopeOf(const views::v1::OpportunityCard& card);
// Nullopt when it is not known.
std::optional<domain::Money> ExpectedRevenueOf(const views::v1::OpportunityCard& card);
// Expected day of closing has passed by `today`.
bool IsOverdue(const views::v1::OpportunityCard& card, absl::CivilDay today);
std::optional<absl::CivilDay> ExpectedCloseOf(const views::v1::OpportunityCard& card);

}  // namespace crm::projections

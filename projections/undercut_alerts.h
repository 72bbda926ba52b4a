// UndercutAlerts: pairs of open opportunities of different owners, for the same customer or in the
// same group of alternatives, of which the later asks less in the same currency (T67).
//
// Earlier and later go by when each first asked for an amount; an opportunity that asks for none
// takes no part, and sub-projects of one group do not bid against each other. A pair has one alert
// for good: it is raised when the later first asks less, closed when that ends (either is closed,
// archived or changes hands, they no longer share anything, the later no longer asks less), and
// open again, raised when it was, should it come back. Amounts and leaders are shown as they are at
// the instant asked for.
#pragma once

#include <tuple>
#include <variant>

#include "crm/events/v1/team_events.pb.h"
#include "crm/v1/opportunity_group_service.pb.h"
#include "crm/views/v1/figures.pb.h"
#include "crm/views/v1/undercut_alerts.pb.h"
#include "projections/counters.h"
#include "projections/opportunity_card.h"
#include "projections/query.h"
#include "projections/table.h"

namespace crm::projections {

struct UndercutAlerts {
  static constexpr absl::string_view kName = "undercut_alerts";
  static constexpr int kVersion = 2;
  using Events = JoinEvents<OpportunityEvents,
                            std::variant<events::v1::OpportunityGroupCreated,
                                         events::v1::LeaderAppointed, events::v1::LeaderDismissed>>;

  static constexpr Table<std::tuple<Uuid>, views::v1::Offer> kOffers{1};
  // Open offers by customer: customer, opportunity.
  static constexpr Table<std::tuple<Uuid, Uuid>, views::v1::Mark> kByCustomer{2};
  // Open offers by group of alternatives: group, opportunity.
  static constexpr Table<std::tuple<Uuid, Uuid>, views::v1::Mark> kByGroup{3};
  static constexpr Table<std::tuple<Uuid>, views::v1::Mark> kAlternatives{4};
  // The newest first: when raised, earlier, later.
  using AlertKey = std::tuple<Descending<int64_t>, Uuid, Uuid>;
  static constexpr Table<AlertKey, views::v1::Undercut> kAlerts{5};
  // Both ways: an opportunity and the other of its pair.
  static constexpr Table<std::tuple<Uuid, Uuid>, views::v1::UndercutPlace> kPairs{6};
  static constexpr Table<std::tuple<Uuid>, views::v1::TeamLeaders> kLeaders{7};
  static constexpr auto kTables =
      std::tuple(kOffers, kByCustomer, kByGroup, kAlternatives, kAlerts, kPairs, kLeaders);

  template <OpportunityEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    ASSIGN_OR_RETURN(views::v1::Offer * offer, kOffers.Edit(rows, {metadata.stream.id}));
    const views::v1::OpportunityCard before = offer->card();
    FoldCard(*offer->mutable_card(), event, metadata);
    return Compare(before, *offer, metadata.effective_time, rows);
  }
  static absl::Status Apply(const events::v1::OpportunityGroupCreated& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::LeaderAppointed& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::LeaderDismissed& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);

  // The newest first; open ones, or all. Alerts of which the caller sees either side.
  static absl::StatusOr<v1::ListUndercutAlertsResponse> Answer(
      const v1::ListUndercutAlertsRequest& request, const ViewReader& rows, QueryContext& context);

 private:
  // Raises, keeps and closes the alerts of an offer after a change of its card.
  static absl::Status Compare(const views::v1::OpportunityCard& before, views::v1::Offer& offer,
                              absl::Time time, ViewTransaction& rows);
};

}  // namespace crm::projections

// GoalProgress: what counts for goals, and how far they are. Facts are kept by whom they count for
// (everybody, a team, a member), kind and day, whether or not a goal asks for them: a goal that is
// entered late finds what happened before, and is never behind.
//
// Money counts by credit: a member's part of each payment by the weights frozen into the invoice
// (T60). A fact is of its day in the organization's zone (T69), converted at the rate of that day
// (T62). A correction leaves its day and has one of its own, so what a goal shows as of a day is
// what was true then (T61). Whoever sees a goal sees all that counts for it.
#pragma once

#include <cstdint>
#include <tuple>
#include <variant>
#include <vector>

#include "crm/events/v1/contract_events.pb.h"
#include "crm/events/v1/customer_events.pb.h"
#include "crm/events/v1/goal_events.pb.h"
#include "crm/events/v1/opportunity_events.pb.h"
#include "crm/events/v1/product_events.pb.h"
#include "crm/v1/goal_service.pb.h"
#include "crm/views/v1/goal_progress.pb.h"
#include "crm/views/v1/invoice_money.pb.h"
#include "domain/types/ids.h"
#include "projections/exchange_rates.h"
#include "projections/invoice_money.h"
#include "projections/pipeline_shape.h"
#include "projections/query.h"
#include "projections/table.h"

namespace crm::projections {

struct GoalProgress {
  static constexpr absl::string_view kName = "goal_progress";
  static constexpr int kVersion = 1;
  using Events = JoinEvents<
      OrganizationEvents, InvoiceMoneyEvents,
      std::variant<events::v1::GoalCreated, events::v1::GoalRevised, events::v1::GoalArchived,
                   events::v1::GoalRestored, events::v1::CustomerCreated,
                   events::v1::ContractSigned, events::v1::OpportunityWon,
                   events::v1::OpportunityReopened, events::v1::ExchangeRateEntered>>;

  static constexpr Table<std::tuple<domain::GoalId>, views::v1::ListedGoal> kGoals{1};
  // Member, team, or nil for everybody; value of crm.v1.GoalKind; day; what the fact was made of;
  // which of its facts.
  using FactKey = std::tuple<Uuid, uint8_t, absl::CivilDay, Uuid, uint32_t>;
  static constexpr Table<FactKey, views::v1::GoalFact> kFacts{2};
  static constexpr Table<std::tuple<Uuid>, views::v1::InvoiceMoney> kInvoices{3};
  static constexpr Table<std::tuple<Uuid>, views::v1::GoalWin> kWins{4};
  static constexpr RateTable kRates{5};
  static constexpr Table<std::tuple<>, views::v1::OrganizationShape> kOrganization{6};
  static constexpr auto kTables =
      std::tuple(kGoals, kFacts, kInvoices, kWins, kRates, kOrganization);

  template <OrganizationEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata&, ViewTransaction& rows) {
    return FoldShape(kOrganization.Edit(rows, {}), event);
  }
  template <InvoiceMoneyEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    ASSIGN_OR_RETURN(const domain::Zone zone, FoldedZone(kOrganization, rows));
    return FoldInvoices(kInvoices, event, metadata, zone, rows,
                        [&](const Uuid& id, const auto& before, const auto& after) {
                          return Replace(id, before, after, rows);
                        });
  }
  static absl::Status Apply(const events::v1::GoalCreated& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::GoalRevised& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::GoalArchived& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::GoalRestored& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::CustomerCreated& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::ContractSigned& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::OpportunityWon& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::OpportunityReopened& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::ExchangeRateEntered& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);

  // By last day, the latest first, then by name. INVALID_ARGUMENT INVALID_NAME or DATE_INVALID for
  // what the request names.
  static absl::StatusOr<std::vector<domain::GoalId>> Select(const v1::ListGoalsRequest& request,
                                                            const ViewReader& rows,
                                                            QueryContext& context);
  // PERMISSION_DENIED for a goal the caller may not see, which need not exist; NOT_FOUND for one
  // that does not. OUT_OF_RANGE SUM_OVERFLOW when a sum cannot be shown.
  static absl::StatusOr<v1::GoalProgress> Answer(const v1::GetGoalProgressRequest& request,
                                                 const ViewReader& rows, QueryContext& context);
  // The highest attainment first, then by name; archived goals are left out.
  static absl::StatusOr<v1::ListGoalProgressResponse> Answer(
      const v1::ListGoalProgressRequest& request, const ViewReader& rows, QueryContext& context);

 private:
  // Takes out what an invoice counted for, and puts in what it counts for now.
  static absl::Status Replace(const Uuid& id, const views::v1::InvoiceMoney& before,
                              const views::v1::InvoiceMoney& after, ViewTransaction& rows);
};

}  // namespace crm::projections

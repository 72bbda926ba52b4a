// SalesStatistics: what was opened, won and lost, and what became of leads, per day, team, owner
// and contributors as they were when it happened. Reports add up days.
//
// A closing that is undone leaves the day it counted on: reopening takes the win or loss back,
// restoring a lead the loss. A junk lead counts for nothing, not even its capture, until it is
// restored; a refused one never counted.
#pragma once

#include <string>
#include <tuple>
#include <variant>

#include "crm/events/v1/lead_events.pb.h"
#include "crm/events/v1/member_events.pb.h"
#include "crm/events/v1/opportunity_events.pb.h"
#include "crm/events/v1/team_events.pb.h"
#include "crm/v1/report_service.pb.h"
#include "crm/views/v1/sales_statistics.pb.h"
#include "projections/counters.h"
#include "projections/pipeline_shape.h"
#include "projections/query.h"
#include "projections/table.h"

namespace crm::projections {

struct SalesStatistics {
  static constexpr absl::string_view kName = "sales_statistics";
  static constexpr int kVersion = 1;
  using Events = JoinEvents<
      OrganizationEvents,
      std::variant<
          events::v1::OpportunityOpened, events::v1::OpportunityWon, events::v1::OpportunityLost,
          events::v1::OpportunityReopened, events::v1::LeadCaptured, events::v1::LeadAssigned,
          events::v1::LeadConverted, events::v1::LeadLost, events::v1::LeadJunked,
          events::v1::LeadRestored, events::v1::TeamCreated, events::v1::TeamSettingsRevised,
          events::v1::MemberCreated, events::v1::MemberDetailsRevised, events::v1::SubjectErased>>;

  // Day, team, owner, contributors.
  static constexpr Table<std::tuple<absl::CivilDay, Uuid, Uuid, std::string>, views::v1::DayFigures>
      kDays{1};
  static constexpr Table<std::tuple<Uuid>, views::v1::CountedOpportunity> kOpportunities{2};
  static constexpr Table<std::tuple<Uuid>, views::v1::CountedLead> kLeads{3};
  static constexpr Table<std::tuple<Uuid>, views::v1::SortName> kTeamNames{4};
  // Member, as the subject of their name.
  static constexpr Table<std::tuple<Uuid>, views::v1::SortName> kMemberNames{5};
  static constexpr Table<std::tuple<>, views::v1::OrganizationShape> kOrganization{6};
  static constexpr auto kTables =
      std::tuple(kDays, kOpportunities, kLeads, kTeamNames, kMemberNames, kOrganization);

  template <OrganizationEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata&, ViewTransaction& rows) {
    return FoldShape(kOrganization.Edit(rows, {}), event);
  }
  static absl::Status Apply(const events::v1::OpportunityOpened& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::OpportunityWon& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::OpportunityLost& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::OpportunityReopened& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::LeadCaptured& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::LeadAssigned& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::LeadConverted& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::LeadLost& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::LeadJunked& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::LeadRestored& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::TeamCreated& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::TeamSettingsRevised& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::MemberCreated& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::MemberDetailsRevised& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::SubjectErased& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);

  // Periods are cut to the range asked for. Without grouping there is a row for every period; with
  // it, one for each team or member to whom something happened in the period. The average amount
  // won is over the wins in that currency. INVALID_ARGUMENT RANGE_INVALID when the range ends
  // before it begins, RANGE_TOO_LONG beyond 1,100 days.
  static absl::StatusOr<v1::Statistics> Answer(const v1::GetStatisticsRequest& request,
                                               const ViewReader& rows, QueryContext& context);
};

}  // namespace crm::projections

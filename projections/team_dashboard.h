// TeamDashboard: one tile a team. Open opportunities are kept as cards and weighed when asked, so a
// tile agrees with the board; what is over (won, lost, opened in a week) is counted by team, owner
// and contributors as they were at the time, and reopening takes a closing back. Leads are kept for
// two figures: those nobody holds, and what each member took in the last 30 x 24 hours (T44), which
// follows a lead to its next owner and does not end when the lead is lost.
//
// Money counts for whoever an invoice was issued by: issued on its day, settled on the same day as
// soon as nothing is due, received when a payment is on it; credit notes count back on their own
// day (T55). A void invoice is taken out of the day it was issued on.
//
// A tile is shown to whoever sees everything, is shown the team's records, or belongs to or leads
// the team; its figures cover what the caller may see.
#pragma once

#include <string>
#include <tuple>
#include <type_traits>
#include <variant>

#include "crm/events/v1/member_events.pb.h"
#include "crm/events/v1/product_events.pb.h"
#include "crm/events/v1/team_events.pb.h"
#include "crm/v1/dashboard_service.pb.h"
#include "crm/views/v1/figures.pb.h"
#include "crm/views/v1/invoice_money.pb.h"
#include "crm/views/v1/team_dashboard.pb.h"
#include "projections/counters.h"
#include "projections/exchange_rates.h"
#include "projections/invoice_money.h"
#include "projections/opportunity_card.h"
#include "projections/pipeline_shape.h"
#include "projections/query.h"
#include "projections/table.h"
#include "projections/team_tile.h"
#include "projections/weighing.h"

namespace crm::projections {

struct TeamDashboard {
  static constexpr absl::string_view kName = "team_dashboard";
  static constexpr int kVersion = 3;
  using MemberLife = std::variant<events::v1::MembershipBegan, events::v1::MembershipTermsRevised,
                                  events::v1::MembershipEnded, events::v1::MemberCreated,
                                  events::v1::MemberDetailsRevised, events::v1::TeamFavored,
                                  events::v1::TeamUnfavored, events::v1::SubjectErased>;
  using Events = JoinEvents<OpportunityEvents, GroupEvents, PipelineEvents, OrganizationEvents,
                            TileLeadEvents, TileTeamEvents, MemberLife, InvoiceMoneyEvents,
                            std::variant<events::v1::ExchangeRateEntered>>;

  static constexpr Table<std::tuple<Uuid>, views::v1::TileCard> kCards{1};
  // Open ones: team, opportunity.
  static constexpr Table<std::tuple<Uuid, Uuid>, views::v1::Mark> kOpen{2};
  // Team, owner, contributors.
  static constexpr Table<std::tuple<Uuid, Uuid, std::string>, views::v1::TileClosings> kClosings{3};
  // Opened: team, day, owner, contributors, all at the time.
  static constexpr Table<std::tuple<Uuid, absl::CivilDay, Uuid, std::string>, views::v1::Tally>
      kOpened{4};
  static constexpr Table<std::tuple<Uuid>, views::v1::TileLead> kLeads{5};
  // Open leads that nobody owns: team.
  static constexpr Table<std::tuple<Uuid>, views::v1::Tally> kUnassigned{6};
  // Team, member, instant, lead.
  static constexpr Table<std::tuple<Uuid, Uuid, absl::Time, Uuid>, views::v1::Mark> kTakes{7};
  static constexpr Table<std::tuple<Uuid>, views::v1::TileTeam> kTeams{8};
  // Team, member.
  static constexpr Table<std::tuple<Uuid, Uuid>, views::v1::TileMembership> kMemberships{9};
  // Member, team.
  static constexpr Table<std::tuple<Uuid, Uuid>, views::v1::Mark> kFavorites{10};
  // Member, as the subject of their name.
  static constexpr Table<std::tuple<Uuid>, views::v1::TileMemberName> kNames{11};
  static constexpr Table<std::tuple<Uuid>, views::v1::PipelineShape> kPipelines{12};
  static constexpr Table<std::tuple<Uuid>, views::v1::GroupShape> kGroups{13};
  static constexpr Table<std::tuple<>, views::v1::OrganizationShape> kOrganization{14};
  static constexpr Table<std::tuple<Uuid>, views::v1::InvoiceMoney> kInvoices{15};
  // Team, day, owner, contributors, channel, all of the invoice.
  static constexpr Table<std::tuple<Uuid, absl::CivilDay, Uuid, std::string, std::string>,
                         views::v1::TileMoney>
      kMoney{16};
  static constexpr RateTable kRates{17};
  static constexpr auto kTables = std::tuple(
      kCards, kOpen, kClosings, kOpened, kLeads, kUnassigned, kTakes, kTeams, kMemberships,
      kFavorites, kNames, kPipelines, kGroups, kOrganization, kInvoices, kMoney, kRates);

  template <OpportunityEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    ASSIGN_OR_RETURN(views::v1::TileCard * tile, kCards.Edit(rows, {metadata.stream.id}));
    Unlist(rows, tile->card());
    FoldCard(*tile->mutable_card(), event, metadata);
    List(rows, tile->card());
    if constexpr (std::is_same_v<E, events::v1::OpportunityOpened>) {
      return CountOpened(rows, event.opened().ownership(), metadata.effective_time);
    } else if constexpr (std::is_same_v<E, events::v1::OpportunityWon>) {
      return Close(rows, *tile, true, event.at());
    } else if constexpr (std::is_same_v<E, events::v1::OpportunityLost>) {
      return Close(rows, *tile, false, event.at());
    } else if constexpr (std::is_same_v<E, events::v1::OpportunityReopened>) {
      return TakeBackClosing(rows, *tile);
    } else {
      return absl::OkStatus();
    }
  }
  template <GroupEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    return FoldShape(kGroups.Edit(rows, {metadata.stream.id}), event);
  }
  template <PipelineEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    return FoldShape(kPipelines.Edit(rows, {metadata.stream.id}), event);
  }
  template <OrganizationEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata&, ViewTransaction& rows) {
    return FoldShape(kOrganization.Edit(rows, {}), event);
  }
  template <class E>
  requires IsOneOf<E, TileLeadEvents>::value static absl::Status Apply(
      const E& event, const domain::EventMetadata& metadata, ViewTransaction& rows) {
    ASSIGN_OR_RETURN(views::v1::TileLead * lead, kLeads.Edit(rows, {metadata.stream.id}));
    RETURN_IF_ERROR(CountLead(rows, metadata.stream.id, *lead, -1));
    FoldTile(*lead, event, metadata);
    return CountLead(rows, metadata.stream.id, *lead, 1);
  }
  template <class E>
  requires IsOneOf<E, TileTeamEvents>::value static absl::Status Apply(
      const E& event, const domain::EventMetadata& metadata, ViewTransaction& rows) {
    ASSIGN_OR_RETURN(views::v1::TileTeam * team, kTeams.Edit(rows, {metadata.stream.id}));
    FoldTile(*team, event, metadata);
    return absl::OkStatus();
  }
  template <InvoiceMoneyEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    ASSIGN_OR_RETURN(const domain::Zone zone, FoldedZone(kOrganization, rows));
    return FoldInvoices(kInvoices, event, metadata, zone, rows,
                        [&](const Uuid&, const auto& before, const auto& after) -> absl::Status {
                          RETURN_IF_ERROR(CountMoney(rows, before, -1));
                          return CountMoney(rows, after, 1);
                        });
  }
  static absl::Status Apply(const events::v1::ExchangeRateEntered& event,
                            const domain::EventMetadata&, ViewTransaction& rows) {
    FoldRate(kRates, event, rows);
    return absl::OkStatus();
  }
  template <class E>
  requires IsOneOf<E, MemberLife>::value static absl::Status Apply(
      const E& event, const domain::EventMetadata& metadata, ViewTransaction& rows) {
    return Note(event, metadata.stream.id, rows);
  }

  // PERMISSION_DENIED for a team whose tile the caller may not see, which need not exist; NOT_FOUND
  // for one that does not exist.
  static absl::StatusOr<v1::TeamDashboard> Answer(const v1::GetTeamDashboardRequest& request,
                                                  const ViewReader& rows, QueryContext& context);
  // Favourites of the caller first, then by name; archived teams are left out.
  static absl::StatusOr<v1::ListTeamDashboardsResponse> Answer(
      const v1::ListTeamDashboardsRequest& request, const ViewReader& rows, QueryContext& context);

 private:
  static void List(ViewTransaction& rows, const views::v1::OpportunityCard& card);
  static void Unlist(ViewTransaction& rows, const views::v1::OpportunityCard& card);
  static absl::Status CountOpened(ViewTransaction& rows, const events::v1::Ownership& ownership,
                                  absl::Time time);
  static absl::Status Close(ViewTransaction& rows, views::v1::TileCard& tile, bool won,
                            const events::v1::OpportunitySnapshot& at);
  static absl::Status TakeBackClosing(ViewTransaction& rows, views::v1::TileCard& tile);

  // Adds what the lead counts for (`times` 1), or takes it away before a change (-1).
  static absl::Status CountLead(ViewTransaction& rows, const Uuid& id,
                                const views::v1::TileLead& lead, int times);

  // Counts what the invoice brings each day (`times` 1), or takes it out before a change (-1).
  static absl::Status CountMoney(ViewTransaction& rows, const views::v1::InvoiceMoney& money,
                                 int times);

  // `stream` is the team's or the member's.
  static absl::Status Note(const events::v1::MembershipBegan& event, const Uuid& stream,
                           ViewTransaction& rows);
  static absl::Status Note(const events::v1::MembershipTermsRevised& event, const Uuid& stream,
                           ViewTransaction& rows);
  static absl::Status Note(const events::v1::MembershipEnded& event, const Uuid& stream,
                           ViewTransaction& rows);
  static absl::Status Note(const events::v1::MemberCreated& event, const Uuid& stream,
                           ViewTransaction& rows);
  static absl::Status Note(const events::v1::MemberDetailsRevised& event, const Uuid& stream,
                           ViewTransaction& rows);
  static absl::Status Note(const events::v1::TeamFavored& event, const Uuid& stream,
                           ViewTransaction& rows);
  static absl::Status Note(const events::v1::TeamUnfavored& event, const Uuid& stream,
                           ViewTransaction& rows);
  static absl::Status Note(const events::v1::SubjectErased& event, const Uuid& stream,
                           ViewTransaction& rows);
};

}  // namespace crm::projections

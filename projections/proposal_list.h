// ProposalList: proposals by the day they were drafted, the newest first. Keeps a card of each;
// whether one expired follows from its last day and the day asked for, so no row changes when a
// day passes.
//
// Holds ids and days and nothing personal.
#pragma once

#include <tuple>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crm/events/v1/proposal_events.pb.h"
#include "crm/v1/proposal_service.pb.h"
#include "crm/views/v1/figures.pb.h"
#include "crm/views/v1/proposal_list.pb.h"
#include "domain/types/ids.h"
#include "projections/newest_first.h"
#include "projections/pipeline_shape.h"
#include "projections/query.h"
#include "projections/table.h"

namespace crm::projections {

struct ProposalList {
  static constexpr absl::string_view kName = "proposal_list";
  static constexpr int kVersion = 1;
  using CardEvents =
      std::variant<events::v1::ProposalDrafted, events::v1::ProposalContentRevised,
                   events::v1::ProposalDetailsRevised, events::v1::ProposalReaddressed,
                   events::v1::ProposalSent, events::v1::ProposalAccepted,
                   events::v1::ProposalDeclined, events::v1::ProposalExtended,
                   events::v1::ProposalSuperseded, events::v1::ProposalAssigned,
                   events::v1::ProposalArchived, events::v1::ProposalRestored>;
  using Events = JoinEvents<OrganizationEvents, CardEvents>;

  static constexpr Table<std::tuple<Uuid>, views::v1::ProposalCard> kCards{1};
  static constexpr Table<DayPlace, views::v1::Mark> kByDay{2};
  // Those that may still be accepted but for their last day, and are not archived.
  static constexpr Table<DayPlace, views::v1::Mark> kOpen{3};
  static constexpr Table<std::tuple<domain::CustomerId, NewestDay, Uuid>, views::v1::Mark>
      kOfCustomer{4};
  static constexpr Table<std::tuple<>, views::v1::OrganizationShape> kOrganization{5};
  static constexpr auto kTables = std::tuple(kCards, kByDay, kOpen, kOfCustomer, kOrganization);

  template <OrganizationEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata&, ViewTransaction& rows) {
    return FoldShape(kOrganization.Edit(rows, {}), event);
  }
  template <class E>
  requires IsOneOf<E, CardEvents>::value static absl::Status Apply(
      const E& event, const domain::EventMetadata& metadata, ViewTransaction& rows) {
    ASSIGN_OR_RETURN(const domain::Zone zone, FoldedZone(kOrganization, rows));
    ASSIGN_OR_RETURN(views::v1::ProposalCard * card, kCards.Edit(rows, {metadata.stream.id}));
    Unlist(metadata.stream.id, *card, rows);
    Fold(*card, event, zone.DayOf(metadata.effective_time));
    List(metadata.stream.id, *card, rows);
    return absl::OkStatus();
  }

  // The newest day first; of one day by id. INVALID_ARGUMENT INVALID_NAME or DATE_INVALID for what
  // the filter names, PAGE_TOKEN_INVALID for a place that is none.
  static absl::StatusOr<std::vector<domain::ProposalId>> Select(
      const v1::ListProposalsRequest& request, const ViewReader& rows, QueryContext& context);

 private:
  using Card = views::v1::ProposalCard;

  // Puts a proposal into the indexes, and takes it out before a change.
  static void List(const Uuid& id, const Card& card, ViewTransaction& rows);
  static void Unlist(const Uuid& id, const Card& card, ViewTransaction& rows);

  // `day` is the organization's of the event.
  static void Fold(Card& card, const events::v1::ProposalDrafted& event, absl::CivilDay day);
  static void Fold(Card& card, const events::v1::ProposalContentRevised& event, absl::CivilDay day);
  static void Fold(Card& card, const events::v1::ProposalDetailsRevised& event, absl::CivilDay day);
  static void Fold(Card& card, const events::v1::ProposalReaddressed& event, absl::CivilDay day);
  static void Fold(Card& card, const events::v1::ProposalSent& event, absl::CivilDay day);
  static void Fold(Card& card, const events::v1::ProposalAccepted& event, absl::CivilDay day);
  static void Fold(Card& card, const events::v1::ProposalDeclined& event, absl::CivilDay day);
  static void Fold(Card& card, const events::v1::ProposalExtended& event, absl::CivilDay day);
  static void Fold(Card& card, const events::v1::ProposalSuperseded& event, absl::CivilDay day);
  static void Fold(Card& card, const events::v1::ProposalAssigned& event, absl::CivilDay day);
  static void Fold(Card& card, const events::v1::ProposalArchived& event, absl::CivilDay day);
  static void Fold(Card& card, const events::v1::ProposalRestored& event, absl::CivilDay day);
};

}  // namespace crm::projections

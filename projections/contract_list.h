// ContractList: contracts by the day they end, the first first, those without an end last. One that
// ended early ends on the last day it held.
//
// Holds ids, days and words and nothing personal.
#pragma once

#include <tuple>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crm/events/v1/contract_events.pb.h"
#include "crm/v1/contract_service.pb.h"
#include "crm/views/v1/contract_list.pb.h"
#include "crm/views/v1/figures.pb.h"
#include "crm/views/v1/shapes.pb.h"
#include "domain/event_codec.h"
#include "domain/types/ids.h"
#include "projections/pipeline_shape.h"
#include "projections/query.h"
#include "projections/table.h"
#include "projections/view.h"

namespace crm::projections {

struct ContractList {
  static constexpr absl::string_view kName = "contract_list";
  static constexpr int kVersion = 1;
  // What changes a card.
  using CardEvents = std::variant<
      events::v1::ContractDrafted, events::v1::ContractDetailsRevised, events::v1::ContractApproved,
      events::v1::ContractSent, events::v1::ContractSigned, events::v1::ContractRenewed,
      events::v1::ContractTerminated, events::v1::ContractVoided, events::v1::ContractAssigned>;
  using Events = JoinEvents<OrganizationEvents, CardEvents>;

  // Where a contract is in a list: the day it ends, the last of all days when it does not.
  using Place = std::tuple<absl::CivilDay, domain::ContractId>;
  static constexpr Table<std::tuple<domain::ContractId>, views::v1::ContractCard> kCards{1};
  static constexpr Table<Place, views::v1::Mark> kByEnd{2};
  static constexpr Table<std::tuple<domain::CustomerId, absl::CivilDay, domain::ContractId>,
                         views::v1::Mark>
      kOfCustomer{3};
  static constexpr Table<std::tuple<>, views::v1::OrganizationShape> kOrganization{4};
  static constexpr auto kTables = std::tuple(kCards, kByEnd, kOfCustomer, kOrganization);

  template <OrganizationEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata&, ViewTransaction& rows) {
    return FoldShape(kOrganization.Edit(rows, {}), event);
  }
  template <class E>
  requires IsOneOf<E, CardEvents>::value static absl::Status Apply(
      const E& event, const domain::EventMetadata& metadata, ViewTransaction& rows) {
    const domain::ContractId id(metadata.stream.id);
    ASSIGN_OR_RETURN(views::v1::ContractCard * card, kCards.Edit(rows, {id}));
    Unlist(id, *card, rows);
    Fold(*card, event);
    List(id, *card, rows);
    return absl::OkStatus();
  }

  // The first to end first; of one day by id. INVALID_ARGUMENT INVALID_NAME or DATE_INVALID for
  // what the filter names, PAGE_TOKEN_INVALID for a place that is none.
  static absl::StatusOr<std::vector<domain::ContractId>> Select(
      const v1::ListContractsRequest& request, const ViewReader& rows, QueryContext& context);

 private:
  // Puts a contract into the indexes, and takes it out before a change.
  static void List(const domain::ContractId& id, const views::v1::ContractCard& card,
                   ViewTransaction& rows);
  static void Unlist(const domain::ContractId& id, const views::v1::ContractCard& card,
                     ViewTransaction& rows);

  static void Fold(views::v1::ContractCard& card, const events::v1::ContractDrafted& event);
  static void Fold(views::v1::ContractCard& card, const events::v1::ContractDetailsRevised& event);
  static void Fold(views::v1::ContractCard& card, const events::v1::ContractApproved& event);
  static void Fold(views::v1::ContractCard& card, const events::v1::ContractSent& event);
  static void Fold(views::v1::ContractCard& card, const events::v1::ContractSigned& event);
  static void Fold(views::v1::ContractCard& card, const events::v1::ContractRenewed& event);
  static void Fold(views::v1::ContractCard& card, const events::v1::ContractTerminated& event);
  static void Fold(views::v1::ContractCard& card, const events::v1::ContractVoided& event);
  static void Fold(views::v1::ContractCard& card, const events::v1::ContractAssigned& event);
};

}  // namespace crm::projections

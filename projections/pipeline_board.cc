#include "projections/pipeline_board.h"

#include <utility>

#include "base/status_macros.h"
#include "projections/counters.h"

namespace crm::projections {

using views::v1::CardPlace;
using views::v1::GroupShape;
using views::v1::OpportunityCard;
using views::v1::OrganizationShape;
using views::v1::PipelineShape;

namespace {

PipelineBoard::CardKey KeyOf(const CardPlace& place, const Uuid& opportunity) {
  return {place.open(), UuidOf(place.pipeline_id()), Descending<int64_t>{place.open_time_us()},
          opportunity};
}

CardPlace PlaceOf(const OpportunityCard& card) {
  CardPlace place;
  place.set_open(IsOpen(card));
  place.set_pipeline_id(card.pipeline_id());
  place.set_open_time_us(card.open_time_us());
  place.set_close_time_us(card.close_time_us());
  place.set_customer_id(card.customer_id());
  return place;
}

// The marks by which a card in this place is found, put or erased.
template <class Change>
void ForEachMark(const CardPlace& place, const Uuid& opportunity, Change change) {
  if (place.close_time_us() != 0) {
    change(PipelineBoard::kClosed,
           std::make_tuple(absl::FromUnixMicros(place.close_time_us()), opportunity));
  }
  if (!place.customer_id().empty()) {
    change(PipelineBoard::kByCustomer, std::make_tuple(UuidOf(place.customer_id()), opportunity));
  }
}

bool SameMarks(const CardPlace& a, const CardPlace& b) {
  return a.close_time_us() == b.close_time_us() && a.customer_id() == b.customer_id();
}

}  // namespace

absl::StatusOr<OpportunityCard> PipelineBoard::TakeCard(ViewTransaction& rows,
                                                        const Uuid& opportunity) {
  ASSIGN_OR_RETURN(const CardPlace* place, kPlaces.Find(rows, {opportunity}));
  if (place == nullptr) return OpportunityCard();
  const CardKey key = KeyOf(*place, opportunity);
  ASSIGN_OR_RETURN(const OpportunityCard* card, kCards.Find(rows, key));
  if (card == nullptr) return OpportunityCard();
  OpportunityCard taken = *card;
  kCards.Erase(rows, key);
  return taken;
}

absl::Status PipelineBoard::PutCard(ViewTransaction& rows, OpportunityCard card) {
  const Uuid opportunity = UuidOf(card.opportunity_id());
  const CardPlace after = PlaceOf(card);
  kCards.Put(rows, KeyOf(after, opportunity), std::move(card));
  ASSIGN_OR_RETURN(CardPlace * place, kPlaces.Edit(rows, {opportunity}));
  if (!SameMarks(*place, after)) {
    ForEachMark(*place, opportunity,
                [&](const auto& table, const auto& key) { table.Erase(rows, key); });
    ForEachMark(after, opportunity,
                [&](const auto& table, const auto& key) { table.Put(rows, key, {}); });
  }
  *place = after;
  return absl::OkStatus();
}

absl::StatusOr<OrganizationShape> PipelineBoard::Organization(const ViewReader& rows) {
  return kOrganization.GetOrEmpty(rows, {});
}

absl::StatusOr<std::optional<OpportunityCard>> PipelineBoard::FindCard(const ViewReader& rows,
                                                                       const Uuid& opportunity) {
  ASSIGN_OR_RETURN(const std::optional<CardPlace> place, kPlaces.Get(rows, {opportunity}));
  if (!place.has_value()) return std::nullopt;
  return kCards.Get(rows, KeyOf(*place, opportunity));
}

Weigher PipelineBoard::WeigherOver(const ViewReader& rows) {
  return Weigher(
      [&rows](const std::string& id) { return kPipelines.GetOrEmpty(rows, {UuidOf(id)}); },
      [&rows](const std::string& id) { return kGroups.GetOrEmpty(rows, {UuidOf(id)}); },
      [&rows](const std::string& id) { return FindCard(rows, UuidOf(id)); });
}

}  // namespace crm::projections

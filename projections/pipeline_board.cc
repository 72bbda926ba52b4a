#include "projections/pipeline_board.h"

#include <utility>

#include "base/status_macros.h"

namespace crm::projections {

using views::v1::CardPlace;
using views::v1::GroupShape;
using views::v1::OpportunityCard;
using views::v1::OrganizationShape;
using views::v1::PipelineShape;

namespace {

template <class T, class Row>
absl::StatusOr<Row> RowOrEmpty(const T& table, const ViewReader& rows, const typename T::Key& key,
                               Row empty) {
  ASSIGN_OR_RETURN(std::optional<Row> row, table.Get(rows, key));
  return row.has_value() ? *std::move(row) : std::move(empty);
}

}  // namespace

absl::StatusOr<OpportunityCard> PipelineBoard::TakeCard(ViewTransaction& rows,
                                                        const Uuid& opportunity) {
  ASSIGN_OR_RETURN(const CardPlace* place, kPlaces.Find(rows, {opportunity}));
  if (place == nullptr) return OpportunityCard();
  const auto key = std::make_tuple(place->open(), UuidOf(place->pipeline_id()), opportunity);
  ASSIGN_OR_RETURN(const OpportunityCard* card, kCards.Find(rows, key));
  if (card == nullptr) return OpportunityCard();
  OpportunityCard taken = *card;
  kCards.Erase(rows, key);
  return taken;
}

void PipelineBoard::PutCard(ViewTransaction& rows, OpportunityCard card) {
  const Uuid opportunity = UuidOf(card.opportunity_id());
  CardPlace place;
  place.set_open(IsOpen(card));
  place.set_pipeline_id(card.pipeline_id());
  const auto key = std::make_tuple(place.open(), UuidOf(card.pipeline_id()), opportunity);
  kPlaces.Put(rows, {opportunity}, std::move(place));
  kCards.Put(rows, key, std::move(card));
}

absl::StatusOr<OrganizationShape> PipelineBoard::Organization(const ViewReader& rows) {
  return RowOrEmpty(kOrganization, rows, {}, OrganizationShape());
}

absl::StatusOr<std::optional<OpportunityCard>> PipelineBoard::FindCard(const ViewReader& rows,
                                                                       const Uuid& opportunity) {
  ASSIGN_OR_RETURN(const std::optional<CardPlace> place, kPlaces.Get(rows, {opportunity}));
  if (!place.has_value()) return std::nullopt;
  return kCards.Get(rows, {place->open(), UuidOf(place->pipeline_id()), opportunity});
}

Weigher PipelineBoard::WeigherOver(const ViewReader& rows) {
  return Weigher(
      [&rows](const std::string& id) {
        return RowOrEmpty(kPipelines, rows, {UuidOf(id)}, PipelineShape());
      },
      [&rows](const std::string& id) {
        return RowOrEmpty(kGroups, rows, {UuidOf(id)}, GroupShape());
      },
      [&rows](const std::string& id) { return FindCard(rows, UuidOf(id)); });
}

}  // namespace crm::projections

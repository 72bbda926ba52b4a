// LeadBoard: leads as cards, those that are worked on apart from the others, with the pipelines and
// settings that say how a card stands. Answers boards and lists of leads, and where they come from.
//
// Cards lie by team and owner, newest first, because that is how leads are asked for: a page reads
// only holders that the caller sees and the filter names, and in the order of age no further than
// the page. Names of persons are personal and lie in a table of their own, keyed by the person.
// Totals are computed from the cards at query time; what is lost, junk, refused or converted is
// never on a board.
#pragma once

#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "crm/events/v1/member_events.pb.h"
#include "crm/v1/board.pb.h"
#include "crm/v1/lead_service.pb.h"
#include "crm/views/v1/record_card.pb.h"
#include "crm/views/v1/shapes.pb.h"
#include "domain/types/ids.h"
#include "projections/lead_card.h"
#include "projections/lead_filter.h"
#include "projections/personal_details.h"
#include "projections/pipeline_shape.h"
#include "projections/query.h"
#include "projections/table.h"

namespace crm::projections {

struct LeadBoard {
  static constexpr absl::string_view kName = "lead_board";
  static constexpr int kVersion = 2;
  using Events = JoinEvents<LeadEvents, PipelineEvents, OrganizationEvents,
                            std::variant<events::v1::CommentAdded, events::v1::SubjectErased>>;

  // Being worked on, team, owner (nil: none), time of capture, lead.
  using CardKey = std::tuple<bool, Uuid, Uuid, Descending<int64_t>, Uuid>;
  static constexpr Table<CardKey, views::v1::LeadCard> kCards{1};
  static constexpr Table<std::tuple<Uuid>, views::v1::LeadPlace> kPlaces{2};
  static constexpr Table<std::tuple<Uuid>, views::v1::PipelineShape> kPipelines{3};
  static constexpr Table<std::tuple<>, views::v1::OrganizationShape> kOrganization{4};
  static constexpr PersonalTable kPersons{5};
  // Team and owner (nil: none) of every card there is or was.
  static constexpr Table<std::tuple<Uuid, Uuid>, views::v1::LeadHolder> kHolders{6};
  static constexpr auto kTables =
      std::tuple(kCards, kPlaces, kPipelines, kOrganization, kPersons, kHolders);

  template <LeadEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    ASSIGN_OR_RETURN(views::v1::LeadCard card, TakeCard(rows, metadata.stream.id));
    FoldLead(card, event, metadata);
    RETURN_IF_ERROR(FoldInto(kPersons, card.subject_id(), event, metadata, rows));
    return PutCard(rows, std::move(card));
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
  static absl::Status Apply(const events::v1::CommentAdded& event, const domain::EventMetadata&,
                            ViewTransaction& rows);
  static absl::Status Apply(const events::v1::SubjectErased& event, const domain::EventMetadata&,
                            ViewTransaction& rows) {
    return kPersons.PurgePrefix(rows, domain::FromBytes<domain::PersonId>(event.subject_id()));
  }

  // INVALID_ARGUMENT for filters that name nothing.
  static absl::StatusOr<std::vector<domain::LeadId>> Select(const v1::ListLeadsRequest& request,
                                                            const ViewReader& rows,
                                                            QueryContext& context);
  // NOT_FOUND when there is no such pipeline of leads.
  static absl::StatusOr<v1::Board> Answer(const v1::GetLeadBoardRequest& request,
                                          const ViewReader& rows, QueryContext& context);
  // At most 1,000 sources. Junk and refused leads count nowhere, whatever the filter says.
  static absl::StatusOr<v1::LeadSources> Answer(const v1::GetLeadSourcesRequest& request,
                                                const ViewReader& rows, QueryContext& context);

 private:
  using Holder = std::pair<Uuid, Uuid>;  // team and owner
  // The card, taken out of its place; empty when there is none.
  static absl::StatusOr<views::v1::LeadCard> TakeCard(ViewTransaction& rows, const Uuid& lead);
  // Puts the card where its state belongs.
  static absl::Status PutCard(ViewTransaction& rows, views::v1::LeadCard card);
  // Whose leads the caller sees and the filter may match.
  static absl::StatusOr<std::vector<Holder>> HoldersFor(const LeadFilter& filter,
                                                        const ViewReader& rows,
                                                        const QueryContext& context);
  static absl::StatusOr<views::v1::OrganizationShape> Organization(const ViewReader& rows);
};

}  // namespace crm::projections

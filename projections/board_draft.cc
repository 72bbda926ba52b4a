#include "projections/board_draft.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"

namespace crm::projections {
namespace {

constexpr int kDefaultCards = 20;

}  // namespace

BoardDraft::BoardDraft(int cards_per_column)
    : cards_per_column_(
          static_cast<size_t>(cards_per_column > 0 ? cards_per_column : kDefaultCards)) {}

absl::Status BoardDraft::Add(const std::string& stage_id, bool stagnant,
                             const Contribution& contribution, const std::string& rank_begin,
                             absl::FunctionRef<absl::StatusOr<RankedCard>()> describe) {
  Column& column = columns_.try_emplace(stage_id, cards_per_column_).first->second;
  ++column.card_count;
  column.stagnant_count += stagnant ? 1 : 0;
  if (!column.best.Excludes(rank_begin)) {
    ASSIGN_OR_RETURN(RankedCard ranked, describe());
    column.best.Add(std::move(ranked.rank), std::move(ranked.show));
  }
  return column.totals.Add(contribution);
}

absl::StatusOr<v1::Board> BoardDraft::Take(const domain::PipelineId& id,
                                           const views::v1::PipelineShape& pipeline) && {
  v1::Board board;
  board.set_pipeline(domain::NameOf(id));
  board.set_display_name(pipeline.display_name());
  TotalsByCurrency totals;
  for (const views::v1::StageShape& stage : pipeline.stages()) {
    const auto draft = columns_.find(stage.stage_id());
    if (stage.archived() && draft == columns_.end()) continue;
    v1::Column& column = *board.add_columns();
    column.set_stage(domain::NameOf(
        domain::StageName{id, domain::FromBytes<domain::StageId>(stage.stage_id())}));
    column.set_display_name(stage.display_name());
    if (draft == columns_.end()) continue;
    column.set_card_count(draft->second.card_count);
    column.set_stagnant_count(draft->second.stagnant_count);
    draft->second.totals.WriteTo(column.mutable_totals());
    RETURN_IF_ERROR(totals.Add(draft->second.totals));
    board.set_card_count(board.card_count() + draft->second.card_count);
    std::string more;
    for (const auto& show : std::move(draft->second.best).Take(more)) *column.add_cards() = show();
  }
  totals.WriteTo(board.mutable_totals());
  return board;
}

absl::Status NoSuchPipeline(const std::string& name) {
  return WithReason(absl::StatusCode::kNotFound, "NOT_FOUND", absl::StrCat(name, " does not exist"),
                    {{"resource", name}});
}

}  // namespace crm::projections

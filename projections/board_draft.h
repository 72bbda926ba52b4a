// A board in the making: cards stream by, each column keeps its sums and its best few cards. What
// is not among those is counted and never rendered.
// Opportunities and leads make their boards with it, so that columns, totals and what happens to
// archived stages are the same for both.
//
// One query, one thread.
#pragma once

#include <functional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crm/v1/board.pb.h"
#include "crm/views/v1/shapes.pb.h"
#include "domain/types/ids.h"
#include "projections/top_rows.h"
#include "projections/weighing.h"

namespace crm::projections {

// A card's place in a column, where the smallest ranks are shown, and how it is shown: called while
// the board is taken, for few of those that were once among the first.
struct RankedCard {
  std::string rank;
  std::function<v1::Card()> show;
};

class BoardDraft {
 public:
  // `cards_per_column` as requested; 0 means the default of 20.
  explicit BoardDraft(int cards_per_column);

  // Counts a card in the column of its stage. `describe` is called when it may be shown, by what
  // its rank begins with. OUT_OF_RANGE SUM_OVERFLOW when a sum leaves 64 bits.
  absl::Status Add(const std::string& stage_id, bool stagnant, const Contribution& contribution,
                   const std::string& rank_begin,
                   absl::FunctionRef<absl::StatusOr<RankedCard>()> describe);

  // The board of the pipeline. An archived stage has no column, unless records still stand in it
  // on their way to another.
  absl::StatusOr<v1::Board> Take(const domain::PipelineId& id,
                                 const views::v1::PipelineShape& pipeline) &&;

 private:
  struct Column {
    explicit Column(size_t cards) : best(cards, "") {}
    int card_count = 0;
    int stagnant_count = 0;
    TotalsByCurrency totals;
    TopRows<std::function<v1::Card()>> best;
  };

  const size_t cards_per_column_;
  absl::flat_hash_map<std::string, Column> columns_;  // by stage id
};

// NOT_FOUND: there is no pipeline of this name and kind.
absl::Status NoSuchPipeline(const std::string& name);

}  // namespace crm::projections

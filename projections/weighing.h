// What open opportunities are worth together: probability, weighted revenue, and the rule that a
// group of alternatives counts once (T51, T53): domain::CarriersOf says which open members carry
// its totals. Everyone else contributes nothing, so totals are sums of contributions.
//
// Pure but for reading rows; one query, one thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "crm/v1/board.pb.h"
#include "crm/views/v1/shapes.pb.h"
#include "domain/opportunity_group/group_totals.h"
#include "domain/types/money.h"

namespace crm::projections {

// Probability of an opportunity in basis points: as entered, or that of its stage.
int32_t ProbabilityOf(const views::v1::OpportunityCard& card,
                      const views::v1::PipelineShape& pipeline);
// Expected revenue times probability, rounded half-up; nullopt when the revenue is not known.
std::optional<domain::Money> WeightedRevenueOf(const views::v1::OpportunityCard& card,
                                               int32_t probability_bp);

// What one opportunity adds to totals.
struct Contribution {
  std::optional<domain::Money> expected;  // nullopt: not known
  std::optional<domain::Money> weighted;
  int32_t probability_bp = 0;
  bool counts_expected = true;
  bool counts_weighted = true;
};

// Answers for every open card of a view what it contributes. The view says how to read its rows.
class Weigher {
 public:
  using PipelineOf =
      std::function<absl::StatusOr<views::v1::PipelineShape>(const std::string& pipeline_id)>;
  using GroupOf = std::function<absl::StatusOr<views::v1::GroupShape>(const std::string& group_id)>;
  // Nullopt when there is no such opportunity.
  using CardOf = std::function<absl::StatusOr<std::optional<views::v1::OpportunityCard>>(
      const std::string& opportunity_id)>;

  Weigher(PipelineOf pipeline_of, GroupOf group_of, CardOf card_of)
      : pipeline_of_(std::move(pipeline_of)),
        group_of_(std::move(group_of)),
        card_of_(std::move(card_of)) {}

  // `card` is open.
  absl::StatusOr<Contribution> Weigh(const views::v1::OpportunityCard& card);
  // Read once and remembered.
  absl::StatusOr<const views::v1::PipelineShape*> Pipeline(const std::string& pipeline_id);

 private:
  using Carriers = std::vector<domain::GroupCarriers>;

  // Nullptr when the group sums up.
  absl::StatusOr<const Carriers*> CarriersOf(const std::string& group_id);
  absl::StatusOr<Carriers> FindCarriers(const views::v1::GroupShape& group);

  PipelineOf pipeline_of_;
  GroupOf group_of_;
  CardOf card_of_;
  absl::flat_hash_map<std::string, std::unique_ptr<views::v1::PipelineShape>> pipelines_;
  absl::flat_hash_map<std::string, std::optional<Carriers>> groups_;
};

// Sums per currency, by code.
class TotalsByCurrency {
 public:
  // OUT_OF_RANGE SUM_OVERFLOW when a sum leaves 64 bits.
  absl::Status Add(const Contribution& contribution);
  absl::Status Add(const TotalsByCurrency& other);
  void WriteTo(google::protobuf::RepeatedPtrField<v1::BoardTotals>* totals) const;
  // Expected and weighted alone.
  void WriteExpectedTo(google::protobuf::RepeatedPtrField<google::type::Money>* amounts) const;
  void WriteWeightedTo(google::protobuf::RepeatedPtrField<google::type::Money>* amounts) const;

 private:
  struct Sums {
    domain::Money expected;
    domain::Money weighted;
  };
  absl::btree_map<std::string, Sums> sums_;
};

}  // namespace crm::projections

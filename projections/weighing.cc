#include "projections/weighing.h"

#include <memory>
#include <utility>

#include "base/status_macros.h"
#include "crm/v1/opportunity_group_service.pb.h"
#include "projections/opportunity_card.h"
#include "projections/pipeline_shape.h"

namespace crm::projections {

using domain::Money;
using domain::OpportunityId;
using views::v1::GroupShape;
using views::v1::OpportunityCard;
using views::v1::PipelineShape;
using views::v1::StageShape;

int32_t ProbabilityOf(const OpportunityCard& card, const PipelineShape& pipeline) {
  if (card.probability_source() == events::v1::PROBABILITY_SOURCE_EXPLICIT) {
    return card.probability_bp();
  }
  const StageShape* stage = FindStage(pipeline, card.stage_id());
  return stage == nullptr ? 0 : stage->probability_bp();
}

std::optional<Money> WeightedRevenueOf(const OpportunityCard& card, int32_t probability_bp) {
  const std::optional<Money> expected = ExpectedRevenueOf(card);
  if (!expected.has_value()) return std::nullopt;
  // A probability is at most one, so this cannot overflow.
  return *expected->Scale(probability_bp, 10000);
}

absl::StatusOr<const PipelineShape*> Weigher::Pipeline(const std::string& pipeline_id) {
  std::unique_ptr<PipelineShape>& known = pipelines_[pipeline_id];
  if (known == nullptr) {
    ASSIGN_OR_RETURN(PipelineShape read, pipeline_of_(pipeline_id));
    known = std::make_unique<PipelineShape>(std::move(read));
  }
  return known.get();
}

absl::StatusOr<Contribution> Weigher::Weigh(const OpportunityCard& card) {
  Contribution contribution;
  ASSIGN_OR_RETURN(const PipelineShape* pipeline, Pipeline(card.pipeline_id()));
  contribution.expected = ExpectedRevenueOf(card);
  contribution.probability_bp = ProbabilityOf(card, *pipeline);
  contribution.weighted = WeightedRevenueOf(card, contribution.probability_bp);
  if (card.group_id().empty()) return contribution;
  ASSIGN_OR_RETURN(const Carriers* carriers, CarriersOf(card.group_id()));
  if (carriers == nullptr) return contribution;
  contribution.counts_expected = false;
  contribution.counts_weighted = false;
  const auto self = domain::FromBytes<OpportunityId>(card.opportunity_id());
  for (const domain::GroupCarriers& carrier : *carriers) {
    if (carrier.currency.code() != card.currency_code()) continue;
    contribution.counts_expected = carrier.volume == self;
    contribution.counts_weighted = carrier.weighted == self;
  }
  return contribution;
}

absl::StatusOr<const Weigher::Carriers*> Weigher::CarriersOf(const std::string& group_id) {
  const auto known = groups_.find(group_id);
  if (known == groups_.end()) {
    ASSIGN_OR_RETURN(const GroupShape group, group_of_(group_id));
    std::optional<Carriers> carriers;
    if (group.kind() == v1::GROUP_KIND_ALTERNATIVES) {
      ASSIGN_OR_RETURN(carriers, FindCarriers(group));
    }
    groups_[group_id] = std::move(carriers);
    return CarriersOf(group_id);
  }
  return known->second.has_value() ? &*known->second : nullptr;
}

absl::StatusOr<Weigher::Carriers> Weigher::FindCarriers(const GroupShape& group) {
  std::vector<domain::OpenGroupMember> members;
  for (const std::string& id : group.opportunity_ids()) {
    ASSIGN_OR_RETURN(const std::optional<OpportunityCard> card, card_of_(id));
    if (!card.has_value() || !IsOpen(*card)) continue;
    ASSIGN_OR_RETURN(const PipelineShape* pipeline, Pipeline(card->pipeline_id()));
    ASSIGN_OR_RETURN(const domain::Probability probability,
                     domain::Probability::FromBasisPoints(ProbabilityOf(*card, *pipeline)));
    members.push_back(
        {domain::FromBytes<OpportunityId>(id), ExpectedRevenueOf(*card), probability});
  }
  return domain::CarriersOf(members, domain::FromBytes<OpportunityId>(group.preferred_id()));
}

absl::Status TotalsByCurrency::Add(const Contribution& contribution) {
  if (!contribution.expected.has_value()) return absl::OkStatus();
  const Money zero(contribution.expected->currency(), 0);
  Sums& sums =
      sums_.try_emplace(std::string(zero.currency().code()), Sums{zero, zero}).first->second;
  if (contribution.counts_expected) {
    ASSIGN_OR_RETURN(sums.expected, sums.expected + *contribution.expected);
  }
  if (contribution.counts_weighted && contribution.weighted.has_value()) {
    ASSIGN_OR_RETURN(sums.weighted, sums.weighted + *contribution.weighted);
  }
  return absl::OkStatus();
}

absl::Status TotalsByCurrency::Add(const TotalsByCurrency& other) {
  for (const auto& [code, sums] : other.sums_) {
    RETURN_IF_ERROR(Add(Contribution{sums.expected, sums.weighted, 0, true, true}));
  }
  return absl::OkStatus();
}

void TotalsByCurrency::WriteTo(google::protobuf::RepeatedPtrField<v1::BoardTotals>* totals) const {
  for (const auto& [code, sums] : sums_) {
    v1::BoardTotals& entry = *totals->Add();
    *entry.mutable_expected_revenue() = sums.expected.ToProto();
    *entry.mutable_weighted_revenue() = sums.weighted.ToProto();
  }
}

void TotalsByCurrency::WriteExpectedTo(
    google::protobuf::RepeatedPtrField<google::type::Money>* amounts) const {
  for (const auto& [code, sums] : sums_) *amounts->Add() = sums.expected.ToProto();
}

void TotalsByCurrency::WriteWeightedTo(
    google::protobuf::RepeatedPtrField<google::type::Money>* amounts) const {
  for (const auto& [code, sums] : sums_) *amounts->Add() = sums.weighted.ToProto();
}

}  // namespace crm::projections

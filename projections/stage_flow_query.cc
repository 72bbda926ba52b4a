// The report of StageFlow: entries and exits of a period, and what became of those that entered.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "projections/report_range.h"
#include "projections/stage_flow.h"
#include "projections/win_rate.h"

namespace crm::projections {
namespace {

using views::v1::PipelineShape;
using views::v1::StageShape;
using views::v1::StageVisit;

// The smallest value that at least `percent` of all lie at or below. Requires sorted, not empty.
int32_t NearestRank(const std::vector<int32_t>& sorted, size_t percent) {
  const size_t rank = (sorted.size() * percent + 99) / 100;
  return sorted[std::max<size_t>(rank, 1) - 1];
}

// From one stage to another.
struct Passage {
  int32_t reached = 0;  // of the cohort: in it or beyond afterwards, or won
  int32_t exits = 0;    // straight to it
};

struct StageDraft {
  explicit StageDraft(size_t stages) : passages(stages) {}
  int32_t entries = 0;
  int32_t exits = 0;
  int32_t regressions = 0;
  int32_t lost = 0;
  int32_t advances = 0;  // exits to a later stage or won
  std::vector<int32_t> dwell_days;
  int32_t cohort = 0;
  int32_t cohort_advanced = 0;
  int32_t cohort_won = 0;
  std::vector<Passage> passages;  // by place
};

class FlowDraft {
 public:
  FlowDraft(const PipelineShape& pipeline, domain::Zone zone, domain::Period range)
      : pipeline_(pipeline),
        zone_(std::move(zone)),
        range_(range),
        stages_(static_cast<size_t>(pipeline.stages_size()),
                StageDraft(static_cast<size_t>(pipeline.stages_size()))) {
    for (int place = 0; place < pipeline.stages_size(); ++place) {
      places_[pipeline.stages(place).stage_id()] = place;
    }
  }

  absl::Time begin() const { return zone_.StartOf(range_.start); }
  absl::Time end() const { return zone_.StartOf(range_.end); }

  // A visit that began in the period or later; only one `counted` joins a cohort.
  void AddEntry(const Uuid& opportunity, const StageVisit& visit, bool counted) {
    const auto place = places_.find(visit.stage_id());
    if (place == places_.end()) return;
    std::vector<int>& visits = visits_[opportunity];
    visits.push_back(place->second);
    if (!counted) return;
    ++stages_[static_cast<size_t>(place->second)].entries;
    cohorts_.try_emplace({opportunity, place->second}, visits.size());
  }

  void AddExit(const StageVisit& visit) {
    const auto place = places_.find(visit.stage_id());
    if (place == places_.end()) return;
    StageDraft& stage = stages_[static_cast<size_t>(place->second)];
    ++stage.exits;
    const absl::CivilDay entered = zone_.DayOf(absl::FromUnixMicros(visit.enter_time_us()));
    const absl::CivilDay left = zone_.DayOf(absl::FromUnixMicros(visit.leave_time_us()));
    stage.dwell_days.push_back(static_cast<int32_t>(left - entered));
    const auto to = places_.find(visit.to_stage_id());
    if (to != places_.end()) ++stage.passages[static_cast<size_t>(to->second)].exits;
    if (visit.end() == views::v1::VISIT_END_LOST) {
      ++stage.lost;
      ++lost_;
    } else if (visit.end() == views::v1::VISIT_END_WON) {
      ++stage.advances;
      ++won_;
    } else if (to != places_.end()) {
      ++(to->second < place->second ? stage.regressions : stage.advances);
    }
  }

  // `is_won(opportunity)` says whether it is won at the cut.
  template <class IsWon>
  absl::Status FollowCohorts(IsWon is_won) {
    for (const auto& [begun, first_after] : cohorts_) {
      const auto& [opportunity, place] = begun;
      const std::vector<int>& visits = visits_[opportunity];
      ASSIGN_OR_RETURN(const bool won, is_won(opportunity));
      const auto later = visits.begin() + static_cast<ptrdiff_t>(first_after);
      const int furthest = later == visits.end() ? place : *std::max_element(later, visits.end());
      StageDraft& stage = stages_[static_cast<size_t>(place)];
      ++stage.cohort;
      stage.cohort_advanced += won || furthest > place ? 1 : 0;
      stage.cohort_won += won ? 1 : 0;
      for (int to = place + 1; to < pipeline_.stages_size(); ++to) {
        stage.passages[static_cast<size_t>(to)].reached += won || furthest >= to ? 1 : 0;
      }
    }
    return absl::OkStatus();
  }

  v1::StageFlow Take(domain::PipelineId id) && {
    v1::StageFlow flow;
    for (int place = 0; place < pipeline_.stages_size(); ++place) {
      StageDraft& draft = stages_[static_cast<size_t>(place)];
      if (pipeline_.stages(place).archived() && draft.entries == 0 && draft.exits == 0) continue;
      v1::StageFlow::Row& row = *flow.add_rows();
      Render(id, pipeline_.stages(place), draft, row);
      for (int to = place + 1; to < pipeline_.stages_size(); ++to) {
        RenderConversion(id, draft, to, row);
      }
    }
    flow.set_won_count(won_);
    flow.set_lost_count(lost_);
    const std::optional<int32_t> rate = WinRateBp(won_, lost_);
    if (rate.has_value()) flow.set_win_rate_bp(*rate);
    return flow;
  }

 private:
  static void Render(domain::PipelineId id, const StageShape& stage, StageDraft& draft,
                     v1::StageFlow::Row& row) {
    row.set_stage(domain::NameOf(
        domain::StageName{id, domain::FromBytes<domain::StageId>(stage.stage_id())}));
    row.set_display_name(stage.display_name());
    row.set_entry_count(draft.entries);
    row.set_exit_count(draft.exits);
    row.set_regression_count(draft.regressions);
    row.set_lost_count(draft.lost);
    if (!draft.dwell_days.empty()) {
      std::sort(draft.dwell_days.begin(), draft.dwell_days.end());
      row.set_dwell_p50_days(NearestRank(draft.dwell_days, 50));
      row.set_dwell_p75_days(NearestRank(draft.dwell_days, 75));
      row.set_dwell_p90_days(NearestRank(draft.dwell_days, 90));
      row.set_flow_conversion_bp(*ShareBp(draft.advances, draft.exits));
    }
    row.set_cohort_count(draft.cohort);
    if (draft.cohort > 0) {
      row.set_cohort_conversion_bp(*ShareBp(draft.cohort_advanced, draft.cohort));
      row.set_cohort_win_bp(*ShareBp(draft.cohort_won, draft.cohort));
    }
  }

  void RenderConversion(domain::PipelineId id, const StageDraft& from, int to,
                        v1::StageFlow::Row& row) const {
    const StageShape& stage = pipeline_.stages(to);
    const Passage& passage = from.passages[static_cast<size_t>(to)];
    // Nobody enters a stage for the lost; an archived one is shown while anybody went there.
    if (stage.kind() == v1::STAGE_KIND_LOST || (stage.archived() && passage.exits == 0)) return;
    v1::StageFlow::Conversion& conversion = *row.add_conversions();
    conversion.set_stage(domain::NameOf(
        domain::StageName{id, domain::FromBytes<domain::StageId>(stage.stage_id())}));
    conversion.set_reached_count(passage.reached);
    conversion.set_exit_count(passage.exits);
    if (const auto share = ShareBp(passage.reached, from.cohort)) {
      conversion.set_cohort_conversion_bp(*share);
    }
    if (const auto share = ShareBp(passage.exits, from.exits)) {
      conversion.set_flow_conversion_bp(*share);
    }
  }

  const PipelineShape& pipeline_;
  const domain::Zone zone_;
  const domain::Period range_;
  absl::flat_hash_map<std::string, int> places_;
  std::vector<StageDraft> stages_;
  // Places of the stages each opportunity entered, in order.
  absl::flat_hash_map<Uuid, std::vector<int>> visits_;
  // Opportunity and stage, with the number of visits up to the first counted one.
  absl::btree_map<std::pair<Uuid, int>, size_t> cohorts_;
  int32_t won_ = 0;
  int32_t lost_ = 0;
};

// Whose visits are counted.
struct Wanted {
  std::string team_id;
  std::string owner_id;

  bool Matches(const views::v1::Holder& holder, const QueryContext& context) const {
    return (team_id.empty() || team_id == holder.team_id()) &&
           (owner_id.empty() || owner_id == holder.owner_id()) &&
           context.SeesOpportunity(ScopeOf(holder));
  }
};

absl::Status ReadVisits(const ViewReader& rows, const QueryContext& context, const Wanted& wanted,
                        const Uuid& pipeline, FlowDraft& draft) {
  const absl::Time end = draft.end();
  // What became of a cohort lies after the period: entries are read up to the cut.
  RETURN_IF_ERROR(StageFlow::kEntries.Scan(
      rows, StageFlow::kEntries.Prefix(pipeline).From(std::make_tuple(pipeline, draft.begin())),
      [&](const StageFlow::VisitKey& key, const StageVisit& visit) {
        const bool counted = std::get<1>(key) < end && wanted.Matches(visit.holder(), context);
        draft.AddEntry(std::get<2>(key), visit, counted);
        return true;
      }));
  RETURN_IF_ERROR(StageFlow::kExits.Scan(rows,
                                         StageFlow::kExits.Prefix(pipeline)
                                             .From(std::make_tuple(pipeline, draft.begin()))
                                             .Until(std::make_tuple(pipeline, end)),
                                         [&](const StageFlow::VisitKey&, const StageVisit& visit) {
                                           if (wanted.Matches(visit.holder(), context))
                                             draft.AddExit(visit);
                                           return true;
                                         }));
  return draft.FollowCohorts([&](const Uuid& opportunity) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const auto place, StageFlow::kPlaces.Get(rows, {opportunity}));
    return place.has_value() && place->closed() == views::v1::VISIT_END_WON;
  });
}

}  // namespace

absl::StatusOr<v1::StageFlow> StageFlow::Answer(const v1::GetStageFlowRequest& request,
                                                const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(const auto id, domain::ParseName<domain::PipelineId>(request.pipeline()));
  ASSIGN_OR_RETURN(const auto team, domain::ParseOptionalName<domain::TeamId>(request.team()));
  ASSIGN_OR_RETURN(const auto owner, domain::ParseOptionalName<domain::MemberId>(request.owner()));
  ASSIGN_OR_RETURN(const domain::Period range, ReadRange(request.from_date(), request.to_date()));
  ASSIGN_OR_RETURN(const std::optional<PipelineShape> pipeline, kPipelines.Get(rows, {id.uuid()}));
  if (!pipeline.has_value() || pipeline->kind() != v1::PIPELINE_KIND_OPPORTUNITY) {
    return WithReason(absl::StatusCode::kNotFound, "NOT_FOUND",
                      absl::StrCat(request.pipeline(), " is no pipeline of opportunities"),
                      {{"resource", request.pipeline()}});
  }
  ASSIGN_OR_RETURN(const auto organization, kOrganization.Get(rows, {}));
  FlowDraft draft(*pipeline, ZoneOf(organization.value_or(views::v1::OrganizationShape())), range);
  RETURN_IF_ERROR(
      ReadVisits(rows, context, {domain::ToBytes(team), domain::ToBytes(owner)}, id.uuid(), draft));
  return std::move(draft).Take(id);
}

}  // namespace crm::projections

// The report of SalesStatistics: days added up to periods, for all, a team or a member.
#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "base/status_macros.h"
#include "projections/report_range.h"
#include "projections/sales_statistics.h"
#include "projections/win_rate.h"

namespace crm::projections {
namespace {

using domain::Money;
using domain::Period;
using domain::PeriodKind;
using views::v1::DayFigures;

void AddTo(DayFigures& sum, const DayFigures& day) {
  sum.set_opened_count(sum.opened_count() + day.opened_count());
  sum.set_won_count(sum.won_count() + day.won_count());
  sum.set_lost_count(sum.lost_count() + day.lost_count());
  AddSums(*sum.mutable_won(), day.won());
  sum.set_cycle_days(sum.cycle_days() + day.cycle_days());
  sum.set_leads_captured_count(sum.leads_captured_count() + day.leads_captured_count());
  sum.set_leads_assigned_count(sum.leads_assigned_count() + day.leads_assigned_count());
  sum.set_leads_converted_count(sum.leads_converted_count() + day.leads_converted_count());
  sum.set_leads_lost_count(sum.leads_lost_count() + day.leads_lost_count());
}

// What the caller may see of a day: figures of opportunities, of leads, both or nothing.
DayFigures SeenOf(DayFigures figures, const domain::Scope& scope, const QueryContext& context) {
  if (!context.SeesOpportunity(scope)) {
    figures.clear_opened_count();
    figures.clear_won_count();
    figures.clear_lost_count();
    figures.clear_won();
    figures.clear_cycle_days();
  }
  if (!context.SeesLead(scope)) {
    figures.clear_leads_captured_count();
    figures.clear_leads_assigned_count();
    figures.clear_leads_converted_count();
    figures.clear_leads_lost_count();
  }
  return figures;
}

absl::Status Render(const DayFigures& figures, v1::Statistics::Row& row) {
  row.set_opened_count(static_cast<int32_t>(figures.opened_count()));
  row.set_won_count(static_cast<int32_t>(figures.won_count()));
  row.set_lost_count(static_cast<int32_t>(figures.lost_count()));
  row.set_leads_captured_count(static_cast<int32_t>(figures.leads_captured_count()));
  row.set_leads_assigned_count(static_cast<int32_t>(figures.leads_assigned_count()));
  row.set_leads_converted_count(static_cast<int32_t>(figures.leads_converted_count()));
  row.set_leads_lost_count(static_cast<int32_t>(figures.leads_lost_count()));
  const std::optional<int32_t> rate = WinRateBp(figures.won_count(), figures.lost_count());
  if (rate.has_value()) row.set_win_rate_bp(*rate);
  if (figures.won_count() > 0) {
    row.set_sales_cycle_days_e2(static_cast<int32_t>(
        domain::RoundedQuotient(static_cast<__int128>(figures.cycle_days()) * 100,
                                figures.won_count(), domain::Rounding::kHalfUp)));
  }
  for (const views::v1::AmountSum& sum : figures.won()) {
    ASSIGN_OR_RETURN(const Money won, MoneyOf(sum));
    ASSIGN_OR_RETURN(const Money average, won.Scale(1, sum.count()));
    *row.add_won_revenue() = won.ToProto();
    *row.add_average_won_revenue() = average.ToProto();
  }
  return absl::OkStatus();
}

class StatisticsDraft {
 public:
  static absl::StatusOr<StatisticsDraft> Create(const v1::GetStatisticsRequest& request,
                                                const ViewReader& rows) {
    ASSIGN_OR_RETURN(const Period range, ReadRange(request.from_date(), request.to_date()));
    StatisticsDraft draft(request, rows, range);
    for (const std::string& name : request.teams()) {
      ASSIGN_OR_RETURN(const auto team, domain::ParseName<domain::TeamId>(name));
      draft.teams_.insert(team.uuid());
    }
    ASSIGN_OR_RETURN(draft.member_, domain::ParseOptionalName<domain::MemberId>(request.member()));
    if (request.grouping() == v1::GROUPING_UNSPECIFIED) draft.AddEmptyPeriods();
    return draft;
  }

  const Period& range() const { return range_; }

  bool Wants(const Uuid& team, const Uuid& owner) const {
    return (teams_.empty() || teams_.contains(team)) &&
           (member_.IsNil() || member_.uuid() == owner);
  }

  absl::Status Add(absl::CivilDay day, const Uuid& team, const Uuid& owner,
                   const DayFigures& figures) {
    Uuid group;
    if (request_.grouping() == v1::GROUPING_TEAM) group = team;
    if (request_.grouping() == v1::GROUPING_MEMBER) group = owner;
    ASSIGN_OR_RETURN(const std::string* name, NameOf(group));
    AddTo(sums_[Key(PeriodOf(day).start, *name, group)], figures);
    return absl::OkStatus();
  }

  absl::StatusOr<v1::Statistics> Take() const {
    v1::Statistics statistics;
    for (const auto& [key, figures] : sums_) {
      const auto& [start, name, group] = key;
      v1::Statistics::Row& row = *statistics.add_rows();
      if (request_.grouping() == v1::GROUPING_TEAM) {
        row.set_team(domain::NameOf(domain::TeamId(group)));
      }
      if (request_.grouping() == v1::GROUPING_MEMBER) {
        row.set_member(domain::NameOf(domain::MemberId(group)));
      }
      *row.mutable_start_date() = domain::DayToProto(start);
      *row.mutable_end_date() = domain::DayToProto(PeriodOf(start).end - 1);
      RETURN_IF_ERROR(Render(figures, row));
    }
    return statistics;
  }

 private:
  // First day, name of the group without case, group.
  using Key = std::tuple<absl::CivilDay, std::string, Uuid>;

  StatisticsDraft(const v1::GetStatisticsRequest& request, const ViewReader& rows, Period range)
      : request_(request), rows_(rows), range_(range) {}

  void AddEmptyPeriods() {
    for (absl::CivilDay day = range_.start; day < range_.end; day = PeriodOf(day).end) {
      sums_.try_emplace(Key(PeriodOf(day).start, "", Uuid()));
    }
  }

  // Cut to the range.
  Period PeriodOf(absl::CivilDay day) const {
    Period period = range_;
    switch (request_.period()) {
      case v1::PERIOD_UNIT_DAY:
        period = Period::Containing(PeriodKind::kDay, day);
        break;
      case v1::PERIOD_UNIT_WEEK:
        period = Period::Containing(PeriodKind::kWeek, day);
        break;
      case v1::PERIOD_UNIT_MONTH:
        period = Period::Containing(PeriodKind::kMonth, day);
        break;
      default:
        break;
    }
    return {std::max(period.start, range_.start), std::min(period.end, range_.end)};
  }

  // The name the group is sorted by; empty for no group. Read once.
  absl::StatusOr<const std::string*> NameOf(const Uuid& group) {
    const auto [place, added] = names_.try_emplace(group);
    if (added && !group.IsNil()) {
      const auto& table = request_.grouping() == v1::GROUPING_TEAM ? SalesStatistics::kTeamNames
                                                                   : SalesStatistics::kMemberNames;
      ASSIGN_OR_RETURN(const auto name, table.Get(rows_, {group}));
      if (name.has_value()) place->second = absl::AsciiStrToLower(name->display_name());
    }
    return &place->second;
  }

  const v1::GetStatisticsRequest& request_;
  const ViewReader& rows_;
  Period range_;
  absl::btree_set<Uuid> teams_;
  domain::MemberId member_;
  absl::flat_hash_map<Uuid, std::string> names_;
  absl::btree_map<Key, DayFigures> sums_;
};

}  // namespace

absl::StatusOr<v1::Statistics> SalesStatistics::Answer(const v1::GetStatisticsRequest& request,
                                                       const ViewReader& rows,
                                                       QueryContext& context) {
  ASSIGN_OR_RETURN(StatisticsDraft draft, StatisticsDraft::Create(request, rows));
  RETURN_IF_ERROR(kDays.Scan(
      rows,
      kDays.All()
          .From(std::make_tuple(draft.range().start))
          .Until(std::make_tuple(draft.range().end)),
      [&](const auto& key, const DayFigures& figures) -> absl::StatusOr<bool> {
        const auto& [day, team, owner, contributors] = key;
        if (!draft.Wants(team, owner)) return true;
        const DayFigures seen = SeenOf(figures, ScopeOf(team, owner, contributors), context);
        if (seen.ByteSizeLong() > 0) RETURN_IF_ERROR(draft.Add(day, team, owner, seen));
        return true;
      }));
  return draft.Take();
}

}  // namespace crm::projections

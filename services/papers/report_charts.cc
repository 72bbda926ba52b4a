#include "services/papers/report_charts.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/papers/figures.h"

namespace crm::services::papers {
namespace {

std::string Between(absl::CivilDay first, absl::CivilDay last) {
  return absl::StrCat(DayText(first), " to ", DayText(last));
}

// The parts that say something, with dots between.
std::string Joined(std::vector<std::string> parts) {
  std::erase(parts, "");
  return absl::StrJoin(parts, " · ");
}

std::string NamesOf(const Whose& whose) {
  return Joined({whose.team.empty() ? "" : absl::StrCat("Team ", whose.team), whose.member});
}

const char* KindText(v1::GoalKind kind) {
  switch (kind) {
    case v1::GOAL_KIND_INCOME:
      return "Income";
    case v1::GOAL_KIND_CONVERTED_LEADS:
      return "Converted leads";
    case v1::GOAL_KIND_NEW_CUSTOMERS:
      return "New customers";
    case v1::GOAL_KIND_ACCEPTED_PROPOSALS:
      return "Accepted proposals";
    case v1::GOAL_KIND_CONTRACT_VALUE:
      return "Contract value";
    case v1::GOAL_KIND_INVOICES_ISSUED:
      return "Invoices issued";
    case v1::GOAL_KIND_ACTIVITIES:
      return "Activities";
    case v1::GOAL_KIND_OPPORTUNITIES_WON:
      return "Opportunities won";
    case v1::GOAL_KIND_MARGIN:
      return "Margin";
    default:
      return "";
  }
}

// The running sum, day by day. What a report leaves out lies before its first contribution.
void AddSteps(const v1::GoalProgress& progress, bool money, int64_t current, GoalChart& chart) {
  std::map<absl::CivilDay, int64_t> by_day;
  int64_t listed = 0;
  for (const v1::GoalContribution& contribution : progress.contributions()) {
    const int64_t value = money ? MinorOf(contribution.amount()) : contribution.count();
    by_day[DayOf(contribution.contribution_date())] += value;
    listed += value;
  }
  chart.before_first_step = current - listed;
  int64_t sum = chart.before_first_step;
  for (const auto& [day, value] : by_day) {
    sum += value;
    chart.steps.push_back({day, sum});
  }
}

}  // namespace

FunnelChart FunnelOf(const v1::GetStageFlowRequest& asked, const v1::StageFlow& flow,
                     const v1::Pipeline& pipeline, const Whose& whose) {
  std::map<std::string, v1::StageKind> kinds;
  for (const v1::Stage& stage : pipeline.stages()) kinds[stage.name()] = stage.kind();
  FunnelChart chart;
  chart.heading.title = absl::StrCat(pipeline.display_name(), ": from stage to stage");
  chart.heading.subtitle =
      Joined({Between(DayOf(asked.from_date()), DayOf(asked.to_date())), NamesOf(whose)});
  chart.heading.note = Joined(
      {absl::StrCat("Won ", flow.won_count()), absl::StrCat("Lost ", flow.lost_count()),
       flow.has_win_rate_bp() ? absl::StrCat("Win rate ", ShareText(flow.win_rate_bp())) : ""});
  for (const v1::StageFlow::Row& row : flow.rows()) {
    const auto kind = kinds.find(row.stage());
    if (kind != kinds.end() && kind->second == v1::STAGE_KIND_LOST) continue;
    const bool won = kind != kinds.end() && kind->second == v1::STAGE_KIND_WON;
    FunnelStage& stage = chart.stages.emplace_back();
    stage.name = row.display_name();
    stage.count = row.entry_count();
    stage.won = won;
    if (!won && row.has_cohort_conversion_bp()) stage.onward_bp = row.cohort_conversion_bp();
  }
  return chart;
}

BarChart NewOpportunitiesOf(const v1::TeamDashboard& tile) {
  BarChart chart;
  chart.heading.title = absl::StrCat(tile.display_name(), ": new opportunities per week");
  chart.axis_title = "Opportunities";
  for (const v1::TeamDashboard::Week& week : tile.weeks()) {
    chart.bars.push_back({.name = absl::StrCat("Week ", week.week_number()),
                          .sub_name = absl::StrCat("from ", ShortDayText(DayOf(week.start_date()))),
                          .count = week.opened_count()});
  }
  if (tile.weeks_size() > 0) {
    chart.heading.subtitle = Between(DayOf(tile.weeks(0).start_date()),
                                     DayOf(tile.weeks(tile.weeks_size() - 1).start_date()) + 6);
  }
  return chart;
}

TrendChart RevenueOf(const v1::TeamDashboard& tile) {
  TrendChart chart;
  chart.heading.title = absl::StrCat(tile.display_name(), ": revenue by month");
  chart.series = {{.name = "Invoiced, net", .values = {}},
                  {.name = "Received, with tax", .values = {}},
                  {.name = "Target", .values = {}, .planned = true}};
  int64_t excluded = 0;
  for (const v1::TeamDashboard::Month& month : tile.months()) {
    chart.currency_code = month.issued_net().currency_code();
    chart.periods.push_back(MonthText(DayOf(month.start_date())));
    chart.series[0].values.emplace_back(MinorOf(month.issued_net()));
    chart.series[1].values.emplace_back(MinorOf(month.received()));
    chart.series[2].values.push_back(
        month.has_target() ? std::optional<int64_t>(MinorOf(month.target())) : std::nullopt);
    excluded += month.excluded_count();
  }
  if (!chart.periods.empty()) {
    chart.heading.subtitle = absl::StrCat(chart.periods.front(), " to ", chart.periods.back());
  }
  const std::vector<std::optional<int64_t>>& targets = chart.series[2].values;
  if (std::none_of(targets.begin(), targets.end(), [](const auto& t) { return t.has_value(); })) {
    chart.series.pop_back();
  }
  if (excluded > 0) {
    chart.heading.note =
        absl::StrCat(excluded, " amounts are left out: no exchange rate was known");
  }
  return chart;
}

GoalChart GoalOf(const v1::GoalProgress& progress, const Whose& whose, absl::CivilDay today) {
  const bool money = progress.has_target();
  const int64_t current = money ? MinorOf(progress.current()) : progress.current_count();
  GoalChart chart;
  chart.currency_code = progress.target().currency_code();
  chart.first = DayOf(progress.first_date());
  chart.last = DayOf(progress.last_date());
  chart.today = today;
  chart.target = money ? MinorOf(progress.target()) : progress.target_count();
  chart.at_most = progress.comparison() == v1::GOAL_COMPARISON_AT_MOST;
  AddSteps(progress, money, current, chart);
  const auto text = [&](int64_t value) {
    return money ? MinorText(chart.currency_code, value) : Grouped(absl::StrCat(value));
  };
  chart.heading.title =
      progress.display_name().empty() ? KindText(progress.kind()) : progress.display_name();
  chart.heading.subtitle =
      Joined({KindText(progress.kind()), Between(chart.first, chart.last), NamesOf(whose)});
  chart.heading.note = Joined(
      {absl::StrCat(money ? absl::StrCat(chart.currency_code, " ") : "", text(current), " of ",
                    text(chart.target), " (", ShareText(progress.attainment_bp()), ")"),
       chart.at_most ? "" : absl::StrCat("pace ", ShareText(progress.expected_bp())),
       progress.excluded_count() > 0
           ? absl::StrCat(progress.excluded_count(), " without an exchange rate left out")
           : ""});
  return chart;
}

}  // namespace crm::services::papers

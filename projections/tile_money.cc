#include "projections/tile_money.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "domain/goal/attainment.h"
#include "domain/render.h"
#include "projections/counters.h"

namespace crm::projections {
namespace {

using domain::Money;
using domain::Period;
using views::v1::TileMoney;
using views::v1::TileTarget;
using views::v1::TileTeam;

// A month while its days are read.
class MonthDraft {
 public:
  // `into` is the currency of what is shown.
  MonthDraft(const Period& period, TileTarget target, const Exchange& exchange)
      : period_(period),
        target_(std::move(target)),
        exchange_(exchange),
        issued_net_(exchange.into(), 0),
        settled_net_(exchange.into(), 0),
        received_(exchange.into(), 0) {}

  const Period& period() const { return period_; }

  absl::Status Add(absl::CivilDay day, const TileMoney& figures, bool sees_invoices,
                   bool sees_payments) {
    if (sees_invoices) {
      RETURN_IF_ERROR(AddTo(issued_net_, figures.issued_net(), day));
      RETURN_IF_ERROR(AddTo(settled_net_, figures.settled_net(), day));
    }
    return sees_payments ? AddTo(received_, figures.received(), day) : absl::OkStatus();
  }

  v1::TeamDashboard::Month Render() const {
    v1::TeamDashboard::Month month;
    *month.mutable_start_date() = domain::DayToProto(period_.start);
    *month.mutable_issued_net() = issued_net_.ToProto();
    *month.mutable_settled_net() = settled_net_.ToProto();
    *month.mutable_received() = received_.ToProto();
    month.set_target_measure(static_cast<v1::TargetMeasure>(target_.measure()));
    month.set_excluded_count(excluded_count_);
    const std::optional<Money> target = domain::AmountFromStored(target_.monthly());
    if (!target.has_value()) return month;
    *month.mutable_target() = target->ToProto();
    if (target->minor() <= 0) return month;
    month.set_attainment_bp(domain::FlooredBp(measured().minor(), target->minor()));
    month.set_reached(measured().minor() >= target->minor());
    return month;
  }

  // Under the target's measure.
  const Money& measured() const {
    switch (target_.measure()) {
      case v1::TARGET_MEASURE_RECEIVED:
        return received_;
      case v1::TARGET_MEASURE_SETTLED_NET:
        return settled_net_;
      default:
        return issued_net_;
    }
  }

 private:
  absl::Status AddTo(Money& sum, const AmountSums& amounts, absl::CivilDay day) {
    for (const views::v1::AmountSum& amount : amounts) {
      ASSIGN_OR_RETURN(const Money part, MoneyOf(amount));
      ASSIGN_OR_RETURN(const std::optional<int64_t> minor,
                       exchange_.Convert(amount.currency_code(), part.minor(), day));
      if (!minor.has_value()) {
        excluded_count_ += static_cast<int32_t>(amount.count());
        continue;
      }
      ASSIGN_OR_RETURN(sum, sum + Money(exchange_.into(), *minor));
    }
    return absl::OkStatus();
  }

  const Period period_;
  const TileTarget target_;
  const Exchange exchange_;
  Money issued_net_, settled_net_, received_;
  int32_t excluded_count_ = 0;
};

// The last `count` months, oldest first. A month's target is that at its end, or now.
absl::StatusOr<std::vector<MonthDraft>> MonthsUpTo(absl::CivilDay today, int count,
                                                   const TileTeam& team,
                                                   const views::v1::OrganizationShape& organization,
                                                   const ViewReader& rows,
                                                   const QueryContext& context) {
  const domain::Zone zone = ZoneOf(organization);
  std::vector<MonthDraft> months;
  for (absl::CivilMonth month = absl::CivilMonth(today) - (count - 1);
       month <= absl::CivilMonth(today); ++month) {
    const Period period = {absl::CivilDay(month), absl::CivilDay(month + 1)};
    const absl::Time last = zone.StartOf(period.end) - absl::Microseconds(1);
    TileTarget target = TargetAt(team, std::min(last, context.at()));
    std::optional<domain::Currency> into =
        domain::Currency::Parse(target.monthly().currency_code());
    if (!into.has_value()) into = domain::Currency::Parse(organization.currency_code());
    if (!into.has_value()) continue;  // before the organization's first event
    months.emplace_back(period, std::move(target), Exchange(TeamDashboard::kRates, rows, *into));
  }
  return months;
}

}  // namespace

absl::Status PaintMoney(const Uuid& id, const TileTeam& team,
                        const views::v1::OrganizationShape& organization, int month_count,
                        const ViewReader& rows, const QueryContext& context,
                        v1::TeamDashboard& tile) {
  const absl::CivilDay today = ZoneOf(organization).DayOf(context.at());
  ASSIGN_OR_RETURN(std::vector<MonthDraft> months,
                   MonthsUpTo(today, std::max(month_count, 1), team, organization, rows, context));
  if (months.empty()) return absl::OkStatus();
  auto month = months.begin();
  RETURN_IF_ERROR(TeamDashboard::kMoney.Scan(
      rows,
      TeamDashboard::kMoney.Prefix(id)
          .From(std::make_tuple(id, months.front().period().start))
          .Until(std::make_tuple(id, months.back().period().end)),
      [&](const auto& key, const TileMoney& figures) -> absl::StatusOr<bool> {
        const auto& [team_id, day, owner, contributors, channel] = key;
        while (day >= month->period().end) ++month;
        const domain::Scope scope = ScopeOf(team_id, owner, contributors);
        RETURN_IF_ERROR(
            month->Add(day, figures, context.SeesInvoice(scope), context.SeesPayment(scope)));
        return true;
      }));

  const v1::TeamDashboard::Month running = months.back().Render();
  tile.set_target_measure(running.target_measure());
  *tile.mutable_invoiced_this_month() = months.back().measured().ToProto();
  if (running.has_target()) *tile.mutable_monthly_target() = running.target();
  tile.set_target_attainment_bp(running.attainment_bp());
  if (month_count == 0) return absl::OkStatus();
  for (const MonthDraft& draft : months) {
    v1::TeamDashboard::Month& shown = *tile.add_months();
    shown = draft.Render();
    if (shown.reached()) tile.set_months_on_target(tile.months_on_target() + 1);
  }
  return absl::OkStatus();
}

}  // namespace crm::projections

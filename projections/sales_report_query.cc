// The report of SalesReport by period: days added up for all, a team, member, product or channel.
#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/strings/ascii.h"
#include "base/status_macros.h"
#include "projections/report_range.h"
#include "projections/sales_report.h"
#include "projections/sales_sums.h"

namespace crm::projections {
namespace {

using domain::Period;
using domain::PeriodKind;

class SalesDraft {
 public:
  static absl::StatusOr<SalesDraft> Create(const v1::GetPeriodSalesRequest& request,
                                           const ViewReader& rows) {
    ASSIGN_OR_RETURN(const Period range, ReadRange(request.from_date(), request.to_date()));
    ASSIGN_OR_RETURN(const domain::FiscalYearStart year_start, YearStartOf(rows));
    SalesDraft draft(request, rows, range, year_start);
    ASSIGN_OR_RETURN(draft.filter_, SalesFilterOf(request));
    ASSIGN_OR_RETURN(draft.product_,
                     domain::ParseOptionalName<domain::ProductId>(request.product()));
    return draft;
  }

  const Period& range() const { return range_; }
  const SalesFilter& filter() const { return filter_; }
  // Whole invoices do not count: parts of them are asked for.
  bool of_product() const {
    return !product_.IsNil() || request_.grouping() == v1::SALES_GROUPING_PRODUCT;
  }

  absl::Status Add(const SalesReport::SoldKey& key, const views::v1::SoldFigures& sold) {
    const auto& [day, team, owner, contributors, channel, product] = key;
    if (!product_.IsNil() && product_.uuid() != product) return absl::OkStatus();
    ASSIGN_OR_RETURN(const Group group, GroupOf(team, owner, channel, product));
    sums_[{PeriodOf(day).start, group}].Add(sold);
    return absl::OkStatus();
  }

  absl::Status Add(const SalesReport::DayKey& key, const views::v1::SalesDay& figures,
                   bool sees_invoices, bool sees_payments) {
    const auto& [day, team, owner, contributors, channel] = key;
    ASSIGN_OR_RETURN(const Group group, GroupOf(team, owner, channel, Uuid()));
    sums_[{PeriodOf(day).start, group}].Add(figures, sees_invoices, sees_payments);
    return absl::OkStatus();
  }

  absl::StatusOr<v1::SalesByPeriod> Take() const {
    v1::SalesByPeriod report;
    for (const auto& [key, sums] : sums_) {
      const auto& [start, group] = key;
      for (const std::string& currency_code : sums.currencies()) {
        v1::SalesByPeriod::Row& row = *report.add_rows();
        *row.mutable_start_date() = domain::DayToProto(start);
        *row.mutable_end_date() = domain::DayToProto(PeriodOf(start).end - 1);
        RETURN_IF_ERROR(ShowGroup(group, row));
        ASSIGN_OR_RETURN(*row.mutable_figures(), sums.Render(currency_code, of_product()));
      }
    }
    return report;
  }

 private:
  // What it is sorted by: a channel, or a product's name without case; and what it is.
  using Group = std::pair<std::string, Uuid>;

  SalesDraft(const v1::GetPeriodSalesRequest& request, const ViewReader& rows, Period range,
             domain::FiscalYearStart year_start)
      : request_(request), rows_(rows), range_(range), year_start_(year_start) {}

  absl::StatusOr<Group> GroupOf(const Uuid& team, const Uuid& owner, const std::string& channel,
                                const Uuid& product) {
    switch (request_.grouping()) {
      case v1::SALES_GROUPING_TEAM:
        return Group("", team);
      case v1::SALES_GROUPING_MEMBER:
        return Group("", owner);
      case v1::SALES_GROUPING_CHANNEL:
        return Group(channel, Uuid());
      case v1::SALES_GROUPING_PRODUCT: {
        const auto [place, added] = products_.try_emplace(product);
        if (added) {
          ASSIGN_OR_RETURN(const std::string name, ProductNameOf(product, rows_));
          place->second = absl::AsciiStrToLower(name);
        }
        return Group(place->second, product);
      }
      default:
        return Group();
    }
  }

  absl::Status ShowGroup(const Group& group, v1::SalesByPeriod::Row& row) const {
    switch (request_.grouping()) {
      case v1::SALES_GROUPING_TEAM:
        row.set_team(domain::NameOf(domain::TeamId(group.second)));
        break;
      case v1::SALES_GROUPING_MEMBER:
        row.set_member(domain::NameOf(domain::MemberId(group.second)));
        break;
      case v1::SALES_GROUPING_CHANNEL:
        row.set_channel(group.first);
        break;
      case v1::SALES_GROUPING_PRODUCT: {
        row.set_product(domain::NameOf(domain::ProductId(group.second)));
        ASSIGN_OR_RETURN(*row.mutable_product_display_name(), ProductNameOf(group.second, rows_));
        break;
      }
      default:
        break;
    }
    return absl::OkStatus();
  }

  // Cut to the range.
  Period PeriodOf(absl::CivilDay day) const {
    Period period = range_;
    switch (request_.period()) {
      case v1::SALES_PERIOD_DAY:
        period = Period::Containing(PeriodKind::kDay, day);
        break;
      case v1::SALES_PERIOD_WEEK:
        period = Period::Containing(PeriodKind::kWeek, day);
        break;
      case v1::SALES_PERIOD_MONTH:
        period = Period::Containing(PeriodKind::kMonth, day);
        break;
      case v1::SALES_PERIOD_QUARTER:
        period = Period::Containing(PeriodKind::kFiscalQuarter, day, year_start_);
        break;
      case v1::SALES_PERIOD_YEAR:
        period = Period::Containing(PeriodKind::kFiscalYear, day, year_start_);
        break;
      default:
        break;
    }
    return {std::max(period.start, range_.start), std::min(period.end, range_.end)};
  }

  const v1::GetPeriodSalesRequest& request_;
  const ViewReader& rows_;
  const Period range_;
  const domain::FiscalYearStart year_start_;
  SalesFilter filter_;
  domain::ProductId product_;                    // nil: all
  absl::btree_map<Uuid, std::string> products_;  // names without case, read once
  absl::btree_map<std::pair<absl::CivilDay, Group>, SalesSums> sums_;
};

}  // namespace

absl::StatusOr<v1::SalesByPeriod> SalesReport::Answer(const v1::GetPeriodSalesRequest& request,
                                                      const ViewReader& rows,
                                                      QueryContext& context) {
  ASSIGN_OR_RETURN(SalesDraft draft, SalesDraft::Create(request, rows));
  RETURN_IF_ERROR(
      ForEachSold(draft.range(), draft.filter(), rows, context,
                  [&](const SoldKey& key, const auto& sold) { return draft.Add(key, sold); }));
  if (draft.of_product()) return draft.Take();
  RETURN_IF_ERROR(ForEachDay(
      draft.range(), draft.filter(), rows, context,
      [&](const DayKey& key, const auto& figures, bool sees_invoices, bool sees_payments) {
        return draft.Add(key, figures, sees_invoices, sees_payments);
      }));
  return draft.Take();
}

}  // namespace crm::projections

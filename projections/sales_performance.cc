// The report of SalesReport on how sales go: spans of days beside each other, the products that
// earned most, and what became of leads and opportunities.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "base/status_macros.h"
#include "projections/report_range.h"
#include "projections/sales_comparison.h"
#include "projections/sales_report.h"
#include "projections/sales_sums.h"
#include "projections/win_rate.h"

namespace crm::projections {
namespace {

using domain::Period;
using domain::PeriodKind;
using views::v1::FunnelFigures;

constexpr int kMonths = 12;
constexpr int kUsualProducts = 10;

// The period asked for.
absl::StatusOr<Period> PeriodOf(const v1::GetSalesPerformanceRequest& request,
                                absl::CivilDay today) {
  const google::type::Date last =
      request.has_last_date() ? request.last_date() : domain::DayToProto(today);
  if (request.has_first_date()) return ReadRange(request.first_date(), last);
  ASSIGN_OR_RETURN(const absl::CivilDay day, domain::DayFromProto(last));
  return Period{absl::CivilDay(absl::CivilMonth(day)), day + 1};
}

struct SpanDraft {
  v1::SalesSpan span;
  Period days;
  SalesSums sums = {};
};

// In the order they are shown.
std::vector<SpanDraft> SpansOf(const Period& period, v1::SalesComparison comparison,
                               domain::FiscalYearStart year_start) {
  const absl::CivilDay last = period.end - 1;
  const Period year = {Period::Containing(PeriodKind::kFiscalYear, last, year_start).start,
                       period.end};
  std::vector<SpanDraft> spans = {
      {v1::SALES_SPAN_YEAR_TO_DATE, year},
      {v1::SALES_SPAN_LAST_YEAR_TO_DATE, YearBefore(year)},
      {v1::SALES_SPAN_PERIOD, period},
      {v1::SALES_SPAN_COMPARED_PERIOD, comparison == v1::SALES_COMPARISON_EQUAL_LENGTH
                                           ? EqualLengthBefore(period)
                                           : PreviousPeriod(period)}};
  for (int back = kMonths - 1; back >= 0; --back) {
    const absl::CivilMonth month = absl::CivilMonth(last) - back;
    spans.push_back({v1::SALES_SPAN_MONTH,
                     {absl::CivilDay(month), std::min(absl::CivilDay(month + 1), period.end)}});
  }
  return spans;
}

class PerformanceDraft {
 public:
  PerformanceDraft(const Period& period, std::vector<SpanDraft> spans)
      : period_(period), spans_(std::move(spans)) {}

  // All days that any span covers.
  Period days() const {
    Period all = period_;
    for (const SpanDraft& span : spans_) all.start = std::min(all.start, span.days.start);
    return all;
  }

  absl::Status Add(const SalesReport::SoldKey& key, const views::v1::SoldFigures& sold) {
    const absl::CivilDay day = std::get<0>(key);
    for (SpanDraft& span : spans_) {
      if (span.days.Contains(day)) span.sums.Add(sold);
    }
    if (period_.Contains(day)) products_[std::get<5>(key)].Add(sold);
    return absl::OkStatus();
  }

  absl::Status Add(const SalesReport::DayKey& key, const views::v1::SalesDay& figures,
                   bool sees_invoices, bool sees_payments) {
    for (SpanDraft& span : spans_) {
      if (span.days.Contains(std::get<0>(key))) {
        span.sums.Add(figures, sees_invoices, sees_payments);
      }
    }
    return absl::OkStatus();
  }

  // Every span in every currency of any of them; `product_count` products of each currency.
  absl::Status WriteTo(v1::SalesPerformance& report, size_t product_count,
                       const ViewReader& rows) const {
    absl::btree_set<std::string> currencies;
    for (const SpanDraft& span : spans_) {
      for (const std::string& code : span.sums.currencies()) currencies.insert(code);
    }
    for (const SpanDraft& span : spans_) {
      for (const std::string& code : currencies) {
        v1::SalesPerformance::Row& row = AddRow(report, span.span, span.days);
        ASSIGN_OR_RETURN(*row.mutable_figures(), span.sums.Render(code, /*of_product=*/false));
      }
    }
    for (const std::string& code : currencies) {
      RETURN_IF_ERROR(WriteProducts(code, product_count, rows, report));
    }
    return absl::OkStatus();
  }

 private:
  static v1::SalesPerformance::Row& AddRow(v1::SalesPerformance& report, v1::SalesSpan span,
                                           const Period& days) {
    v1::SalesPerformance::Row& row = *report.add_rows();
    row.set_span(span);
    *row.mutable_start_date() = domain::DayToProto(days.start);
    *row.mutable_end_date() = domain::DayToProto(days.end - 1);
    return row;
  }

  // Those that earned most; of equal ones those that sold more, then by id.
  absl::Status WriteProducts(const std::string& currency_code, size_t product_count,
                             const ViewReader& rows, v1::SalesPerformance& report) const {
    struct Sold {
      int64_t profit_minor = 0, net_minor = 0;
      Uuid product;
      v1::SalesFigures figures;
    };
    std::vector<Sold> sold;
    for (const auto& [product, sums] : products_) {
      if (!sums.currencies().contains(currency_code)) continue;
      Sold& one = sold.emplace_back();
      one.product = product;
      ASSIGN_OR_RETURN(one.figures, sums.Render(currency_code, /*of_product=*/true));
      ASSIGN_OR_RETURN(const auto profit, domain::Money::FromProto(one.figures.profit()));
      ASSIGN_OR_RETURN(const auto net, domain::Money::FromProto(one.figures.net()));
      one.profit_minor = profit.minor();
      one.net_minor = net.minor();
    }
    std::stable_sort(sold.begin(), sold.end(), [](const Sold& a, const Sold& b) {
      return std::pair(a.profit_minor, a.net_minor) > std::pair(b.profit_minor, b.net_minor);
    });
    if (sold.size() > product_count) sold.resize(product_count);
    for (const Sold& one : sold) {
      v1::SalesPerformance::Row& row = AddRow(report, v1::SALES_SPAN_PRODUCT, period_);
      row.set_product(domain::NameOf(domain::ProductId(one.product)));
      ASSIGN_OR_RETURN(*row.mutable_product_display_name(), ProductNameOf(one.product, rows));
      *row.mutable_figures() = one.figures;
    }
    return absl::OkStatus();
  }

  const Period period_;
  std::vector<SpanDraft> spans_;
  absl::btree_map<Uuid, SalesSums> products_;
};

absl::StatusOr<v1::SalesPerformance::Conversion> ConversionIn(const Period& days,
                                                              const SalesFilter& filter,
                                                              const ViewReader& rows,
                                                              const QueryContext& context) {
  FunnelFigures sum;
  RETURN_IF_ERROR(SalesReport::kFunnel.Scan(
      rows,
      SalesReport::kFunnel.All().From(std::make_tuple(days.start)).Until(std::make_tuple(days.end)),
      [&](const auto& key, const FunnelFigures& day) {
        const auto& [date, team, owner, contributors] = key;
        if (!filter.Wants(team, owner)) return true;
        const domain::Scope scope = ScopeOf(team, owner, contributors);
        if (context.SeesLead(scope)) {
          sum.set_lead_count(sum.lead_count() + day.lead_count());
          sum.set_lead_opportunity_count(sum.lead_opportunity_count() +
                                         day.lead_opportunity_count());
          sum.set_lead_invoice_count(sum.lead_invoice_count() + day.lead_invoice_count());
        }
        if (context.SeesOpportunity(scope)) {
          sum.set_opportunity_count(sum.opportunity_count() + day.opportunity_count());
          sum.set_opportunity_invoice_count(sum.opportunity_invoice_count() +
                                            day.opportunity_invoice_count());
        }
        return true;
      }));
  v1::SalesPerformance::Conversion shown;
  shown.set_lead_count(static_cast<int32_t>(sum.lead_count()));
  shown.set_lead_opportunity_count(static_cast<int32_t>(sum.lead_opportunity_count()));
  shown.set_lead_invoice_count(static_cast<int32_t>(sum.lead_invoice_count()));
  shown.set_opportunity_count(static_cast<int32_t>(sum.opportunity_count()));
  shown.set_opportunity_invoice_count(static_cast<int32_t>(sum.opportunity_invoice_count()));
  if (const auto bp = ShareBp(sum.lead_opportunity_count(), sum.lead_count())) {
    shown.set_lead_opportunity_bp(*bp);
  }
  if (const auto bp = ShareBp(sum.lead_invoice_count(), sum.lead_count())) {
    shown.set_lead_invoice_bp(*bp);
  }
  if (const auto bp = ShareBp(sum.opportunity_invoice_count(), sum.opportunity_count())) {
    shown.set_opportunity_invoice_bp(*bp);
  }
  return shown;
}

}  // namespace

absl::StatusOr<v1::SalesPerformance> SalesReport::Answer(
    const v1::GetSalesPerformanceRequest& request, const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(const auto organization, kOrganization.GetOrEmpty(rows, {}));
  ASSIGN_OR_RETURN(const Period period,
                   PeriodOf(request, ZoneOf(organization).DayOf(context.at())));
  ASSIGN_OR_RETURN(const domain::FiscalYearStart year_start, YearStartOf(rows));
  ASSIGN_OR_RETURN(const SalesFilter filter, SalesFilterOf(request));
  PerformanceDraft draft(period, SpansOf(period, request.comparison(), year_start));
  const Period days = draft.days();
  RETURN_IF_ERROR(
      ForEachSold(days, filter, rows, context,
                  [&](const SoldKey& key, const auto& sold) { return draft.Add(key, sold); }));
  RETURN_IF_ERROR(ForEachDay(
      days, filter, rows, context,
      [&](const DayKey& key, const auto& figures, bool sees_invoices, bool sees_payments) {
        return draft.Add(key, figures, sees_invoices, sees_payments);
      }));
  v1::SalesPerformance report;
  const int product_count = request.product_count() == 0 ? kUsualProducts : request.product_count();
  RETURN_IF_ERROR(draft.WriteTo(report, static_cast<size_t>(product_count), rows));
  ASSIGN_OR_RETURN(*report.mutable_conversion(), ConversionIn(period, filter, rows, context));
  return report;
}

}  // namespace crm::projections

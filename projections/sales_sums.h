// What the reports of SalesReport have in common: sums of sold lines and of money, in every
// currency, and which of them a report is asked for. Belongs to one query.
#pragma once

#include <string>

#include "absl/container/btree_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "crm/v1/report_service.pb.h"
#include "crm/views/v1/sales_report.pb.h"
#include "domain/types/calendar.h"
#include "domain/types/ids.h"
#include "projections/counters.h"
#include "projections/query.h"
#include "projections/sales_report.h"

namespace crm::projections {

class SalesSums {
 public:
  void Add(const views::v1::SoldFigures& sold);
  // What the caller may see of a day.
  void Add(const views::v1::SalesDay& day, bool sees_invoices, bool sees_payments);

  // By code.
  absl::btree_set<std::string> currencies() const;

  // Zeros in a currency that is not in it. `of_product`: without what belongs to whole invoices.
  // OUT_OF_RANGE SUM_OVERFLOW when a sum leaves 64 bits.
  absl::StatusOr<v1::SalesFigures> Render(const std::string& currency_code, bool of_product) const;

 private:
  AmountSums net_, costed_, cost_;
  AmountSums issued_, credited_, received_;
};

// Whose sales a report is about.
struct SalesFilter {
  absl::btree_set<Uuid> teams;  // empty: all
  domain::MemberId member;      // nil: all
  std::string channel;          // empty: all

  bool Wants(const Uuid& team, const Uuid& owner) const {
    return (teams.empty() || teams.contains(team)) && (member.IsNil() || member.uuid() == owner);
  }
  bool Wants(const Uuid& team, const Uuid& owner, const std::string& sold_in) const {
    return Wants(team, owner) && (channel.empty() || channel == sold_in);
  }
};

// Of any request with these fields. INVALID_ARGUMENT INVALID_NAME.
template <class Request>
absl::StatusOr<SalesFilter> SalesFilterOf(const Request& request) {
  SalesFilter filter;
  for (const std::string& name : request.teams()) {
    ASSIGN_OR_RETURN(const auto team, domain::ParseName<domain::TeamId>(name));
    filter.teams.insert(team.uuid());
  }
  ASSIGN_OR_RETURN(filter.member, domain::ParseOptionalName<domain::MemberId>(request.member()));
  filter.channel = request.channel();
  return filter;
}

// Calls `visit(day, key, figures)` for what was sold on the days, by whom the filter names, to
// whoever may see it; returns a status.
template <class Visit>
absl::Status ForEachSold(const domain::Period& days, const SalesFilter& filter,
                         const ViewReader& rows, const QueryContext& context, Visit visit) {
  return SalesReport::kSold.Scan(
      rows,
      SalesReport::kSold.All().From(std::make_tuple(days.start)).Until(std::make_tuple(days.end)),
      [&](const SalesReport::SoldKey& key,
          const views::v1::SoldFigures& sold) -> absl::StatusOr<bool> {
        const auto& [day, team, owner, contributors, channel, product] = key;
        if (!filter.Wants(team, owner, channel)) return true;
        if (!context.SeesInvoice(ScopeOf(team, owner, contributors))) return true;
        RETURN_IF_ERROR(visit(key, sold));
        return true;
      });
}

// The same of days: `visit(key, figures, sees_invoices, sees_payments)`.
template <class Visit>
absl::Status ForEachDay(const domain::Period& days, const SalesFilter& filter,
                        const ViewReader& rows, const QueryContext& context, Visit visit) {
  return SalesReport::kDays.Scan(
      rows,
      SalesReport::kDays.All().From(std::make_tuple(days.start)).Until(std::make_tuple(days.end)),
      [&](const SalesReport::DayKey& key,
          const views::v1::SalesDay& figures) -> absl::StatusOr<bool> {
        const auto& [day, team, owner, contributors, channel] = key;
        if (!filter.Wants(team, owner, channel)) return true;
        const domain::Scope scope = ScopeOf(team, owner, contributors);
        const bool sees_invoices = context.SeesInvoice(scope);
        const bool sees_payments = context.SeesPayment(scope);
        if (!sees_invoices && !sees_payments) return true;
        RETURN_IF_ERROR(visit(key, figures, sees_invoices, sees_payments));
        return true;
      });
}

// As the organization counts its years.
absl::StatusOr<domain::FiscalYearStart> YearStartOf(const ViewReader& rows);

// Empty for none, and for one that is not known.
absl::StatusOr<std::string> ProductNameOf(const Uuid& product, const ViewReader& rows);

}  // namespace crm::projections

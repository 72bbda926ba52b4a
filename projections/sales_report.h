// SalesReport: what was sold, per day, team, owner, channel and product, and what became of leads
// and opportunities on the way to an invoice. Reports add up days.
//
// Only what was frozen counts: the lines of issued invoices on the day of issue, less those of
// credit notes on theirs. A void invoice leaves the day it was issued on. Money is counted apart,
// on the day it came onto an invoice or left it (ADR 0033). All of it counts for team, owner and
// channel as they were when the invoice was issued. Leads and opportunities count on the day they
// began, for whose they were then. Holds ids, names of products and figures, nothing personal.
#pragma once

#include <string>
#include <tuple>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crm/events/v1/lead_events.pb.h"
#include "crm/events/v1/opportunity_events.pb.h"
#include "crm/events/v1/product_events.pb.h"
#include "crm/v1/report_service.pb.h"
#include "crm/views/v1/invoice_money.pb.h"
#include "crm/views/v1/sales_report.pb.h"
#include "projections/invoice_money.h"
#include "projections/pipeline_shape.h"
#include "projections/query.h"
#include "projections/table.h"

namespace crm::projections {

struct SalesReport {
  static constexpr absl::string_view kName = "sales_report";
  static constexpr int kVersion = 1;
  using Events =
      JoinEvents<OrganizationEvents, InvoiceMoneyEvents,
                 std::variant<events::v1::ProductCreated, events::v1::ProductDetailsRevised,
                              events::v1::LeadCaptured, events::v1::LeadJunked,
                              events::v1::LeadRestored, events::v1::OpportunityOpened>>;

  // Day, team, owner, contributors, channel.
  using DayKey = std::tuple<absl::CivilDay, Uuid, Uuid, std::string, std::string>;
  // The same, product.
  using SoldKey = std::tuple<absl::CivilDay, Uuid, Uuid, std::string, std::string, Uuid>;
  static constexpr Table<DayKey, views::v1::SalesDay> kDays{1};
  static constexpr Table<SoldKey, views::v1::SoldFigures> kSold{2};
  // Day, team, owner, contributors.
  static constexpr Table<std::tuple<absl::CivilDay, Uuid, Uuid, std::string>,
                         views::v1::FunnelFigures>
      kFunnel{3};
  static constexpr Table<std::tuple<Uuid>, views::v1::InvoiceMoney> kInvoices{4};
  static constexpr Table<std::tuple<Uuid>, views::v1::SoldInvoice> kLines{5};
  static constexpr Table<std::tuple<Uuid>, views::v1::FunnelLead> kLeads{6};
  static constexpr Table<std::tuple<Uuid>, views::v1::FunnelOpportunity> kOpportunities{7};
  static constexpr Table<std::tuple<Uuid>, views::v1::SoldProduct> kProducts{8};
  static constexpr Table<std::tuple<>, views::v1::FiscalYear> kFiscalYear{9};
  static constexpr Table<std::tuple<>, views::v1::OrganizationShape> kOrganization{10};
  static constexpr auto kTables = std::tuple(kDays, kSold, kFunnel, kInvoices, kLines, kLeads,
                                             kOpportunities, kProducts, kFiscalYear, kOrganization);

  template <OrganizationEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata&, ViewTransaction& rows) {
    RETURN_IF_ERROR(FoldShape(kOrganization.Edit(rows, {}), event));
    if constexpr (requires { event.has_fiscal_year_start_month(); }) {
      if (event.has_fiscal_year_start_month()) {
        return SetYear(event.fiscal_year_start_month(), rows);
      }
    }
    return absl::OkStatus();
  }
  template <InvoiceMoneyEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    ASSIGN_OR_RETURN(const domain::Zone zone, FoldedZone(kOrganization, rows));
    RETURN_IF_ERROR(FoldInvoices(kInvoices, event, metadata, zone, rows,
                                 [&](const Uuid&, const auto& before, const auto& after) {
                                   absl::Status counted = CountMoney(before, -1, rows);
                                   if (counted.ok()) counted = CountMoney(after, 1, rows);
                                   return counted;
                                 }));
    if constexpr (requires { CountSold(event, metadata, zone, rows); }) {
      return CountSold(event, metadata, zone, rows);
    }
    return absl::OkStatus();
  }
  static absl::Status Apply(const events::v1::ProductCreated& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::ProductDetailsRevised& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::LeadCaptured& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::LeadJunked& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::LeadRestored& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::OpportunityOpened& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);

  // Periods are cut to the range asked for. INVALID_ARGUMENT RANGE_INVALID when it ends before it
  // begins, RANGE_TOO_LONG beyond 1,100 days, DATE_INVALID, INVALID_NAME; OUT_OF_RANGE SUM_OVERFLOW
  // when a sum cannot be shown.
  static absl::StatusOr<v1::SalesByPeriod> Answer(const v1::GetPeriodSalesRequest& request,
                                                  const ViewReader& rows, QueryContext& context);
  // The same.
  static absl::StatusOr<v1::SalesPerformance> Answer(const v1::GetSalesPerformanceRequest& request,
                                                     const ViewReader& rows, QueryContext& context);

 private:
  static absl::Status SetYear(int start_month, ViewTransaction& rows);
  // Counts an invoice and its movements on their days (`times` 1), or takes them out (-1).
  static absl::Status CountMoney(const views::v1::InvoiceMoney& money, int times,
                                 ViewTransaction& rows);
  // Counts the lines of a document, after its invoice was folded.
  static absl::Status CountSold(const events::v1::InvoiceIssued& event,
                                const domain::EventMetadata& metadata, const domain::Zone& zone,
                                ViewTransaction& rows);
  static absl::Status CountSold(const events::v1::InvoiceVoided& event,
                                const domain::EventMetadata& metadata, const domain::Zone& zone,
                                ViewTransaction& rows);
  static absl::Status CountSold(const events::v1::CreditNoteIssued& event,
                                const domain::EventMetadata& metadata, const domain::Zone& zone,
                                ViewTransaction& rows);
};

}  // namespace crm::projections

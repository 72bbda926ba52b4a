#include "projections/sales_report.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "base/status_macros.h"
#include "domain/commission/credit.h"
#include "domain/render.h"
#include "projections/counters.h"
#include "projections/stored_day.h"

namespace crm::projections {

using domain::EventMetadata;
using views::v1::FunnelFigures;
using views::v1::FunnelLead;
using views::v1::FunnelOpportunity;
using views::v1::InvoiceMoney;
using views::v1::InvoiceMovement;
using views::v1::SalesDay;
using views::v1::SoldFigures;
using views::v1::SoldInvoice;
using views::v1::SoldLine;

namespace {

template <class Change>
absl::Status EditDay(const InvoiceMoney& money, int32_t day, ViewTransaction& rows, Change change) {
  const views::v1::Holder& holder = money.holder();
  return EditCounter(SalesReport::kDays, rows,
                     {NumberedDay(day), UuidOf(holder.team_id()), UuidOf(holder.owner_id()),
                      holder.contributor_ids(), money.channel()},
                     change);
}

SoldInvoice LinesOf(const events::v1::DocumentContent& content) {
  const domain::Rounding rounding = domain::RoundingFromStored(content.profile().rounding());
  SoldInvoice sold;
  for (const events::v1::DocumentLine& line : content.lines()) {
    SoldLine& kept = *sold.add_lines();
    kept.set_product_id(line.product_id());
    kept.set_net_minor(line.base_minor());
    // A cost in another currency is none, as for commissions.
    if (line.unit_cost().currency_code() != content.currency_code()) continue;
    const auto cost_minor = domain::LineCost(line, content.currency_code(), rounding);
    if (cost_minor.ok()) kept.set_cost_minor(*cost_minor);
  }
  return sold;
}

// `sign` -1 for what is credited; `times` -1 to take out again what was counted.
absl::Status CountLines(const InvoiceMoney& money, int32_t day, const SoldInvoice& sold, int sign,
                        int times, ViewTransaction& rows) {
  const views::v1::Holder& holder = money.holder();
  for (const SoldLine& line : sold.lines()) {
    RETURN_IF_ERROR(EditCounter(
        SalesReport::kSold, rows,
        {NumberedDay(day), UuidOf(holder.team_id()), UuidOf(holder.owner_id()),
         holder.contributor_ids(), money.channel(), UuidOf(line.product_id())},
        [&](SoldFigures& figures) {
          const events::v1::Amount net = AmountOf(money, sign * line.net_minor());
          AddAmount(*figures.mutable_net(), net, times);
          if (!line.has_cost_minor()) return;
          AddAmount(*figures.mutable_costed(), net, times);
          AddAmount(*figures.mutable_cost(), AmountOf(money, sign * line.cost_minor()), times);
        }));
  }
  return absl::OkStatus();
}

template <class Record, class Change>
absl::Status EditFunnel(const Record& record, ViewTransaction& rows, Change change) {
  const views::v1::Holder& holder = record.holder();
  return EditCounter(SalesReport::kFunnel, rows,
                     {NumberedDay(record.day()), UuidOf(holder.team_id()),
                      UuidOf(holder.owner_id()), holder.contributor_ids()},
                     change);
}

absl::Status Count(const FunnelLead& lead, int times, ViewTransaction& rows) {
  if (lead.junk()) return absl::OkStatus();
  return EditFunnel(lead, rows, [&](FunnelFigures& figures) {
    figures.set_lead_count(figures.lead_count() + times);
    if (lead.opportunity_count() > 0) {
      figures.set_lead_opportunity_count(figures.lead_opportunity_count() + times);
    }
    if (lead.invoiced_count() > 0) {
      figures.set_lead_invoice_count(figures.lead_invoice_count() + times);
    }
  });
}

absl::Status Count(const FunnelOpportunity& opportunity, int times, ViewTransaction& rows) {
  return EditFunnel(opportunity, rows, [&](FunnelFigures& figures) {
    figures.set_opportunity_count(figures.opportunity_count() + times);
    if (opportunity.invoice_count() > 0) {
      figures.set_opportunity_invoice_count(figures.opportunity_invoice_count() + times);
    }
  });
}

// Changes a record that is counted, and what it counts for. One that is not known stays so.
template <class T, class Change>
absl::Status EditCounted(const T& table, const Uuid& id, ViewTransaction& rows, Change change) {
  ASSIGN_OR_RETURN(const auto* known, table.Find(rows, {id}));
  if (known == nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto* record, table.Edit(rows, {id}));
  RETURN_IF_ERROR(Count(*record, -1, rows));
  change(*record);
  return Count(*record, 1, rows);
}

// An invoice of the opportunity was issued (`times` 1) or made void (-1).
absl::Status CountInvoiced(const std::string& opportunity_id, int times, ViewTransaction& rows) {
  if (opportunity_id.empty()) return absl::OkStatus();
  std::string lead_id;
  int64_t invoiced = 0;  // 1: it is now; -1: it no longer is
  RETURN_IF_ERROR(EditCounted(SalesReport::kOpportunities, UuidOf(opportunity_id), rows,
                              [&](FunnelOpportunity& opportunity) {
                                const bool before = opportunity.invoice_count() > 0;
                                opportunity.set_invoice_count(opportunity.invoice_count() + times);
                                const bool after = opportunity.invoice_count() > 0;
                                invoiced = static_cast<int>(after) - static_cast<int>(before);
                                lead_id = opportunity.lead_id();
                              }));
  if (lead_id.empty() || invoiced == 0) return absl::OkStatus();
  return EditCounted(SalesReport::kLeads, UuidOf(lead_id), rows, [&](FunnelLead& lead) {
    lead.set_invoiced_count(lead.invoiced_count() + invoiced);
  });
}

absl::Status SetName(const Uuid& product, const std::string& name, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(views::v1::SoldProduct * row, SalesReport::kProducts.Edit(rows, {product}));
  row->set_display_name(name);
  return absl::OkStatus();
}

}  // namespace

absl::Status SalesReport::SetYear(int start_month, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(views::v1::FiscalYear * year, kFiscalYear.Edit(rows, {}));
  year->set_start_month(start_month);
  return absl::OkStatus();
}

absl::Status SalesReport::CountMoney(const InvoiceMoney& money, int times, ViewTransaction& rows) {
  if (!IsAsked(money)) return absl::OkStatus();
  RETURN_IF_ERROR(EditDay(money, money.issue_day(), rows, [&](SalesDay& day) {
    AddAmount(*day.mutable_issued(), AmountOf(money, money.total_minor()), times);
  }));
  for (const InvoiceMovement& movement : money.movements()) {
    const bool note = movement.credit_note() && movement.payment_id().empty();
    if (!note && movement.paid_minor() == 0) continue;
    RETURN_IF_ERROR(EditDay(money, movement.day(), rows, [&](SalesDay& day) {
      if (note) {
        AddAmount(*day.mutable_credited(), AmountOf(money, movement.credited_minor()), times);
      } else {
        AddAmount(*day.mutable_received(), AmountOf(money, movement.paid_minor()), times);
      }
    }));
  }
  return absl::OkStatus();
}

absl::Status SalesReport::CountSold(const events::v1::InvoiceIssued& event,
                                    const EventMetadata& metadata, const domain::Zone&,
                                    ViewTransaction& rows) {
  const Uuid& id = metadata.stream.id;
  ASSIGN_OR_RETURN(const InvoiceMoney* money, kInvoices.Find(rows, {id}));
  SoldInvoice sold = LinesOf(event.content());
  sold.set_opportunity_id(event.at().opportunity_id());
  RETURN_IF_ERROR(CountLines(*money, money->issue_day(), sold, /*sign=*/1, /*times=*/1, rows));
  RETURN_IF_ERROR(CountInvoiced(sold.opportunity_id(), 1, rows));
  kLines.Put(rows, {id}, std::move(sold));
  return absl::OkStatus();
}

absl::Status SalesReport::CountSold(const events::v1::InvoiceVoided& event,
                                    const EventMetadata& metadata, const domain::Zone&,
                                    ViewTransaction& rows) {
  if (!event.issued()) return absl::OkStatus();  // a draft sold nothing
  const Uuid& id = metadata.stream.id;
  ASSIGN_OR_RETURN(const InvoiceMoney* money, kInvoices.Find(rows, {id}));
  ASSIGN_OR_RETURN(const SoldInvoice* lines, kLines.Find(rows, {id}));
  if (money == nullptr || lines == nullptr) return absl::OkStatus();
  const SoldInvoice sold = *lines;
  kLines.Erase(rows, {id});
  RETURN_IF_ERROR(CountLines(*money, money->issue_day(), sold, /*sign=*/1, /*times=*/-1, rows));
  return CountInvoiced(sold.opportunity_id(), -1, rows);
}

absl::Status SalesReport::CountSold(const events::v1::CreditNoteIssued& event,
                                    const EventMetadata& metadata, const domain::Zone& zone,
                                    ViewTransaction& rows) {
  ASSIGN_OR_RETURN(const InvoiceMoney* money, kInvoices.Find(rows, {UuidOf(event.invoice_id())}));
  if (money == nullptr) return absl::OkStatus();
  return CountLines(*money, DayNumber(zone.DayOf(metadata.effective_time)),
                    LinesOf(event.content()), /*sign=*/-1, /*times=*/1, rows);
}

absl::Status SalesReport::Apply(const events::v1::ProductCreated& event,
                                const EventMetadata& metadata, ViewTransaction& rows) {
  return SetName(metadata.stream.id, event.details().display_name(), rows);
}

absl::Status SalesReport::Apply(const events::v1::ProductDetailsRevised& event,
                                const EventMetadata& metadata, ViewTransaction& rows) {
  if (!absl::c_linear_search(event.fields(), "display_name")) return absl::OkStatus();
  return SetName(metadata.stream.id, event.details().display_name(), rows);
}

absl::Status SalesReport::Apply(const events::v1::LeadCaptured& event,
                                const EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(const domain::Zone zone, FoldedZone(kOrganization, rows));
  FunnelLead lead;
  *lead.mutable_holder() = HolderOf(event.ownership());
  lead.set_day(DayNumber(zone.DayOf(metadata.effective_time)));
  RETURN_IF_ERROR(Count(lead, 1, rows));
  kLeads.Put(rows, {metadata.stream.id}, std::move(lead));
  return absl::OkStatus();
}

absl::Status SalesReport::Apply(const events::v1::LeadJunked&, const EventMetadata& metadata,
                                ViewTransaction& rows) {
  return EditCounted(kLeads, metadata.stream.id, rows,
                     [](FunnelLead& lead) { lead.set_junk(true); });
}

absl::Status SalesReport::Apply(const events::v1::LeadRestored&, const EventMetadata& metadata,
                                ViewTransaction& rows) {
  return EditCounted(kLeads, metadata.stream.id, rows,
                     [](FunnelLead& lead) { lead.set_junk(false); });
}

absl::Status SalesReport::Apply(const events::v1::OpportunityOpened& event,
                                const EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(const domain::Zone zone, FoldedZone(kOrganization, rows));
  FunnelOpportunity opportunity;
  *opportunity.mutable_holder() = HolderOf(event.opened().ownership());
  opportunity.set_day(DayNumber(zone.DayOf(metadata.effective_time)));
  opportunity.set_lead_id(event.lead_id());
  RETURN_IF_ERROR(Count(opportunity, 1, rows));
  kOpportunities.Put(rows, {metadata.stream.id}, std::move(opportunity));
  if (event.lead_id().empty()) return absl::OkStatus();
  return EditCounted(kLeads, UuidOf(event.lead_id()), rows, [](FunnelLead& lead) {
    lead.set_opportunity_count(lead.opportunity_count() + 1);
  });
}

}  // namespace crm::projections

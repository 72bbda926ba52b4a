// InvoiceList: invoices by day of issue, and what is still due of them. Keeps a card of each and
// the movements of its money, so that settlement and timeliness are those of any instant; today is
// the day of the instant asked for, and an invoice is overdue from the day after it is due.
//
// Holds ids and figures and nothing personal.
#pragma once

#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "crm/v1/invoice_service.pb.h"
#include "crm/v1/report_service.pb.h"
#include "crm/views/v1/figures.pb.h"
#include "crm/views/v1/invoice_list.pb.h"
#include "crm/views/v1/invoice_money.pb.h"
#include "domain/types/ids.h"
#include "projections/invoice_money.h"
#include "projections/pipeline_shape.h"
#include "projections/query.h"
#include "projections/table.h"

namespace crm::projections {

struct InvoiceList {
  static constexpr absl::string_view kName = "invoice_list";
  static constexpr int kVersion = 1;
  // What changes a card; InvoiceIssued and InvoiceVoided change money besides.
  using CardEvents = std::variant<events::v1::InvoiceDrafted, events::v1::InvoiceContentRevised,
                                  events::v1::InvoiceDetailsRevised, events::v1::InvoiceReaddressed,
                                  events::v1::InvoiceMembersCredited, events::v1::InvoiceIssued,
                                  events::v1::InvoiceVoided, events::v1::InvoiceAssigned>;
  using MoneyEvents = std::variant<events::v1::PaymentRecorded, events::v1::CreditApplied,
                                   events::v1::CreditRefunded, events::v1::PaymentReversed,
                                   events::v1::CreditNoteIssued>;
  using Events = JoinEvents<OrganizationEvents, CardEvents, MoneyEvents>;

  // Where an invoice is in a list: drafts have the last of all days.
  using Newest = Descending<absl::CivilDay>;
  using Place = std::tuple<Newest, Uuid>;

  static constexpr Table<std::tuple<Uuid>, views::v1::InvoiceCard> kCards{1};
  static constexpr Table<std::tuple<Uuid>, views::v1::InvoiceMoney> kMoney{2};
  // Issued ones of which something is due.
  static constexpr Table<std::tuple<Uuid>, views::v1::Mark> kDue{3};
  static constexpr Table<Place, views::v1::Mark> kByDay{4};
  static constexpr Table<std::tuple<domain::CustomerId, Newest, Uuid>, views::v1::Mark> kOfCustomer{
      5};
  static constexpr Table<std::tuple<std::string, Newest, Uuid>, views::v1::Mark> kByNumber{6};
  static constexpr Table<std::tuple<>, views::v1::OrganizationShape> kOrganization{7};
  static constexpr auto kTables =
      std::tuple(kCards, kMoney, kDue, kByDay, kOfCustomer, kByNumber, kOrganization);

  template <OrganizationEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata&, ViewTransaction& rows) {
    return FoldShape(kOrganization.Edit(rows, {}), event);
  }
  template <class E>
  requires IsOneOf<E, CardEvents>::value static absl::Status Apply(
      const E& event, const domain::EventMetadata& metadata, ViewTransaction& rows) {
    ASSIGN_OR_RETURN(views::v1::InvoiceCard * card, kCards.Edit(rows, {metadata.stream.id}));
    Unlist(metadata.stream.id, *card, rows);
    Fold(*card, event, metadata);
    List(metadata.stream.id, *card, rows);
    if constexpr (InvoiceMoneyEvent<E>) return FoldMoneyOf(event, metadata, rows);
    return absl::OkStatus();
  }
  template <class E>
  requires IsOneOf<E, MoneyEvents>::value static absl::Status Apply(
      const E& event, const domain::EventMetadata& metadata, ViewTransaction& rows) {
    return FoldMoneyOf(event, metadata, rows);
  }
  // Drafts, then the newest day first; of one day by id. INVALID_ARGUMENT INVALID_NAME or
  // DATE_INVALID for what the filter names, PAGE_TOKEN_INVALID for a place that is none.
  static absl::StatusOr<std::vector<domain::InvoiceId>> Select(
      const v1::ListInvoicesRequest& request, const ViewReader& rows, QueryContext& context);
  // One row a currency for each team or member who has something due, or for all. INVALID_ARGUMENT
  // INVALID_NAME for what the filter names, OUT_OF_RANGE SUM_OVERFLOW when a sum cannot be shown.
  static absl::StatusOr<v1::Receivables> Answer(const v1::GetReceivablesRequest& request,
                                                const ViewReader& rows, QueryContext& context);

 private:
  template <class E>
  static absl::Status FoldMoneyOf(const E& event, const domain::EventMetadata& metadata,
                                  ViewTransaction& rows) {
    ASSIGN_OR_RETURN(const domain::Zone zone, FoldedZone(kOrganization, rows));
    return FoldInvoices(
        kMoney, event, metadata, zone, rows,
        [&](const Uuid& id, const auto&, const auto& after) { return IndexDue(id, after, rows); });
  }
  static absl::Status IndexDue(const Uuid& id, const views::v1::InvoiceMoney& money,
                               ViewTransaction& rows);

  // Puts an invoice into the indexes, and takes it out before a change.
  static void List(const Uuid& id, const views::v1::InvoiceCard& card, ViewTransaction& rows);
  static void Unlist(const Uuid& id, const views::v1::InvoiceCard& card, ViewTransaction& rows);

  static void Fold(views::v1::InvoiceCard& card, const events::v1::InvoiceDrafted& event,
                   const domain::EventMetadata& metadata);
  static void Fold(views::v1::InvoiceCard& card, const events::v1::InvoiceContentRevised& event,
                   const domain::EventMetadata& metadata);
  static void Fold(views::v1::InvoiceCard& card, const events::v1::InvoiceMembersCredited& event,
                   const domain::EventMetadata& metadata);
  static void Fold(views::v1::InvoiceCard& card, const events::v1::InvoiceDetailsRevised& event,
                   const domain::EventMetadata& metadata);
  static void Fold(views::v1::InvoiceCard& card, const events::v1::InvoiceReaddressed& event,
                   const domain::EventMetadata& metadata);
  static void Fold(views::v1::InvoiceCard& card, const events::v1::InvoiceIssued& event,
                   const domain::EventMetadata& metadata);
  static void Fold(views::v1::InvoiceCard& card, const events::v1::InvoiceVoided& event,
                   const domain::EventMetadata& metadata);
  static void Fold(views::v1::InvoiceCard& card, const events::v1::InvoiceAssigned& event,
                   const domain::EventMetadata& metadata);
};

}  // namespace crm::projections

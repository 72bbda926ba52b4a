// CreditNoteList: credit notes by day of issue, the newest first. They never change; whose they are
// is as it was when they were issued. Holds ids and days and nothing personal.
#pragma once

#include <tuple>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "crm/v1/credit_note_service.pb.h"
#include "crm/views/v1/credit_note_list.pb.h"
#include "crm/views/v1/figures.pb.h"
#include "domain/event_codec.h"
#include "domain/types/ids.h"
#include "projections/newest_first.h"
#include "projections/query.h"
#include "projections/table.h"

namespace crm::projections {

struct CreditNoteList {
  static constexpr absl::string_view kName = "credit_note_list";
  static constexpr int kVersion = 1;
  using Events = std::variant<events::v1::CreditNoteIssued>;

  static constexpr Table<std::tuple<Uuid>, views::v1::CreditNoteCard> kCards{1};
  static constexpr Table<DayPlace, views::v1::Mark> kByDay{2};
  static constexpr Table<std::tuple<domain::InvoiceId, NewestDay, Uuid>, views::v1::Mark>
      kOfInvoice{3};
  static constexpr Table<std::tuple<domain::CustomerId, NewestDay, Uuid>, views::v1::Mark>
      kOfCustomer{4};
  static constexpr auto kTables = std::tuple(kCards, kByDay, kOfInvoice, kOfCustomer);

  static absl::Status Apply(const events::v1::CreditNoteIssued& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);

  // The newest day first; of one day by id. INVALID_ARGUMENT INVALID_NAME or DATE_INVALID for what
  // the request names, PAGE_TOKEN_INVALID for a place that is none.
  static absl::StatusOr<std::vector<domain::CreditNoteId>> Select(
      const v1::ListCreditNotesRequest& request, const ViewReader& rows, QueryContext& context);
};

}  // namespace crm::projections

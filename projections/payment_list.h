// PaymentList: payments by day, the newest first, and what customers have left over of them.
//
// What is left over of a payment is credit of who paid: what was on no invoice, or beyond what was
// due of one, or was released by a credit note; less what was applied or paid back since. Holds ids
// and figures and nothing personal.
#pragma once

#include <tuple>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "crm/events/v1/payment_events.pb.h"
#include "crm/v1/payment_service.pb.h"
#include "crm/views/v1/figures.pb.h"
#include "crm/views/v1/payment_list.pb.h"
#include "domain/event_codec.h"
#include "domain/types/ids.h"
#include "projections/query.h"
#include "projections/table.h"

namespace crm::projections {

struct PaymentList {
  static constexpr absl::string_view kName = "payment_list";
  static constexpr int kVersion = 1;
  using Events = std::variant<events::v1::PaymentRecorded, events::v1::CreditApplied,
                              events::v1::CreditRefunded, events::v1::PaymentReversed,
                              events::v1::CreditNoteIssued>;

  using Newest = Descending<absl::CivilDay>;
  static constexpr Table<std::tuple<domain::PaymentId>, views::v1::PaymentCard> kPayments{1};
  static constexpr Table<std::tuple<Newest, domain::PaymentId>, views::v1::Mark> kByDay{2};
  static constexpr Table<std::tuple<domain::CustomerId, Newest, domain::PaymentId>, views::v1::Mark>
      kOfCustomer{3};
  // Payments with something left over, of known customers.
  static constexpr Table<std::tuple<domain::CustomerId, domain::PaymentId>, views::v1::Mark>
      kCredits{4};
  static constexpr auto kTables = std::tuple(kPayments, kByDay, kOfCustomer, kCredits);

  static absl::Status Apply(const events::v1::PaymentRecorded& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::CreditApplied& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::CreditRefunded& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::PaymentReversed& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::CreditNoteIssued& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);

  // The newest day first; of one day by id. INVALID_ARGUMENT INVALID_NAME or DATE_INVALID for what
  // the filter names, PAGE_TOKEN_INVALID for a place that is none.
  static absl::StatusOr<std::vector<domain::PaymentId>> Select(
      const v1::ListPaymentsRequest& request, const ViewReader& rows, QueryContext& context);
  // By customer, those of payments the caller sees. OUT_OF_RANGE SUM_OVERFLOW when a sum cannot be
  // shown; INVALID_ARGUMENT as above.
  static absl::StatusOr<v1::ListCustomerCreditsResponse> Answer(
      const v1::ListCustomerCreditsRequest& request, const ViewReader& rows, QueryContext& context);
};

}  // namespace crm::projections

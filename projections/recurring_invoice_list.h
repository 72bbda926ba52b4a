// RecurringInvoiceList: recurring invoices by the day of their next cycle; after them those that
// plan none. Holds ids and days and nothing personal.
#pragma once

#include <tuple>
#include <variant>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "crm/events/v1/recurring_invoice_events.pb.h"
#include "crm/v1/recurring_invoice_service.pb.h"
#include "crm/views/v1/figures.pb.h"
#include "crm/views/v1/recurring_invoice_list.pb.h"
#include "domain/event_codec.h"
#include "domain/types/ids.h"
#include "projections/query.h"
#include "projections/table.h"

namespace crm::projections {

struct RecurringInvoiceList {
  static constexpr absl::string_view kName = "recurring_invoice_list";
  static constexpr int kVersion = 1;
  using Events =
      std::variant<events::v1::RecurringInvoiceCreated, events::v1::RecurringInvoiceRevised,
                   events::v1::RecurringCycleInvoiced, events::v1::RecurringInvoicePaused,
                   events::v1::RecurringInvoiceResumed, events::v1::RecurringInvoiceCancelled,
                   events::v1::RecurringInvoiceCompleted, events::v1::RecurringInvoiceAssigned>;

  // The last of all days: none is planned.
  using Place = std::tuple<absl::CivilDay, domain::RecurringInvoiceId>;
  static constexpr Table<std::tuple<domain::RecurringInvoiceId>, views::v1::RecurringInvoiceCard>
      kCards{1};
  static constexpr Table<Place, views::v1::Mark> kByNext{2};
  static constexpr auto kTables = std::tuple(kCards, kByNext);

  static absl::Status Apply(const events::v1::RecurringInvoiceCreated& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::RecurringInvoiceRevised& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::RecurringCycleInvoiced& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::RecurringInvoicePaused& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::RecurringInvoiceResumed& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::RecurringInvoiceCancelled& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::RecurringInvoiceCompleted& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::RecurringInvoiceAssigned& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);

  // INVALID_ARGUMENT INVALID_NAME for what the filter names, PAGE_TOKEN_INVALID for a place that is
  // none.
  static absl::StatusOr<std::vector<domain::RecurringInvoiceId>> Select(
      const v1::ListRecurringInvoicesRequest& request, const ViewReader& rows,
      QueryContext& context);

 private:
  using Card = views::v1::RecurringInvoiceCard;

  // Changes a card and puts it where it belongs then.
  static absl::Status EditCard(const domain::EventMetadata& metadata, ViewTransaction& rows,
                               absl::FunctionRef<void(Card&)> change);
};

}  // namespace crm::projections

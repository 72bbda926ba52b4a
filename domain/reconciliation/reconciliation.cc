#include "domain/reconciliation/reconciliation.h"

#include <type_traits>
#include <variant>

#include "base/status_macros.h"

namespace crm::domain {
namespace {

using Heard = std::variant<
    events::v1::InvoiceIssued, events::v1::CreditNoteIssued, events::v1::PaymentRecorded,
    events::v1::CreditApplied, events::v1::CreditRefunded, events::v1::PaymentReversed,
    events::v1::SettlementPosted, events::v1::PaymentBalancePosted, events::v1::NumberAllotted,
    events::v1::CommissionPolicyVersionPublished, events::v1::CommissionBookPosted,
    events::v1::CommissionRecognized, events::v1::CommissionAccrued, events::v1::CommissionSettled,
    events::v1::CommissionReceiptIssued, events::v1::InvoiceDrafted,
    events::v1::RecurringCycleInvoiced, events::v1::RecurringInvoiceResumed,
    events::v1::RecurringInvoiceCancelled, events::v1::StockReceived, events::v1::StockOnHandPosted,
    events::v1::StockReservationPosted, events::v1::SalesOrderDrafted,
    events::v1::SalesOrderContentRevised, events::v1::SalesOrderConfirmed,
    events::v1::SalesOrderGoodsReserved, events::v1::SalesOrderDelivered,
    events::v1::SalesOrderDeliveryReturned, events::v1::SalesOrderInvoiced,
    events::v1::SalesOrderInvoicingUndone, events::v1::SalesOrderCancelled>;

template <class Sums, class Event>
void Tell(Sums& sums, const Event& event, const EventMetadata& metadata) {
  if constexpr (requires { sums.On(event, metadata); }) sums.On(event, metadata);
}

}  // namespace

absl::Status Reconciliation::Add(const RecordedEvent& event) {
  return DispatchEvent(std::type_identity<Heard>(), event, keys_,
                       [&](const auto& heard, const EventMetadata& metadata) {
                         Tell(money_, heard, metadata);
                         Tell(commissions_, heard, metadata);
                         Tell(cycles_, heard, metadata);
                         Tell(stock_, heard, metadata);
                         return absl::OkStatus();
                       })
      .status();
}

absl::StatusOr<Comparisons> Reconciliation::Conclude() const {
  Comparisons comparisons;
  money_.Conclude(comparisons);
  RETURN_IF_ERROR(commissions_.Conclude(comparisons));
  cycles_.Conclude(comparisons);
  stock_.Conclude(comparisons);
  return comparisons;
}

}  // namespace crm::domain

#include "domain/invoice/invoice_standing.h"

#include <algorithm>

namespace crm::domain {

InvoiceStanding StandingOf(int64_t total_minor, const SettlementState::Amounts& amounts,
                           absl::CivilDay due, absl::CivilDay today) {
  InvoiceStanding standing;
  const int64_t left_minor = total_minor - amounts.credited_minor - amounts.paid_minor;
  standing.due_minor = std::max<int64_t>(left_minor, 0);
  if (standing.due_minor == 0) {
    const bool over = amounts.overpaid_minor > 0;
    standing.settlement = over ? v1::SETTLEMENT_STATUS_OVER : v1::SETTLEMENT_STATUS_FULL;
  } else if (amounts.paid_minor > 0) {
    standing.settlement = v1::SETTLEMENT_STATUS_PARTIAL;
  }
  if (standing.due_minor > 0) standing.overdue_days = std::max<int64_t>(today - due, 0);
  return standing;
}

int LegacyStatus(const InvoiceStanding& standing) {
  if (standing.due_minor == 0) return 2;
  if (standing.overdue_days > 0) return 4;
  return standing.settlement == v1::SETTLEMENT_STATUS_PARTIAL ? 3 : 1;
}

}  // namespace crm::domain

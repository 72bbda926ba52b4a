// Standing: how an issued invoice stands at an instant - settled or not, overdue or not. Derived
// from what was posted by then and from the day, never stored (T37). Invoices and the list of them
// ask the same functions. Pure and thread-safe.
#pragma once

#include <cstdint>

#include "absl/time/civil_time.h"
#include "crm/v1/invoice.pb.h"
#include "domain/settlement/settlement.h"

namespace crm::domain {

struct InvoiceStanding {
  v1::SettlementStatus settlement = v1::SETTLEMENT_STATUS_NONE;
  int64_t due_minor = 0;     // still asked for; never negative
  int64_t overdue_days = 0;  // days after the due day while something is due; 0: not overdue
};

// Of an invoice of this total. What is asked for is the total less what was credited: an invoice
// that asks for nothing is settled in full. The due day itself is not overdue.
InvoiceStanding StandingOf(int64_t total_minor, const SettlementState::Amounts& amounts,
                           absl::CivilDay due, absl::CivilDay today);

// The code of older programs for an issued invoice: 1 unpaid, 2 paid, 3 partially paid, 4 overdue.
int LegacyStatus(const InvoiceStanding& standing);

}  // namespace crm::domain

// What-if: what invoices would have earned everybody under one set of terms, whatever was frozen
// into them. It enters the same causes into books of the same kind and reckons them by the same
// rule (domain/commission/book.h) as recognition does; only the terms are others. Nothing is read
// and nothing is kept.
//
//   W1  Who is credited with which shares, who leads, how a document is rounded, and on which day
//       it was paid are as frozen. Currency, members, teams and cycles of the terms say which
//       invoices and agents are paid; validity and priority say nothing.
//   W2  A book is that of the invoice or, where the terms accumulate over periods, of agent,
//       currency and period of payment; a leader's is the invoice's (Recognition, R2 and R3).
//   W3  Credit notes are in every book their invoice is in (Recognition, R5).
//
// Pure functions; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "crm/events/v1/commission_events.pb.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "crm/v1/commission_policy.pb.h"
#include "domain/types/calendar.h"
#include "domain/types/ids.h"

namespace crm::domain {

// A payment, its reversal, or a credit note.
struct WhatIfCause {
  absl::Time instant;
  // Log position, and place within the event: causes of one instant are reckoned in this order.
  std::pair<int64_t, int> recorded = {};
  int64_t paid_minor = 0;  // added to what is paid; signed; of a credit note 0
  // Day of the payment, also of one that goes back, and the fiscal year of then.
  absl::CivilDay paid_day = {};
  FiscalYearStart fiscal_year_start = {};
  // The credit note: content, credits and what it released; nullptr: a payment. Must outlive the
  // reckoning.
  const events::v1::CreditNoteIssued* note = nullptr;
};

struct WhatIfInvoice {
  InvoiceId id;
  absl::Time issue_time;
  const events::v1::InvoiceIssued* issued = nullptr;  // must outlive the reckoning
  std::vector<WhatIfCause> causes = {};               // in order of recording
};

// What a cause earns a member in one book.
struct WhatIfEarning {
  MemberId agent;
  v1::CommissionRole role = v1::COMMISSION_ROLE_AGENT;
  size_t invoice = 0;        // place among the invoices
  size_t cause = 0;          // place among its causes
  int64_t amount_minor = 0;  // signed; not 0
};

// Of a book over a period all invoices must be given that were paid in it. INVALID_ARGUMENT
// AMOUNT_OVERFLOW, and what RuleOf refuses of terms that are damaged.
absl::StatusOr<std::vector<WhatIfEarning>> ReckonWhatIf(const events::v1::PolicyTerms& terms,
                                                        const std::vector<WhatIfInvoice>& invoices);

}  // namespace crm::domain

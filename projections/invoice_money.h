// What a view remembers of issued invoices as money: what they ask for, who is credited, and every
// movement of money onto them or off them in the order of its date. Payments, reversals, credit
// that is applied and credit notes all become movements here, so that settlement, what was received
// and whose it is are answered alike by every view.
//
//   template <InvoiceMoneyEvent E>
//   static absl::Status Apply(const E& event, const EventMetadata& metadata, ViewTransaction& rows)
//   {
//     return FoldInvoices(kInvoices, event, metadata, zone, rows,
//                         [&](const Uuid& id, const InvoiceMoney& before,
//                             const InvoiceMoney& after) -> absl::Status {
//                           ... take out what `before` counts for, put in what `after` does
//                         });
//   }
//
// Money counts where and when it is on an invoice: what a customer left over is nobody's yet (ADR
// 0033). Rows depend on the facts and their dates, not on the order in which they became known.
// Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "crm/events/v1/payment_events.pb.h"
#include "crm/views/v1/invoice_money.pb.h"
#include "domain/types/calendar.h"
#include "domain/types/ids.h"
#include "projections/opportunity_card.h"
#include "projections/table.h"

namespace crm::projections {

using InvoiceMoneyEvents =
    std::variant<events::v1::InvoiceIssued, events::v1::InvoiceVoided, events::v1::PaymentRecorded,
                 events::v1::CreditApplied, events::v1::CreditRefunded, events::v1::PaymentReversed,
                 events::v1::CreditNoteIssued>;
template <class E>
concept InvoiceMoneyEvent = IsOneOf<E, InvoiceMoneyEvents>::value;

// The invoices an event bears on, each once.
std::vector<Uuid> InvoicesOf(const events::v1::InvoiceIssued& event,
                             const domain::EventMetadata& metadata);
std::vector<Uuid> InvoicesOf(const events::v1::InvoiceVoided& event,
                             const domain::EventMetadata& metadata);
std::vector<Uuid> InvoicesOf(const events::v1::PaymentRecorded& event,
                             const domain::EventMetadata& metadata);
std::vector<Uuid> InvoicesOf(const events::v1::CreditApplied& event,
                             const domain::EventMetadata& metadata);
std::vector<Uuid> InvoicesOf(const events::v1::CreditRefunded& event,
                             const domain::EventMetadata& metadata);
std::vector<Uuid> InvoicesOf(const events::v1::PaymentReversed& event,
                             const domain::EventMetadata& metadata);
std::vector<Uuid> InvoicesOf(const events::v1::CreditNoteIssued& event,
                             const domain::EventMetadata& metadata);

// How an event changes one of the invoices it bears on. Days are those of `zone`.
struct InvoiceFold {
  const Uuid& invoice;
  const domain::EventMetadata& metadata;
  const domain::Zone& zone;
};
void FoldMoney(views::v1::InvoiceMoney& money, const events::v1::InvoiceIssued& event,
               const InvoiceFold& fold);
void FoldMoney(views::v1::InvoiceMoney& money, const events::v1::InvoiceVoided& event,
               const InvoiceFold& fold);
void FoldMoney(views::v1::InvoiceMoney& money, const events::v1::PaymentRecorded& event,
               const InvoiceFold& fold);
void FoldMoney(views::v1::InvoiceMoney& money, const events::v1::CreditApplied& event,
               const InvoiceFold& fold);
void FoldMoney(views::v1::InvoiceMoney& money, const events::v1::CreditRefunded& event,
               const InvoiceFold& fold);
void FoldMoney(views::v1::InvoiceMoney& money, const events::v1::PaymentReversed& event,
               const InvoiceFold& fold);
void FoldMoney(views::v1::InvoiceMoney& money, const events::v1::CreditNoteIssued& event,
               const InvoiceFold& fold);

// Folds every invoice the event bears on, kept in `table` by id, and calls
// `change(id, before, after)`, which returns a status and does not touch the table.
template <class T, class E, class Change>
absl::Status FoldInvoices(const T& table, const E& event, const domain::EventMetadata& metadata,
                          const domain::Zone& zone, ViewTransaction& rows, Change change) {
  for (const Uuid& id : InvoicesOf(event, metadata)) {
    ASSIGN_OR_RETURN(views::v1::InvoiceMoney * money, table.Edit(rows, {id}));
    const views::v1::InvoiceMoney before = *money;
    FoldMoney(*money, event, InvoiceFold{id, metadata, zone});
    const views::v1::InvoiceMoney after = *money;
    RETURN_IF_ERROR(change(id, before, after));
  }
  return absl::OkStatus();
}

// It was issued and counts.
bool IsAsked(const views::v1::InvoiceMoney& money);

// Over all movements, in minor units.
struct InvoiceStanding {
  int64_t paid_minor = 0;
  int64_t credited_minor = 0;  // tax included
  int64_t overpaid_minor = 0;  // came by it beyond, and is the customer's credit
  int64_t due_minor = 0;       // never negative

  bool settled() const { return due_minor == 0; }
};
InvoiceStanding StandingOf(const views::v1::InvoiceMoney& money);

// An amount as a view stores it.
events::v1::Amount AmountOf(const views::v1::InvoiceMoney& money, int64_t minor);

// A part of an amount that is a credited member's.
struct MemberPart {
  std::string member_id;  // 16 bytes
  int64_t minor = 0;      // signed
};

// Splits a sum that grows step by step over whoever is credited: by weight, largest remainder, over
// the whole sum, so that the parts of all steps sum to the split of their sum (T60).
class CreditSplit {
 public:
  // `money` must outlive it.
  explicit CreditSplit(const views::v1::InvoiceMoney& money);

  // The parts of one more step, without those of nothing. The error is that of weights which are
  // none; without credited members there are no parts.
  absl::StatusOr<std::vector<MemberPart>> Add(int64_t minor);

 private:
  const views::v1::InvoiceMoney& money_;
  std::vector<int64_t> weights_;
  std::vector<int64_t> given_;  // so far
  int64_t sum_ = 0;
};

}  // namespace crm::projections

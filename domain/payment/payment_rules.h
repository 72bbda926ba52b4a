// The guards that decisions of Payment share, and what an allocation says. Used by Payment only.
// Pure functions; thread-safe.
#pragma once

#include "domain/invoice/invoice.h"
#include "domain/organization/organization.h"
#include "domain/payment/payment.h"
#include "domain/payment/receivable.h"

namespace crm::domain {

// INVALID_ARGUMENT AMOUNT_NOT_POSITIVE unless it is more than nothing.
absl::StatusOr<Money> PositiveAmount(const google::type::Money& amount);
absl::Status AmountsMismatch(const Money& amount, absl::string_view other_currency_code);
absl::Status RefuseInvoice(absl::string_view reason, absl::string_view message,
                           const InvoiceId& invoice);

// I3: PAYMENT_REVERSED.
absl::Status RequireNotReversed(const PaymentState& state, const PaymentId& payment);

// I2: the invoice, which may be paid with this money now. Refuses INVOICE_VOID, INVOICE_NOT_ISSUED,
// CURRENCY_MISMATCH, PAYMENT_BEFORE_ISSUE.
absl::StatusOr<Ref<Invoice>> RequirePayable(const InvoiceId& id, const Money& amount,
                                            const DecideContext& context);

// The decision to record this money as that payment, provider and external id included.
Payment::Result RecordAs(const PaymentId& id, const v1::Payment& payment, bool keep_excess,
                         const DecideContext& context);

// What came by an invoice beyond what was due of it.
events::v1::PaymentExcess ExcessOf(const InvoiceId& invoice, int64_t amount_minor);

// What a payment says of the part of an invoice that it pays now: I4.
events::v1::PaymentAllocation AllocationOf(const Receivable& receivable, int64_t paid_minor,
                                           const OrganizationState& settings,
                                           const DecideContext& context);

}  // namespace crm::domain

// An allocation of a payment as commission books see it. Used by Payment only. Pure and
// thread-safe.
#pragma once

#include "domain/commission_book/recognition.h"
#include "domain/payment/payment.h"

namespace crm::domain {

// What the allocation paid, when it did.
PaidCause PaidCauseOf(const PaymentId& payment, const PaymentState::Allocation& allocation);

}  // namespace crm::domain

// Credit: which part of an invoice's lines each credited member gets, frozen when it is issued.
//   C1  Each line's base and cost are split by the weights of who is credited with the line, or
//       else with the document: largest remainder, ties in the order credited (T24). So the parts
//       of a line sum to the line, and a member is credited with a part, never with the whole of
//       what several sold (T60).
//   C2  Lines that are not commissionable are nobody's (T16).
// Pure and thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crm/events/v1/document_types.pb.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "domain/types/money.h"
#include "google/protobuf/repeated_field.h"

namespace crm::domain {

// One credit a member, without policies; who is credited with the document first, in that order.
// INVALID_ARGUMENT WEIGHTS_INVALID when weights are negative or sum to zero, AMOUNT_OVERFLOW when a
// cost does not fit in 64 bits.
absl::StatusOr<std::vector<events::v1::FrozenCredit>> SplitCredits(
    const events::v1::DocumentContent& content,
    const google::protobuf::RepeatedPtrField<events::v1::CreditedMember>& credited);

// Of the whole line in minor units; 0 when its cost is not known or in another currency.
// AMOUNT_OVERFLOW as above.
absl::StatusOr<int64_t> LineCost(const events::v1::DocumentLine& line,
                                 const std::string& currency_code, Rounding rounding);

}  // namespace crm::domain

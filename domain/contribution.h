// Contributions: which members are credited with a record, by integer weights (T24, T60).
// Opportunities and documents take them the same way. Pure over what the lookup reads; thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "crm/v1/types.pb.h"
#include "domain/decide_context.h"
#include "domain/types/ids.h"
#include "google/protobuf/repeated_field.h"

namespace crm::domain {

// A member's part in the credit.
struct Contribution {
  MemberId member;
  int64_t weight = 1;  // relative to the other weights
  friend bool operator==(const Contribution&, const Contribution&) = default;
};

// The contributors of a command, in the order given: different active members with positive
// weights. Refuses CONTRIBUTOR_WEIGHT_INVALID, CONTRIBUTOR_REPEATED, and members who are not
// active.
absl::StatusOr<std::vector<Contribution>> ContributorsFrom(
    const google::protobuf::RepeatedPtrField<v1::Contributor>& contributors,
    const DecideContext& context);

}  // namespace crm::domain

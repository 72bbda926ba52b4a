// Checks what a server proved about its log against an anchor, without the server: events of a
// range (crm.v1.RangeProof) and that one log continues another (crm.v1.ConsistencyProof).
//
// The anchor must have been checked before (signed_anchor.h); everything here follows from it
// alone. Pure functions, thread-safe. Errors are DATA_LOSS with the first thing that is wrong:
//   PROOF_MALFORMED   a field cannot be what a server wrote
//   PROOF_FOREIGN     it is about another organization or another anchor
//   EVENT_MISPLACED   an event says that it belongs elsewhere (metadata position)
//   PROOF_WRONG       the hashes do not lead to the anchor: something was changed
#pragma once

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "crm/log/v1/log.pb.h"
#include "crm/v1/event_service.pb.h"

namespace crm::evidence {

// Called with each event of a range in order, its chain hash filled; must not be believed before
// the check has returned OK.
using EventVisitor = absl::FunctionRef<void(const log::v1::RecordedEvent&)>;

absl::Status CheckRangeProof(const v1::RangeProof& proof, const v1::SignedAnchor& anchor,
                             EventVisitor visit);

// That the log of `second` begins with the log of `first`.
absl::Status CheckConsistency(const v1::ConsistencyProof& proof, const v1::SignedAnchor& first,
                              const v1::SignedAnchor& second);

}  // namespace crm::evidence

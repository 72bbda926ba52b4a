// What the server tells auditors of a log: signed anchors, proofs of ranges, and records as they
// are stored. How they are checked is in evidence/; everything here may read a whole log and runs
// on the worker pool. Thread-safe.
#pragma once

#include "absl/status/status.h"
#include "base/signing.h"
#include "crm/v1/event_service.pb.h"
#include "eventstore/event_log.h"
#include "eventstore/log_storage.h"
#include "eventstore/log_tree.h"
#include "services/call.h"

namespace crm::services {

struct EvidenceParts {
  eventstore::EventLog& log;
  const eventstore::LogStorage& storage;
  eventstore::LogTree& tree;
  const SigningPair& signing_pair;
};

// INVALID_ARGUMENT RANGE_INVALID when a position lies outside the log.
absl::Status GetAnchor(const EvidenceParts& parts, const Call& call,
                       const v1::GetAnchorRequest& request, v1::GetAnchorResponse* response);

// Also INVALID_ARGUMENT RANGE_TOO_LARGE.
absl::Status GetRangeProof(const EvidenceParts& parts, const Call& call,
                           const v1::GetRangeProofRequest& request,
                           v1::GetRangeProofResponse* response);

// A page of records, at least one unless the range is empty.
absl::Status ReadRecords(const EvidenceParts& parts, const Call& call,
                         const v1::ReadRecordsRequest& request, v1::ReadRecordsResponse* response);

}  // namespace crm::services

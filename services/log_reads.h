// Reading the log for callers: pages of events, counts, and the proof of the hash chain. Everything
// here may take long and runs on the worker pool; what follows the log live is event_stream.h.
// Thread-safe.
#pragma once

#include "absl/status/status.h"
#include "base/key_ring.h"
#include "crm/v1/event_service.pb.h"
#include "eventstore/event_log.h"
#include "eventstore/log_storage.h"
#include "services/call.h"

namespace crm::services {

struct LogParts {
  eventstore::EventLog& log;
  const eventstore::LogStorage& storage;
  KeyRing& keys;
};

// A page of events that match; scans a bounded part of the log, so it may be empty although more
// follow.
absl::Status ReadEvents(const LogParts& parts, const Call& call,
                        const v1::ReadEventsRequest& request, v1::ReadEventsResponse* response);

// Counts events that match, per type.
absl::Status CountEvents(const LogParts& parts, const Call& call,
                         const v1::CountEventsRequest& request, v1::CountEventsResponse* response);

// Recomputes the hash chain; of a whole log also that indexes agree and that every event is known.
// A broken log is an answer (valid = false), not an error.
absl::Status VerifyLog(const LogParts& parts, const Call& call, const v1::VerifyLogRequest& request,
                       v1::VerifyLogResponse* response);

}  // namespace crm::services

// Verifies everything the log keeps of one organization, and that its parts agree:
//
//   records   hash chain, gapless positions, dense versions, whole commits, increasing record times
//             (hash_chain.h), every record decodable;
//   indexes   the stream index names every record once and nothing else; request rows parse and
//             name nothing beyond the log.
//
// Needs no keys and works beside a writer: it verifies what was durable when it began. Memory is
// bounded save for one head per stream. Pure functions, thread-safe.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "eventstore/event_log.h"
#include "eventstore/hash_chain.h"
#include "eventstore/log_storage.h"

namespace crm::eventstore {

struct LogReport {
  ChainReport chain;
  int64_t requests = 0;
};

// Verifies the whole log of `organization`. `visit` is called with every event in order, once its
// place in the chain is proven; an error of its own ends the verification. Every finding is
// DATA_LOSS and names the first bad position in its metadata where there is one:
//   CHAIN_BROKEN, RECORD_UNREADABLE   hash_chain.h;
//   INDEX_BROKEN                      an index row is missing, wrong, or too many;
//   STORAGE_CORRUPT and the ..._UNREADABLE of log_storage.h.
// NOT_FOUND for an unknown organization.
absl::StatusOr<LogReport> VerifyWholeLog(const LogStorage& storage, const Uuid& organization,
                                         EventLog::Visitor visit);
absl::StatusOr<LogReport> VerifyWholeLog(const LogStorage& storage, const Uuid& organization);

// Verifies that organizations are numbered without a gap and that no row belongs to the number
// after the last, as one whose own row was lost would. DATA_LOSS ORGANIZATION_ROW_MISSING.
absl::Status VerifyOrganizations(const LogStorage& storage);

}  // namespace crm::eventstore

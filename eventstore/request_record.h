// What the request index answers: parsing its rows, comparing digests, and for how long.
//
// Pure functions, thread-safe.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "eventstore/event_log.h"

namespace crm::eventstore {

// How long a request is remembered, by the record time of its commit. From then on its id is as
// good as new, whether or not the engine still has the row.
struct RequestRetention {
  absl::Duration keep = absl::InfiniteDuration();
  const Clock* clock = nullptr;  // needed when `keep` is finite

  bool IsFinite() const { return keep != absl::InfiniteDuration(); }
  // What was recorded before this is forgotten.
  absl::Time Horizon() const { return IsFinite() ? clock->Now() - keep : absl::InfinitePast(); }
  bool IsExpired(const RequestRecord& record) const {
    return IsFinite() && absl::FromUnixMicros(record.record_time_us()) < Horizon();
  }
};

// INVALID_ARGUMENT REQUEST_ID_REUSED when the record belongs to another input.
absl::Status CheckDigest(const RequestRecord& record, const RequestKey& key);

// DATA_LOSS REQUEST_ROW_UNREADABLE when the row does not parse.
absl::StatusOr<RequestRecord> ParseRequestRecord(absl::string_view row, const RequestKey& key);

// The outcome of a repeated request: the first one's, marked as replayed; or CheckDigest's error.
absl::StatusOr<Committed> ReplayOf(const RequestRecord& record, const RequestKey& key);

}  // namespace crm::eventstore

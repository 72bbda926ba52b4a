// Histories of concurrent operations on an event log, and whether the log that is left can explain
// them: Jepsen's way, made simple by positions. What was acknowledged is there, once, where it was
// said to be and on top of what it expected; what was refused is not; a conflict names a version
// the stream then had; reads are pieces of the final log that miss nothing acknowledged before
// them; and whatever was done before another began lies before it.
//
// Time is a counter of beginnings and ends. Include from tests only; History is thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "eventstore/event_log.h"
#include "tests/eventstore/test_log.h"

namespace crm::eventstore {

struct DoneAppend {
  int64_t start = 0, end = 0;
  // Each event's data is unique to the attempt.
  Commit commit;
  Outcome outcome = absl::UnknownError("");

  bool wrote() const { return outcome.ok() && !outcome->replayed && events() > 0; }
  size_t events() const;
};

struct DoneRead {
  int64_t start = 0, end = 0;
  std::optional<StreamId> stream;  // absent: of the log
  int64_t from = 1;                // version or position
  bool to_the_end = true;          // not a page
  std::vector<RecordedEvent> events;
};

class History {
 public:
  explicit History(EventLog& log) : log_(log) {}

  void Append(Commit commit, bool exclusively);
  std::vector<RecordedEvent> ReadStream(const StreamId& stream, Version from);
  void ReadLog(Position from, const ReadLimits& limits);

  // Once nobody works any more.
  std::vector<DoneAppend>& appends() ABSL_NO_THREAD_SAFETY_ANALYSIS { return appends_; }
  std::vector<DoneRead>& reads() ABSL_NO_THREAD_SAFETY_ANALYSIS { return reads_; }

 private:
  EventLog& log_;
  std::atomic<int64_t> now_{0};
  Mutex mutex_;
  std::vector<DoneAppend> appends_ ABSL_GUARDED_BY(mutex_);
  std::vector<DoneRead> reads_ ABSL_GUARDED_BY(mutex_);
};

// What the final log cannot explain; empty when it explains everything.
std::string FindContradiction(const std::vector<DoneAppend>& appends,
                              const std::vector<DoneRead>& reads,
                              const std::vector<RecordedEvent>& log);

}  // namespace crm::eventstore

// Every limit of the server, in one place, with its default. All can be set (services/config.h:
// flag, environment, file) and are fixed while the server runs.
#pragma once

#include <cstdint>

#include "absl/time/time.h"

namespace crm::services {

// Records one bulk command may change.
inline constexpr int kMaxBulkItems = 1000;
// Streams whose folded states are kept in memory, of some 1.5 kB each.
inline constexpr size_t kCachedStreams = 40000;
// Members whose rights are kept in memory.
inline constexpr size_t kCachedActors = 10000;
// Reports kept for whoever asks the same in the same second, and the largest that is kept.
inline constexpr size_t kCachedAnswers = 256;
inline constexpr size_t kCachedAnswerBytes = 128 << 10;
// How long a report may be told after its rows have changed: as long as a view may lag anyway.
inline constexpr absl::Duration kReportAge = absl::Milliseconds(50);
// Consumer groups at work, over all organizations.
inline constexpr size_t kMaxConsumerGroups = 1000;

struct Limits {
  // Largest request, in bytes; larger ones are refused by gRPC. Imports and exports are streams of
  // small messages, so nothing needs more.
  int32_t max_message_bytes = 4 * 1024 * 1024;
  // Calls one connection may have open at a time; further ones wait in the client.
  int32_t max_concurrent_streams = 1024;
  // Deadline, in seconds, of a unary call whose client set none.
  int32_t default_deadline_s = 30;
  // How long a query waits for its view to reach the position the client has seen, in milliseconds,
  // when the deadline would allow longer.
  int32_t query_wait_ms = 2000;
  // Threads for long reads: replays, as-of folds, exports.
  int32_t worker_threads = 2;
  // Long reads that may wait for a thread; further ones are refused with RESOURCE_EXHAUSTED.
  int32_t worker_queue = 64;
  // Watch, event and consumer streams open at a time, over all organizations.
  int32_t max_subscriptions = 1000;
  // Memory for past states of views that as-of queries keep for the next one, in bytes.
  int64_t scratch_bytes = int64_t{256} * 1024 * 1024;
};

}  // namespace crm::services

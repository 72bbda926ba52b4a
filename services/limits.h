// Every limit of the server, in one place, with its default. All can be set (services/config.h:
// flag, environment, file) and are fixed while the server runs.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace crm::services {

// Records one bulk command may change.
inline constexpr int kMaxBulkItems = 1000;
// Streams whose folded states are kept in memory, of some 1.5 kB each.
inline constexpr size_t kCachedStreams = 40000;
// Members whose rights are kept in memory.
inline constexpr size_t kCachedActors = 10000;
// The sizes, in bytes, of the events that they were folded from; what is kept is about as large.
inline constexpr int64_t kCachedStreamBytes = int64_t{64} << 20;
// Reports kept for whoever asks the same in the same second, and the largest that is kept.
inline constexpr size_t kCachedAnswers = 256;
inline constexpr size_t kCachedAnswerBytes = 128 << 10;
// How long a report may be told after its rows have changed: as long as a view may lag anyway.
inline constexpr absl::Duration kReportAge = absl::Milliseconds(50);
// Consumer groups at work, over all organizations.
inline constexpr size_t kMaxConsumerGroups = 1000;
// Connections of the operator's listener: probes and people, never a crowd.
inline constexpr int kMaxAdminConnections = 256;
// What a client has to answer when it is asked whether it is there.
inline constexpr int kKeepaliveTimeoutMs = 20'000;
// Open files that are left to the stores and the operator when connections are many.
inline constexpr int64_t kReservedFiles = 1024;

// Whoever is refused for want of room is told to come again after so long: metadata retry_delay_ms.
inline constexpr char kRetryDelayMs[] = "1000";

struct Limits {
  // Connections to the API open at a time; further ones are closed at once. The start lowers it to
  // what the process's limit on open files leaves (process_limits.h).
  int32_t max_connections = 10000;
  // A connection without calls ends after this long, in seconds.
  int32_t max_connection_idle_s = 900;
  // Any connection ends after this long, in seconds, so that clients spread anew over servers that
  // joined; its calls then have the grace. What never ends by itself - a request of which the rest
  // never comes - ends then.
  int32_t max_connection_age_s = 1800;
  int32_t max_connection_age_grace_s = 30;
  // A connection that has not begun to speak HTTP/2 by then ends, in seconds.
  int32_t handshake_timeout_s = 10;
  // A silent connection is asked so often, in seconds, whether its client still reads; one that
  // does not answer within kKeepaliveTimeoutMs ends, with whatever waits to be taken there.
  int32_t keepalive_interval_s = 60;
  // Memory, in bytes, for what arrives: requests that are not complete, and those that wait their
  // turn. When it is used up, gRPC ends calls and idle connections, arbitrary ones, with
  // RESOURCE_EXHAUSTED.
  int64_t transport_bytes = int64_t{512} * 1024 * 1024;
  // Largest request, in bytes; larger ones are refused by gRPC. Imports and exports are streams of
  // small messages, so nothing needs more.
  int32_t max_message_bytes = 4 * 1024 * 1024;
  // Calls one connection may have open at a time; further ones wait in the client.
  int32_t max_concurrent_streams = 1024;
  // Unary calls begun and not yet over, answers that are not taken included, over all connections;
  // further ones are refused with RESOURCE_EXHAUSTED.
  int32_t max_calls = 4096;
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
  // The same of one member.
  int32_t max_subscriptions_per_member = 100;
  // A subscriber that takes nothing for so long, in seconds, or never says what it wants, is cut
  // off.
  int32_t subscriber_timeout_s = 60;
  // Memory for past states of views that as-of queries keep for the next one, in bytes; larger ones
  // lie in the view store (ADR 0028).
  int64_t scratch_bytes = int64_t{64} * 1024 * 1024;
};

}  // namespace crm::services

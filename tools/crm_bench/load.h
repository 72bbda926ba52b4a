// Load: calls kept under way for a while, and how long each took.
//
// A closed loop keeps `in_flight` calls open and starts the next as one ends: its rate is what the
// server can do. An open loop starts calls at a given rate whatever the server does, and measures
// each from the moment it was due, so that a stall counts for every call it delayed (no coordinated
// omission).
//
// One run, one thread that waits or starts; calls end on the client library's threads.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/time/time.h"

namespace crm::bench {

// Starts a call: in a closed loop `slot` is its place among those in flight, in an open loop its
// number. `done(ok)` runs once, on any thread.
using StartCall = std::function<void(int slot, std::function<void(bool ok)> done)>;

struct LoadOptions {
  int in_flight = 64;
  absl::Duration warm_up = absl::Milliseconds(200);  // not counted
  absl::Duration duration = absl::Milliseconds(800);
};

struct LoadResult {
  int64_t calls = 0;  // that went well
  int64_t failures = 0;
  int64_t answered = 0;  // that went well, those before and after the time that counts included
  double seconds = 0;
  std::vector<int64_t> latencies_us;  // sorted, of the calls that went well

  double PerSecond() const { return seconds > 0 ? static_cast<double>(calls) / seconds : 0; }
};

// Nearest rank of sorted values; 0 without any.
int64_t Percentile(const std::vector<int64_t>& sorted, double percent);

LoadResult RunClosedLoop(const LoadOptions& options, const StartCall& start);

// `per_second` calls for `duration`; returns when all have ended.
LoadResult RunOpenLoop(double per_second, absl::Duration duration, const StartCall& start);

}  // namespace crm::bench

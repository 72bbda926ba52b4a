// Every bound of the event log in one place. None of them is stored: they may be changed freely.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace crm::eventstore {

// One commit: what one command may decide. Larger ones are refused with COMMIT_TOO_LARGE.
inline constexpr size_t kMaxCommitEvents = 10'000;
inline constexpr int64_t kMaxCommitBytes = int64_t{16} << 20;

// Sequenced commits that wait for the disk. Beyond it new commits get RESOURCE_EXHAUSTED; an empty
// queue always takes a commit.
inline constexpr int64_t kMaxQueuedBytes = int64_t{64} << 20;

// A caller who finds the log idle writes, unless the batch before took longer: its thread, which
// has other calls to serve, waits for the disk meanwhile.
inline constexpr absl::Duration kQuickWrite = absl::Microseconds(500);

// What an event, a stream or a commit costs in memory beyond its own bytes, for both sums above.
inline constexpr int64_t kRecordOverheadBytes = 256;

// Events that stay in memory after they became durable, for those who read what they just wrote:
// some thousand commits.
inline constexpr int64_t kRecentBytes = int64_t{4} << 20;

// Stream heads kept in memory.
inline constexpr size_t kMaxCachedHeads = 200'000;

// Blocks of 256 decoded records kept for readers that go through a log side by side; some 250 KB
// each.
inline constexpr size_t kMaxCachedBlocks = 128;

// Sealing keys kept in memory by a key ring.
inline constexpr size_t kMaxCachedKeys = 100'000;

// Longest category of a stream.
inline constexpr size_t kMaxCategoryBytes = 32;

}  // namespace crm::eventstore

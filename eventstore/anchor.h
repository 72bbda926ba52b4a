// The anchor: a statement, kept apart from the log, of what was durable at one moment: where every
// organization's log ended, with its hash, and what the engines said of their files. Compared when
// a log is opened, it shows that acknowledged events are gone, which a log that lost its end cannot
// say by itself.
//
//   "crmdanc1", generation u64, incarnation 16,
//   count u32, then per organization: id 16, position u64, hash 32,
//   mark of the log's engine: length u32, bytes, mark of the key ring's: length u32, bytes,
//   SHA-256 of everything before, 32
// Integers are big-endian. ON DISK: NEVER CHANGE.
//
// Pure functions, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/hash.h"
#include "base/stream.h"
#include "base/uuid.h"
#include "eventstore/log_storage.h"

namespace crm::eventstore {

struct AnchoredEnd {
  Uuid organization;
  Position position = 0;
  Digest hash{};  // of the event at `position`; zero for an empty log
};

struct Anchor {
  uint64_t generation = 0;        // grows with every writing; the later of two anchors has more
  Uuid incarnation;               // of the log it belongs to
  std::vector<AnchoredEnd> ends;  // by the organizations' ordinals
  // LogStorage::DurableMark and the key ring's; opaque here, may be empty.
  std::string log_mark;
  std::string keys_mark;
};

std::string EncodeAnchor(const Anchor& anchor);
// nullopt for anything the encoder cannot have made, one flipped bit included. Bytes that follow
// are ignored.
std::optional<Anchor> ParseAnchor(absl::string_view bytes);

// Compares with a log that is about to be opened. Errors:
//   FAILED_PRECONDITION  ANCHOR_OF_ANOTHER_LOG;
//   DATA_LOSS            LOG_BEHIND_ANCHOR: metadata organization, from_position and to_position
//                        name what is gone;
//                        LOG_CHANGED_BELOW_ANCHOR: another hash at the anchored position.
absl::Status CheckLogReaches(const Anchor& anchor, const LogStorage& storage,
                             const Uuid& incarnation);

}  // namespace crm::eventstore

// The words that domain and event log share about streams; neither sees the other.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <utility>

#include "base/uuid.h"

namespace crm {

using Position = int64_t;  // in an organization's log, gapless from 1
using Version = int64_t;   // in a stream, dense from 1; 0 means "does not exist"

// Names the history of one aggregate.
struct StreamId {
  std::string category;  // [a-z_]{1,32}
  Uuid id;

  friend auto operator<=>(const StreamId&, const StreamId&) = default;
  template <class H>
  friend H AbslHashValue(H h, const StreamId& stream) {
    return H::combine(std::move(h), stream.category, stream.id);
  }
};

// An event on its way into the log: bytes with a type name, personal fields already sealed.
struct NewEvent {
  std::string type;    // full message name
  std::string data;    // the message without its personal fields
  Uuid subject;        // person whose key seals `sealed`; nil when nothing is sealed
  std::string sealed;  // AES-256-GCM of the personal fields; empty when nothing is sealed
};

}  // namespace crm

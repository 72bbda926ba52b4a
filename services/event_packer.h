// Packs the events of a subscription into messages that every client can take.
//
// Pure and thread-safe.
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "base/stream.h"
#include "crm/v1/event_service.pb.h"

namespace crm::services {

// What a message holds at most. Clients accept 4 MiB unless told otherwise.
inline constexpr int kMaxPackedEvents = 512;
inline constexpr size_t kMaxPackedBytes = size_t{2} << 20;

// `events` in log order as batches, none when there are none. The last checkpoint is `scanned_to`,
// which ends a commit. Others end one too, though their batch may end inside the next: whoever goes
// on after a checkpoint gets every commit whole.
std::deque<v1::SubscribeEventsResponse> PackEvents(std::vector<v1::Event> events,
                                                   Position scanned_to);

}  // namespace crm::services

#include "services/event_packer.h"

#include <utility>

namespace crm::services {

std::deque<v1::SubscribeEventsResponse> PackEvents(std::vector<v1::Event> events,
                                                   Position scanned_to) {
  std::deque<v1::SubscribeEventsResponse> messages;
  size_t bytes = 0;
  for (v1::Event& event : events) {
    const size_t size = event.ByteSizeLong();
    const bool full =
        !messages.empty() && (messages.back().batch().events_size() == kMaxPackedEvents ||
                              bytes + size > kMaxPackedBytes);
    if (full) {
      const Position commit_start = event.position() - event.index_in_commit();
      messages.back().mutable_batch()->set_checkpoint_position(commit_start - 1);
    }
    if (full || messages.empty()) {
      messages.emplace_back();
      bytes = 0;
    }
    bytes += size;
    *messages.back().mutable_batch()->add_events() = std::move(event);
  }
  if (!messages.empty()) messages.back().mutable_batch()->set_checkpoint_position(scanned_to);
  return messages;
}

}  // namespace crm::services

// EventPacker: packs the events of a subscription, page by page, into messages that every client
// can take. Messages are filled again and again: what they hold is allocated once.
//
//   while (more) packer.Add(recorded, renderer);      // in log order
//   packer.ClosePage(scanned_to);
//   while (!packer.empty()) send packer.Pop();
//
// One thread at a time.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "base/stream.h"
#include "crm/log/v1/log.pb.h"
#include "crm/v1/event_service.pb.h"
#include "services/event_renderer.h"

namespace crm::services {

// What a message holds at most. Clients accept 4 MiB unless told otherwise.
inline constexpr int kMaxPackedEvents = 512;
inline constexpr size_t kMaxPackedBytes = size_t{2} << 20;

class EventPacker {
 public:
  // Everything that was popped must have been sent. With an error (EventRenderer's) nothing is
  // added.
  absl::Status Add(const log::v1::RecordedEvent& recorded, EventRenderer& renderer);
  // The last message's checkpoint is `scanned_to`, which ends a commit. Others end one too, though
  // their batch may end inside the next: whoever goes on after a checkpoint gets every commit
  // whole.
  void ClosePage(Position scanned_to);

  // Nothing to send.
  bool empty() const { return sent_ == used_; }
  // The next message; good until the next Add.
  const v1::SubscribeEventsResponse& Pop() { return messages_[sent_++]; }
  // Gives back the memory that waits to be filled again. Nothing may wait to be sent.
  void Release();

 private:
  v1::SubscribeEventsResponse::Batch& Open();

  std::vector<v1::SubscribeEventsResponse> messages_;
  size_t used_ = 0;   // that many hold events
  size_t sent_ = 0;   // that many of them were popped
  size_t bytes_ = 0;  // in the last of them, about
};

}  // namespace crm::services

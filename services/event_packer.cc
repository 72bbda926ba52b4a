#include "services/event_packer.h"

#include "base/status_macros.h"

namespace crm::services {
namespace {

// An event without its content is smaller.
constexpr size_t kEnvelopeBytes = 512;

}  // namespace

absl::Status EventPacker::Add(const log::v1::RecordedEvent& recorded, EventRenderer& renderer) {
  if (empty()) used_ = sent_ = 0;
  if (used_ == 0) Open();
  auto* events = messages_[used_ - 1].mutable_batch()->mutable_events();
  v1::Event* event = events->Add();
  if (absl::Status status = renderer.Render(recorded, *event); !status.ok()) {
    events->RemoveLast();
    return status;
  }
  const size_t size = kEnvelopeBytes + event->data_json().size() + event->data().size();
  if (events->size() > 1 &&
      (events->size() > kMaxPackedEvents || bytes_ + size > kMaxPackedBytes)) {
    const Position commit_start = event->position() - event->index_in_commit();
    messages_[used_ - 1].mutable_batch()->set_checkpoint_position(commit_start - 1);
    v1::SubscribeEventsResponse::Batch& next = Open();
    // Opening may have moved the messages.
    events = messages_[used_ - 2].mutable_batch()->mutable_events();
    next.add_events()->Swap(events->Mutable(events->size() - 1));
    events->RemoveLast();
  }
  bytes_ += size;
  return absl::OkStatus();
}

void EventPacker::ClosePage(Position scanned_to) {
  if (empty()) return;
  // A first event that could not be rendered leaves its message without any.
  if (messages_[used_ - 1].batch().events().empty()) --used_;
  if (!empty()) messages_[used_ - 1].mutable_batch()->set_checkpoint_position(scanned_to);
}

void EventPacker::Release() { *this = EventPacker(); }

v1::SubscribeEventsResponse::Batch& EventPacker::Open() {
  if (used_ == messages_.size()) messages_.emplace_back();
  bytes_ = 0;
  v1::SubscribeEventsResponse::Batch& batch = *messages_[used_++].mutable_batch();
  batch.Clear();
  return batch;
}

}  // namespace crm::services

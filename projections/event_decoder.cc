#include "projections/event_decoder.h"

#include <algorithm>
#include <utility>

#include "base/status_macros.h"

namespace crm::projections {

using google::protobuf::Descriptor;
using log::v1::RecordedEvent;

EventDecoder::EventDecoder(KeyRing& keys, size_t remembered)
    : keys_(keys), events_(std::max<size_t>(1, remembered)) {}

const Descriptor* EventDecoder::TypeOf(const RecordedEvent& recorded) {
  const auto found = types_.find(recorded.type());
  if (found != types_.end()) return found->second;
  const Descriptor* type = domain::FindEventType(recorded.type());
  // What is not known is not remembered either: anybody could fill the memory with names.
  if (type != nullptr) types_.emplace(recorded.type(), type);
  return type;
}

absl::StatusOr<const DecodedEvent*> EventDecoder::Decode(const RecordedEvent& recorded,
                                                         const Descriptor& type) {
  const size_t place = static_cast<size_t>(recorded.position()) % events_.size();
  DecodedEvent& event = events_[place];
  // Without a hash there is nothing to know it by.
  if (event.hash == recorded.hash() && !recorded.hash().empty()) return &event;
  std::unique_ptr<Message> message = NewMessage(type);
  ASSIGN_OR_RETURN(const bool erased, domain::DecodeEvent(recorded, keys_, *message));
  if (event.message != nullptr) {
    spare_[event.message->GetDescriptor()].push_back(std::move(event.message));
  } else {
    filled_.push_back(place);
  }
  event.message = std::move(message);
  event.hash = recorded.hash();
  event.metadata = domain::MetadataOf(recorded);
  event.metadata.erased = erased;
  return &event;
}

void EventDecoder::Forget() {
  for (const size_t place : filled_) events_[place] = DecodedEvent();
  filled_.clear();
  spare_.clear();
}

std::unique_ptr<google::protobuf::Message> EventDecoder::NewMessage(const Descriptor& type) {
  std::vector<std::unique_ptr<Message>>& spare = spare_[&type];
  if (spare.empty()) return domain::NewEventOf(type);
  std::unique_ptr<Message> message = std::move(spare.back());
  spare.pop_back();
  return message;
}

}  // namespace crm::projections

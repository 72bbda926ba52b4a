#include "services/event_renderer.h"

#include <optional>

#include "absl/strings/escaping.h"
#include "base/status_macros.h"
#include "base/uuid.h"
#include "domain/event_codec.h"
#include "domain/render.h"
#include "domain/types/ids.h"
#include "services/event_json.h"

namespace crm::services {
namespace {

std::string UuidText(const std::string& bytes) {
  const std::optional<Uuid> id = Uuid::FromBytes(bytes);
  return id.has_value() && !id->IsNil() ? id->ToString() : std::string();
}

}  // namespace

void RenderEnvelope(const log::v1::RecordedEvent& recorded, v1::Event& event) {
  event.set_position(recorded.position());
  event.set_category(recorded.category());
  event.set_stream_id(UuidText(recorded.stream_id()));
  event.set_version(recorded.version());
  event.set_type(recorded.type());
  *event.mutable_record_time() =
      domain::TimestampOf(absl::FromUnixMicros(recorded.record_time_us()));
  *event.mutable_effective_time() =
      domain::TimestampOf(absl::FromUnixMicros(recorded.effective_time_us()));
  event.set_actor(domain::NameOf(domain::FromBytes<domain::MemberId>(recorded.actor())));
  event.set_causation_id(UuidText(recorded.causation_id()));
  event.set_correlation_id(absl::BytesToHexString(recorded.correlation_id()));
  event.set_commit_size(recorded.commit_size());
  event.set_index_in_commit(recorded.index_in_commit());
  event.set_hash(recorded.hash());
}

absl::Status EventRenderer::Render(const log::v1::RecordedEvent& recorded, v1::Event& event) {
  google::protobuf::Message* content = MessageOf(recorded.type());
  if (content == nullptr) return domain::UnknownEvent(recorded);
  RenderEnvelope(recorded, event);
  const bool as_is = encoding_ == v1::EVENT_ENCODING_PROTOBUF;
  if (as_is && recorded.sealed().empty()) {
    event.set_data(recorded.data());
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(domain::DecodeEvent(recorded, *keys_, *content).status());
  if (as_is) {
    content->SerializeToString(event.mutable_data());
  } else {
    event.mutable_data_json()->clear();
    AppendJson(*content, *event.mutable_data_json());
  }
  return absl::OkStatus();
}

google::protobuf::Message* EventRenderer::MessageOf(const std::string& type) {
  const auto found = messages_.find(type);
  if (found != messages_.end()) return found->second.get();
  const google::protobuf::Descriptor* descriptor = domain::FindEventType(type);
  if (descriptor == nullptr) return nullptr;
  return messages_.emplace(type, domain::NewEventOf(*descriptor)).first->second.get();
}

}  // namespace crm::services

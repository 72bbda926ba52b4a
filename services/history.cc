#include "services/history.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "services/event_json.h"
#include "services/event_renderer.h"
#include "services/page_token.h"
#include "services/record_name.h"

namespace crm::services {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using log::v1::RecordedEvent;

bool IsBookkeeping(const FieldDescriptor& field) {
  return field.name() == "etag" || field.name() == "update_time";
}

void Describe(const v1::Event& event, v1::Change* change) {
  change->set_position(event.position());
  change->set_version(event.version());
  absl::string_view type = event.type();
  absl::ConsumePrefix(&type, "crm.events.v1.");
  change->set_event_type(std::string(type));
  change->set_actor(event.actor());
  *change->mutable_record_time() = event.record_time();
  *change->mutable_effective_time() = event.effective_time();
  change->set_request_id(event.causation_id());
  change->set_correlation_id(event.correlation_id());
}

// Folds a record event by event and shows the difference each one makes.
template <class A>
class Storyteller {
 public:
  Storyteller(StreamCache& streams, KeyRing& keys, const Uuid& organization, typename A::Id id)
      : streams_(streams), keys_(keys), organization_(organization), id_(id) {}

  absl::Status Tell(const RecordedEvent& recorded, v1::Change* change) {
    auto state = std::make_shared<typename A::State>(state_);
    RETURN_IF_ERROR(domain::TypeOf<A>().evolve(state.get(), head_, recorded, keys_));
    state_ = *state;
    if (change == nullptr) return absl::OkStatus();
    ASSIGN_OR_RETURN(const typename A::Resource after,
                     Render(std::move(state), recorded.position()));
    if (!before_.has_value()) before_.emplace();
    v1::Event envelope;
    RenderEnvelope(recorded, envelope);
    Describe(envelope, change);
    AddFieldChanges(*before_, after, change);
    before_ = after;
    return absl::OkStatus();
  }

  // The record as it was just before the page begins.
  absl::Status Remember() {
    if (!head_.exists()) return absl::OkStatus();
    ASSIGN_OR_RETURN(before_, Render(std::make_shared<typename A::State>(state_), head_.position));
    return absl::OkStatus();
  }

 private:
  absl::StatusOr<typename A::Resource> Render(std::shared_ptr<const typename A::State> state,
                                              Position at) {
    LogStreams then(streams_, organization_, {.position = at}, head_.last_record_time);
    return A::Render(domain::Ref<A>{id_, head_, std::move(state)}, domain::Lookup(then));
  }

  StreamCache& streams_;
  KeyRing& keys_;
  const Uuid organization_;
  const typename A::Id id_;
  typename A::State state_;
  domain::StreamHead head_;
  std::optional<typename A::Resource> before_;
};

// History is that of visible records; what no permission shows is read by whoever reads all
// history.
absl::Status CheckReadable(const QueryGate& queries, const Call& call, const StreamId& stream,
                           const domain::Scope& scope) {
  RETURN_IF_ERROR(queries.CheckVisible(call, scope));
  const std::string shows = ViewPermissionOf(stream.category);
  const bool all = call.actor->ReachOf(call.method->permission) == v1::REACH_ALL;
  return shows.empty() && all ? absl::OkStatus() : queries.CheckMayView(call, shows, scope);
}

}  // namespace

void AddFieldChanges(const Message& before, const Message& after, v1::Change* change) {
  const google::protobuf::Descriptor* type = after.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (IsBookkeeping(*field)) continue;
    std::string was = FieldToJson(before, *field);
    std::string is = FieldToJson(after, *field);
    if (was == is) continue;
    v1::Change::FieldChange& changed = *change->add_field_changes();
    changed.set_path(field->name());
    changed.set_before(std::move(was));
    changed.set_after(std::move(is));
  }
}

absl::Status ListChanges(const HistoryParts& parts, const Call& call,
                         const v1::ListChangesRequest& request, v1::ListChangesResponse* response) {
  QueryGate& queries = parts.queries;
  const Uuid organization = call.organization().uuid();
  ASSIGN_OR_RETURN(const std::optional<Past> past, PastOf(call, request));
  ASSIGN_OR_RETURN(const std::optional<PageCursor> cursor, PageCursorOf(request, 1));
  Version after = 0;
  if (cursor.has_value() && !absl::SimpleAtoi(cursor->last_key, &after)) after = 0;
  const StreamCut cut = past.has_value() ? StreamCut{.effective_before = past->cut.effective_before,
                                                     .known_at = past->cut.known_at}
                                         : StreamCut{};
  return WithRecord(
      request.record(),
      [&]<class A>(std::type_identity<A>, const typename A::Id& id) -> absl::Status {
        LogStreams today = queries.StreamsAt(call, std::nullopt);
        ASSIGN_OR_RETURN(const domain::Ref<A> self, domain::Lookup(today).template Find<A>(id));
        RETURN_IF_ERROR(CheckExistence(false, request.record(), self.head));
        RETURN_IF_ERROR(
            CheckReadable(queries, call, domain::StreamOf(id), A::ScopeOf(self.state())));
        Storyteller<A> story(queries.streams(), parts.keys, organization, id);
        const int page = PageSizeOf(request);
        Version last = 0;
        const absl::Status read = queries.log().ReadStream(
            organization, domain::StreamOf(id), 1, [&](const RecordedEvent& event) -> absl::Status {
              if (!cut.Counts(event)) return absl::OkStatus();
              if (event.version() <= after) {
                RETURN_IF_ERROR(story.Tell(event, nullptr));
                return event.version() == after ? story.Remember() : absl::OkStatus();
              }
              if (response->changes_size() == page) {
                response->set_next_page_token(NextPageToken(request, {absl::StrCat(last), 1, 0}));
                return absl::OutOfRangeError("the page is full");
              }
              last = event.version();
              response->set_position(event.position());
              return story.Tell(event, response->add_changes());
            });
        return absl::IsOutOfRange(read) ? absl::OkStatus() : read;
      });
}

}  // namespace crm::services

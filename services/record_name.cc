#include "services/record_name.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace crm::services {

absl::StatusOr<StreamId> StreamOfRecord(absl::string_view name) {
  StreamId stream;
  RETURN_IF_ERROR(WithRecord(name, [&](auto, const auto& id) {
    stream = domain::StreamOf(id);
    return absl::OkStatus();
  }));
  return stream;
}

absl::Status CheckRecordVisible(const QueryGate& queries, const Call& call,
                                absl::string_view name) {
  return WithRecord(
      name, [&]<class A>(std::type_identity<A>, const typename A::Id& id) -> absl::Status {
        const StreamId stream = domain::StreamOf(id);
        LogStreams today = queries.StreamsAt(call, std::nullopt);
        absl::StatusOr<domain::Ref<A>> self = domain::Lookup(today).template Find<A>(id);
        if (!self.ok()) return self.status();
        return queries.CheckMayView(call, absl::StrCat(stream.category, ".view"),
                                    A::ScopeOf(self->state()));
      });
}

}  // namespace crm::services

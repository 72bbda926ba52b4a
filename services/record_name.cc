#include "services/record_name.h"

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

}  // namespace crm::services

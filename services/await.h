// For the server's own threads that follow the logs: waiting for what calls wait for without one.
#pragma once

#include <functional>
#include <future>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/clock.h"
#include "projections/projection_set.h"

namespace crm::services {

// Blocks until the asynchronous work has called what it is given.
template <class Start>
absl::Status Await(Start start) {
  auto done = std::make_shared<std::promise<absl::Status>>();
  std::future<absl::Status> result = done->get_future();
  start([done](const absl::Status& status) { done->set_value(status); });
  return result.get();
}

// The rows of a view once it has applied `position`: waits for it in short steps, a minute in all,
// or until `closed` says that the server ends.
absl::StatusOr<std::unique_ptr<projections::ViewSnapshot>> AwaitRows(
    projections::ProjectionSet& projections, const Clock& clock, absl::string_view view,
    const Uuid& organization, Position position, const std::function<bool()>& closed);

}  // namespace crm::services

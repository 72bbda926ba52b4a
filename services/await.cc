#include "services/await.h"

#include "base/reason.h"
#include "base/status_macros.h"

namespace crm::services {
namespace {

constexpr absl::Duration kLongestWait = absl::Minutes(1);
constexpr absl::Duration kShortWait = absl::Milliseconds(200);

}  // namespace

absl::StatusOr<std::unique_ptr<projections::ViewSnapshot>> AwaitRows(
    projections::ProjectionSet& projections, const Clock& clock, absl::string_view view,
    const Uuid& organization, Position position, const std::function<bool()>& closed) {
  const absl::Time until = clock.Now() + kLongestWait;
  absl::Status applied;
  do {
    // In short waits, so that the end of the server need not wait for a view.
    applied = Await([&](auto done) {
      projections.WhenApplied(view, organization, position, clock.Now() + kShortWait, done);
    });
  } while (ReasonOf(applied) == "VIEW_LAGGING" && clock.Now() < until && !closed());
  RETURN_IF_ERROR(applied);
  return projections.Reader(view, organization);
}

}  // namespace crm::services

#include "services/eraser.h"

#include <memory>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/status_macros.h"
#include "projections/erasures.h"

namespace crm::services {
namespace {
constexpr absl::Duration kLongestWait = absl::Seconds(30);
}

void Eraser::EraseUpTo(const Uuid& organization, Position position,
                       absl::AnyInvocable<void(absl::Status) &&> done) {
  auto shared = std::make_shared<absl::AnyInvocable<void(absl::Status) &&>>(std::move(done));
  parts_.projections.WhenApplied(
      projections::Erasures::kName, organization, position, parts_.clock.Now() + kLongestWait,
      [this, organization, shared](absl::Status applied) {
        if (!applied.ok()) return std::move(*shared)(applied);
        const absl::Status accepted = parts_.workers.Submit(
            [this, organization, shared] { std::move (*shared)(EraseListed(organization)); });
        if (!accepted.ok()) std::move (*shared)(accepted);
      });
}

absl::Status Eraser::EraseListed(const Uuid& organization) {
  ASSIGN_OR_RETURN(const auto snapshot,
                   parts_.projections.Reader(projections::Erasures::kName, organization));
  ASSIGN_OR_RETURN(const std::vector<Uuid> subjects,
                   projections::Erasures::Subjects(snapshot->rows()));
  for (const Uuid& subject : subjects) {
    ASSIGN_OR_RETURN(const auto key, parts_.keys.Find(organization, subject));
    if (key.has_value()) RETURN_IF_ERROR(parts_.keys.Destroy(organization, subject));
  }
  parts_.streams.Forget(organization);
  parts_.projections.ForgetScratches(organization);
  return absl::OkStatus();
}

void Eraser::Resume() {
  for (const Uuid& organization : parts_.log.ListOrganizations()) {
    const absl::StatusOr<eventstore::Head> head = parts_.log.GetHead(organization);
    if (!head.ok()) continue;
    EraseUpTo(organization, head->durable, [organization](absl::Status status) {
      if (!status.ok()) {
        log::Warning("erasures are not confirmed yet",
                     {{"organization", organization.ToString()}, {"problem", status.message()}});
      }
    });
  }
}

}  // namespace crm::services

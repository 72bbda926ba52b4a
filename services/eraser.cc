#include "services/eraser.h"

#include <memory>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/reason.h"
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
    const auto key = parts_.keys.Find(organization, subject);
    // Of some people nothing personal was ever stored; destroying the key they do not have keeps
    // it so.
    const bool never_had = ReasonOf(key.status()) == "KEY_MISSING";
    if (!key.ok() && !never_had) return key.status();
    if (never_had || key->has_value()) RETURN_IF_ERROR(parts_.keys.Destroy(organization, subject));
  }
  parts_.streams.Forget(organization);
  parts_.projections.ForgetScratches(organization);
  return absl::OkStatus();
}

void Eraser::EraseEverywhere(const Uuid& organization, Position position,
                             absl::AnyInvocable<void(absl::Status) &&> done) {
  auto shared = std::make_shared<absl::AnyInvocable<void(absl::Status) &&>>(std::move(done));
  EraseUpTo(organization, position, [this, organization, position, shared](absl::Status erased) {
    if (!erased.ok()) return std::move(*shared)(erased);
    WhenViewsFollow(organization, position, parts_.projections.Names(), std::move(*shared));
  });
}

void Eraser::WhenViewsFollow(const Uuid& organization, Position position,
                             std::vector<std::string> views,
                             absl::AnyInvocable<void(absl::Status) &&> done) {
  // The bytes leave the files in the background, when no snapshot sees them any more.
  if (views.empty()) return std::move(done)(absl::OkStatus());
  const std::string view = std::move(views.back());
  views.pop_back();
  parts_.projections.WhenApplied(view, organization, position, parts_.clock.Now() + kLongestWait,
                                 [this, organization, position, views = std::move(views),
                                  done = std::move(done)](absl::Status applied) mutable {
                                   if (!applied.ok()) return std::move(done)(applied);
                                   WhenViewsFollow(organization, position, std::move(views),
                                                   std::move(done));
                                 });
}

void Eraser::Resume() {
  ResumeFrom(std::make_shared<const std::vector<Uuid>>(parts_.log.ListOrganizations()), 0);
}

// However many there are, the workers get one at a time.
void Eraser::ResumeFrom(std::shared_ptr<const std::vector<Uuid>> organizations, size_t next) {
  if (next == organizations->size()) return;
  const Uuid& organization = (*organizations)[next];
  const Position durable = parts_.log.GetHead(organization).value_or(eventstore::Head()).durable;
  EraseUpTo(organization, durable, [this, organizations, next](const absl::Status& status) {
    if (!status.ok()) {
      log::Warning(
          "erasures are not confirmed yet",
          {{"organization", (*organizations)[next].ToString()}, {"problem", status.message()}});
    }
    const bool stopping = ReasonOf(status) == "SERVER_STOPPING" || absl::IsNotFound(status);
    if (!stopping) ResumeFrom(organizations, next + 1);
  });
}

}  // namespace crm::services

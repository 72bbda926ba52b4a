// Authorizer: may this caller do that, to this record? Rights are today's: token, member, roles,
// teams and settings are read from their streams on every call, never from a view, so a revocation
// binds the next call.
//
// The rules, with their reasons, are in docs/adr/0013-visibility.md. In short:
// - view: reach `all` sees everything; otherwise the record must be own, or shown by its team, or
//   the organization shares everything.
// - change: only what the caller sees; of that, reach `all` changes everything, `team` what is own
//   or of a team the caller belongs to or leads, `own` what is own.
// - settings: with reach `team`, a leader changes the teams led and the pipelines they use.
// - assign: as change; and to another owner or team only where that team and the organization let
//   the caller assign.
// - create: as change, on the record as it will be; one without an owner is anybody's to create.
//
// Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "crm/v1/role_service.pb.h"
#include "domain/audience.h"
#include "domain/decide_context.h"
#include "domain/organization/organization.h"
#include "domain/team_register/team_register.h"
#include "eventstore/lru_cache.h"
#include "services/limits.h"
#include "services/stream_cache.h"

namespace crm::services {

// A member with today's rights.
struct Actor {
  domain::OrganizationId organization;
  domain::MemberId member;
  Position seen = 0;  // the highest position these rights were read from
  absl::flat_hash_map<std::string, v1::Reach> grants;  // widest reach of each permission
  std::shared_ptr<const domain::OrganizationState> settings;
  std::shared_ptr<const domain::TeamRegisterState> teams;
  // The streams these rights were read from, at the versions they were at.
  std::vector<std::pair<StreamId, Version>> streams;

  v1::Reach ReachOf(absl::string_view permission) const;
};

class Authorizer {
 public:
  explicit Authorizer(StreamCache& streams) : streams_(streams), actors_(kCachedActors) {}

  // UNAUTHENTICATED MEMBER_DEACTIVATED or CREDENTIAL_INVALID when the member may not sign in.
  // `streams` are the organization's, and count how far they were read.
  absl::StatusOr<std::shared_ptr<const Actor>> ActorOf(LogStreams& streams,
                                                       const domain::OrganizationId& organization,
                                                       const domain::MemberId& member) const;

  // The system itself, for processes: no member, every right.
  absl::StatusOr<std::shared_ptr<const Actor>> SystemActor(
      const domain::OrganizationId& organization) const;

  // Whoever holds a public link: no member, no right. The link is what permits.
  absl::StatusOr<std::shared_ptr<const Actor>> LinkHolder(
      LogStreams& streams, const domain::OrganizationId& organization) const;

  // PERMISSION_DENIED unless one of the actor's roles grants the permission at all.
  absl::Status CheckPermission(const Actor& actor, absl::string_view permission) const;

  // PERMISSION_DENIED unless the actor may use `permission` on a record of this scope, as it is.
  absl::Status CheckBefore(const Actor& actor, absl::string_view permission,
                           const domain::Scope& scope) const;

  // PERMISSION_DENIED unless the actor may leave a record like this behind. `before` is null for a
  // new record.
  absl::Status CheckAfter(const Actor& actor, absl::string_view permission,
                          const domain::Scope* before, const domain::Scope& after) const;

  // Whose records the actor may see: with a view permission as it says, with any other as the view
  // permission of the same kind says.
  domain::Audience AudienceOf(const Actor& actor, absl::string_view permission) const;
  // Whose records of each kind the actor may see in an answer to a method with this permission: as
  // the view permission of the kind says, and no further than "report.view" in a report.
  domain::RecordAudiences RecordAudiencesOf(const Actor& actor, absl::string_view permission) const;

  StreamCache& streams() const { return streams_; }

 private:
  // Changing what belongs to the organization, with a reach below `all`.
  absl::Status CheckLeader(const Actor& actor, absl::string_view permission,
                           const domain::Scope& scope) const;
  // The actor as read before, when none of the streams has changed since; nullptr otherwise.
  std::shared_ptr<const Actor> FindActor(const domain::OrganizationId& organization,
                                         const domain::MemberId& member) const;
  // Today's settings and teams.
  absl::Status ReadOrganization(const domain::Lookup& lookup, Actor& actor) const;

  StreamCache& streams_;
  mutable Mutex mutex_;
  mutable eventstore::LruCache<std::pair<domain::OrganizationId, domain::MemberId>,
                               std::shared_ptr<const Actor>>
      actors_ ABSL_GUARDED_BY(mutex_);
};

// The rights a decision may ask about.
class ActorRights : public domain::Rights {
 public:
  ActorRights(const Authorizer& authorizer, const Actor& actor)
      : authorizer_(authorizer), actor_(actor) {}
  absl::StatusOr<bool> Permits(absl::string_view permission, const domain::Scope& scope) override {
    return authorizer_.CheckBefore(actor_, permission, scope).ok();
  }

 private:
  const Authorizer& authorizer_;
  const Actor& actor_;
};

}  // namespace crm::services

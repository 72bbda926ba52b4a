// Ownership: which team and member a record is given to. Leads, customers, contacts and
// opportunities resolve it the same way, so the rules about teams and members live here once.
// Pure functions over what the lookup reads; thread-safe.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crm/events/v1/types.pb.h"
#include "domain/decide_context.h"
#include "domain/types/ids.h"

namespace crm::domain {

struct Ownership {
  TeamId team;     // nil: none
  MemberId owner;  // nil: nobody

  friend bool operator==(const Ownership&, const Ownership&) = default;
};

// As stored in events, without contributors.
events::v1::Ownership ToEvent(const Ownership& ownership);
Ownership OwnershipFrom(const events::v1::Ownership& stored);
// Whose a record is that stores its ownership whole, contributors included.
Scope ScopeFrom(const events::v1::Ownership& stored);

// Names of a team and a member, checked:
//   - the organization uses teams (TEAMS_NOT_USED),
//   - the team exists and is not archived (TEAM_ARCHIVED),
//   - the owner is an active member of the organization (MEMBER_INACTIVE),
//   - the owner belongs to the team or leads it (MEMBER_NOT_IN_TEAM),
//   - in single-team organizations an owner without a named team brings their own team.
// Empty names are none. References that do not exist are REFERENCE_NOT_FOUND.
absl::StatusOr<Ownership> ResolveOwnership(absl::string_view team, absl::string_view owner,
                                           const DecideContext& context);

}  // namespace crm::domain

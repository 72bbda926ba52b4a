// Audience: whose records a caller may see. Built by the authorizer from streams as they are today;
// asked by the pipeline for one record and by every view query for each row, so that totals are
// sums over what the caller may see.
#pragma once

#include "absl/container/btree_set.h"
#include "domain/scope.h"
#include "domain/types/ids.h"

namespace crm::domain {

struct Audience {
  bool everything = false;  // administrators, auditors, or an organization that shares everything
  MemberId member;          // sees what is its own
  absl::btree_set<TeamId> teams;  // teams that show their records to the member

  bool Sees(const Scope& scope) const {
    return everything || scope.shared || scope.IsOwn(member) ||
           (!scope.team.IsNil() && teams.contains(scope.team));
  }
};

}  // namespace crm::domain

// Audience: whose records a caller may see. Built by the authorizer from streams as they are today;
// asked by the pipeline for one record and by every view query for each row, so that totals are
// sums over what the caller may see. An answer made of several kinds of records asks the audience
// of each kind: a role may show all customers and only one's own leads.
//
// Plain values; as thread-safe as const is.
#pragma once

#include "absl/container/btree_set.h"
#include "domain/scope.h"
#include "domain/types/ids.h"

namespace crm::domain {

struct Audience {
  bool everything = false;  // administrators, auditors, or an organization that shares everything
  MemberId member;          // sees what is its own
  absl::btree_set<TeamId> teams;           // teams that show their records to the member
  absl::btree_set<TeamId> own_teams = {};  // teams the member belongs to or leads
  bool nothing = false;                    // no role grants to see such records at all

  bool Sees(const Scope& scope) const {
    return !nothing && (everything || scope.shared || scope.IsOwn(member) ||
                        (!scope.team.IsNil() && teams.contains(scope.team)));
  }
};

// The audience of each kind of record.
struct RecordAudiences {
  Audience contacts;
  Audience customers;
  Audience invoices;
  Audience leads;
  Audience opportunities;
  Audience payments;
};

}  // namespace crm::domain

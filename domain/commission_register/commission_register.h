// CommissionRegister: the commission policies of an organization, for the two rules across them:
// which of them pay an invoice, and that no two contradict each other. One bookkeeping stream per
// organization; CommissionPolicy's decisions write it in their own commits, so it is never behind,
// and issuing an invoice reads this one stream, never a view.
//
// Invariants
//   I1  It names every version of every policy, archived policies too.
//   I2  From its first day on a version takes the place of the versions before it: of a policy, a
//       day has at most one version, the newest that had begun by then. After its last day the
//       policy pays nothing until another version begins.
//   I3  No two policies of one priority that are not archived pay the same member, in the same
//       team, currency and day. So "the first by priority" is always one.
// Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/time/civil_time.h"
#include "crm/events/v1/commission_events.pb.h"
#include "domain/aggregate.h"

namespace crm::domain {

// A version of a policy, which never changes.
struct PolicyVersion {
  CommissionPolicyId policy;
  int version = 0;  // from 1
  friend auto operator<=>(const PolicyVersion&, const PolicyVersion&) = default;
};

// A member who is credited with an invoice, as policies see it.
struct CreditedSale {
  absl::CivilDay issued;  // day of issue
  MemberId member;
  TeamId team;  // of the invoice; nil: none, which only policies for all teams pay
  std::string currency_code;
  int64_t cycle = 0;  // of a recurring invoice, from 1; 0: none
};

struct CommissionRegisterState {
  struct Validity {
    int version = 0;
    std::string currency_code;  // empty: any
    int priority = 0;
    absl::CivilDay from = absl::CivilDay::min();   // first day
    absl::CivilDay until = absl::CivilDay::max();  // last day, inclusive
    absl::btree_set<MemberId> members;             // empty: all
    absl::btree_set<TeamId> teams;                 // empty: all
    int64_t cycles = 0;                            // of recurring invoices; 0: all

    bool Pays(const CreditedSale& sale) const;
  };
  struct Entry {
    bool archived = false;
    std::vector<Validity> versions;  // in order

    // The version of that day (I2), whatever it pays; nullptr: none had begun.
    const Validity* On(absl::CivilDay day) const;
  };
  absl::btree_map<CommissionPolicyId, Entry> policies;

  // The policies that pay this sale, the highest priority first.
  std::vector<PolicyVersion> PoliciesFor(const CreditedSale& sale) const;
};

struct CommissionRegister {
  using Id = CommissionRegisterId;
  using State = CommissionRegisterState;
  using Event = std::variant<events::v1::CommissionPolicyRegistered>;
  static constexpr bool kBookkeeping = true;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
};

// The register of an organization.
inline CommissionRegisterId CommissionRegisterOf(const OrganizationId& organization) {
  return CommissionRegisterId(organization.uuid());
}

// FAILED_PRECONDITION POLICY_OVERLAPS when the register could not take `registered` (I3): names the
// policy that it would contradict, and the first day.
absl::Status CheckNoOverlap(const CommissionRegisterState& state,
                            const events::v1::CommissionPolicyRegistered& registered);

}  // namespace crm::domain

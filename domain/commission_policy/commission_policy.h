// CommissionPolicy: who is paid how for what, in versions. An invoice keeps the version that it was
// issued under, so a version is never changed, only followed by another.
//
//   created (version 1) -> version published ... ; archived <-> restored
//
// Invariants
//   I1  Versions are numbered 1, 2, ... and never change. Newest terms published again are no
//       version.
//   I2  Every version says what earns (COMMISSION_KIND_REQUIRED), nothing that its kind does not
//       read (POLICY_TERMS_CONTRADICTORY), and its ladders have no gap, overlap or forgotten end.
//   I3  The CommissionRegister knows every version, and whether the policy is archived, from the
//       same commit on; what would contradict another policy is refused (POLICY_OVERLAPS).
//   I4  An archived policy does not change until it is restored, and pays no new invoices.
// Belongs to the organization. Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crm/events/v1/commission_events.pb.h"
#include "crm/v1/commission_policy_service.pb.h"
#include "domain/decide_context.h"

namespace crm::domain {

struct CommissionPolicyState {
  std::string display_name;
  std::vector<events::v1::PolicyTerms> versions;  // 1 first; at least one from the first commit on
  std::optional<absl::Time> archive_time;         // effective time

  bool archived() const { return archive_time.has_value(); }
  // nullptr when it has no such version.
  const events::v1::PolicyTerms* Find(int version) const;
};

struct CommissionPolicy {
  using Id = CommissionPolicyId;
  using State = CommissionPolicyState;
  using Event =
      std::variant<events::v1::CommissionPolicyCreated, events::v1::CommissionPolicyRenamed,
                   events::v1::CommissionPolicyVersionPublished,
                   events::v1::CommissionPolicyArchived, events::v1::CommissionPolicyRestored>;
  using Resource = v1::CommissionPolicy;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State&) { return Scope::Shared(); }
  static absl::StatusOr<Resource> Render(const Ref<CommissionPolicy>& self, const Lookup& lookup);

  static absl::StatusOr<CommissionPolicyId> TargetOf(const v1::UpdateCommissionPolicyRequest&,
                                                     const Caller&);

  // Refuses DISPLAY_NAME_REQUIRED, what TermsFrom refuses, POLICY_OVERLAPS.
  static absl::StatusOr<Decision<Event>> Decide(const State&,
                                                const v1::CreateCommissionPolicyRequest&,
                                                const DecideContext&);
  // This and the next refuse POLICY_ARCHIVED. Refuses DISPLAY_NAME_REQUIRED.
  static absl::StatusOr<Decision<Event>> Decide(const State&,
                                                const v1::UpdateCommissionPolicyRequest&,
                                                const DecideContext&);
  // Refuses what TermsFrom refuses, POLICY_OVERLAPS.
  static absl::StatusOr<Decision<Event>> Decide(const State&,
                                                const v1::PublishCommissionPolicyVersionRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&,
                                                const v1::ArchiveCommissionPolicyRequest&,
                                                const DecideContext&);
  // Refuses POLICY_OVERLAPS.
  static absl::StatusOr<Decision<Event>> Decide(const State&,
                                                const v1::RestoreCommissionPolicyRequest&,
                                                const DecideContext&);
};

}  // namespace crm::domain

#include "domain/commission_policy/commission_policy.h"

#include <utility>

#include "base/status_macros.h"
#include "domain/commission_policy/policy_terms.h"
#include "domain/commission_register/commission_register.h"
#include "domain/field_mask.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/text.h"
#include "google/protobuf/util/message_differencer.h"

namespace crm::domain {
namespace {

using PolicyDecision = Decision<CommissionPolicy::Event>;

CommissionPolicyState On(CommissionPolicyState state,
                         const events::v1::CommissionPolicyCreated& event, const EventMetadata&) {
  state.display_name = event.display_name();
  return state;
}

CommissionPolicyState On(CommissionPolicyState state,
                         const events::v1::CommissionPolicyRenamed& event, const EventMetadata&) {
  state.display_name = event.display_name();
  return state;
}

CommissionPolicyState On(CommissionPolicyState state,
                         const events::v1::CommissionPolicyVersionPublished& event,
                         const EventMetadata&) {
  state.versions.push_back(event.terms());
  return state;
}

CommissionPolicyState On(CommissionPolicyState state, const events::v1::CommissionPolicyArchived&,
                         const EventMetadata& metadata) {
  state.archive_time = metadata.effective_time;
  return state;
}

CommissionPolicyState On(CommissionPolicyState state, const events::v1::CommissionPolicyRestored&,
                         const EventMetadata&) {
  state.archive_time.reset();
  return state;
}

absl::Status RequireLive(const CommissionPolicyState& state, const CommissionPolicyId& id) {
  if (!state.archived()) return absl::OkStatus();
  return Refuse("POLICY_ARCHIVED", absl::StrCat(NameOf(id), " is archived"),
                {{"commission_policy", NameOf(id)}});
}

// I3: the register learns of `terms`, or refuses them.
absl::Status Register(const CommissionPolicyId& policy, int version, bool archived,
                      const events::v1::PolicyTerms& terms, const DecideContext& context,
                      PolicyDecision& decision) {
  events::v1::CommissionPolicyRegistered registered;
  registered.set_policy_id(ToBytes(policy));
  registered.set_policy_version(version);
  registered.set_archived(archived);
  registered.set_currency_code(terms.currency_code());
  registered.set_priority(terms.priority());
  if (terms.has_valid_from()) *registered.mutable_valid_from() = terms.valid_from();
  if (terms.has_valid_until()) *registered.mutable_valid_until() = terms.valid_until();
  *registered.mutable_member_ids() = terms.member_ids();
  *registered.mutable_team_ids() = terms.team_ids();
  registered.set_recurring_cycles(terms.recurring_cycles());
  ASSIGN_OR_RETURN(
      const Ref<CommissionRegister> policies,
      context.Find<CommissionRegister>(CommissionRegisterOf(context.caller().organization)));
  RETURN_IF_ERROR(CheckNoOverlap(policies.state(), registered));
  decision.Affect(policies, std::move(registered));
  return absl::OkStatus();
}

absl::Status Publish(const CommissionPolicyId& policy, int version,
                     const events::v1::PolicyTerms& terms, const DecideContext& context,
                     PolicyDecision& decision) {
  events::v1::CommissionPolicyVersionPublished published;
  published.set_policy_version(version);
  *published.mutable_terms() = terms;
  decision.Add(std::move(published));
  return Register(policy, version, /*archived=*/false, terms, context, decision);
}

}  // namespace

const events::v1::PolicyTerms* CommissionPolicyState::Find(int version) const {
  const bool found = version >= 1 && version <= static_cast<int>(versions.size());
  return found ? &versions[static_cast<size_t>(version) - 1] : nullptr;
}

absl::StatusOr<CommissionPolicyId> CommissionPolicy::TargetOf(
    const v1::UpdateCommissionPolicyRequest& command, const Caller&) {
  return ParseName<CommissionPolicyId>(command.commission_policy().name());
}

absl::StatusOr<PolicyDecision> CommissionPolicy::Decide(
    const State&, const v1::CreateCommissionPolicyRequest& command, const DecideContext& context) {
  const v1::CommissionPolicy& wanted = command.commission_policy();
  RETURN_IF_ERROR(RequireDisplayName(wanted.display_name()));
  ASSIGN_OR_RETURN(const events::v1::PolicyTerms terms, TermsFrom(wanted.terms(), context));
  events::v1::CommissionPolicyCreated created;
  created.set_display_name(wanted.display_name());
  PolicyDecision decision(std::move(created));
  RETURN_IF_ERROR(
      Publish(context.NewId<CommissionPolicyId>(0), /*version=*/1, terms, context, decision));
  return decision;
}

absl::StatusOr<PolicyDecision> CommissionPolicy::Decide(
    const State& state, const v1::UpdateCommissionPolicyRequest& command,
    const DecideContext& context) {
  ASSIGN_OR_RETURN(const CommissionPolicyId id, TargetOf(command, context.caller()));
  RETURN_IF_ERROR(RequireLive(state, id));
  const v1::CommissionPolicy& wanted = command.commission_policy();
  ASSIGN_OR_RETURN(const FieldChanges changes,
                   FieldChanges::Resolve(wanted, command.update_mask(), {"display_name"}));
  if (!changes.Has("display_name") || wanted.display_name() == state.display_name) {
    return PolicyDecision();
  }
  RETURN_IF_ERROR(RequireDisplayName(wanted.display_name()));
  events::v1::CommissionPolicyRenamed renamed;
  renamed.set_display_name(wanted.display_name());
  return PolicyDecision(std::move(renamed));
}

absl::StatusOr<PolicyDecision> CommissionPolicy::Decide(
    const State& state, const v1::PublishCommissionPolicyVersionRequest& command,
    const DecideContext& context) {
  ASSIGN_OR_RETURN(const CommissionPolicyId id, ParseName<CommissionPolicyId>(command.name()));
  RETURN_IF_ERROR(RequireLive(state, id));
  ASSIGN_OR_RETURN(const events::v1::PolicyTerms terms, TermsFrom(command.terms(), context));
  PolicyDecision decision;
  // I1.
  using google::protobuf::util::MessageDifferencer;
  if (MessageDifferencer::Equals(terms, state.versions.back())) return decision;
  const int version = static_cast<int>(state.versions.size()) + 1;
  RETURN_IF_ERROR(Publish(id, version, terms, context, decision));
  return decision;
}

absl::StatusOr<PolicyDecision> CommissionPolicy::Decide(
    const State& state, const v1::ArchiveCommissionPolicyRequest& command,
    const DecideContext& context) {
  PolicyDecision decision;
  if (state.archived()) return decision;
  ASSIGN_OR_RETURN(const CommissionPolicyId id, ParseName<CommissionPolicyId>(command.name()));
  decision.Add(events::v1::CommissionPolicyArchived());
  RETURN_IF_ERROR(Register(id, static_cast<int>(state.versions.size()), /*archived=*/true,
                           state.versions.back(), context, decision));
  return decision;
}

absl::StatusOr<PolicyDecision> CommissionPolicy::Decide(
    const State& state, const v1::RestoreCommissionPolicyRequest& command,
    const DecideContext& context) {
  PolicyDecision decision;
  if (!state.archived()) return decision;
  ASSIGN_OR_RETURN(const CommissionPolicyId id, ParseName<CommissionPolicyId>(command.name()));
  decision.Add(events::v1::CommissionPolicyRestored());
  RETURN_IF_ERROR(Register(id, static_cast<int>(state.versions.size()), /*archived=*/false,
                           state.versions.back(), context, decision));
  return decision;
}

CommissionPolicy::State CommissionPolicy::Evolve(State state, const Event& event,
                                                 const EventMetadata& metadata) {
  return std::visit([&](const auto& e) { return On(std::move(state), e, metadata); }, event);
}

absl::StatusOr<v1::CommissionPolicy> CommissionPolicy::Render(const Ref<CommissionPolicy>& self,
                                                              const Lookup&) {
  v1::CommissionPolicy resource;
  resource.set_name(NameOf(self.id));
  resource.set_display_name(self->display_name);
  if (!self->versions.empty()) *resource.mutable_terms() = ShownTerms(self->versions.back());
  resource.set_policy_version(static_cast<int>(self->versions.size()));
  if (self->archived()) *resource.mutable_archive_time() = TimestampOf(*self->archive_time);
  Stamp(resource, self.head);
  return resource;
}

}  // namespace crm::domain

#include "domain/commission_register/freeze_credits.h"

#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "domain/commission/credit.h"
#include "domain/commission_register/commission_register.h"
#include "domain/render.h"
#include "domain/team/team.h"

namespace crm::domain {
namespace {

using Credited = google::protobuf::RepeatedPtrField<events::v1::CreditedMember>;

Credited OwnerAlone(const events::v1::Ownership& ownership) {
  Credited credited;
  if (ownership.owner_id().empty()) return credited;
  events::v1::CreditedMember& owner = *credited.Add();
  owner.set_member_id(ownership.owner_id());
  owner.set_weight(1);
  return credited;
}

}  // namespace

absl::Status FreezeCredits(const Credited& credited, PolicyCombination combination,
                           const DecideContext& context, events::v1::InvoiceIssued& issued) {
  const events::v1::Ownership& ownership = issued.at().ownership();
  ASSIGN_OR_RETURN(
      std::vector<events::v1::FrozenCredit> credits,
      SplitCredits(issued.content(), credited.empty() ? OwnerAlone(ownership) : credited));
  ASSIGN_OR_RETURN(
      const Ref<CommissionRegister> policies,
      context.Find<CommissionRegister>(CommissionRegisterOf(context.caller().organization)));
  const auto team_id = FromBytes<TeamId>(ownership.team_id());
  issued.clear_credits();
  for (events::v1::FrozenCredit& credit : credits) {
    std::vector<PolicyVersion> paying =
        policies->PoliciesFor({.issued = DayFromStored(issued.issued()),
                               .member = FromBytes<MemberId>(credit.member_id()),
                               .team = team_id,
                               .currency_code = issued.content().currency_code(),
                               .cycle = issued.cycle()});
    if (combination == PolicyCombination::kFirstByPriority && paying.size() > 1) paying.resize(1);
    for (const PolicyVersion& version : paying) {
      events::v1::CommissionTerms& terms = *credit.add_terms();
      terms.set_policy_id(ToBytes(version.policy));
      terms.set_policy_version(version.version);
    }
    *issued.add_credits() = std::move(credit);
  }
  issued.clear_override_leader_id();
  if (team_id.IsNil()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Ref<Team> team, context.Find<Team>(team_id));
  issued.set_override_leader_id(ToBytes(team->override_leader));
  return absl::OkStatus();
}

}  // namespace crm::domain

#include "domain/commission_book/stake.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/commission_policy/commission_policy.h"

namespace crm::domain {
namespace {

using events::v1::CommissionTerms;
using events::v1::FrozenCredit;
using events::v1::PolicyTerms;

absl::StatusOr<Stake> AgentStake(const events::v1::InvoiceIssued& issued,
                                 const FrozenCredit& credit, const CommissionTerms& frozen,
                                 const Lookup& lookup) {
  Stake stake;
  stake.key = {.agent = FromBytes<MemberId>(credit.member_id()),
               .policy = FromBytes<CommissionPolicyId>(frozen.policy_id()),
               .currency_code = issued.content().currency_code()};
  stake.version = frozen.policy_version();
  stake.members = {credit.member_id()};
  ASSIGN_OR_RETURN(stake.terms, TermsOf(stake.key.policy, stake.version, lookup));
  if (stake.terms.override().agent_commission_subtracted()) {
    stake.subtracted_from = FromBytes<MemberId>(issued.override_leader_id());
  }
  return stake;
}

}  // namespace

BookKey Stake::KeyOf(const InvoiceId& invoice, absl::CivilDay paid_day,
                     FiscalYearStart fiscal_year_start) const {
  BookKey book = key;
  const bool over_periods = terms.accumulation() == v1::ACCUMULATION_PER_PERIOD;
  if (over_periods && key.role == v1::COMMISSION_ROLE_AGENT) {
    book.period = BookPeriod::Containing(static_cast<v1::CommissionPeriod>(terms.period()),
                                         paid_day, fiscal_year_start);
  } else {
    book.invoice = invoice;
  }
  return book;
}

GroupShares Stake::SharesOf(const events::v1::DocumentContent& content,
                            const google::protobuf::RepeatedPtrField<FrozenCredit>& credits) const {
  GroupShares shares;
  for (const FrozenCredit& credit : credits) {
    if (!members.contains(credit.member_id())) continue;
    for (const auto& [group, minor] : domain::SharesOf(terms, content, credit)) {
      shares[group] += minor;
    }
  }
  return shares;
}

absl::StatusOr<std::vector<Stake>> StakesIn(const events::v1::InvoiceIssued& issued,
                                            const Lookup& lookup) {
  const auto leader = FromBytes<MemberId>(issued.override_leader_id());
  std::vector<Stake> stakes;
  std::map<std::pair<std::string, int>, size_t> overrides;  // places in `stakes`
  for (const FrozenCredit& credit : issued.credits()) {
    for (const CommissionTerms& frozen : credit.terms()) {
      ASSIGN_OR_RETURN(const Stake agent, AgentStake(issued, credit, frozen, lookup));
      stakes.push_back(agent);
      if (leader.IsNil() || !agent.terms.has_override()) continue;
      const auto [place, first] =
          overrides.emplace(std::pair(frozen.policy_id(), agent.version), stakes.size());
      if (first) {
        Stake& over = stakes.emplace_back(agent);
        over.key = LeaderKey(leader, agent.key.policy, agent.key.currency_code, {});
        over.subtracted_from = {};
      } else {
        stakes[place->second].members.insert(credit.member_id());
      }
    }
  }
  return stakes;
}

absl::StatusOr<PolicyTerms> TermsOf(const CommissionPolicyId& policy, int version,
                                    const Lookup& lookup) {
  ASSIGN_OR_RETURN(const Ref<CommissionPolicy> found, lookup.Get<CommissionPolicy>(policy));
  const PolicyTerms* terms = found->Find(version);
  if (terms != nullptr) return *terms;
  return absl::DataLossError(
      absl::StrCat(NameOf(policy), " has no version ", version, ", which an invoice names"));
}

BookKey LeaderKey(const MemberId& leader, const CommissionPolicyId& policy,
                  const std::string& currency_code, const InvoiceId& invoice) {
  return {.agent = leader,
          .role = v1::COMMISSION_ROLE_OVERRIDE,
          .policy = policy,
          .currency_code = currency_code,
          .invoice = invoice};
}

}  // namespace crm::domain

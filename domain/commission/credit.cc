#include "domain/commission/credit.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/status_macros.h"
#include "crm/v1/organization_service.pb.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/types/allocation.h"

namespace crm::domain {
namespace {

using events::v1::CreditedMember;
using events::v1::DocumentLine;
using events::v1::FrozenCredit;
using Credited = google::protobuf::RepeatedPtrField<CreditedMember>;

constexpr int64_t kMillionths = 1'000'000;

FrozenCredit& CreditOf(const std::string& member, std::vector<FrozenCredit>& credits) {
  const auto found = std::find_if(credits.begin(), credits.end(), [&](const FrozenCredit& credit) {
    return credit.member_id() == member;
  });
  if (found != credits.end()) return *found;
  credits.emplace_back().set_member_id(member);
  return credits.back();
}

absl::Status SplitLine(const DocumentLine& line, const Credited& credited, int64_t cost_minor,
                       std::vector<FrozenCredit>& credits) {
  if (credited.empty()) return absl::OkStatus();
  std::vector<int64_t> weights;
  for (const CreditedMember& member : credited) weights.push_back(member.weight());
  ASSIGN_OR_RETURN(const std::vector<int64_t> bases, Allocate(line.base_minor(), weights));
  ASSIGN_OR_RETURN(const std::vector<int64_t> costs, Allocate(cost_minor, weights));
  for (int i = 0; i < credited.size(); ++i) {
    const auto index = static_cast<size_t>(i);
    events::v1::CreditedShare& share = *CreditOf(credited[i].member_id(), credits).add_shares();
    share.set_line_id(line.line_id());
    share.set_base_minor(bases[index]);
    share.set_cost_minor(costs[index]);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int64_t> LineCost(const DocumentLine& line, const std::string& currency_code,
                                 Rounding rounding) {
  if (line.unit_cost().currency_code() != currency_code) return 0;
  const __int128 cost = RoundedQuotient(
      static_cast<__int128>(line.quantity_e6()) * line.unit_cost().minor(), kMillionths, rounding);
  if (cost > std::numeric_limits<int64_t>::max()) {
    return Invalid("AMOUNT_OVERFLOW", "the cost of a line does not fit in 64 bits");
  }
  return static_cast<int64_t>(cost);
}

absl::StatusOr<std::vector<FrozenCredit>> SplitCredits(const events::v1::DocumentContent& content,
                                                       const Credited& credited) {
  const Rounding rounding = RoundingFromStored(content.profile().rounding());
  std::vector<FrozenCredit> credits;
  for (const CreditedMember& member : credited) {
    CreditOf(member.member_id(), credits).set_weight(member.weight());
  }
  for (const DocumentLine& line : content.lines()) {
    if (line.non_commissionable()) continue;
    ASSIGN_OR_RETURN(const int64_t cost_minor, LineCost(line, content.currency_code(), rounding));
    RETURN_IF_ERROR(
        SplitLine(line, line.credited().empty() ? credited : line.credited(), cost_minor, credits));
  }
  return credits;
}

}  // namespace crm::domain

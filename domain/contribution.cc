#include "domain/contribution.h"

#include "absl/container/btree_set.h"
#include "base/status_macros.h"
#include "domain/member/member.h"
#include "domain/rejection.h"

namespace crm::domain {

absl::StatusOr<std::vector<Contribution>> ContributorsFrom(
    const google::protobuf::RepeatedPtrField<v1::Contributor>& contributors,
    const DecideContext& context) {
  std::vector<Contribution> credited;
  absl::btree_set<MemberId> seen;
  for (const v1::Contributor& contributor : contributors) {
    ASSIGN_OR_RETURN(const MemberId member, ParseName<MemberId>(contributor.member()));
    if (contributor.weight() <= 0) {
      return Invalid("CONTRIBUTOR_WEIGHT_INVALID", "a contributor's weight is at least 1",
                     {{"member", contributor.member()}});
    }
    if (!seen.insert(member).second) {
      return Invalid("CONTRIBUTOR_REPEATED", "a member contributes once",
                     {{"member", contributor.member()}});
    }
    RETURN_IF_ERROR(RequireActiveMember(member, context).status());
    credited.push_back({member, contributor.weight()});
  }
  return credited;
}

}  // namespace crm::domain

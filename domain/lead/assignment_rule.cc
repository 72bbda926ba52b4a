#include "domain/lead/assignment_rule.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace crm::domain {
namespace {

// remaining/maximum as an exact fraction. A share of nothing is none of it, so that fractions stay
// strictly ordered.
struct Ratio {
  int64_t remaining = 0;
  int64_t maximum = 0;

  friend bool operator>(const Ratio& a, const Ratio& b) {
    if (a.maximum == 0 || b.maximum == 0) return a.maximum != 0 && a.remaining > 0;
    return static_cast<__int128>(a.remaining) * b.maximum >
           static_cast<__int128>(b.remaining) * a.maximum;
  }
};

Ratio RatioOf(const MemberStanding& member) {
  return {member.remaining_leads(), member.maximum_leads};
}

// Would take the lead if there were room.
bool IsWilling(const MemberStanding& member) {
  return member.active && !member.paused && member.accepts;
}

bool IsDayFull(const MemberStanding& member) {
  return member.daily_leads > 0 && member.taken_in_day >= member.daily_leads;
}

// Empty: eligible.
absl::string_view IneligibleReason(const MemberStanding& member) {
  if (!member.active) return "MEMBER_INACTIVE";
  if (member.paused) return "PAUSED";
  if (!member.accepts) return "FILTER";
  if (member.remaining_leads() == 0) return kNoCapacity;
  if (IsDayFull(member)) return "DAILY_CAPACITY";
  return "";
}

bool IsEligible(const MemberStanding& member) { return IneligibleReason(member).empty(); }

Ratio RatioOf(const TeamStanding& team) {
  Ratio sum;
  for (const MemberStanding& member : team.members) {
    if (!IsWilling(member)) continue;
    sum.remaining += member.remaining_leads();
    sum.maximum += member.maximum_leads;
  }
  return sum;
}

bool TeamComesBefore(const TeamStanding& a, const TeamStanding& b) {
  const Ratio ratio_a = RatioOf(a);
  const Ratio ratio_b = RatioOf(b);
  if (ratio_a > ratio_b) return true;
  if (ratio_b > ratio_a) return false;
  return a.team < b.team;
}

bool MemberComesBefore(const MemberStanding& a, const MemberStanding& b) {
  if (IsEligible(a) != IsEligible(b)) return IsEligible(a);
  if (a.prefers != b.prefers) return a.prefers;
  const Ratio ratio_a = RatioOf(a);
  const Ratio ratio_b = RatioOf(b);
  if (ratio_a > ratio_b) return true;
  if (ratio_b > ratio_a) return false;
  return std::tie(a.last_assign_time, a.last_assign_ordinal, a.member) <
         std::tie(b.last_assign_time, b.last_assign_ordinal, b.member);
}

void Explain(const TeamId& team, const MemberStanding& member,
             events::v1::AssignmentExplanation& explanation) {
  events::v1::AssignmentCandidate& candidate = *explanation.add_candidates();
  candidate.set_team_id(ToBytes(team));
  candidate.set_member_id(ToBytes(member.member));
  candidate.set_maximum_leads(member.maximum_leads);
  candidate.set_remaining_leads(static_cast<int32_t>(member.remaining_leads()));
  if (member.last_assign_time != absl::InfinitePast()) {
    candidate.set_last_assign_time_us(absl::ToUnixMicros(member.last_assign_time));
  }
  candidate.set_ineligible_reason(std::string(IneligibleReason(member)));
  candidate.set_preferred(member.prefers);
  candidate.set_maximum_daily_leads(member.daily_leads);
  candidate.set_taken_daily_leads(static_cast<int32_t>(member.taken_in_day));
  candidate.set_last_assign_ordinal(member.last_assign_ordinal);
}

}  // namespace

int64_t MemberStanding::remaining_leads() const {
  return std::max<int64_t>(0, maximum_leads - taken_in_window);
}

AssignmentChoice ChooseMember(std::vector<TeamStanding> teams) {
  AssignmentChoice choice;
  choice.explanation.set_rule_version(std::string(kAssignmentRuleVersion));
  choice.unassigned_reason = std::string(teams.empty() ? kNoTeamMatches : kNoMemberAccepts);
  std::sort(teams.begin(), teams.end(), TeamComesBefore);
  for (TeamStanding& team : teams) {
    std::sort(team.members.begin(), team.members.end(), MemberComesBefore);
    for (const MemberStanding& member : team.members) {
      Explain(team.team, member, choice.explanation);
      if (IsWilling(member) && !IsEligible(member)) {
        choice.unassigned_reason = std::string(kNoCapacity);
      }
    }
    if (team.members.empty() || !IsEligible(team.members.front())) continue;
    choice.team = team.team;
    choice.member = team.members.front().member;
    choice.unassigned_reason.clear();
    break;
  }
  return choice;
}

}  // namespace crm::domain

// The assignment rule "weighted-round-robin/1": which member of which team receives a lead. A pure
// function of how everybody stands, so that the same facts always choose the same member and the
// explanation stored with the decision can be checked by hand.
//
//   1. Among the teams that may take the lead, the one with the largest remaining/maximum ratio,
//      summed over the members who would take it if they had room; then by team id. A team without
//      an eligible member passes the lead on to the next.
//   2. In the team, members whose preferred filter matches come before the others (two passes).
//   3. In a pass, the largest remaining/maximum ratio, then who was assigned least recently, then
//      member id.
//
// The maximum is a hard cap over a sliding window (domain/roster/roster.h); ratios are compared
// exactly, as fractions. Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "crm/events/v1/lead_events.pb.h"
#include "domain/types/ids.h"

namespace crm::domain {

inline constexpr absl::string_view kAssignmentRuleVersion = "weighted-round-robin/1";

// Why a lead was left unassigned.
inline constexpr absl::string_view kNoTeamMatches = "NO_TEAM_MATCHES";
inline constexpr absl::string_view kNoCapacity = "CAPACITY";
inline constexpr absl::string_view kNoMemberAccepts = "NO_MEMBER_ACCEPTS";

// How a member of a team stands towards one lead.
struct MemberStanding {
  MemberId member;
  int32_t maximum_leads = 0;                           // in the capacity window; 0: none by rule
  int32_t daily_leads = 0;                             // in the daily window; 0: no daily limit
  int64_t taken_in_window = 0;                         // leads counted by the roster
  int64_t taken_in_day = 0;                            // of those, in the daily window
  absl::Time last_assign_time = absl::InfinitePast();  // never
  int64_t last_assign_ordinal = 0;                     // among those of the same instant
  bool active = true;                                  // may work in the organization
  bool paused = false;                                 // takes no leads by rule for now
  bool accepts = true;                                 // own filter matches the lead
  bool prefers = false;                                // preferred filter matches the lead

  // Left of the maximum, never below zero.
  int64_t remaining_leads() const;
};

// A team that may take the lead.
struct TeamStanding {
  TeamId team;
  std::vector<MemberStanding> members;
};

// What the rule chose, and why.
struct AssignmentChoice {
  TeamId team;
  MemberId member;                // nil: nobody
  std::string unassigned_reason;  // empty when somebody was chosen
  events::v1::AssignmentExplanation explanation;
};

// `teams` are the available teams whose filter matches the lead, in any order.
AssignmentChoice ChooseMember(std::vector<TeamStanding> teams);

}  // namespace crm::domain

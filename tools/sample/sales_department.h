// The sales department of the sample: who works in which team, how leads come to them, and the
// stages their work goes through. Constants; thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "crm/v1/pipeline_service.pb.h"
#include "crm/v1/team_service.pb.h"
#include "tools/sample/random.h"

namespace crm::sample {

inline constexpr int kTeamCount = 6;
inline constexpr int kMembersPerTeam = 5;  // the first of them leads
// One above the teams, who comes first, then the teams, then those without one.
inline constexpr int kHeadOfSales = 0;
inline constexpr int kAuditor = 1 + kTeamCount * kMembersPerTeam;
inline constexpr int kFirstSdr = kAuditor + 1;
inline constexpr int kMemberCount = kFirstSdr + 2;

enum PipelineIndex { kHardwarePipeline, kSoftwarePipeline, kLeadPipeline, kPipelineCount };

struct StageDesign {
  absl::string_view display_name;
  int probability_bp;
  v1::StageKind kind;
  int usual_days;  // an ordinary record stays up to twice as long
  int warn_after_days;
  int exceeded_after_days;
  absl::string_view required_field;  // empty: none
};

struct PipelineDesign {
  absl::string_view display_name;
  v1::PipelineKind kind;
  absl::Span<const StageDesign> stages;
  int open_count;  // the first so many stages are open
};

struct TeamDesign {
  absl::string_view display_name;
  PipelineIndex pipeline;
  v1::TeamPrivacy privacy;
  v1::ReassignPolicy assigners;
  int color_index;
  int64_t monthly_target;  // units of the organization's currency
  int maximum_leads;       // of each member but the leader, in 30 days
  int daily_leads;
  int share;         // of the leads and customers, out of 100
  int loss_percent;  // of what is usual that it loses
};

const PipelineDesign& DesignOf(PipelineIndex pipeline);
const TeamDesign& DesignOf(int team);

// The label of leads that the team with an assignment filter takes.
inline constexpr absl::string_view kPublicSectorTag = "public-sector";
inline constexpr int kPublicSectorTeam = 3;

// A team, each as likely as its share.
int AnyTeam(Random& random);
// The member who leads the team, and one who sells in it.
int LeaderOf(int team);
int AnySeller(int team, Random& random);
// The `place`-th member of the team, from 0.
int MemberOf(int team, int place);

// References to what setting up the department creates.
std::string MemberReference(int member);
std::string TeamReference(int team);
std::string PipelineReference(PipelineIndex pipeline);
std::string StageReference(PipelineIndex pipeline, int stage);

}  // namespace crm::sample

#include "tools/sample/sales_department.h"

#include "absl/strings/str_cat.h"

namespace crm::sample {
namespace {

constexpr v1::StageKind kOpen = v1::STAGE_KIND_OPEN;
constexpr v1::StageKind kWon = v1::STAGE_KIND_WON;
constexpr v1::StageKind kLost = v1::STAGE_KIND_LOST;

constexpr std::array<StageDesign, 7> kHardwareStages = {{
    {"Enquiry", 1000, kOpen, 7, 7, 14, ""},
    {"Site survey", 2500, kOpen, 12, 14, 28, ""},
    {"Proposal", 4500, kOpen, 14, 14, 30, "expected_revenue"},
    {"Negotiation", 7000, kOpen, 14, 14, 30, "expected_revenue"},
    {"Order confirmation", 9000, kOpen, 5, 5, 10, "expected_close_date"},
    {"Won", 10000, kWon, 0, 0, 0, ""},
    {"Lost", 0, kLost, 0, 0, 0, ""},
}};

constexpr std::array<StageDesign, 6> kSoftwareStages = {{
    {"Discovery", 1500, kOpen, 7, 10, 20, ""},
    {"Demo", 3000, kOpen, 9, 14, 0, ""},
    {"Trial", 5000, kOpen, 21, 28, 45, ""},
    {"Contract review", 7500, kOpen, 12, 14, 30, "expected_revenue"},
    {"Won", 10000, kWon, 0, 0, 0, ""},
    {"Lost", 0, kLost, 0, 0, 0, ""},
}};

constexpr std::array<StageDesign, 5> kLeadStages = {{
    {"New", 500, kOpen, 2, 2, 5, ""},
    {"Contacted", 2000, kOpen, 6, 7, 14, ""},
    {"Meeting held", 4000, kOpen, 8, 14, 28, ""},
    {"Qualified", 10000, kWon, 0, 0, 0, ""},
    {"Disqualified", 0, kLost, 0, 0, 0, ""},
}};

constexpr v1::TeamPrivacy kLeadersSee = v1::TEAM_PRIVACY_LEADERS_SEE;
constexpr v1::TeamPrivacy kShared = v1::TEAM_PRIVACY_ALL_SHARED;
constexpr v1::ReassignPolicy kByLeaders = v1::REASSIGN_POLICY_LEADERS;
constexpr v1::ReassignPolicy kByEveryone = v1::REASSIGN_POLICY_EVERY_MEMBER;

constexpr std::array<TeamDesign, kTeamCount> kTeams = {{
    {"Key Accounts", kHardwarePipeline, v1::TEAM_PRIVACY_ADMINISTRATORS_ONLY, kByLeaders, 1, 400000,
     4, 1, 8, 80},
    {"Central Europe", kHardwarePipeline, kShared, kByEveryone, 2, 250000, 12, 3, 28, 100},
    {"International", kHardwarePipeline, kLeadersSee, kByEveryone, 3, 200000, 10, 2, 20, 115},
    {"Public Sector", kHardwarePipeline, kLeadersSee, kByLeaders, 4, 120000, 2, 1, 12, 125},
    {"Software Subscriptions", kSoftwarePipeline, kShared, kByEveryone, 5, 150000, 10, 3, 20, 105},
    {"Inside Sales", kHardwarePipeline, kShared, kByEveryone, 6, 80000, 15, 4, 12, 90},
}};

}  // namespace

const PipelineDesign& DesignOf(PipelineIndex pipeline) {
  static const std::array<PipelineDesign, kPipelineCount> designs = {{
      {"Hardware sales", v1::PIPELINE_KIND_OPPORTUNITY, kHardwareStages, 5},
      {"Software subscriptions", v1::PIPELINE_KIND_OPPORTUNITY, kSoftwareStages, 4},
      {"Lead qualification", v1::PIPELINE_KIND_LEAD, kLeadStages, 3},
  }};
  return designs[pipeline];
}

const TeamDesign& DesignOf(int team) { return kTeams[static_cast<size_t>(team)]; }

int AnyTeam(Random& random) {
  std::array<int, kTeamCount> shares{};
  for (size_t i = 0; i < kTeams.size(); ++i) shares[i] = kTeams[i].share;
  return static_cast<int>(random.Weighted(shares));
}

int MemberOf(int team, int place) { return 1 + team * kMembersPerTeam + place; }

int LeaderOf(int team) { return MemberOf(team, 0); }

int AnySeller(int team, Random& random) {
  return MemberOf(team, static_cast<int>(random.Between(1, kMembersPerTeam - 1)));
}

std::string MemberReference(int member) { return absl::StrCat("@member/", member); }
std::string TeamReference(int team) { return absl::StrCat("@team/", team); }
std::string PipelineReference(PipelineIndex pipeline) {
  return absl::StrCat("@pipeline/", static_cast<int>(pipeline));
}
std::string StageReference(PipelineIndex pipeline, int stage) {
  return absl::StrCat("@stage/", static_cast<int>(pipeline), ".", stage);
}

}  // namespace crm::sample

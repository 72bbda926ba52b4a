#include "tools/sample/department_script.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "crm/v1/member_service.pb.h"
#include "crm/v1/organization_service.pb.h"
#include "crm/v1/pipeline_service.pb.h"
#include "crm/v1/team_service.pb.h"
#include "tools/sample/names.h"
#include "tools/sample/sales_department.h"

namespace crm::sample {
namespace {

struct Reason {
  absl::string_view id;
  absl::string_view display_name;
};
// Beside those every organization begins with.
constexpr std::array<Reason, 2> kLossReasons = {
    {{"feature_missing", "A feature is missing"}, {"delivery_time", "Delivery takes too long"}}};

void DescribeOrganization(absl::Time time, Script& script) {
  auto& command = script.Do<v1::UpdateOrganizationRequest>(time);
  v1::Organization& organization = *command.mutable_organization();
  organization.set_display_name("Velmora Systems (sample)");
  organization.set_reassign_policy(v1::REASSIGN_POLICY_LEADERS);
  organization.set_commission_waiting_days(30);
  organization.set_stagnation_threshold_days(21);
  organization.set_reminder_days(3);
  for (const char* path : {"display_name", "reassign_policy", "commission_waiting_days",
                           "stagnation_threshold_days", "reminder_days"}) {
    command.mutable_update_mask()->add_paths(path);
  }
}

void AddPipeline(PipelineIndex index, absl::Time time, Script& script) {
  const PipelineDesign& design = DesignOf(index);
  v1::Pipeline& pipeline = *script.Do<v1::CreatePipelineRequest>(time).mutable_pipeline();
  pipeline.set_display_name(std::string(design.display_name));
  pipeline.set_kind(design.kind);
  script.Bind(PipelineReference(index));
  for (const StageDesign& stage_design : design.stages) {
    v1::Stage& stage = *pipeline.add_stages();
    stage.set_display_name(std::string(stage_design.display_name));
    stage.set_probability_bp(stage_design.probability_bp);
    stage.set_kind(stage_design.kind);
    stage.set_warn_after_days(stage_design.warn_after_days);
    stage.set_exceeded_after_days(stage_design.exceeded_after_days);
    if (!stage_design.required_field.empty()) {
      stage.add_required_fields(std::string(stage_design.required_field));
    }
    const int place = pipeline.stages_size() - 1;
    script.Bind(StageReference(index, place), absl::StrCat("stages.", place, ".name"));
  }
}

std::vector<absl::string_view> RolesOf(int member) {
  if (member == kHeadOfSales) return {"roles/administrator", "roles/sales_manager"};
  if (member == kAuditor) return {"roles/auditor"};
  if (member >= kFirstSdr) return {"roles/sdr"};
  const int place = (member - 1) % kMembersPerTeam;
  if (place == 0) return {"roles/sales_manager"};
  if (place == kMembersPerTeam - 1) return {"roles/sales_agent", "roles/account_manager"};
  return {"roles/sales_agent"};
}

void Tagged(absl::string_view tag, v1::RecordFilter& filter) {
  auto& field = *filter.mutable_field_in();
  field.set_field("tag");
  field.add_values(std::string(tag));
}

v1::Membership MembershipOf(int member, const TeamDesign& design, bool takes_leads) {
  v1::Membership membership;
  membership.set_member(MemberReference(member));
  if (!takes_leads) return membership;
  membership.set_maximum_leads(design.maximum_leads);
  membership.set_daily_leads(design.daily_leads);
  return membership;
}

}  // namespace

Script SettingsScript(const Plan& plan) {
  Script script(plan.settings().seed, "settings");
  absl::Time time = plan.begin_time();
  const auto next = [&time] { return time += absl::Minutes(10); };
  DescribeOrganization(next(), script);
  for (const Reason& reason : kLossReasons) {
    auto& defined = *script.Do<v1::DefineLossReasonRequest>(next()).mutable_loss_reason();
    defined.set_loss_reason_id(std::string(reason.id));
    defined.set_display_name(std::string(reason.display_name));
  }
  for (const PipelineIndex index : {kHardwarePipeline, kSoftwarePipeline, kLeadPipeline}) {
    AddPipeline(index, next(), script);
  }
  return script;
}

Script MemberScript(const Plan& plan, int member) {
  Script script(plan.settings().seed, absl::StrCat("member/", member));
  const absl::Time time = plan.begin_time() + absl::Hours(24) + absl::Minutes(member);
  v1::Member& wanted = *script.Do<v1::CreateMemberRequest>(time).mutable_member();
  const Person person = MemberNamed(member);
  wanted.set_display_name(absl::StrCat(person.given_name, " ", person.family_name));
  wanted.set_email(person.email);
  for (const absl::string_view role : RolesOf(member)) wanted.add_roles(std::string(role));
  script.Bind(MemberReference(member));
  return script;
}

Script TeamScript(const Plan& plan, int team) {
  Script script(plan.settings().seed, absl::StrCat("team/", team));
  const TeamDesign& design = DesignOf(team);
  const absl::Time time = plan.begin_time() + absl::Hours(48) + absl::Minutes(15 * team);
  auto& command = script.Do<v1::CreateTeamRequest>(time);
  v1::Team& wanted = *command.mutable_team();
  wanted.set_display_name(std::string(design.display_name));
  wanted.set_pipeline(PipelineReference(design.pipeline));
  wanted.set_lead_pipeline(PipelineReference(kLeadPipeline));
  wanted.set_color_index(design.color_index);
  wanted.set_privacy(design.privacy);
  wanted.set_assigners(design.assigners);
  wanted.set_target_measure(v1::TARGET_MEASURE_ISSUED_NET);
  wanted.mutable_monthly_target()->set_currency_code(plan.settings().currency_code);
  wanted.mutable_monthly_target()->set_units(design.monthly_target);
  if (team == kPublicSectorTeam) Tagged(kPublicSectorTag, *wanted.mutable_assignment_filter());

  command.add_leaders(MemberReference(LeaderOf(team)));
  for (int place = 0; place < kMembersPerTeam; ++place) {
    *command.add_memberships() = MembershipOf(MemberOf(team, place), design, place != 0);
  }
  // The last seller of the team before helps out, but takes no leads of this one.
  if (team % 2 == 1) {
    const int helper = MemberOf(team - 1, kMembersPerTeam - 1);
    *command.add_memberships() = MembershipOf(helper, design, /*takes_leads=*/false);
  }
  script.Bind(TeamReference(team));
  return script;
}

}  // namespace crm::sample

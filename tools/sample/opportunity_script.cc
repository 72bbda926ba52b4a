#include <algorithm>
#include <array>
#include <optional>

#include "absl/strings/str_cat.h"
#include "crm/v1/opportunity_group_service.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "tools/sample/names.h"
#include "tools/sample/opportunity_life.h"
#include "tools/sample/record_scripts.h"

namespace crm::sample {
namespace {

constexpr std::array<absl::string_view, 6> kTags = {"replacement", "expansion", "new-site",
                                                    "service",     "urgent",    "strategic"};

struct Parties {
  int64_t customer;
  CustomerDesign of_customer;
};

Parties AnyCustomer(const Plan& plan, Random& random) {
  const int64_t customer = random.Below(plan.counts().customers);
  return {customer, CustomerOf(plan, customer)};
}

// Adds the opening of `design` to the script; who sells it is `seller` of its team.
v1::Opportunity& Open(const Plan& plan, const OpportunityDesign& design, const Parties& parties,
                      int seller, Script& script, Random& random) {
  v1::Opportunity& opened =
      *script.Do<v1::CreateOpportunityRequest>(design.opened).mutable_opportunity();
  script.Bind(design.reference);
  opened.set_customer(CustomerReference(parties.customer));
  opened.set_contact(
      ContactReference(parties.customer, random.Below(parties.of_customer.contact_count)));
  opened.set_team(TeamReference(design.team));
  opened.set_owner(MemberReference(seller));
  opened.set_stage(StageReference(design.pipeline, 0));
  *opened.mutable_expected_revenue() = AmountOf(plan, design.revenue);
  *opened.mutable_expected_close_date() = DateOf(design.expected_close);
  opened.set_source(std::string(AnySource(random)));
  opened.set_campaign(std::string(AnyCampaign(plan.calendar().DayOf(design.opened), random)));
  opened.set_priority(static_cast<int32_t>(random.Below(4)));
  if (random.Chance(45)) opened.add_tags(std::string(random.Pick(kTags)));
  return opened;
}

// What comes every month, and in sum as the expected revenue.
void Subscribe(const Plan& plan, OpportunityDesign& design, v1::Opportunity& opened,
               Random& random) {
  constexpr std::array<int32_t, 3> kMonths = {12, 24, 36};
  const int32_t months = random.Pick(kMonths);
  const int64_t monthly = std::max<int64_t>(50, design.revenue / 12);
  design.revenue = monthly * months;
  *opened.mutable_recurring_revenue()->mutable_monthly() = AmountOf(plan, monthly);
  opened.mutable_recurring_revenue()->set_months(months);
  *opened.mutable_expected_revenue() = AmountOf(plan, design.revenue);
}

OpportunityDesign DesignFor(const Plan& plan, std::string reference, int team, absl::Time opened,
                            Random& random) {
  OpportunityDesign design;
  design.reference = std::move(reference);
  design.team = team;
  design.pipeline = DesignOf(team).pipeline;
  design.opened = opened;
  design.revenue = AnyRevenue(design.pipeline, random);
  design.expected_close = plan.calendar().DayOf(opened) + random.Between(35, 110);
  return design;
}

// A team other than this one that sells through the same pipeline.
int RivalOf(int team, Random& random) {
  int rival = team;
  while (rival == team || DesignOf(rival).pipeline != kHardwarePipeline) {
    rival = static_cast<int>(random.Below(kTeamCount));
  }
  return rival;
}

// The clock of a group's script.
class Course {
 public:
  Course(const Plan& plan, absl::Time begin, Random& random)
      : plan_(plan), random_(random), now_(begin) {}
  // False: the history ends before.
  bool Wait(int64_t low_days, int64_t high_days) {
    const std::optional<absl::Time> later =
        plan_.calendar().After(now_, random_.Between(low_days, high_days), random_);
    if (later.has_value()) now_ = *later;
    return later.has_value();
  }
  absl::Time now() const { return now_; }

 private:
  const Plan& plan_;
  Random& random_;
  absl::Time now_;
};

std::string GroupReference(int64_t index) { return absl::StrCat("@group/", index); }
std::string PartReference(int64_t index, int part) {
  return absl::StrCat("@opportunity/group/", index, ".", part);
}

v1::CreateOpportunityGroupRequest& Group(int64_t index, v1::GroupKind kind, int team,
                                         int part_count, absl::Time time, Script& script) {
  auto& command = script.Do<v1::CreateOpportunityGroupRequest>(time);
  v1::OpportunityGroup& group = *command.mutable_opportunity_group();
  const bool alternatives = kind == v1::GROUP_KIND_ALTERNATIVES;
  group.set_display_name(absl::StrCat(alternatives ? "Competing offers " : "Project ", index + 1));
  group.set_kind(kind);
  group.set_team(TeamReference(team));
  group.set_owner(MemberReference(LeaderOf(team)));
  for (int part = 0; part < part_count; ++part) {
    command.add_opportunities(PartReference(index, part));
  }
  script.Bind(GroupReference(index));
  return command;
}

// Two teams offer to the same customer, the later one for less; sometimes one of them is won.
void CompetingOffers(const Plan& plan, int64_t index, const Parties& parties, absl::Time begin,
                     Script& script, Random& random) {
  Course course(plan, begin, random);
  constexpr int kOffers = 2;
  const int team = DesignOf(parties.of_customer.team).pipeline == kHardwarePipeline
                       ? parties.of_customer.team
                       : RivalOf(parties.of_customer.team, random);
  const std::array<int, kOffers> teams = {team, RivalOf(team, random)};
  const absl::string_view subject = AnyHardwareSubject(random);
  int64_t revenue = 0;
  for (int offer = 0; offer < kOffers; ++offer) {
    if (offer > 0 && !course.Wait(2, 10)) return;
    const int of_team = teams[static_cast<size_t>(offer)];
    OpportunityDesign design =
        DesignFor(plan, PartReference(index, offer), of_team, course.now(), random);
    if (offer > 0) design.revenue = revenue * random.Between(70, 92) / 100;
    revenue = design.revenue;
    Open(plan, design, parties, AnySeller(of_team, random), script, random)
        .set_display_name(absl::StrCat(subject, offer == 0 ? "" : ", second offer"));
  }
  if (!course.Wait(1, 5)) return;
  Group(index, v1::GROUP_KIND_ALTERNATIVES, team, kOffers, course.now(), script);
  if (random.Chance(50)) {
    auto& prefer = script.Do<v1::PreferGroupMemberRequest>(course.now());
    prefer.set_name(GroupReference(index));
    prefer.set_opportunity(PartReference(index, 0));
  }
  for (int stage = 1; stage < 3; ++stage) {
    if (!course.Wait(4, 20)) return;
    auto& move = script.Do<v1::MoveStageRequest>(course.now());
    move.set_name(PartReference(index, 1));
    move.set_stage(StageReference(kHardwarePipeline, stage));
  }
  if (!random.Chance(60) || !course.Wait(7, 30)) return;
  script.Do<v1::WinOpportunityRequest>(course.now()).set_name(PartReference(index, 1));
}

// Parts of one project of one team, moving together; the first may be won before the others.
void Project(const Plan& plan, int64_t index, const Parties& parties, absl::Time begin,
             Script& script, Random& random) {
  Course course(plan, begin, random);
  constexpr std::array<absl::string_view, 3> kParts = {"infrastructure", "devices", "roll-out"};
  const int team = parties.of_customer.team;
  const PipelineIndex pipeline = DesignOf(team).pipeline;
  const absl::string_view subject =
      pipeline == kSoftwarePipeline ? AnySoftwareSubject(random) : AnyHardwareSubject(random);
  for (size_t part = 0; part < kParts.size(); ++part) {
    if (part > 0 && !course.Wait(0, 1)) return;
    const OpportunityDesign design =
        DesignFor(plan, PartReference(index, static_cast<int>(part)), team, course.now(), random);
    Open(plan, design, parties, AnySeller(team, random), script, random)
        .set_display_name(absl::StrCat(subject, ": ", kParts[part]));
  }
  if (!course.Wait(1, 3)) return;
  Group(index, v1::GROUP_KIND_SUB_PROJECTS, team, static_cast<int>(kParts.size()), course.now(),
        script)
      .mutable_opportunity_group()
      ->set_synchronous_stages(true);
  for (int stage = 1; stage < 3; ++stage) {
    if (!course.Wait(6, 25)) return;
    auto& move = script.Do<v1::MoveStageRequest>(course.now());
    move.set_name(PartReference(index, 0));
    move.set_stage(StageReference(pipeline, stage));
  }
  if (!random.Chance(50) || !course.Wait(7, 30)) return;
  script.Do<v1::WinOpportunityRequest>(course.now()).set_name(PartReference(index, 0));
}

}  // namespace

Script OpportunityScript(const Plan& plan, int64_t index) {
  Script script(plan.settings().seed, absl::StrCat("opportunity/", index));
  Random random(plan.settings().seed, script.key());
  const absl::Time opened = plan.calendar().Spread(index, plan.counts().opportunities, random);
  const Parties parties = AnyCustomer(plan, random);
  const int team = random.Chance(92) ? parties.of_customer.team : AnyTeam(random);
  const bool by_account_manager = team == parties.of_customer.team && random.Chance(70);
  const int seller = by_account_manager ? parties.of_customer.seller : AnySeller(team, random);

  OpportunityDesign design =
      DesignFor(plan, absl::StrCat("@opportunity/", index), team, opened, random);
  v1::Opportunity& created = Open(plan, design, parties, seller, script, random);
  if (design.pipeline == kSoftwarePipeline) {
    created.set_display_name(std::string(AnySoftwareSubject(random)));
    Subscribe(plan, design, created, random);
  } else {
    created.set_display_name(std::string(AnyHardwareSubject(random)));
  }
  OpportunityLife(plan, design, script, random).Run();
  return script;
}

Script GroupScript(const Plan& plan, int64_t index) {
  Script script(plan.settings().seed, absl::StrCat("group/", index));
  Random random(plan.settings().seed, script.key());
  const absl::Time begin = plan.calendar().Spread(index, plan.counts().groups, random);
  const Parties parties = AnyCustomer(plan, random);
  if (index % 2 == 0) {
    CompetingOffers(plan, index, parties, begin, script, random);
  } else {
    Project(plan, index, parties, begin, script, random);
  }
  return script;
}

}  // namespace crm::sample

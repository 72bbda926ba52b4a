#include <array>
#include <optional>

#include "absl/strings/str_cat.h"
#include "crm/v1/comment_service.pb.h"
#include "crm/v1/lead_service.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "tools/sample/names.h"
#include "tools/sample/opportunity_life.h"
#include "tools/sample/record_scripts.h"

namespace crm::sample {
namespace {

// What a lead comes to, if the history lasts long enough.
enum Fate { kConverted, kQualified, kLost, kJunk, kWorkedOn, kUntouched, kFateCount };

// How a lead comes to its owner.
enum Intake { kByRule, kByRuleInTeam, kByHand, kLater, kIntakeCount };

constexpr std::array<int, kFateCount> kFates = {30, 4, 27, 8, 16, 15};
constexpr std::array<int, kIntakeCount> kIntakes = {22, 58, 12, 8};

// A lead of the sample: what is drawn once, and the time that passes.
class LeadStory {
 public:
  LeadStory(const Plan& plan, int64_t index)
      : plan_(plan),
        index_(index),
        script_(plan.settings().seed, absl::StrCat("lead/", index)),
        random_(plan.settings().seed, script_.key()),
        now_(plan.calendar().Spread(index, plan.counts().leads, random_)),
        intake_(static_cast<Intake>(random_.Weighted(kIntakes))),
        fate_(static_cast<Fate>(random_.Weighted(kFates))),
        team_(AnyTeam(random_)) {}

  Script Tell() && {
    Capture();
    Work();
    return std::move(script_);
  }

 private:
  std::string reference() const { return absl::StrCat("@lead/", index_); }
  std::string owner_reference() const { return absl::StrCat("@lead/", index_, "/owner"); }
  std::string opportunity_reference() const { return absl::StrCat("@opportunity/lead/", index_); }

  template <class Request>
  Request& Do() {
    auto& request = script_.Do<Request>(now_);
    request.set_name(reference());
    return request;
  }
  // False: the history ends before.
  bool Wait(int64_t low_days, int64_t high_days) {
    const std::optional<absl::Time> later =
        plan_.calendar().After(now_, random_.Between(low_days, high_days), random_);
    if (later.has_value()) now_ = *later;
    return later.has_value();
  }

  void Capture();
  void Describe(v1::Lead& lead);
  void Work();
  void Assign();
  void MoveTo(int stage);
  void Remark();
  void GiveUp();
  void Lose();
  void LoseFor(const Loss& loss);
  void Convert();
  void Live();

  const Plan& plan_;
  const int64_t index_;
  Script script_;
  Random random_;
  absl::Time now_;
  const Intake intake_;
  const Fate fate_;
  const int team_;                   // the one it is for, whether or not the capture says so
  std::optional<int64_t> customer_;  // known already
};

void LeadStory::Capture() {
  auto& capture = script_.Do<v1::CaptureLeadRequest>(now_);
  capture.set_channel(random_.Chance(85) ? v1::CAPTURE_CHANNEL_API : v1::CAPTURE_CHANNEL_IMPORT);
  capture.set_route(intake_ == kByRule || intake_ == kByRuleInTeam);
  v1::Lead& lead = *capture.mutable_lead();
  Describe(lead);
  if (intake_ == kByRuleInTeam || intake_ == kByHand) lead.set_team(TeamReference(team_));
  if (intake_ == kByHand) lead.set_owner(MemberReference(AnySeller(team_, random_)));
  script_.Bind(reference());
  script_.Bind(owner_reference(), "owner");
}

void LeadStory::Describe(v1::Lead& lead) {
  if (random_.Chance(15)) customer_ = random_.Below(plan_.counts().customers);
  // Customers have the first names; leads go on after them, some companies asking twice.
  const int64_t company_ordinal =
      customer_.value_or(plan_.counts().customers + random_.Below(plan_.counts().leads));
  const Company company = CompanyNamed(company_ordinal, random_);
  const Place place = AnyPlace(random_);
  const Person person = PersonAt(company.domain, place, random_);
  const bool software = DesignOf(team_).pipeline == kSoftwarePipeline;
  lead.set_display_name(
      std::string(software ? AnySoftwareSubject(random_) : AnyHardwareSubject(random_)));
  lead.set_company_name(company.display_name);
  lead.set_industry(company.industry);
  lead.set_employee_count(company.employee_count);
  lead.set_website(absl::StrCat("https://www.", company.domain));
  lead.set_region_code(std::string(place.region_code));
  lead.set_language_code(std::string(place.language_code));
  if (random_.Chance(88)) {
    lead.set_given_name(person.given_name);
    lead.set_family_name(person.family_name);
    lead.set_job_title(person.job_title);
  }
  if (random_.Chance(92)) lead.set_email(person.email);
  if (random_.Chance(60)) lead.set_phone(person.phone);
  lead.set_source(std::string(AnySource(random_)));
  lead.set_campaign(std::string(AnyCampaign(plan_.calendar().DayOf(now_), random_)));
  if (random_.Chance(55)) {
    *lead.mutable_expected_revenue() =
        AmountOf(plan_, AnyRevenue(DesignOf(team_).pipeline, random_));
  }
  lead.set_priority(static_cast<int32_t>(random_.Below(4)));
  if (team_ == kPublicSectorTeam) lead.add_tags(std::string(kPublicSectorTag));
  if (random_.Chance(20)) lead.add_tags("newsletter");
}

void LeadStory::Work() {
  if (fate_ == kUntouched) return GiveUp();
  if (!Wait(0, 4)) return;
  if (fate_ == kJunk) {
    constexpr std::array<absl::string_view, 4> kWhy = {"Advertising", "Test entry",
                                                       "Job application", "Not a company"};
    Do<v1::JunkLeadRequest>().set_reason(std::string(random_.Pick(kWhy)));
    return;
  }
  Assign();
  if (!Wait(0, 3)) return;
  MoveTo(1);
  Remark();
  if (fate_ == kLost && random_.Chance(60)) return Lose();
  if (fate_ == kWorkedOn && random_.Chance(50)) return GiveUp();
  if (!Wait(1, 9)) return;
  MoveTo(2);
  Remark();
  if (fate_ == kLost) return Lose();
  if (fate_ == kWorkedOn) return GiveUp();
  if (!Wait(1, 8)) return;
  if (fate_ == kQualified || random_.Chance(40)) {
    auto& qualify = Do<v1::QualifyLeadRequest>();
    if (customer_.has_value()) qualify.set_customer(CustomerReference(*customer_));
  }
  if (fate_ == kQualified || !Wait(0, 4)) return;
  Convert();
}

// The leader gives out what the rule or nobody has given to anyone.
void LeadStory::Assign() {
  auto& assign = Do<v1::AssignLeadRequest>();
  assign.set_team(TeamReference(team_));
  assign.set_owner(MemberReference(AnySeller(team_, random_)));
  script_.UnlessBound(owner_reference());
}

void LeadStory::MoveTo(int stage) {
  Do<v1::MoveLeadStageRequest>().set_stage(StageReference(kLeadPipeline, stage));
}

void LeadStory::Remark() {
  if (!random_.Chance(25)) return;
  v1::Comment& comment = *script_.Do<v1::CreateCommentRequest>(now_).mutable_comment();
  comment.set_parent(reference());
  comment.set_text(std::string(AnyRemark(random_)));
}

// What nobody answers is closed in the end; some of it lies about for good.
void LeadStory::GiveUp() {
  if (random_.Chance(90) && Wait(12, 45)) LoseFor({"no_response", ""});
}

void LeadStory::Lose() {
  if (Wait(3, 25)) LoseFor(AnyLoss(random_));
}

void LeadStory::LoseFor(const Loss& loss) {
  auto& lose = Do<v1::LoseLeadRequest>();
  lose.set_loss_reason_id(loss.reason);
  lose.set_text(loss.text);
}

void LeadStory::Convert() {
  auto& convert = Do<v1::ConvertLeadRequest>();
  if (customer_.has_value()) convert.set_customer(CustomerReference(*customer_));
  convert.set_pipeline(PipelineReference(DesignOf(team_).pipeline));
  script_.Bind(opportunity_reference(), "opportunity");
  Live();
}

void LeadStory::Live() {
  OpportunityDesign design;
  design.reference = opportunity_reference();
  design.pipeline = DesignOf(team_).pipeline;
  design.team = team_;
  design.opened = now_;
  design.revenue = AnyRevenue(design.pipeline, random_);
  design.expected_close = plan_.calendar().DayOf(now_) + random_.Between(30, 100);
  auto& revise = script_.Do<v1::ReviseExpectedRevenueRequest>(now_);
  revise.set_name(design.reference);
  *revise.mutable_expected_revenue() = AmountOf(plan_, design.revenue);
  auto& update = script_.Do<v1::UpdateOpportunityRequest>(now_);
  update.mutable_opportunity()->set_name(design.reference);
  *update.mutable_opportunity()->mutable_expected_close_date() = DateOf(design.expected_close);
  update.mutable_update_mask()->add_paths("expected_close_date");
  OpportunityLife(plan_, std::move(design), script_, random_).Run();
}

}  // namespace

Script LeadScript(const Plan& plan, int64_t index) { return LeadStory(plan, index).Tell(); }

}  // namespace crm::sample

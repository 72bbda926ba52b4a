#include "tools/sample/opportunity_life.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crm/v1/comment_service.pb.h"
#include "tools/sample/names.h"

namespace crm::sample {
namespace {

// Percent of opportunities that nobody works on any more, at each stage; most are lost in the end
// when somebody goes through old ones.
constexpr int kForgotten = 3;
constexpr int kTidiedUp = 85;
constexpr int kStandby = 5;
constexpr int kReopened = 5;
// Percent that are lost in a stage, by its place, and of those in the last one, in a team that
// loses as others do: about one of four is won.
constexpr std::array<int, 5> kLostInStage = {26, 24, 22, 16, 8};
constexpr int kLostAtLast = 12;
constexpr int64_t kRevenueStep = 50;

int64_t Rounded(int64_t units) {
  return std::max(kRevenueStep, units / kRevenueStep * kRevenueStep);
}

}  // namespace

int64_t AnyRevenue(PipelineIndex pipeline, Random& random) {
  constexpr std::array<int64_t, 7> kHardware = {1500, 4000, 9000, 18000, 35000, 80000, 190000};
  constexpr std::array<int64_t, 6> kSoftware = {1200, 3600, 7200, 14400, 36000, 60000};
  constexpr std::array<int, 7> kWeights = {12, 20, 24, 20, 14, 7, 3};
  const int64_t base =
      pipeline == kSoftwarePipeline ? random.Pick(kSoftware) : kHardware[random.Weighted(kWeights)];
  return Rounded(base * random.Between(65, 145) / 100);
}

google::type::Money AmountOf(const Plan& plan, int64_t units) {
  google::type::Money money;
  money.set_currency_code(plan.settings().currency_code);
  money.set_units(units);
  return money;
}

google::type::Date DateOf(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

absl::string_view AnySource(Random& random) {
  constexpr std::array<absl::string_view, 7> kSources = {
      "web", "phone", "referral", "trade fair", "newsletter", "partner", "tender"};
  constexpr std::array<int, 7> kWeights = {34, 16, 14, 12, 10, 9, 5};
  return kSources[random.Weighted(kWeights)];
}

absl::string_view AnyCampaign(absl::CivilDay day, Random& random) {
  if (!random.Chance(35)) return "";
  constexpr std::array<absl::string_view, 4> kOfQuarter = {"new-year-upgrade", "spring-fair",
                                                           "summer-service", "autumn-roadshow"};
  return kOfQuarter[static_cast<size_t>((day.month() - 1) / 3)];
}

Loss AnyLoss(Random& random) {
  constexpr std::array<absl::string_view, 8> kReasons = {
      "price",  "competitor",      "no_budget",     "no_response",
      "timing", "feature_missing", "delivery_time", "other"};
  constexpr std::array<int, 8> kWeights = {26, 20, 14, 16, 10, 6, 5, 3};
  Loss loss;
  loss.reason = std::string(kReasons[random.Weighted(kWeights)]);
  if (loss.reason == "other") loss.text = "The site is being closed.";
  if (loss.reason == "price" && random.Chance(50)) loss.text = "Another offer was clearly lower.";
  return loss;
}

OpportunityLife::OpportunityLife(const Plan& plan, OpportunityDesign design, Script& script,
                                 Random& random)
    : plan_(plan),
      design_(std::move(design)),
      stages_(DesignOf(design_.pipeline)),
      script_(script),
      random_(random),
      now_(design_.opened),
      revenue_(design_.revenue),
      expected_close_(design_.expected_close) {}

template <class Request>
Request& OpportunityLife::Do() {
  auto& request = script_.Do<Request>(now_);
  request.set_name(design_.reference);
  return request;
}

bool OpportunityLife::Wait(int64_t days) {
  const std::optional<absl::Time> later = plan_.calendar().After(now_, days, random_);
  if (later.has_value()) now_ = *later;
  return later.has_value();
}

void OpportunityLife::Run() {
  while (Visit() == Outcome::kGoesOn) continue;
}

OpportunityLife::Outcome OpportunityLife::Visit() {
  const int usual_days = stages_.stages[static_cast<size_t>(stage_)].usual_days;
  const int64_t slowness = random_.Chance(7) ? 3 : 1;
  if (random_.Chance(kForgotten)) return Forget();
  if (!Wait(slowness * random_.Between(1, usual_days))) return Outcome::kOver;
  Annotate();
  if (random_.Chance(kStandby) && Standby() == Outcome::kOver) return Outcome::kOver;
  if (!Wait(random_.Between(0, usual_days))) return Outcome::kOver;
  if (plan_.calendar().DayOf(now_) > expected_close_ && random_.Chance(70)) Postpone();
  const bool last = stage_ + 1 == stages_.open_count;
  const int usually_lost = last ? kLostAtLast : kLostInStage[static_cast<size_t>(stage_)];
  if (random_.Chance(usually_lost * DesignOf(design_.team).loss_percent / 100)) {
    Lose(AnyLoss(random_));
    return MaybeReopen();
  }
  if (last) return Close();
  const bool skips = stage_ + 2 < stages_.open_count && random_.Chance(12);
  stage_ += skips ? 2 : 1;
  auto& move = Do<v1::MoveStageRequest>();
  move.set_stage(StageReference(design_.pipeline, stage_));
  move.set_clear_probability(random_.Chance(50));
  return Outcome::kGoesOn;
}

void OpportunityLife::Annotate() {
  if (random_.Chance(25)) {
    v1::Comment& comment = *script_.Do<v1::CreateCommentRequest>(now_).mutable_comment();
    comment.set_parent(design_.reference);
    comment.set_text(std::string(AnyRemark(random_)));
  }
  if (random_.Chance(18)) {
    revenue_ = Rounded(revenue_ * random_.Between(75, 140) / 100);
    *Do<v1::ReviseExpectedRevenueRequest>().mutable_expected_revenue() = AmountOf(plan_, revenue_);
  }
  if (random_.Chance(8)) Credit();
  if (random_.Chance(8)) {
    Do<v1::ReviseProbabilityRequest>().set_probability_bp(
        static_cast<int32_t>(500 * random_.Between(1, 18)));
  }
  if (stage_ + 2 < stages_.open_count || !random_.Chance(50)) return;
  auto& update = script_.Do<v1::UpdateOpportunityRequest>(now_);
  update.mutable_opportunity()->set_name(design_.reference);
  update.mutable_opportunity()->set_forecast_category(
      random_.Chance(60) ? v1::FORECAST_CATEGORY_COMMIT : v1::FORECAST_CATEGORY_BEST_CASE);
  update.mutable_update_mask()->add_paths("forecast_category");
}

void OpportunityLife::Credit() {
  auto& credit = Do<v1::CreditContributorsRequest>();
  const int first = AnySeller(design_.team, random_);
  const auto add = [&](int member, int64_t weight) {
    v1::Contributor& contributor = *credit.add_contributors();
    contributor.set_member(MemberReference(member));
    contributor.set_weight(weight);
  };
  add(first, random_.Between(2, 3));
  if (random_.Chance(60)) add(kFirstSdr + static_cast<int>(random_.Below(2)), 1);
}

OpportunityLife::Outcome OpportunityLife::Standby() {
  const absl::CivilDay reminder = plan_.calendar().DayOf(now_) + random_.Between(14, 60);
  *Do<v1::PlaceOnStandbyRequest>().mutable_reminder_date() = DateOf(reminder);
  if (!Wait(reminder - plan_.calendar().DayOf(now_))) return Outcome::kOver;
  if (random_.Chance(15)) {
    Lose(AnyLoss(random_));
    return Outcome::kOver;
  }
  Do<v1::ResumeOpportunityRequest>();
  return Outcome::kGoesOn;
}

void OpportunityLife::Postpone() {
  expected_close_ = plan_.calendar().DayOf(now_) + random_.Between(10, 45);
  auto& update = script_.Do<v1::UpdateOpportunityRequest>(now_);
  update.mutable_opportunity()->set_name(design_.reference);
  *update.mutable_opportunity()->mutable_expected_close_date() = DateOf(expected_close_);
  update.mutable_update_mask()->add_paths("expected_close_date");
}

OpportunityLife::Outcome OpportunityLife::Close() {
  auto& win = Do<v1::WinOpportunityRequest>();
  if (random_.Chance(35)) {
    *win.mutable_won_revenue() =
        AmountOf(plan_, Rounded(revenue_ * random_.Between(88, 104) / 100));
  }
  return Outcome::kOver;
}

OpportunityLife::Outcome OpportunityLife::Forget() {
  if (random_.Chance(kTidiedUp) && Wait(random_.Between(25, 75))) Lose({"no_response", ""});
  return Outcome::kOver;
}

void OpportunityLife::Lose(const Loss& loss) {
  auto& lose = Do<v1::LoseOpportunityRequest>();
  lose.set_loss_reason_id(loss.reason);
  lose.set_text(loss.text);
}

OpportunityLife::Outcome OpportunityLife::MaybeReopen() {
  if (!random_.Chance(kReopened) || !Wait(random_.Between(15, 50))) return Outcome::kOver;
  Do<v1::ReopenOpportunityRequest>();
  return Outcome::kGoesOn;
}

}  // namespace crm::sample

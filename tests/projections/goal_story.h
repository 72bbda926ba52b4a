// GoalStory: goals that are set in words, and how far they are. Include from tests only.
#pragma once

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "projections/goal_progress.h"
#include "tests/projections/money_events.h"
#include "tests/projections/sales_story.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {

struct Aim {
  v1::GoalKind kind = v1::GOAL_KIND_INCOME;
  std::string member = {};
  std::string team = {};
  int64_t target = 1'000'000;  // minor units, or records
  std::string currency = "EUR";
  std::string first = "2026-03-01";
  std::string last = "2026-03-31";
  v1::GoalComparison comparison = v1::GOAL_COMPARISON_AT_LEAST;
  std::string contract_type = {};
  std::string in_team = {};  // of a member's goal
};

class GoalStory : public ::testing::Test {
 protected:
  explicit GoalStory(const std::string& zone = "Europe/Berlin") {
    story_.On("2025-12-01").Organization(zone);
  }

  void Set(const std::string& goal, const Aim& aim, const std::string& time = "2026-01-01") {
    events::v1::GoalCreated created;
    created.set_display_name(goal);
    events::v1::GoalTerms& terms = *created.mutable_terms();
    terms.set_kind(aim.kind);
    terms.set_comparison(aim.comparison);
    const bool money = aim.kind == v1::GOAL_KIND_INCOME || aim.kind == v1::GOAL_KIND_MARGIN ||
                       aim.kind == v1::GOAL_KIND_INVOICES_ISSUED ||
                       aim.kind == v1::GOAL_KIND_CONTRACT_VALUE;
    if (money) {
      terms.mutable_target()->set_currency_code(aim.currency);
      terms.mutable_target()->set_minor(aim.target);
    } else {
      terms.set_target_count(aim.target);
    }
    terms.set_member_id(BytesOf(aim.member));
    terms.set_team_id(BytesOf(aim.team));
    terms.mutable_first()->set_days(DayOf(aim.first));
    terms.mutable_last()->set_days(DayOf(aim.last));
    terms.set_contract_type(aim.contract_type);
    *created.mutable_ownership() =
        OwnershipOf(aim.in_team.empty() ? aim.team : aim.in_team, aim.member);
    story_.On(time).Tell("goal", goal, created);
  }
  template <class E>
  void Tell(const std::string& time, const StreamId& stream, const E& event) {
    story_.Given(stream, event, {.at = TimeAt(time)});
  }
  // An invoice of the day, paid in full on it.
  void Sell(const std::string& name, const std::string& time, Sale sale) {
    sale.issued = time.substr(0, 10);
    Tell(time, InvoiceStream(name), Issued(sale));
    Tell(time, PaymentStream("P" + name),
         Paid({{name, sale.base_minor + sale.tax_minor}}, 0, {}, sale.currency));
  }
  void Rate(const std::string& date, const std::string& from, const std::string& to,
            int64_t rate_e9) {
    events::v1::ExchangeRateEntered entered;
    entered.set_from_currency_code(from);
    entered.set_to_currency_code(to);
    entered.set_rate_e9(rate_e9);
    entered.mutable_day()->set_days(DayOf(date));
    Tell(date, {"exchange_rate", Named(date + from + to)}, entered);
  }

  v1::GoalProgress Progress(const std::string& goal, const Asker& asker = {}) {
    v1::GetGoalProgressRequest request;
    request.set_name(ResourceOf<domain::GoalId>(goal));
    const auto answer = story_.Answer(request, asker);
    EXPECT_THAT(answer, ::crm::testing::IsOk());
    return answer.value_or(v1::GoalProgress());
  }
  // "current attainment state"
  std::string Shown(const std::string& goal, const Asker& asker = {}) {
    return Text(Progress(goal, asker));
  }
  static std::string Text(const v1::GoalProgress& progress) {
    std::string text = progress.has_current()
                           ? domain::Money::FromProto(progress.current())->ToDecimal()
                           : std::to_string(progress.current_count());
    text += " " + std::to_string(progress.attainment_bp());
    if (progress.state() == v1::GOAL_STATE_OPEN) text += " open";
    if (progress.state() == v1::GOAL_STATE_REACHED) text += " reached";
    if (progress.state() == v1::GOAL_STATE_MISSED) text += " missed";
    return text;
  }

  SalesStory<GoalProgress> story_;
};

}  // namespace crm::projections::testing

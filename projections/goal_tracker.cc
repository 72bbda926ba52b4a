#include "projections/goal_tracker.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "base/reason.h"
#include "base/status_macros.h"
#include "domain/goal/attainment.h"
#include "domain/goal/standing.h"
#include "domain/render.h"
#include "projections/counters.h"
#include "projections/goal_progress.h"

namespace crm::projections {
namespace {

using domain::GoalId;
using domain::MemberId;
using domain::Money;
using domain::TeamId;
using events::v1::GoalTerms;
using views::v1::GoalFact;
using views::v1::ListedGoal;

constexpr size_t kShownContributions = 1000;

bool IsOfType(const GoalFact& fact, const GoalTerms& terms) {
  const std::string& type =
      terms.kind() == v1::GOAL_KIND_ACTIVITIES ? terms.activity_type() : terms.contract_type();
  return type.empty() || type == fact.type();
}

std::string RecordNameOf(const GoalFact& fact) {
  const Uuid id = UuidOf(fact.record_id());
  if (fact.category() == domain::PaymentTag::kCategory) return NameOf(domain::PaymentId(id));
  if (fact.category() == domain::CreditNoteTag::kCategory) {
    return NameOf(domain::CreditNoteId(id));
  }
  if (fact.category() == domain::InvoiceTag::kCategory) return NameOf(domain::InvoiceId(id));
  if (fact.category() == domain::ProposalTag::kCategory) return NameOf(domain::ProposalId(id));
  if (fact.category() == domain::CustomerTag::kCategory) return NameOf(domain::CustomerId(id));
  if (fact.category() == domain::OpportunityTag::kCategory) {
    return NameOf(domain::OpportunityId(id));
  }
  return NameOf(domain::ContractId(id));
}

// One goal while its facts are read, day by day.
class Tracker {
 public:
  Tracker(const ListedGoal& goal, const ViewReader& rows) : goal_(goal), terms_(goal.terms()) {
    const auto currency = domain::Currency::Parse(terms_.target().currency_code());
    if (currency.has_value()) exchange_.emplace(GoalProgress::kRates, rows, *currency);
  }

  absl::Status Read(const ViewReader& rows, bool listed) {
    const Uuid subject = UuidOf(terms_.member_id().empty() ? terms_.team_id() : terms_.member_id());
    const auto kind = static_cast<uint8_t>(terms_.kind());
    const GoalPeriod period = PeriodOf(terms_);
    return GoalProgress::kFacts.Scan(
        rows,
        GoalProgress::kFacts.Prefix(subject, kind)
            .From(std::make_tuple(subject, kind, period.first))
            .Until(std::make_tuple(subject, kind, period.last + 1)),
        [&](const GoalProgress::FactKey& key, const GoalFact& fact) -> absl::StatusOr<bool> {
          if (!IsOfType(fact, terms_)) return true;
          RETURN_IF_ERROR(Count(std::get<2>(key), fact, listed));
          return true;
        });
  }

  absl::StatusOr<v1::GoalProgress> Render(const GoalId& id, const Today& today) {
    EndDay();
    const GoalPeriod period = PeriodOf(terms_);
    const auto comparison = static_cast<v1::GoalComparison>(terms_.comparison());
    v1::GoalProgress shown = RenderGoal(id, period);
    const int64_t days = period.last - period.first + 1;
    const int64_t gone = std::clamp<int64_t>(today.day - period.first + 1, 0, days);
    shown.set_expected_bp(domain::FlooredBp(gone, days));
    shown.set_excluded_count(excluded_count_);
    if (exchange_.has_value()) {
      *shown.mutable_current() = Money(exchange_->into(), current_).ToProto();
    } else {
      shown.set_current_count(current_);
    }
    if (target() > 0) {
      const domain::GoalVerdict verdict =
          domain::JudgeGoal(comparison, {current_, target(), today.IsOver(period.last)});
      shown.set_state(verdict.state);
      shown.set_attainment_bp(verdict.attainment_bp);
      if (verdict.state == v1::GOAL_STATE_REACHED) {
        const bool at_most = comparison == v1::GOAL_COMPARISON_AT_MOST;
        *shown.mutable_reach_date() =
            domain::DayToProto(at_most ? period.last : reached_.value_or(period.last));
      }
    }
    for (v1::GoalContribution& contribution : contributions_) {
      *shown.add_contributions() = std::move(contribution);
    }
    return shown;
  }

 private:
  int64_t target() const {
    return exchange_.has_value() ? terms_.target().minor() : terms_.target_count();
  }

  // Of the day before a new one: whether it is reached since.
  void EndDay() {
    if (current_ < target()) {
      reached_.reset();
    } else if (!reached_.has_value()) {
      reached_ = day_;
    }
  }

  absl::Status Count(absl::CivilDay day, const GoalFact& fact, bool listed) {
    if (day != day_) {
      if (day_.has_value()) EndDay();
      day_ = day;
    }
    int64_t value = fact.count();
    if (exchange_.has_value()) {
      ASSIGN_OR_RETURN(
          const std::optional<int64_t> minor,
          exchange_->Convert(fact.amount().currency_code(), fact.amount().minor(), day));
      if (!minor.has_value()) {
        ++excluded_count_;
        return absl::OkStatus();
      }
      value = *minor;
    }
    if (__builtin_add_overflow(current_, value, &current_)) {
      return WithReason(absl::StatusCode::kOutOfRange, "SUM_OVERFLOW",
                        "a goal is too large to be shown",
                        {{"currency_code", terms_.target().currency_code()}});
    }
    if (listed) List(day, fact, value);
    return absl::OkStatus();
  }

  void List(absl::CivilDay day, const GoalFact& fact, int64_t value) {
    v1::GoalContribution& contribution = contributions_.emplace_back();
    contribution.set_record(RecordNameOf(fact));
    *contribution.mutable_contribution_date() = domain::DayToProto(day);
    contribution.set_member(domain::NameOf(domain::FromBytes<MemberId>(fact.member_id())));
    if (exchange_.has_value()) {
      *contribution.mutable_amount() = Money(exchange_->into(), value).ToProto();
    } else {
      contribution.set_count(value);
    }
    if (contributions_.size() > kShownContributions) contributions_.pop_front();
  }

  v1::GoalProgress RenderGoal(const GoalId& id, const GoalPeriod& period) const {
    v1::GoalProgress shown;
    shown.set_goal(domain::NameOf(id));
    shown.set_display_name(goal_.display_name());
    shown.set_kind(static_cast<v1::GoalKind>(terms_.kind()));
    shown.set_comparison(static_cast<v1::GoalComparison>(terms_.comparison()));
    shown.set_member(domain::NameOf(domain::FromBytes<MemberId>(terms_.member_id())));
    shown.set_team(domain::NameOf(domain::FromBytes<TeamId>(terms_.team_id())));
    *shown.mutable_first_date() = domain::DayToProto(period.first);
    *shown.mutable_last_date() = domain::DayToProto(period.last);
    if (exchange_.has_value()) {
      *shown.mutable_target() = Money(exchange_->into(), terms_.target().minor()).ToProto();
    }
    shown.set_target_count(terms_.target_count());
    return shown;
  }

  const ListedGoal& goal_;
  const GoalTerms& terms_;
  std::optional<Exchange> exchange_;  // of goals that count money
  int64_t current_ = 0;
  int32_t excluded_count_ = 0;
  std::optional<absl::CivilDay> day_;      // that is being read
  std::optional<absl::CivilDay> reached_;  // since then, at the end of each day
  std::deque<v1::GoalContribution> contributions_;
};

}  // namespace

GoalPeriod PeriodOf(const GoalTerms& terms) {
  return {domain::DayFromStored(terms.first()), domain::DayFromStored(terms.last())};
}

absl::StatusOr<v1::GoalProgress> ProgressOf(const GoalId& id, const ListedGoal& goal,
                                            const ViewReader& rows, const Today& today,
                                            bool listed) {
  Tracker tracker(goal, rows);
  RETURN_IF_ERROR(tracker.Read(rows, listed));
  return tracker.Render(id, today);
}

}  // namespace crm::projections

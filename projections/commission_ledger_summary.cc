// The sums of CommissionLedger: what each agent earned in a range of days.
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/strings/ascii.h"
#include "base/status_macros.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "projections/commission_ledger.h"
#include "projections/counters.h"
#include "projections/stored_day.h"

namespace crm::projections {
namespace {

using domain::MemberId;
using domain::Money;
using domain::TeamId;
using views::v1::LedgerFigures;

// Whose it is: the agent's, in the team of the invoice.
domain::Scope AgentScope(const MemberId& agent, const TeamId& team) {
  domain::Scope scope;
  scope.owner = agent;
  scope.team = team;
  return scope;
}

// All days where none are named.
absl::StatusOr<domain::Period> RangeOf(const v1::GetCommissionSummaryRequest& request) {
  domain::Period range = {kFirstDay, kLastDay + 1};
  if (request.has_first_date()) {
    ASSIGN_OR_RETURN(range.start, domain::DayFromProto(request.first_date()));
  }
  if (request.has_last_date()) {
    ASSIGN_OR_RETURN(const absl::CivilDay last, domain::DayFromProto(request.last_date()));
    range.end = last + 1;
  }
  if (range.end > range.start) return range;
  return domain::Invalid("RANGE_INVALID", "the last day is before the first");
}

// What one agent earned in one role.
struct AgentFigures {
  AmountSums received, earned, waiting, payable;
};

class SummaryDraft {
 public:
  SummaryDraft(const domain::Period& range, absl::CivilDay today) : range_(range), today_(today) {}

  void Add(const std::string& name, const CommissionLedger::FiguresKey& key,
           const LedgerFigures& figures) {
    const auto& [agent, role, team, day] = key;
    const RowKey row = {absl::AsciiStrToLower(name), agent, role};
    if (range_.Contains(day)) {
      AddTo(row, figures.received(), &AgentFigures::received);
      AddTo(row, figures.earned(), &AgentFigures::earned);
    }
    AddTo(row, figures.due(), day > today_ ? &AgentFigures::waiting : &AgentFigures::payable);
  }

  absl::StatusOr<v1::CommissionSummary> Take() const {
    v1::CommissionSummary summary;
    for (const auto& [key, row] : rows_) {
      for (const std::string& currency_code : CurrenciesOf(row)) {
        ASSIGN_OR_RETURN(*summary.add_rows(), Render(key, row, currency_code));
      }
    }
    return summary;
  }

 private:
  // Name without case, agent, role.
  using RowKey = std::tuple<std::string, MemberId, uint8_t>;
  void AddTo(const RowKey& key, const AmountSums& sums, AmountSums AgentFigures::*column) {
    if (!sums.empty()) AddSums(rows_[key].*column, sums);
  }

  static std::vector<std::string> CurrenciesOf(const AgentFigures& row) {
    AmountSums all;
    for (const AmountSums* sums : {&row.received, &row.earned, &row.waiting, &row.payable}) {
      AddSums(all, *sums);
    }
    std::vector<std::string> codes;
    for (const views::v1::AmountSum& sum : all) codes.push_back(sum.currency_code());
    return codes;
  }

  static absl::StatusOr<v1::CommissionSummary::Row> Render(const RowKey& key,
                                                           const AgentFigures& row,
                                                           const std::string& currency_code) {
    v1::CommissionSummary::Row shown;
    shown.set_agent(domain::NameOf(std::get<1>(key)));
    shown.set_role(static_cast<v1::CommissionRole>(std::get<2>(key)));
    ASSIGN_OR_RETURN(*shown.mutable_received(), Of(row.received, currency_code));
    ASSIGN_OR_RETURN(*shown.mutable_earned(), Of(row.earned, currency_code));
    ASSIGN_OR_RETURN(*shown.mutable_waiting(), Of(row.waiting, currency_code));
    ASSIGN_OR_RETURN(*shown.mutable_payable(), Of(row.payable, currency_code));
    return shown;
  }

  static absl::StatusOr<google::type::Money> Of(const AmountSums& sums,
                                                const std::string& currency_code) {
    views::v1::AmountSum found;
    found.set_currency_code(currency_code);
    for (const views::v1::AmountSum& sum : sums) {
      if (sum.currency_code() == currency_code) found = sum;
    }
    ASSIGN_OR_RETURN(const Money money, MoneyOf(found));
    return money.ToProto();
  }

  const domain::Period range_;
  const absl::CivilDay today_;
  absl::btree_map<RowKey, AgentFigures> rows_;
};

}  // namespace

absl::StatusOr<v1::CommissionSummary> CommissionLedger::Answer(
    const v1::GetCommissionSummaryRequest& request, const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(const domain::Period range, RangeOf(request));
  ASSIGN_OR_RETURN(const auto agent, domain::ParseOptionalName<MemberId>(request.agent()));
  ASSIGN_OR_RETURN(const auto team, domain::ParseOptionalName<TeamId>(request.team()));
  ASSIGN_OR_RETURN(const auto organization, kOrganization.GetOrEmpty(rows, {}));
  SummaryDraft draft(range, ZoneOf(organization).DayOf(context.at()));
  RETURN_IF_ERROR(kFigures.Scan(
      rows, agent.IsNil() ? kFigures.All() : kFigures.Prefix(agent),
      [&](const FiguresKey& key, const LedgerFigures& figures) -> absl::StatusOr<bool> {
        if (!team.IsNil() && team != std::get<2>(key)) return true;
        if (!context.Sees(AgentScope(std::get<0>(key), std::get<2>(key)))) return true;
        ASSIGN_OR_RETURN(const auto name, kNames.GetOrEmpty(rows, {std::get<0>(key).uuid()}));
        draft.Add(name.display_name(), key, figures);
        return true;
      }));
  return draft.Take();
}

}  // namespace crm::projections

// The query of CommissionWhatIf: both sides of a period.
#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "base/status_macros.h"
#include "domain/commission_book/commission_book.h"
#include "domain/commission_book/what_if.h"
#include "domain/commission_policy/policy_terms.h"
#include "domain/lookup.h"
#include "domain/rejection.h"
#include "projections/commission_what_if.h"
#include "projections/counters.h"
#include "projections/report_range.h"
#include "projections/stored_day.h"

namespace crm::projections {
namespace {

using domain::CommissionPolicyId;
using domain::InvoiceId;
using domain::MemberId;
using domain::Money;
using domain::Period;
using domain::TeamId;
using events::v1::PolicyTerms;
using views::v1::WhatIfInvoice;
using Invoices = absl::btree_map<Uuid, WhatIfInvoice>;

absl::StatusOr<PolicyTerms> PublishedTerms(const v1::GetCommissionWhatIfRequest& request,
                                           const ViewReader& rows) {
  ASSIGN_OR_RETURN(const auto policy,
                   domain::ParseName<CommissionPolicyId>(request.commission_policy()));
  const auto wanted = static_cast<uint32_t>(request.policy_version());
  PolicyTerms terms;
  bool found = false;
  RETURN_IF_ERROR(
      CommissionWhatIf::kTerms.Scan(rows, CommissionWhatIf::kTerms.Prefix(policy).Backward(),
                                    [&](const auto& key, const views::v1::WhatIfTerms& version) {
                                      if (wanted != 0 && std::get<1>(key) != wanted) return true;
                                      terms = version.terms();
                                      found = true;
                                      return false;
                                    }));
  if (!found) return domain::ReferenceNotFound(request.commission_policy());
  return terms;
}

absl::StatusOr<PolicyTerms> TermsOf(const v1::GetCommissionWhatIfRequest& request,
                                    const ViewReader& rows) {
  if (request.has_terms() != request.commission_policy().empty()) {
    return domain::Invalid("WHAT_IF_TERMS_REQUIRED", "give a policy or terms, and not both");
  }
  if (request.has_terms()) return domain::TermsAsStated(request.terms());
  return PublishedTerms(request, rows);
}

domain::FiscalYearStart YearStartOf(const views::v1::WhatIfCause& cause) {
  return domain::FiscalYearStart::FromMonth(cause.fiscal_year_start_month())
      .value_or(domain::FiscalYearStart());
}

// Those with a cause on the days, or about a payment of the days.
absl::Status Load(const Period& days, const ViewReader& rows, Invoices& invoices) {
  absl::btree_set<Uuid> ids;
  RETURN_IF_ERROR(CommissionWhatIf::kByDay.Scan(rows,
                                                CommissionWhatIf::kByDay.All()
                                                    .From(std::make_tuple(days.start))
                                                    .Until(std::make_tuple(days.end)),
                                                [&](const auto& key, const views::v1::Mark&) {
                                                  ids.insert(std::get<1>(key));
                                                  return true;
                                                }));
  for (const Uuid& id : ids) {
    if (invoices.contains(id)) continue;
    ASSIGN_OR_RETURN(invoices[id], CommissionWhatIf::kInvoices.GetOrEmpty(rows, {id}));
  }
  return absl::OkStatus();
}

int MonthsIn(v1::CommissionPeriod kind) {
  switch (kind) {
    case v1::COMMISSION_PERIOD_FISCAL_QUARTER:
      return 3;
    case v1::COMMISSION_PERIOD_FISCAL_YEAR:
      return 12;
    default:
      return 1;
  }
}

// The whole periods in which the invoices were paid.
Period PeriodsOf(const Invoices& invoices, v1::CommissionPeriod kind, Period days) {
  for (const auto& [id, invoice] : invoices) {
    for (const views::v1::WhatIfCause& cause : invoice.causes()) {
      if (cause.has_note()) continue;
      const absl::CivilDay start =
          domain::BookPeriod::Containing(kind, NumberedDay(cause.paid_day()), YearStartOf(cause))
              .start;
      days.start = std::min(days.start, start);
      days.end = std::max(days.end, absl::CivilDay(absl::CivilMonth(start) + MonthsIn(kind)));
    }
  }
  return days;
}

std::vector<domain::WhatIfInvoice> Reckonable(const Invoices& invoices) {
  std::vector<domain::WhatIfInvoice> reckonable;
  for (const auto& [id, invoice] : invoices) {
    domain::WhatIfInvoice& one = reckonable.emplace_back();
    one.id = InvoiceId(id);
    one.issue_time = absl::FromUnixMicros(invoice.issue_time_us());
    one.issued = &invoice.issued();
    for (const views::v1::WhatIfCause& cause : invoice.causes()) {
      one.causes.push_back({.instant = absl::FromUnixMicros(cause.time_us()),
                            .recorded = {cause.position(), cause.place()},
                            .paid_minor = cause.paid_minor(),
                            .paid_day = NumberedDay(cause.paid_day()),
                            .fiscal_year_start = YearStartOf(cause),
                            .note = cause.has_note() ? &cause.note() : nullptr});
    }
  }
  return reckonable;
}

// Both sides of one row, in its currency.
struct Sides {
  AmountSums recognised, simulated;
};

// Sides as shown, in the fields that rows and totals have alike.
template <class Shown>
absl::Status Show(const Sides& sides, const std::string& currency_code, Shown& shown) {
  const auto sum_of = [&](const AmountSums& sums) {
    views::v1::AmountSum none;
    none.set_currency_code(currency_code);
    return MoneyOf(sums.empty() ? none : sums[0]);
  };
  ASSIGN_OR_RETURN(const Money recognised, sum_of(sides.recognised));
  ASSIGN_OR_RETURN(const Money simulated, sum_of(sides.simulated));
  ASSIGN_OR_RETURN(const Money difference, simulated - recognised);
  *shown.mutable_recognised() = recognised.ToProto();
  *shown.mutable_simulated() = simulated.ToProto();
  *shown.mutable_difference() = difference.ToProto();
  return absl::OkStatus();
}

class WhatIfDraft {
 public:
  static absl::StatusOr<WhatIfDraft> Create(const v1::GetCommissionWhatIfRequest& request,
                                            const QueryContext& context) {
    WhatIfDraft draft(request.by_invoice(), context);
    ASSIGN_OR_RETURN(draft.agent_, domain::ParseOptionalName<MemberId>(request.agent()));
    ASSIGN_OR_RETURN(draft.team_, domain::ParseOptionalName<TeamId>(request.team()));
    return draft;
  }

  // What one side says of an agent, in the team of the invoice; left out where it is not shown.
  void Add(AmountSums Sides::*side, const MemberId& agent, int role, const std::string& team_id,
           const Uuid& invoice, const std::string& currency_code, int64_t minor) {
    domain::Scope scope;
    scope.owner = agent;
    scope.team = domain::FromBytes<TeamId>(team_id);
    if (!agent_.IsNil() && agent_ != agent) return;
    if (!team_.IsNil() && team_ != scope.team) return;
    if (!context_.Sees(scope)) return;
    events::v1::Amount amount;
    amount.set_currency_code(currency_code);
    amount.set_minor(minor);
    AddAmount(rows_[{agent, role, currency_code, by_invoice_ ? invoice : Uuid()}].*side, amount, 1);
    AddAmount(totals_[currency_code].*side, amount, 1);
  }

  absl::StatusOr<v1::CommissionWhatIf> Take() const {
    v1::CommissionWhatIf shown;
    for (const auto& [key, sides] : rows_) {
      const auto& [agent, role, currency_code, invoice] = key;
      v1::CommissionWhatIf::Row& row = *shown.add_rows();
      row.set_agent(domain::NameOf(agent));
      row.set_role(static_cast<v1::CommissionRole>(role));
      row.set_invoice(domain::NameOf(InvoiceId(invoice)));
      RETURN_IF_ERROR(Show(sides, currency_code, row));
    }
    for (const auto& [currency_code, sides] : totals_) {
      RETURN_IF_ERROR(Show(sides, currency_code, *shown.add_totals()));
    }
    return shown;
  }

 private:
  WhatIfDraft(bool by_invoice, const QueryContext& context)
      : by_invoice_(by_invoice), context_(context) {}

  const bool by_invoice_;
  const QueryContext& context_;
  MemberId agent_;  // nil: all
  TeamId team_;     // nil: all
  // Agent, role, currency code, invoice.
  absl::btree_map<std::tuple<MemberId, int, std::string, Uuid>, Sides> rows_;
  absl::btree_map<std::string, Sides> totals_;
};

absl::Status Simulate(const Period& range, const PolicyTerms& terms, const ViewReader& rows,
                      WhatIfDraft& draft) {
  Invoices invoices;
  RETURN_IF_ERROR(Load(range, rows, invoices));
  if (terms.accumulation() == v1::ACCUMULATION_PER_PERIOD) {
    const auto kind = static_cast<v1::CommissionPeriod>(terms.period());
    RETURN_IF_ERROR(Load(PeriodsOf(invoices, kind, range), rows, invoices));
  }
  const std::vector<domain::WhatIfInvoice> reckonable = Reckonable(invoices);
  ASSIGN_OR_RETURN(const auto earnings, domain::ReckonWhatIf(terms, reckonable));
  for (const domain::WhatIfEarning& earning : earnings) {
    const Uuid& id = reckonable[earning.invoice].id.uuid();
    const WhatIfInvoice& invoice = invoices.at(id);
    const int cause = static_cast<int>(earning.cause);
    if (!range.Contains(NumberedDay(invoice.causes(cause).day()))) continue;
    draft.Add(&Sides::simulated, earning.agent, earning.role,
              invoice.issued().at().ownership().team_id(), id,
              invoice.issued().content().currency_code(), earning.amount_minor);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::CommissionWhatIf> CommissionWhatIf::Answer(
    const v1::GetCommissionWhatIfRequest& request, const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(const Period range, ReadRange(request.first_date(), request.last_date()));
  ASSIGN_OR_RETURN(const PolicyTerms terms, TermsOf(request, rows));
  ASSIGN_OR_RETURN(WhatIfDraft draft, WhatIfDraft::Create(request, context));
  RETURN_IF_ERROR(Simulate(range, terms, rows, draft));
  RETURN_IF_ERROR(kRecognised.Scan(
      rows, kRecognised.All().From(std::make_tuple(range.start)).Until(std::make_tuple(range.end)),
      [&](const auto&, const views::v1::RecognisedEntry& entry) {
        draft.Add(&Sides::recognised, domain::FromBytes<MemberId>(entry.agent_id()), entry.role(),
                  entry.team_id(), UuidOf(entry.invoice_id()), entry.currency_code(),
                  entry.amount_minor());
        return true;
      }));
  return draft.Take();
}

}  // namespace crm::projections

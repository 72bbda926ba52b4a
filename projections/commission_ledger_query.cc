// The list of CommissionLedger: pages of entries.
#include <optional>
#include <string>
#include <utility>

#include "base/status_macros.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "projections/commission_ledger.h"
#include "projections/counters.h"
#include "projections/stored_day.h"

namespace crm::projections {
namespace {

using domain::InvoiceId;
using domain::MemberId;
using domain::Money;
using domain::PaymentId;
using domain::TeamId;
using events::v1::CommissionRecognized;
using views::v1::LedgerEntry;

constexpr absl::string_view kPaymentCategory = "payment";

struct EntryFilter {
  MemberId agent;
  TeamId team;
  std::string invoice_id, payment_id;  // 16 bytes; empty: any
  absl::CivilDay from = kFirstDay;
  absl::CivilDay to = kLastDay;

  bool Matches(const CommissionRecognized& entry) const {
    const events::v1::CommissionCause& cause = entry.cause();
    return (team.IsNil() || domain::ToBytes(team) == entry.ownership().team_id()) &&
           (invoice_id.empty() || invoice_id == cause.invoice_id()) &&
           (payment_id.empty() ||
            (payment_id == cause.cause_id() && cause.category() == kPaymentCategory));
  }
};

absl::StatusOr<EntryFilter> FilterOf(const v1::ListCommissionsRequest& request) {
  EntryFilter filter;
  ASSIGN_OR_RETURN(filter.agent, domain::ParseOptionalName<MemberId>(request.agent()));
  ASSIGN_OR_RETURN(filter.team, domain::ParseOptionalName<TeamId>(request.team()));
  ASSIGN_OR_RETURN(const auto invoice, domain::ParseOptionalName<InvoiceId>(request.invoice()));
  ASSIGN_OR_RETURN(const auto payment, domain::ParseOptionalName<PaymentId>(request.payment()));
  filter.invoice_id = domain::ToBytes(invoice);
  filter.payment_id = domain::ToBytes(payment);
  if (request.has_entry_date_from()) {
    ASSIGN_OR_RETURN(filter.from, domain::DayFromProto(request.entry_date_from()));
  }
  if (request.has_entry_date_to()) {
    ASSIGN_OR_RETURN(filter.to, domain::DayFromProto(request.entry_date_to()));
  }
  return filter;
}

// "payments/...", "creditNotes/..."; empty for none.
std::string CauseName(const std::string& category, const std::string& id) {
  if (category == kPaymentCategory) return domain::NameOf(domain::FromBytes<PaymentId>(id));
  return domain::NameOf(domain::FromBytes<domain::CreditNoteId>(id));
}

// Empty for what is none: all else, or a line by itself.
absl::StatusOr<std::string> GroupName(const std::string& id, const ViewReader& rows) {
  ASSIGN_OR_RETURN(const auto group, CommissionLedger::kGroups.Get(rows, {UuidOf(id)}));
  if (!group.has_value()) return std::string();
  return group->category() ? domain::NameOf(domain::FromBytes<domain::ProductCategoryId>(id))
                           : domain::NameOf(domain::FromBytes<domain::ProductId>(id));
}

// Amounts of one entry, which are in one currency.
class Shown {
 public:
  static absl::StatusOr<Shown> In(const std::string& currency_code) {
    const auto currency = domain::Currency::Parse(currency_code);
    if (!currency.has_value()) return absl::InternalError("a commission without a currency");
    return Shown(*currency);
  }
  google::type::Money operator()(int64_t minor) const { return Money(currency_, minor).ToProto(); }

 private:
  explicit Shown(domain::Currency currency) : currency_(currency) {}
  domain::Currency currency_;
};

absl::Status RenderSlices(const CommissionRecognized& entry, const Shown& money,
                          const ViewReader& rows, v1::CommissionEntry& shown) {
  for (const events::v1::CommissionSlice& slice : entry.slices()) {
    v1::CommissionSlice& part = *shown.add_slices();
    ASSIGN_OR_RETURN(*part.mutable_group(), GroupName(slice.group_id(), rows));
    *part.mutable_from() = money(slice.from_minor());
    *part.mutable_to() = money(slice.to_minor());
    part.set_rate_ppm(slice.rate_ppm());
    if (slice.fixed_minor() != 0) *part.mutable_fixed_amount() = money(slice.fixed_minor());
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::CommissionEntry> Render(const CommissionLedger::EntryKey& key,
                                           const LedgerEntry& row, const ViewReader& rows) {
  const CommissionRecognized& entry = row.recognized();
  const events::v1::CommissionCause& cause = entry.cause();
  ASSIGN_OR_RETURN(const Shown money, Shown::In(entry.currency_code()));
  v1::CommissionEntry shown;
  shown.set_agent(domain::NameOf(domain::FromBytes<MemberId>(entry.agent_id())));
  shown.set_role(static_cast<v1::CommissionRole>(entry.role()));
  *shown.mutable_entry_date() = domain::DayToProto(std::get<0>(key));
  *shown.mutable_record_time() = domain::TimestampOf(absl::FromUnixMicros(row.record_time_us()));
  *shown.mutable_amount() = money(entry.amount_minor());
  shown.set_invoice(domain::NameOf(domain::FromBytes<InvoiceId>(cause.invoice_id())));
  const std::string name = CauseName(cause.category(), cause.cause_id());
  if (cause.category() == kPaymentCategory) {
    shown.set_payment(name);
  } else {
    shown.set_credit_note(name);
  }
  shown.set_reversal(cause.reversal());
  shown.set_corrected_by(CauseName(entry.corrected_by_category(), entry.corrected_by_id()));
  shown.set_commission_policy(
      domain::NameOf(domain::FromBytes<domain::CommissionPolicyId>(entry.policy_id())));
  shown.set_policy_version(entry.policy_version());
  if (entry.has_period_start()) {
    *shown.mutable_period_start_date() =
        domain::DayToProto(domain::DayFromStored(entry.period_start()));
  }
  *shown.mutable_paid() = money(entry.paid_minor());
  *shown.mutable_base_before() = money(entry.base_before_minor());
  *shown.mutable_base_after() = money(entry.base_after_minor());
  RETURN_IF_ERROR(RenderSlices(entry, money, rows, shown));
  *shown.mutable_due_date() = domain::DayToProto(domain::DayFromStored(entry.due()));
  shown.set_position(std::get<1>(key));
  shown.set_commission(
      domain::NameOf(domain::FromBytes<domain::CommissionId>(row.commission_id())));
  return shown;
}

// One page while its entries are read.
class EntryPage {
 public:
  EntryPage(const EntryFilter& filter, const ViewReader& rows, QueryContext& context)
      : filter_(filter), rows_(rows), context_(context) {}

  // Returns whether there may be more on this page.
  absl::StatusOr<bool> Add(const CommissionLedger::EntryKey& key, const LedgerEntry& row) {
    const CommissionRecognized& entry = row.recognized();
    if (!filter_.Matches(entry) || !context_.Sees(ScopeOf(entry.ownership()))) {
      return true;
    }
    if (response_.entries_size() == context_.page_size()) {
      context_.ContinueAfter(place_);
      return false;
    }
    ASSIGN_OR_RETURN(*response_.add_entries(), Render(key, row, rows_));
    place_.clear();
    AppendKey(place_, key);
    return true;
  }

  v1::ListCommissionsResponse Take() && { return std::move(response_); }

 private:
  const EntryFilter& filter_;
  const ViewReader& rows_;
  QueryContext& context_;
  v1::ListCommissionsResponse response_;
  std::string place_;
};

// The range of a table whose keys begin with `leading` and go on as an entry's do.
template <class T, class... Leading>
KeyRange<typename T::Key> RangeOf(const T& table, const EntryFilter& filter,
                                  const std::optional<CommissionLedger::EntryKey>& after,
                                  const Leading&... leading) {
  KeyRange<typename T::Key> range = table.Prefix(leading...)
                                        .From(std::make_tuple(leading..., filter.from))
                                        .Until(std::make_tuple(leading..., filter.to + 1));
  if (!after.has_value()) return range;
  return std::move(range).After(std::tuple_cat(std::make_tuple(leading...), *after));
}

}  // namespace

absl::StatusOr<v1::ListCommissionsResponse> CommissionLedger::Answer(
    const v1::ListCommissionsRequest& request, const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(EntryFilter filter, FilterOf(request));
  const domain::Audience& audience = context.audience();
  if (filter.agent.IsNil() && !audience.everything && audience.teams.empty()) {
    filter.agent = audience.member;  // nothing else is shown, so nothing else need be read
  }
  std::optional<EntryKey> after;
  if (!context.after().empty() && !ParseKey(context.after(), after.emplace())) {
    return domain::Invalid("PAGE_TOKEN_INVALID", "the page token is not one of this list");
  }
  EntryPage page(filter, rows, context);
  if (filter.agent.IsNil()) {
    RETURN_IF_ERROR(kEntries.Scan(
        rows, RangeOf(kEntries, filter, after),
        [&](const EntryKey& key, const LedgerEntry& row) { return page.Add(key, row); }));
  } else {
    RETURN_IF_ERROR(
        kEntriesOf.Scan(rows, RangeOf(kEntriesOf, filter, after, filter.agent),
                        [&](const auto& place, const views::v1::Mark&) -> absl::StatusOr<bool> {
                          const EntryKey key = {std::get<1>(place), std::get<2>(place)};
                          ASSIGN_OR_RETURN(const LedgerEntry row, kEntries.GetOrEmpty(rows, key));
                          return page.Add(key, row);
                        }));
  }
  return std::move(page).Take();
}

}  // namespace crm::projections

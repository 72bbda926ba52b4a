// The queries of InvoiceList: what is due, by age.
#include <array>
#include <string>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "base/status_macros.h"
#include "projections/counters.h"
#include "projections/invoice_list.h"
#include "projections/stored_day.h"

namespace crm::projections {
namespace {

using domain::CustomerId;
using domain::MemberId;
using domain::TeamId;
using views::v1::AmountSum;
using views::v1::InvoiceCard;
using views::v1::InvoiceMoney;

// Days since the day after an invoice was due; none of those that are not overdue.
int64_t OverdueDays(const InvoiceCard& card, absl::CivilDay today) {
  return std::max<int64_t>(today - NumberedDay(card.due_day()), 0);
}

// Not overdue, up to 30, 60 and 90 days, longer.
constexpr size_t kAges = 5;

size_t AgeOf(int64_t overdue_days) {
  if (overdue_days == 0) return 0;
  return static_cast<size_t>(std::min<int64_t>((overdue_days + 29) / 30, kAges - 1));
}

class ReceivablesDraft {
 public:
  static absl::StatusOr<ReceivablesDraft> Create(const v1::GetReceivablesRequest& request,
                                                 absl::CivilDay today) {
    ReceivablesDraft draft(request.grouping(), today);
    for (const std::string& name : request.teams()) {
      ASSIGN_OR_RETURN(const auto team, domain::ParseName<TeamId>(name));
      draft.teams_.insert(domain::ToBytes(team));
    }
    ASSIGN_OR_RETURN(const auto member, domain::ParseOptionalName<MemberId>(request.member()));
    ASSIGN_OR_RETURN(const auto customer,
                     domain::ParseOptionalName<CustomerId>(request.customer()));
    draft.member_id_ = domain::ToBytes(member);
    draft.customer_id_ = domain::ToBytes(customer);
    return draft;
  }

  void Add(const InvoiceCard& card, const InvoiceMoney& money) {
    if (!Wants(card)) return;
    Row& row = rows_[{GroupOf(card.holder()), money.currency_code()}];
    const events::v1::Amount due = AmountOf(money, StandingOf(money).due_minor);
    const size_t age = AgeOf(OverdueDays(card, today_));
    AddAmount(row.ages[age], due, 1);
    AddAmount(row.total, due, 1);
    if (age > 0) ++row.overdue_count;
  }

  absl::StatusOr<v1::Receivables> Take() const {
    v1::Receivables receivables;
    for (const auto& [key, row] : rows_) {
      v1::Receivables::Row& shown = *receivables.add_rows();
      if (grouping_ == v1::GROUPING_TEAM) shown.set_team(domain::NameOf(TeamId(key.first)));
      if (grouping_ == v1::GROUPING_MEMBER) shown.set_member(domain::NameOf(MemberId(key.first)));
      const std::array<google::type::Money*, kAges> columns = {
          shown.mutable_current(), shown.mutable_overdue_1_30(), shown.mutable_overdue_31_60(),
          shown.mutable_overdue_61_90(), shown.mutable_overdue_over_90()};
      for (size_t age = 0; age < kAges; ++age) {
        ASSIGN_OR_RETURN(*columns[age], SumOf(row.ages[age], key.second));
      }
      ASSIGN_OR_RETURN(*shown.mutable_total(), SumOf(row.total, key.second));
      shown.set_invoice_count(static_cast<int32_t>(row.total[0].count()));
      shown.set_overdue_count(row.overdue_count);
    }
    return receivables;
  }

 private:
  struct Row {
    std::array<AmountSums, kAges> ages;
    AmountSums total;
    int32_t overdue_count = 0;
  };

  ReceivablesDraft(v1::Grouping grouping, absl::CivilDay today)
      : grouping_(grouping), today_(today) {}

  bool Wants(const InvoiceCard& card) const {
    return (teams_.empty() || teams_.contains(card.holder().team_id())) &&
           (member_id_.empty() || member_id_ == card.holder().owner_id()) &&
           (customer_id_.empty() || customer_id_ == card.customer_id());
  }
  Uuid GroupOf(const views::v1::Holder& holder) const {
    if (grouping_ == v1::GROUPING_TEAM) return UuidOf(holder.team_id());
    if (grouping_ == v1::GROUPING_MEMBER) return UuidOf(holder.owner_id());
    return Uuid();
  }
  // The sum of one currency; sums of none are zero.
  static absl::StatusOr<google::type::Money> SumOf(const AmountSums& sums,
                                                   const std::string& currency_code) {
    AmountSum sum;
    sum.set_currency_code(currency_code);
    ASSIGN_OR_RETURN(const domain::Money money, MoneyOf(sums.empty() ? sum : sums[0]));
    return money.ToProto();
  }

  const v1::Grouping grouping_;
  const absl::CivilDay today_;
  absl::btree_set<std::string> teams_;
  std::string member_id_, customer_id_;
  // Group, currency code.
  absl::btree_map<std::pair<Uuid, std::string>, Row> rows_;
};

}  // namespace

absl::StatusOr<v1::Receivables> InvoiceList::Answer(const v1::GetReceivablesRequest& request,
                                                    const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(const auto organization, kOrganization.GetOrEmpty(rows, {}));
  ASSIGN_OR_RETURN(ReceivablesDraft draft,
                   ReceivablesDraft::Create(request, ZoneOf(organization).DayOf(context.at())));
  RETURN_IF_ERROR(kDue.Scan(
      rows, kDue.All(), [&](const auto& key, const views::v1::Mark&) -> absl::StatusOr<bool> {
        ASSIGN_OR_RETURN(const InvoiceCard card, kCards.GetOrEmpty(rows, key));
        if (!context.SeesInvoice(ScopeOf(card.holder()))) return true;
        ASSIGN_OR_RETURN(const InvoiceMoney money, kMoney.GetOrEmpty(rows, key));
        draft.Add(card, money);
        return true;
      }));
  return draft.Take();
}

}  // namespace crm::projections

// The list of InvoiceList: pages of invoices that match a filter.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/container/btree_set.h"
#include "base/status_macros.h"
#include "domain/invoice/invoice_standing.h"
#include "domain/rejection.h"
#include "projections/counters.h"
#include "projections/invoice_list.h"
#include "projections/stored_day.h"

namespace crm::projections {
namespace {

using domain::CustomerId;
using domain::InvoiceId;
using domain::MemberId;
using domain::OpportunityId;
using domain::TeamId;
using views::v1::InvoiceCard;
using views::v1::InvoiceMoney;

// What one page is asked for, read once.
struct Filter {
  absl::btree_set<int> states, settlements;                // empty: any
  std::string team_id, owner_id, opportunity_id, channel;  // 16 bytes, a word; empty: any
  CustomerId customer;
  bool overdue = false;
  absl::CivilDay from = kFirstDay;
  absl::CivilDay to = kLastDay;
  bool issued_in_range = false;  // drafts are in no range

  bool MatchesCard(const InvoiceCard& card) const {
    const auto is = [](const std::string& wanted, const std::string& value) {
      return wanted.empty() || wanted == value;
    };
    return (states.empty() || states.contains(card.state())) &&
           is(team_id, card.holder().team_id()) && is(owner_id, card.holder().owner_id()) &&
           is(opportunity_id, card.opportunity_id()) && is(channel, card.channel()) &&
           (customer.IsNil() || domain::ToBytes(customer) == card.customer_id()) &&
           (!issued_in_range || card.has_issue_day());
  }
  bool asks_for_money() const { return overdue || !settlements.empty(); }
};

absl::StatusOr<Filter> FilterOf(const v1::InvoiceFilter& asked) {
  Filter filter;
  filter.states.insert(asked.states().begin(), asked.states().end());
  filter.settlements.insert(asked.settlements().begin(), asked.settlements().end());
  filter.overdue = asked.overdue();
  filter.channel = asked.channel();
  ASSIGN_OR_RETURN(const auto team, domain::ParseOptionalName<TeamId>(asked.team()));
  ASSIGN_OR_RETURN(const auto owner, domain::ParseOptionalName<MemberId>(asked.owner()));
  ASSIGN_OR_RETURN(const auto opportunity,
                   domain::ParseOptionalName<OpportunityId>(asked.opportunity()));
  ASSIGN_OR_RETURN(filter.customer, domain::ParseOptionalName<CustomerId>(asked.customer()));
  filter.team_id = domain::ToBytes(team);
  filter.owner_id = domain::ToBytes(owner);
  filter.opportunity_id = domain::ToBytes(opportunity);
  filter.issued_in_range = asked.has_issue_date_from() || asked.has_issue_date_to();
  if (asked.has_issue_date_from()) {
    ASSIGN_OR_RETURN(filter.from, domain::DayFromProto(asked.issue_date_from()));
  }
  if (asked.has_issue_date_to()) {
    ASSIGN_OR_RETURN(filter.to, domain::DayFromProto(asked.issue_date_to()));
  }
  return filter;
}

// A page of ids while cards are read in order.
class InvoicePage {
 public:
  InvoicePage(const Filter& filter, absl::CivilDay today, const ViewReader& rows,
              QueryContext& context)
      : filter_(filter), today_(today), rows_(rows), context_(context) {}

  // Returns whether there may be more on this page; `place` is where the row is.
  absl::StatusOr<bool> Add(const InvoiceList::Place& place) {
    const Uuid& id = std::get<1>(place);
    ASSIGN_OR_RETURN(const InvoiceCard card, InvoiceList::kCards.GetOrEmpty(rows_, {id}));
    if (!filter_.MatchesCard(card) || !context_.Sees(ScopeOf(card.holder()))) return true;
    ASSIGN_OR_RETURN(const bool matches, MatchesMoney(id, card));
    if (!matches) return true;
    if (static_cast<int>(ids_.size()) == context_.page_size()) {
      context_.ContinueAfter(last_);
      return false;
    }
    ids_.emplace_back(id);
    last_.clear();
    AppendKey(last_, place);
    return true;
  }

  std::vector<InvoiceId> Take() && { return std::move(ids_); }

 private:
  absl::StatusOr<bool> MatchesMoney(const Uuid& id, const InvoiceCard& card) const {
    if (!filter_.asks_for_money()) return true;
    if (card.state() != v1::INVOICE_STATE_ISSUED) return false;
    ASSIGN_OR_RETURN(const InvoiceMoney money, InvoiceList::kMoney.GetOrEmpty(rows_, {id}));
    const InvoiceStanding sums = StandingOf(money);
    const domain::InvoiceStanding standing =
        domain::StandingOf(money.total_minor(),
                           {.paid_minor = sums.paid_minor,
                            .credited_minor = sums.credited_minor,
                            .overpaid_minor = sums.overpaid_minor},
                           NumberedDay(card.due_day()), today_);
    if (filter_.overdue && standing.overdue_days == 0) return false;
    return filter_.settlements.empty() || filter_.settlements.contains(standing.settlement);
  }

  const Filter& filter_;
  const absl::CivilDay today_;
  const ViewReader& rows_;
  QueryContext& context_;
  std::vector<InvoiceId> ids_;
  std::string last_;
};

// The range of an index whose keys begin with `leading` and go on as a place does.
template <class T, class... Leading>
absl::StatusOr<KeyRange<typename T::Key>> RangeOf(const T& index, const Filter& filter,
                                                  const std::string& place,
                                                  const Leading&... leading) {
  using Newest = InvoiceList::Newest;
  KeyRange<typename T::Key> range =
      index.Prefix(leading...)
          .From(std::make_tuple(leading..., Newest{filter.to}))
          .Until(std::make_tuple(leading..., Newest{filter.from - 1}));
  if (place.empty()) return range;
  InvoiceList::Place last;
  if (!ParseKey(place, last)) {
    return domain::Invalid("PAGE_TOKEN_INVALID", "the page token is not one of this list");
  }
  return std::move(range).After(std::tuple_cat(std::make_tuple(leading...), last));
}

}  // namespace

absl::StatusOr<std::vector<InvoiceId>> InvoiceList::Select(const v1::ListInvoicesRequest& request,
                                                           const ViewReader& rows,
                                                           QueryContext& context) {
  ASSIGN_OR_RETURN(const Filter filter, FilterOf(request.filter()));
  ASSIGN_OR_RETURN(const auto organization, kOrganization.GetOrEmpty(rows, {}));
  InvoicePage page(filter, ZoneOf(organization).DayOf(context.at()), rows, context);
  if (!request.filter().number().empty()) {
    const std::string& number = request.filter().number();
    ASSIGN_OR_RETURN(const auto range, RangeOf(kByNumber, filter, context.after(), number));
    RETURN_IF_ERROR(kByNumber.Scan(rows, range, [&](const auto& key, const views::v1::Mark&) {
      return page.Add({std::get<1>(key), std::get<2>(key)});
    }));
  } else if (!filter.customer.IsNil()) {
    ASSIGN_OR_RETURN(const auto range,
                     RangeOf(kOfCustomer, filter, context.after(), filter.customer));
    RETURN_IF_ERROR(kOfCustomer.Scan(rows, range, [&](const auto& key, const views::v1::Mark&) {
      return page.Add({std::get<1>(key), std::get<2>(key)});
    }));
  } else {
    ASSIGN_OR_RETURN(const auto range, RangeOf(kByDay, filter, context.after()));
    RETURN_IF_ERROR(kByDay.Scan(
        rows, range, [&](const auto& key, const views::v1::Mark&) { return page.Add(key); }));
  }
  return std::move(page).Take();
}

}  // namespace crm::projections

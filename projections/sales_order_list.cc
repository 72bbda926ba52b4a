#include "projections/sales_order_list.h"

#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/btree_set.h"
#include "absl/strings/str_join.h"
#include "domain/rejection.h"
#include "domain/sales_order/order_line.h"
#include "projections/counters.h"

namespace crm::projections {
namespace {

using domain::CustomerId;
using domain::MemberId;
using domain::OrderLine;
using domain::OrderLines;
using domain::SalesOrderId;
using domain::TeamId;
using views::v1::SalesOrderCard;

OrderLines LinesOf(const SalesOrderCard& card) {
  OrderLines lines;
  for (const views::v1::OrderLine& stored : card.lines()) {
    OrderLine& line = lines.emplace_back();
    line.line_id = stored.line_id();
    line.ordered_e6 = stored.ordered_e6();
    line.delivered_e6 = stored.delivered_e6();
    line.returned_e6 = stored.returned_e6();
    line.invoiced_e6 = stored.invoiced_e6();
  }
  return lines;
}

// What an event makes of the lines, as the order itself folds it.
template <class Event>
void FoldInto(SalesOrderCard& card, const Event& event) {
  OrderLines lines = LinesOf(card);
  domain::FoldLines(event, lines);
  card.clear_lines();
  for (const OrderLine& line : lines) {
    views::v1::OrderLine& stored = *card.add_lines();
    stored.set_line_id(line.line_id);
    stored.set_ordered_e6(line.ordered_e6);
    stored.set_delivered_e6(line.delivered_e6);
    stored.set_returned_e6(line.returned_e6);
    stored.set_invoiced_e6(line.invoiced_e6);
  }
}

// Whoever is credited with an order, or with a line of it, sees it.
void SetContributors(SalesOrderCard& card, const events::v1::DocumentContent& content) {
  absl::btree_set<std::string> ids(card.credited_ids().begin(), card.credited_ids().end());
  for (const events::v1::DocumentLine& line : content.lines()) {
    for (const events::v1::CreditedMember& member : line.credited()) ids.insert(member.member_id());
  }
  card.mutable_holder()->set_contributor_ids(absl::StrJoin(ids, ""));
}

struct Filter {
  absl::btree_set<int> states;    // empty: any
  std::string team_id, owner_id;  // 16 bytes; empty: any
  CustomerId customer;
  bool invoiceable = false;
  bool deliverable = false;

  bool Matches(const SalesOrderCard& card) const {
    if (!states.empty() && !states.contains(card.state())) return false;
    if (!team_id.empty() && team_id != card.holder().team_id()) return false;
    if (!owner_id.empty() && owner_id != card.holder().owner_id()) return false;
    if (!invoiceable && !deliverable) return true;
    if (card.state() != v1::SALES_ORDER_STATE_CONFIRMED) return false;
    const OrderLines lines = LinesOf(card);
    const bool owed = domain::IsInvoiceable(lines, domain::InvoicingFrom(card.invoicing()));
    const bool due = domain::DeliveryStatusOf(lines) != v1::DELIVERY_STATUS_FULL;
    return (!invoiceable || owed) && (!deliverable || due);
  }
};

absl::StatusOr<Filter> FilterOf(const v1::ListSalesOrdersRequest& request) {
  Filter filter;
  filter.states.insert(request.states().begin(), request.states().end());
  ASSIGN_OR_RETURN(const auto team, domain::ParseOptionalName<TeamId>(request.team()));
  ASSIGN_OR_RETURN(const auto owner, domain::ParseOptionalName<MemberId>(request.owner()));
  ASSIGN_OR_RETURN(filter.customer, domain::ParseOptionalName<CustomerId>(request.customer()));
  filter.team_id = domain::ToBytes(team);
  filter.owner_id = domain::ToBytes(owner);
  filter.invoiceable = request.invoiceable();
  filter.deliverable = request.deliverable();
  return filter;
}

// A page of ids while cards are read from the newest on.
class OrderPage {
 public:
  OrderPage(const Filter& filter, const ViewReader& rows, QueryContext& context)
      : filter_(filter), rows_(rows), context_(context) {}

  // Returns whether there may be more on this page.
  absl::StatusOr<bool> Add(const SalesOrderList::Newest& time, const SalesOrderId& id) {
    ASSIGN_OR_RETURN(const SalesOrderCard card, SalesOrderList::kOrders.GetOrEmpty(rows_, {id}));
    if (!filter_.Matches(card) || !context_.Sees(ScopeOf(card.holder()))) return true;
    if (static_cast<int>(ids_.size()) == context_.page_size()) {
      context_.ContinueAfter(place_);
      return false;
    }
    ids_.push_back(id);
    place_.clear();
    AppendKey(place_, std::make_tuple(time, id));
    return true;
  }

  std::vector<SalesOrderId> Take() && { return std::move(ids_); }

 private:
  const Filter& filter_;
  const ViewReader& rows_;
  QueryContext& context_;
  std::vector<SalesOrderId> ids_;
  std::string place_;
};

// The range of an index whose keys begin with `leading` and go on with time and order.
template <class T, class... Leading>
absl::StatusOr<KeyRange<typename T::Key>> RangeOf(const T& index, const std::string& place,
                                                  const Leading&... leading) {
  if (place.empty()) return index.Prefix(leading...);
  std::tuple<SalesOrderList::Newest, SalesOrderId> last;
  if (!ParseKey(place, last)) {
    return domain::Invalid("PAGE_TOKEN_INVALID", "the page token is not one of this list");
  }
  return index.Prefix(leading...).After(std::tuple_cat(std::make_tuple(leading...), last));
}

}  // namespace

absl::Status SalesOrderList::Apply(const events::v1::SalesOrderDrafted& event,
                                   const domain::EventMetadata& metadata, ViewTransaction& rows) {
  const SalesOrderId id(metadata.stream.id);
  const Newest time = {metadata.effective_time};
  const auto customer = domain::FromBytes<CustomerId>(event.recipient().customer_id());
  kByTime.Put(rows, {time, id}, {});
  if (!customer.IsNil()) kOfCustomer.Put(rows, {customer, time, id}, {});
  SalesOrderCard card;
  card.set_state(v1::SALES_ORDER_STATE_DRAFT);
  *card.mutable_holder() = HolderOf(event.at().ownership());
  for (const events::v1::CreditedMember& member : event.credited()) {
    card.add_credited_ids(member.member_id());
  }
  card.set_invoicing(event.details().invoicing());
  FoldInto(card, event.content());
  kOrders.Put(rows, {id}, std::move(card));
  return absl::OkStatus();
}

void SalesOrderList::Fold(Card& card, const events::v1::SalesOrderContentRevised& event) {
  FoldInto(card, event.content());
  SetContributors(card, event.content());
}

void SalesOrderList::Fold(Card& card, const events::v1::SalesOrderDetailsRevised& event) {
  if (!absl::c_linear_search(event.fields(), "invoicing")) return;
  card.set_invoicing(event.details().invoicing());
}

void SalesOrderList::Fold(Card& card, const events::v1::SalesOrderConfirmed&) {
  card.set_state(v1::SALES_ORDER_STATE_CONFIRMED);
}

void SalesOrderList::Fold(Card& card, const events::v1::SalesOrderDelivered& event) {
  FoldInto(card, event);
}

void SalesOrderList::Fold(Card& card, const events::v1::SalesOrderDeliveryReturned& event) {
  FoldInto(card, event);
}

void SalesOrderList::Fold(Card& card, const events::v1::SalesOrderInvoiced& event) {
  FoldInto(card, event);
}

void SalesOrderList::Fold(Card& card, const events::v1::SalesOrderInvoicingUndone& event) {
  FoldInto(card, event);
}

void SalesOrderList::Fold(Card& card, const events::v1::SalesOrderCancelled&) {
  card.set_state(v1::SALES_ORDER_STATE_CANCELLED);
}

void SalesOrderList::Fold(Card& card, const events::v1::SalesOrderAssigned& event) {
  // Contributors stay: `to` names team and owner.
  const std::string contributors = card.holder().contributor_ids();
  *card.mutable_holder() = HolderOf(event.to());
  card.mutable_holder()->set_contributor_ids(contributors);
}

absl::StatusOr<std::vector<SalesOrderId>> SalesOrderList::Select(
    const v1::ListSalesOrdersRequest& request, const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(const Filter filter, FilterOf(request));
  OrderPage page(filter, rows, context);
  if (filter.customer.IsNil()) {
    ASSIGN_OR_RETURN(const auto range, RangeOf(kByTime, context.after()));
    RETURN_IF_ERROR(kByTime.Scan(rows, range, [&](const auto& key, const views::v1::Mark&) {
      return page.Add(std::get<0>(key), std::get<1>(key));
    }));
  } else {
    ASSIGN_OR_RETURN(const auto range, RangeOf(kOfCustomer, context.after(), filter.customer));
    RETURN_IF_ERROR(kOfCustomer.Scan(rows, range, [&](const auto& key, const views::v1::Mark&) {
      return page.Add(std::get<1>(key), std::get<2>(key));
    }));
  }
  return std::move(page).Take();
}

}  // namespace crm::projections

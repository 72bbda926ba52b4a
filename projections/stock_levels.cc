#include "projections/stock_levels.h"

#include <string>
#include <utility>

#include "absl/container/btree_set.h"
#include "base/status_macros.h"
#include "domain/rejection.h"
#include "domain/sales_order/order_line.h"
#include "projections/counters.h"

namespace crm::projections {
namespace {

using domain::EventMetadata;
using domain::OrderedQuantities;
using domain::ProductId;
using domain::PurchaseId;
using domain::SalesOrderId;
using domain::WarehouseId;
using events::v1::OrderedQuantity;
using views::v1::PurchaseCard;
using views::v1::StockLevel;

template <class Change>
absl::Status EditLevel(const std::string& product_id, const std::string& warehouse_id,
                       ViewTransaction& rows, Change change) {
  return EditCounter(
      StockLevels::kLevels, rows,
      {domain::FromBytes<ProductId>(product_id), domain::FromBytes<WarehouseId>(warehouse_id)},
      change);
}

// Calls `change(level, quantity_e6)` for every quantity that is taken from stock.
template <class Change>
absl::Status EditLevels(const OrderedQuantities& quantities, const std::string& warehouse_id,
                        ViewTransaction& rows, Change change) {
  for (const OrderedQuantity& quantity : quantities) {
    if (quantity.product_id().empty()) continue;
    RETURN_IF_ERROR(EditLevel(quantity.product_id(), warehouse_id, rows,
                              [&](StockLevel& level) { change(level, quantity.quantity_e6()); }));
  }
  return absl::OkStatus();
}

void OnHand(StockLevel& level, int64_t e6) { level.set_on_hand_e6(level.on_hand_e6() + e6); }
void Reserve(StockLevel& level, int64_t e6) { level.set_reserved_e6(level.reserved_e6() + e6); }
void Wait(StockLevel& level, int64_t e6) { level.set_waiting_e6(level.waiting_e6() + e6); }

// What is on its way by a purchase.
int64_t OutstandingE6(const PurchaseCard& card) {
  const bool open =
      card.state() == v1::PURCHASE_STATE_REQUESTED || card.state() == v1::PURCHASE_STATE_ORDERED;
  return open ? card.quantity_e6() - card.received_e6() : 0;
}

// Changes a purchase and what is on its way.
template <class Change>
absl::Status EditPurchase(const EventMetadata& metadata, ViewTransaction& rows, Change change) {
  ASSIGN_OR_RETURN(PurchaseCard * card,
                   StockLevels::kPurchases.Edit(rows, {PurchaseId(metadata.stream.id)}));
  const int64_t before_e6 = OutstandingE6(*card);
  change(*card);
  const int64_t added_e6 = OutstandingE6(*card) - before_e6;
  return EditLevel(card->product_id(), card->warehouse_id(), rows, [&](StockLevel& level) {
    level.set_requested_e6(level.requested_e6() + added_e6);
  });
}

// Where an earlier page ended; a page goes on after it.
template <class Key>
absl::StatusOr<KeyRange<Key>> GoOn(KeyRange<Key> range, const std::string& after, Key& place) {
  if (after.empty()) return range;
  if (ParseKey(after, place)) return std::move(range).After(place);
  return domain::Invalid("PAGE_TOKEN_INVALID", "the page token is not one of this list");
}

}  // namespace

absl::Status StockLevels::Apply(const events::v1::StockReceived& event, const EventMetadata&,
                                ViewTransaction& rows) {
  for (const events::v1::StockMovement& movement : event.movements()) {
    RETURN_IF_ERROR(EditLevel(movement.product_id(), movement.warehouse_id(), rows,
                              [&](StockLevel& level) { OnHand(level, movement.quantity_e6()); }));
  }
  return absl::OkStatus();
}

absl::Status StockLevels::Apply(const events::v1::SalesOrderConfirmed& event, const EventMetadata&,
                                ViewTransaction& rows) {
  RETURN_IF_ERROR(EditLevels(event.reserved(), event.warehouse_id(), rows, Reserve));
  return EditLevels(event.waiting(), event.warehouse_id(), rows, Wait);
}

absl::Status StockLevels::Apply(const events::v1::SalesOrderGoodsReserved& event,
                                const EventMetadata&, ViewTransaction& rows) {
  return EditLevels(event.reserved(), event.warehouse_id(), rows,
                    [](StockLevel& level, int64_t e6) {
                      Reserve(level, e6);
                      Wait(level, -e6);
                    });
}

absl::Status StockLevels::Apply(const events::v1::SalesOrderDelivered& event, const EventMetadata&,
                                ViewTransaction& rows) {
  return EditLevels(event.delivered(), event.warehouse_id(), rows,
                    [](StockLevel& level, int64_t e6) {
                      Reserve(level, -e6);
                      OnHand(level, -e6);
                    });
}

absl::Status StockLevels::Apply(const events::v1::SalesOrderDeliveryReturned& event,
                                const EventMetadata&, ViewTransaction& rows) {
  return EditLevels(event.returned(), event.warehouse_id(), rows, OnHand);
}

absl::Status StockLevels::Apply(const events::v1::SalesOrderCancelled& event, const EventMetadata&,
                                ViewTransaction& rows) {
  RETURN_IF_ERROR(EditLevels(event.released(), event.warehouse_id(), rows,
                             [](StockLevel& level, int64_t e6) { Reserve(level, -e6); }));
  return EditLevels(event.given_up(), event.warehouse_id(), rows,
                    [](StockLevel& level, int64_t e6) { Wait(level, -e6); });
}

absl::Status StockLevels::Apply(const events::v1::PurchaseRequested& event,
                                const EventMetadata& metadata, ViewTransaction& rows) {
  kPurchasesByTime.Put(rows, {metadata.effective_time, PurchaseId(metadata.stream.id)}, {});
  return EditPurchase(metadata, rows, [&](PurchaseCard& card) {
    card.set_state(v1::PURCHASE_STATE_REQUESTED);
    card.set_product_id(event.product_id());
    card.set_warehouse_id(event.warehouse_id());
    card.set_sales_order_id(event.sales_order_id());
    card.set_quantity_e6(event.quantity_e6());
  });
}

absl::Status StockLevels::Apply(const events::v1::PurchaseOrdered& event,
                                const EventMetadata& metadata, ViewTransaction& rows) {
  return EditPurchase(metadata, rows, [&](PurchaseCard& card) {
    card.set_state(v1::PURCHASE_STATE_ORDERED);
    card.set_quantity_e6(event.quantity_e6());
  });
}

absl::Status StockLevels::Apply(const events::v1::PurchaseReceived& event,
                                const EventMetadata& metadata, ViewTransaction& rows) {
  return EditPurchase(metadata, rows, [&](PurchaseCard& card) {
    card.set_received_e6(card.received_e6() + event.quantity_e6());
    if (card.received_e6() >= card.quantity_e6()) card.set_state(v1::PURCHASE_STATE_RECEIVED);
  });
}

absl::Status StockLevels::Apply(const events::v1::PurchaseCancelled&, const EventMetadata& metadata,
                                ViewTransaction& rows) {
  return EditPurchase(metadata, rows,
                      [](PurchaseCard& card) { card.set_state(v1::PURCHASE_STATE_CANCELLED); });
}

absl::StatusOr<v1::ListStockLevelsResponse> StockLevels::Answer(
    const v1::ListStockLevelsRequest& request, const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(const auto product, domain::ParseOptionalName<ProductId>(request.product()));
  ASSIGN_OR_RETURN(const auto warehouse,
                   domain::ParseOptionalName<WarehouseId>(request.warehouse()));
  std::tuple<ProductId, WarehouseId> place;
  ASSIGN_OR_RETURN(const auto range, GoOn(product.IsNil() ? kLevels.All() : kLevels.Prefix(product),
                                          context.after(), place));
  v1::ListStockLevelsResponse response;
  RETURN_IF_ERROR(kLevels.Scan(rows, range, [&](const auto& key, const StockLevel& level) {
    if (!warehouse.IsNil() && std::get<1>(key) != warehouse) return true;
    if (response.levels_size() == context.page_size()) {
      std::string last;
      AppendKey(last, place);
      context.ContinueAfter(std::move(last));
      return false;
    }
    place = key;
    v1::StockLevel& shown = *response.add_levels();
    shown.set_product(domain::NameOf(std::get<0>(key)));
    shown.set_warehouse(domain::NameOf(std::get<1>(key)));
    shown.set_on_hand_e6(level.on_hand_e6());
    shown.set_reserved_e6(level.reserved_e6());
    shown.set_available_e6(level.on_hand_e6() - level.reserved_e6());
    shown.set_waiting_e6(level.waiting_e6());
    shown.set_requested_e6(level.requested_e6());
    return true;
  }));
  return response;
}

absl::StatusOr<std::vector<PurchaseId>> StockLevels::Select(const v1::ListPurchasesRequest& request,
                                                            const ViewReader& rows,
                                                            QueryContext& context) {
  ASSIGN_OR_RETURN(const auto product, domain::ParseOptionalName<ProductId>(request.product()));
  ASSIGN_OR_RETURN(const auto order,
                   domain::ParseOptionalName<SalesOrderId>(request.sales_order()));
  absl::btree_set<int> states(request.states().begin(), request.states().end());
  if (states.empty()) states = {v1::PURCHASE_STATE_REQUESTED, v1::PURCHASE_STATE_ORDERED};
  std::tuple<absl::Time, PurchaseId> place;
  ASSIGN_OR_RETURN(const auto range, GoOn(kPurchasesByTime.All(), context.after(), place));
  std::vector<PurchaseId> ids;
  const auto add = [&](const auto& key, const views::v1::Mark&) -> absl::StatusOr<bool> {
    const PurchaseId id = std::get<1>(key);
    ASSIGN_OR_RETURN(const PurchaseCard card, kPurchases.GetOrEmpty(rows, {id}));
    if (!states.contains(card.state())) return true;
    if (!product.IsNil() && domain::ToBytes(product) != card.product_id()) return true;
    if (!order.IsNil() && domain::ToBytes(order) != card.sales_order_id()) return true;
    if (static_cast<int>(ids.size()) == context.page_size()) {
      std::string last;
      AppendKey(last, place);
      context.ContinueAfter(std::move(last));
      return false;
    }
    place = key;
    ids.push_back(id);
    return true;
  };
  RETURN_IF_ERROR(kPurchasesByTime.Scan(rows, range, add));
  return ids;
}

}  // namespace crm::projections

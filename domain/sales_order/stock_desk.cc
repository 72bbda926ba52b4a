#include "domain/sales_order/stock_desk.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/rejection.h"

namespace crm::domain {

absl::StatusOr<StockDesk::Item*> StockDesk::Open(const ProductId& product) {
  const StockItemId id = StockItemOf(product, warehouse_);
  const auto found = items_.find(id);
  if (found != items_.end()) return &found->second;
  ASSIGN_OR_RETURN(const Ref<StockItem> ref, context_.Find<StockItem>(id));
  return &items_.emplace(id, Item{product, ref, ref.state(), {}}).first->second;
}

void StockDesk::Post(Item& item, StockItem::Event post) const {
  item.state = StockItem::Evolve(std::move(item.state), post, EventMetadata());
  item.posts.push_back(std::move(post));
}

absl::StatusOr<int64_t> StockDesk::AvailableE6(const ProductId& product) {
  ASSIGN_OR_RETURN(const Item* item, Open(product));
  return item->state.waiting.empty() ? item->state.AvailableE6() : 0;
}

absl::StatusOr<int64_t> StockDesk::OnHandE6(const ProductId& product) {
  ASSIGN_OR_RETURN(const Item* item, Open(product));
  return item->state.on_hand_e6;
}

absl::StatusOr<int64_t> StockDesk::Reserve(const OrderLineKey& line, const ProductId& product,
                                           int64_t quantity_e6) {
  ASSIGN_OR_RETURN(const int64_t available_e6, AvailableE6(product));
  ASSIGN_OR_RETURN(Item* const item, Open(product));
  const int64_t reserved_e6 = std::min(quantity_e6, available_e6);
  Post(*item, ReservationPosted(line, reserved_e6, quantity_e6 - reserved_e6));
  return reserved_e6;
}

absl::Status StockDesk::Release(const OrderLineKey& line, const ProductId& product) {
  ASSIGN_OR_RETURN(Item* const item, Open(product));
  const int64_t reserved_e6 = item->state.ReservedE6(line);
  const int64_t waiting_e6 = item->state.WaitingE6(line);
  if (reserved_e6 == 0 && waiting_e6 == 0) return absl::OkStatus();
  Post(*item, ReservationPosted(line, -reserved_e6, -waiting_e6));
  return absl::OkStatus();
}

absl::Status StockDesk::HandOver(const OrderLineKey& line, const ProductId& product,
                                 int64_t quantity_e6) {
  ASSIGN_OR_RETURN(Item* const item, Open(product));
  const int64_t reserved_e6 = item->state.ReservedE6(line);
  if (quantity_e6 > reserved_e6) {
    return Refuse("DELIVERY_EXCEEDS_RESERVED", "more than is reserved for the line",
                  {{"product", NameOf(product)}, {"reserved_e6", absl::StrCat(reserved_e6)}});
  }
  Post(*item, ReservationPosted(line, -quantity_e6, 0));
  Post(*item, OnHandPosted(-quantity_e6, StreamOf(line.first), context_.effective_time()));
  return absl::OkStatus();
}

absl::Status StockDesk::PutIn(const ProductId& product, int64_t quantity_e6,
                              const StreamId& cause) {
  ASSIGN_OR_RETURN(Item* const item, Open(product));
  if (item->state.AvailableE6() + quantity_e6 < 0) {
    return Refuse(
        "STOCK_RESERVED", "less would be there than is reserved for orders",
        {{"product", NameOf(product)}, {"reserved_e6", absl::StrCat(item->state.reserved_e6)}});
  }
  if (quantity_e6 != 0) Post(*item, OnHandPosted(quantity_e6, cause, context_.effective_time()));
  return absl::OkStatus();
}

void StockDesk::Serve() {
  for (auto& [id, item] : items_) ServeFrom(item);
}

void StockDesk::ServeFrom(Item& item) {
  while (!item.state.waiting.empty() && item.state.AvailableE6() > 0 &&
         lines_served_ < kMostServed) {
    const StockItemState::Waiting first = item.state.waiting.front();
    const int64_t quantity_e6 = std::min(first.quantity_e6, item.state.AvailableE6());
    Post(item, ReservationPosted(first.line, quantity_e6, -quantity_e6));
    ++lines_served_;
    auto served = std::find_if(served_.begin(), served_.end(),
                               [&](const auto& entry) { return entry.first == first.line.first; });
    if (served == served_.end()) {
      served_.emplace_back(first.line.first, OrderedQuantities());
      served = std::prev(served_.end());
    }
    events::v1::OrderedQuantity& quantity = *served->second.Add();
    quantity.set_line_id(first.line.second);
    quantity.set_quantity_e6(quantity_e6);
    quantity.set_product_id(ToBytes(item.product));
  }
}

events::v1::OrderedQuantity QuantityOf(const OrderLine& line, int64_t quantity_e6) {
  events::v1::OrderedQuantity quantity;
  quantity.set_line_id(line.line_id);
  quantity.set_quantity_e6(quantity_e6);
  quantity.set_product_id(line.product_id);
  return quantity;
}

}  // namespace crm::domain

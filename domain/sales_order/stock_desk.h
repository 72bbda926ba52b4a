// StockDesk: what one command does to the stock of one warehouse, posted to its items in the same
// commit. Posts are seen by those after them, so several lines may be of one product. Belongs to
// one decision and its thread.
//
//   StockDesk desk(warehouse, context);
//   ASSIGN_OR_RETURN(const int64_t reserved_e6, desk.Reserve(line, product, quantity_e6));
//   desk.PostTo(decision);
#pragma once

#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "domain/decide_context.h"
#include "domain/sales_order/order_line.h"
#include "domain/stock_item/stock_item.h"

namespace crm::domain {

class StockDesk {
 public:
  // Waiting lines that are served in one commit; the rest by whatever comes to the item next.
  static constexpr int kMostServed = 1000;

  // `context` must outlive it.
  StockDesk(const WarehouseId& warehouse, const DecideContext& context)
      : warehouse_(warehouse), context_(context) {}

  // What somebody who comes now may have: nothing while others wait.
  absl::StatusOr<int64_t> AvailableE6(const ProductId& product);
  // Reserves what may be had of a quantity; the rest is waited for. Returns what was reserved.
  absl::StatusOr<int64_t> Reserve(const OrderLineKey& line, const ProductId& product,
                                  int64_t quantity_e6);
  // Gives up all that a line has reserved and waits for.
  absl::Status Release(const OrderLineKey& line, const ProductId& product);
  // Hands over what is reserved. Refuses DELIVERY_EXCEEDS_RESERVED.
  absl::Status HandOver(const OrderLineKey& line, const ProductId& product, int64_t quantity_e6);
  // Adds a signed quantity to what is on hand, for a cause. Refuses STOCK_RESERVED when less would
  // be there than is reserved.
  absl::Status PutIn(const ProductId& product, int64_t quantity_e6, const StreamId& cause);
  absl::StatusOr<int64_t> OnHandE6(const ProductId& product);

  // What is available of the products touched goes to those who wait, in their order.
  void Serve();
  // Whom Serve served, in that order, and with what.
  const std::vector<std::pair<SalesOrderId, OrderedQuantities>>& served() const { return served_; }

  // Adds all posts to the decision, as effects.
  template <class Event>
  void PostTo(Decision<Event>& decision) const {
    for (const auto& [id, item] : items_) {
      for (const StockItem::Event& post : item.posts) {
        std::visit([&](const auto& event) { decision.Affect(item.ref, event); }, post);
      }
    }
  }

 private:
  struct Item {
    ProductId product;
    Ref<StockItem> ref;
    StockItemState state;  // with the posts
    std::vector<StockItem::Event> posts;
  };

  absl::StatusOr<Item*> Open(const ProductId& product);
  void Post(Item& item, StockItem::Event post) const;
  void ServeFrom(Item& item);

  WarehouseId warehouse_;
  const DecideContext& context_;
  absl::btree_map<StockItemId, Item> items_;
  std::vector<std::pair<SalesOrderId, OrderedQuantities>> served_;
  int lines_served_ = 0;
};

// A quantity of a line, of a product that is taken from stock.
events::v1::OrderedQuantity QuantityOf(const OrderLine& line, int64_t quantity_e6);

}  // namespace crm::domain

// StockItem: how much of a product is in a warehouse, and for whom. A guard: every receipt,
// reservation, delivery, return and cancellation posts to it in its own commit, so that two orders
// at once cannot both take what is there. One bookkeeping stream per product and warehouse, absent
// until something was posted. Quantities in millionths.
//
// Invariants
//   I1  0 <= reserved <= on hand, over all posts: nothing is sold twice.
//   I2  What is reserved is the sum of the open reservations of orders, none of which is negative.
//   I3  Whoever waits is served in the order in which they began to wait; nobody who comes later is
//       served before.
// Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "crm/events/v1/stock_events.pb.h"
#include "domain/aggregate.h"

namespace crm::domain {

// A line of an order, for which stock is kept: the order, and the line's 16 bytes.
using OrderLineKey = std::pair<SalesOrderId, std::string>;

struct StockItemState {
  struct Waiting {
    OrderLineKey line;
    int64_t quantity_e6 = 0;  // above 0
  };
  int64_t on_hand_e6 = 0;
  int64_t reserved_e6 = 0;
  absl::btree_map<OrderLineKey, int64_t> reservations;  // open ones, above 0
  std::vector<Waiting> waiting;                         // the longest waiting first

  int64_t AvailableE6() const { return on_hand_e6 - reserved_e6; }
  int64_t ReservedE6(const OrderLineKey& line) const;
  int64_t WaitingE6(const OrderLineKey& line) const;
};

struct StockItem {
  using Id = StockItemId;
  using State = StockItemState;
  using Event = std::variant<events::v1::StockOnHandPosted, events::v1::StockReservationPosted>;
  static constexpr bool kBookkeeping = true;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
};

// The item of a product in a warehouse.
StockItemId StockItemOf(const ProductId& product, const WarehouseId& warehouse);

// Adds a signed quantity to what is on hand, for a cause that names itself.
events::v1::StockOnHandPosted OnHandPosted(int64_t quantity_e6, const StreamId& cause,
                                           absl::Time instant);
// Adds signed quantities to what a line has reserved, and to what it waits for.
events::v1::StockReservationPosted ReservationPosted(const OrderLineKey& line, int64_t reserved_e6,
                                                     int64_t waiting_e6);

}  // namespace crm::domain

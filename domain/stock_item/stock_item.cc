#include "domain/stock_item/stock_item.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace crm::domain {
namespace {

using State = StockItemState;

auto Find(const State& state, const OrderLineKey& line) {
  return std::find_if(state.waiting.begin(), state.waiting.end(),
                      [&](const State::Waiting& waiting) { return waiting.line == line; });
}

void On(State& state, const events::v1::StockOnHandPosted& event) {
  state.on_hand_e6 += event.quantity_e6();
}

void On(State& state, const events::v1::StockReservationPosted& event) {
  const OrderLineKey line = {FromBytes<SalesOrderId>(event.sales_order_id()), event.line_id()};
  state.reserved_e6 += event.reserved_e6();
  int64_t& reserved_e6 = state.reservations[line];
  reserved_e6 += event.reserved_e6();
  if (reserved_e6 == 0) state.reservations.erase(line);
  if (event.waiting_e6() == 0) return;
  const auto found = Find(state, line);
  if (found == state.waiting.end()) {
    state.waiting.push_back({line, event.waiting_e6()});
    return;
  }
  auto& waiting = state.waiting[static_cast<size_t>(found - state.waiting.begin())];
  waiting.quantity_e6 += event.waiting_e6();
  if (waiting.quantity_e6 == 0) state.waiting.erase(found);
}

}  // namespace

int64_t StockItemState::ReservedE6(const OrderLineKey& line) const {
  const auto found = reservations.find(line);
  return found == reservations.end() ? 0 : found->second;
}

int64_t StockItemState::WaitingE6(const OrderLineKey& line) const {
  const auto found = Find(*this, line);
  return found == waiting.end() ? 0 : found->quantity_e6;
}

State StockItem::Evolve(State state, const Event& event, const EventMetadata&) {
  std::visit([&](const auto& e) { On(state, e); }, event);
  return state;
}

StockItemId StockItemOf(const ProductId& product, const WarehouseId& warehouse) {
  return StockItemId(Uuid::FromName(warehouse.uuid(), absl::StrCat("stock:", product.ToString())));
}

events::v1::StockOnHandPosted OnHandPosted(int64_t quantity_e6, const StreamId& cause,
                                           absl::Time instant) {
  events::v1::StockOnHandPosted posted;
  posted.set_quantity_e6(quantity_e6);
  posted.set_cause_category(cause.category);
  posted.set_cause_id(cause.id.ToBytes());
  posted.set_instant_us(absl::ToUnixMicros(instant));
  return posted;
}

events::v1::StockReservationPosted ReservationPosted(const OrderLineKey& line, int64_t reserved_e6,
                                                     int64_t waiting_e6) {
  events::v1::StockReservationPosted posted;
  posted.set_sales_order_id(ToBytes(line.first));
  posted.set_line_id(line.second);
  posted.set_reserved_e6(reserved_e6);
  posted.set_waiting_e6(waiting_e6);
  return posted;
}

}  // namespace crm::domain

// The invariants "stock" and "order" of domain/reconciliation/reconciliation.h: a story that holds,
// and the same story with one number of it wrong.
#include "domain/reconciliation/stock_sums.h"

#include <functional>

#include "gmock/gmock.h"
#include "tests/support/example_ids.h"

namespace crm::domain {
namespace {

using ::testing::ElementsAre;
using testing::ExampleBytes;
using testing::ExampleId;
using ::testing::IsEmpty;

constexpr char kLine[] = "0123456789abcdef";

events::v1::OrderedQuantity Pieces(int64_t count) {
  events::v1::OrderedQuantity quantity;
  quantity.set_line_id(kLine);
  quantity.set_quantity_e6(count);
  quantity.set_product_id(ExampleBytes<ProductId>());
  return quantity;
}

// Seven arrive; five are ordered, reserved, and all but one delivered; one comes back, and three
// are invoiced.
struct Story {
  events::v1::StockReceived received;
  events::v1::StockOnHandPosted arrived = OnHandPosted(7, {}, testing::kExampleNow);
  events::v1::SalesOrderDrafted drafted;
  events::v1::SalesOrderConfirmed confirmed;
  events::v1::StockReservationPosted reserved =
      ReservationPosted({ExampleId<SalesOrderId>(), kLine}, 5, 0);
  events::v1::SalesOrderDelivered delivered;
  events::v1::StockReservationPosted handed =
      ReservationPosted({ExampleId<SalesOrderId>(), kLine}, -4, 0);
  events::v1::StockOnHandPosted left = OnHandPosted(-4, {}, testing::kExampleNow);
  events::v1::SalesOrderDeliveryReturned returned;
  events::v1::StockOnHandPosted back = OnHandPosted(1, {}, testing::kExampleNow);
  events::v1::SalesOrderInvoiced invoiced;

  Story() {
    events::v1::StockMovement& movement = *received.add_movements();
    movement.set_product_id(ExampleBytes<ProductId>());
    movement.set_warehouse_id(ExampleBytes<WarehouseId>());
    movement.set_quantity_e6(7);
    events::v1::DocumentLine& line = *drafted.mutable_content()->add_lines();
    line.set_line_id(kLine);
    line.set_quantity_e6(5);
    *confirmed.add_reserved() = Pieces(5);
    *delivered.add_delivered() = Pieces(4);
    *returned.add_returned() = Pieces(1);
    *invoiced.add_invoiced() = Pieces(3);
    confirmed.set_warehouse_id(ExampleBytes<WarehouseId>());
    delivered.set_warehouse_id(ExampleBytes<WarehouseId>());
    returned.set_warehouse_id(ExampleBytes<WarehouseId>());
  }
};

Comparisons Reconciled(const Story& story) {
  StockSums sums;
  const auto tell = [&](const auto& event, const StreamId& stream) {
    EventMetadata metadata;
    metadata.stream = stream;
    sums.On(event, metadata);
  };
  const StreamId item = StreamOf(StockItemOf(ExampleId<ProductId>(), ExampleId<WarehouseId>()));
  const StreamId order = StreamOf(ExampleId<SalesOrderId>());
  tell(story.received, StreamOf(ExampleId<StockReceiptId>()));
  tell(story.arrived, item);
  tell(story.drafted, order);
  tell(story.confirmed, order);
  tell(story.reserved, item);
  tell(story.delivered, order);
  tell(story.handed, item);
  tell(story.left, item);
  tell(story.returned, order);
  tell(story.back, item);
  tell(story.invoiced, order);
  Comparisons comparisons;
  sums.Conclude(comparisons);
  return comparisons;
}

TEST(StockSumsTest, AgreesWithWhatTheDecisionsWrite) {
  const Comparisons found = Reconciled(Story());
  EXPECT_THAT(found.differences(), IsEmpty());
  std::vector<std::string> checks;
  for (const CheckedInvariant& check : found.checks()) checks.push_back(check.check);
  EXPECT_THAT(checks, ElementsAre("stock", "order"));
}

TEST(StockSumsTest, FindsEachNumberThatIsWrong) {
  struct Case {
    const char* name;
    std::function<void(Story&)> change;
    const char* check;
  };
  const Case cases[] = {
      {"goods that nobody put there", [](Story& s) { s.arrived.set_quantity_e6(8); }, "stock"},
      {"goods that never left", [](Story& s) { s.left.set_quantity_e6(-3); }, "stock"},
      {"reservation that the order does not know", [](Story& s) { s.reserved.set_reserved_e6(6); },
       "stock"},
      {"waiting that the order does not know", [](Story& s) { s.reserved.set_waiting_e6(1); },
       "stock"},
      {"more reserved than there is",
       [](Story& s) {
         s.arrived.set_quantity_e6(3);
         s.received.mutable_movements(0)->set_quantity_e6(3);
       },
       "stock"},
      {"more delivered than was reserved",
       [](Story& s) {
         s.delivered.mutable_delivered(0)->set_quantity_e6(6);
         s.handed.set_reserved_e6(-6);
         s.left.set_quantity_e6(-6);
       },
       "order"},
      {"more invoiced than was ordered",
       [](Story& s) { s.invoiced.mutable_invoiced(0)->set_quantity_e6(6); }, "order"},
  };
  for (const Case& wrong : cases) {
    SCOPED_TRACE(wrong.name);
    Story story;
    wrong.change(story);
    const Comparisons found = Reconciled(story);
    bool differs = false;
    for (const CheckedInvariant& check : found.checks()) {
      differs = differs || (check.check == wrong.check && check.differing > 0);
    }
    EXPECT_TRUE(differs);
  }
}

}  // namespace
}  // namespace crm::domain

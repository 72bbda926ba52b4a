// Invariants I1..I3 of domain/stock_receipt/stock_receipt.h, and I1, I3 of
// domain/stock_item/stock_item.h.
#include "domain/stock_receipt/stock_receipt.h"

#include "tests/support/order_examples.h"

namespace crm::domain {
namespace {

using testing::Desks;
using ::testing::ElementsAre;
using testing::ExampleId;
using testing::ExampleName;
using testing::From;
using testing::kExampleBefore;
using testing::kExampleNow;
using testing::kOneE6;
using testing::Naming;
using testing::OrderOffice;

class StockReceiptTest : public ::testing::Test {
 protected:
  v1::OrderLineStatus Line(const SalesOrderId& id) { return office_.Shown(id).line_statuses(0); }

  OrderOffice office_;
};

TEST_F(StockReceiptTest, TakesGoodsIn) {
  const v1::StockReceipt shown = office_.Shown(office_.Receive(5));
  EXPECT_EQ(shown.warehouse(), ExampleName<WarehouseId>());
  EXPECT_EQ(shown.movements(0).product(), ExampleName<ProductId>(2));
  EXPECT_EQ(shown.movements(0).quantity_e6(), 5 * kOneE6);
  EXPECT_EQ(office_.Item()->on_hand_e6, 5 * kOneE6);
  office_.Receive(2);
  EXPECT_EQ(office_.Item()->on_hand_e6, 7 * kOneE6);
}

TEST_F(StockReceiptTest, I1OfWhatIsKeptWhereGoodsAreTaken) {
  office_.Rejects<StockReceipt>(OrderOffice::Received(1, /*product=*/1), "PRODUCT_NOT_STOCKED");
  office_.Rejects<StockReceipt>(OrderOffice::Received(1, /*product=*/7), "REFERENCE_NOT_FOUND");
  office_.Rejects<StockReceipt>(OrderOffice::Received(0), "QUANTITY_INVALID");
  auto twice = OrderOffice::Received(1);
  *twice.add_quantities() = twice.quantities(0);
  office_.Rejects<StockReceipt>(twice, "PRODUCT_REPEATED");
  office_.world.Append(StreamOf(ExampleId<WarehouseId>()), events::v1::WarehouseArchived(),
                       kExampleNow);
  office_.Rejects<StockReceipt>(OrderOffice::Received(1), "WAREHOUSE_ARCHIVED");
}

TEST_F(StockReceiptTest, I2ServesTheLongestWaitingFirst) {
  const SalesOrderId first = office_.Confirmed(Desks(3), "backorder: true");
  const SalesOrderId second = office_.Confirmed(Desks(1), "backorder: true");
  const StockReceiptId receipt = office_.Receive(2);
  EXPECT_THAT(office_.Shown(receipt).served_orders(), ElementsAre(NameOf(first)));
  EXPECT_EQ(Line(first).reserved_e6(), 2 * kOneE6);
  EXPECT_EQ(Line(second).reserved_e6(), 0);
  EXPECT_THAT(office_.Shown(office_.Receive(3)).served_orders(),
              ElementsAre(NameOf(first), NameOf(second)));
  EXPECT_EQ(Line(first).waiting_e6(), 0);
  EXPECT_EQ(Line(second).reserved_e6(), 1 * kOneE6);
  EXPECT_EQ(office_.Item()->AvailableE6(), 1 * kOneE6);
}

// The order was confirmed on 16 March; goods entered as of 2 March are reserved on 16 March.
TEST_F(StockReceiptTest, I2GoodsEnteredLateAreReservedWhenTheyWereOrdered) {
  const SalesOrderId id = office_.Confirmed(Desks(1), "backorder: true");
  office_.world.effective_time = kExampleBefore + absl::Hours(24);
  const auto decided = office_.Run<StockReceipt>(OrderOffice::Received(1));
  EXPECT_EQ(decided.dated.at(StreamOf(id)), kExampleNow);
  EXPECT_EQ(Line(id).reserved_e6(), 1 * kOneE6);
}

TEST_F(StockReceiptTest, I3ACountCorrectsWhatIsNotReserved) {
  office_.Receive(5);
  office_.Confirmed(Desks(3));
  office_.Rejects<StockReceipt>(OrderOffice::Counted(2), "STOCK_RESERVED");
  const StockReceiptId count = office_.Run<StockReceipt>(OrderOffice::Counted(4)).id;
  EXPECT_TRUE(office_.Shown(count).counted());
  EXPECT_EQ(office_.Shown(count).movements(0).quantity_e6(), -1 * kOneE6);
  EXPECT_EQ(office_.Item()->on_hand_e6, 4 * kOneE6);
  office_.Run<StockReceipt>(OrderOffice::Counted(4));
  EXPECT_EQ(office_.Item()->on_hand_e6, 4 * kOneE6);
}

}  // namespace
}  // namespace crm::domain

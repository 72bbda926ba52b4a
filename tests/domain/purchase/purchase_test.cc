// Invariants I1..I4 of domain/purchase/purchase.h.
#include "domain/purchase/purchase.h"

#include "tests/support/order_examples.h"

namespace crm::domain {
namespace {

using testing::Desks;
using testing::ExampleId;
using testing::ExampleName;
using testing::From;
using testing::kExampleNow;
using testing::kOneE6;
using testing::Naming;
using testing::OrderOffice;

class PurchaseTest : public ::testing::Test {
 protected:
  static v1::CreatePurchaseRequest Asking(int product = 2) {
    return From<v1::CreatePurchaseRequest>(
        absl::StrCat("purchase { ", Naming<ProductId>("product", product),
                     Naming<WarehouseId>("warehouse"), "quantity_e6: 5000000 }"));
  }
  void Ask() { id_ = office_.Run<Purchase>(Asking()).id; }
  template <class Command>
  Command For(absl::string_view more = "") const {
    return OrderOffice::For<Command>(id_, more);
  }
  template <class Command>
  void Run(const Command& command) {
    office_.Run<Purchase>(command);
  }
  template <class Command>
  void Rejects(const Command& command, const std::string& reason) {
    office_.Rejects<Purchase>(command, reason);
  }

  OrderOffice office_;
  PurchaseId id_;
};

TEST_F(PurchaseTest, I1IsOfWhatIsKeptWhereGoodsAreTaken) {
  office_.Rejects<Purchase>(Asking(/*product=*/1), "PRODUCT_NOT_STOCKED");
  office_.world.Append(StreamOf(ExampleId<WarehouseId>()), events::v1::WarehouseArchived(),
                       kExampleNow);
  office_.Rejects<Purchase>(Asking(), "WAREHOUSE_ARCHIVED");
}

TEST_F(PurchaseTest, I2I4IsReceivedInPartsAfterItWasOrdered) {
  Ask();
  EXPECT_EQ(office_.Shown(id_).state(), v1::PURCHASE_STATE_REQUESTED);
  const auto receive = [&](int count) {
    return For<v1::ReceivePurchaseRequest>(absl::StrCat("quantity_e6: ", count, "000000"));
  };
  Rejects(receive(1), "PURCHASE_NOT_ORDERED");
  Run(For<v1::OrderPurchaseRequest>(
      "supplier: 'Oak' reference: 'P1' expected_date { year: 2026 month: 4 day: 1 }"));
  EXPECT_EQ(office_.Shown(id_).expected_date().month(), 4);
  Run(receive(2));
  EXPECT_EQ(office_.Shown(id_).state(), v1::PURCHASE_STATE_ORDERED);
  EXPECT_EQ(office_.Item()->on_hand_e6, 2 * kOneE6);
  Rejects(receive(4), "RECEIPT_EXCEEDS_ORDERED");
  Rejects(For<v1::OrderPurchaseRequest>("supplier: 'Oak' quantity_e6: 2000000"),
          "RECEIPT_EXCEEDS_ORDERED");
  Run(receive(3));
  EXPECT_EQ(office_.Shown(id_).state(), v1::PURCHASE_STATE_RECEIVED);
  Rejects(receive(1), "PURCHASE_CLOSED");
  Rejects(For<v1::CancelPurchaseRequest>(), "PURCHASE_CLOSED");
}

TEST_F(PurchaseTest, I3WhoeverWaitsGetsIt) {
  const SalesOrderId order = office_.Confirmed(Desks(3), "backorder: true");
  id_ = PurchaseFor({order, office_.world.Load<SalesOrder>(order)->lines[0].line_id});
  Run(For<v1::OrderPurchaseRequest>("supplier: 'Oak'"));
  const auto decided =
      office_.Run<Purchase>(For<v1::ReceivePurchaseRequest>("quantity_e6: 3000000"));
  EXPECT_EQ(office_.Shown(order).line_statuses(0).reserved_e6(), 3 * kOneE6);
  const auto& received = dynamic_cast<const events::v1::PurchaseReceived&>(*decided.events.front());
  const v1::StockReceipt receipt =
      office_.Shown(FromBytes<StockReceiptId>(received.stock_receipt_id()));
  EXPECT_EQ(receipt.purchase(), NameOf(id_));
  EXPECT_EQ(receipt.served_orders(0), NameOf(order));
  Rejects(For<v1::CancelPurchaseRequest>(), "PURCHASE_CLOSED");
}

TEST_F(PurchaseTest, WhatIsOnItsWayStaysWhenTheOrderIsCancelled) {
  const SalesOrderId order = office_.Confirmed(Desks(3), "backorder: true");
  id_ = PurchaseFor({order, office_.world.Load<SalesOrder>(order)->lines[0].line_id});
  Run(For<v1::OrderPurchaseRequest>("supplier: 'Oak'"));
  office_.Run<SalesOrder>(OrderOffice::For<v1::CancelSalesOrderRequest>(order));
  EXPECT_EQ(office_.Shown(id_).state(), v1::PURCHASE_STATE_ORDERED);
}

}  // namespace
}  // namespace crm::domain

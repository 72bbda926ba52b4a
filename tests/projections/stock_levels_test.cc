#include "projections/stock_levels.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/projections/asking.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/story_names.h"
#include "tests/projections/view_scenario.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::HasReason;
using domain::ProductId;
using domain::PurchaseId;
using domain::WarehouseId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

StreamId OrderStream(const std::string& name) { return {"sales_order", testing::Named(name)}; }
StreamId PurchaseStream(const std::string& name) { return {"purchase", testing::Named(name)}; }

events::v1::OrderedQuantity Pieces(int64_t count, const std::string& product = "chair") {
  events::v1::OrderedQuantity quantity;
  quantity.set_line_id(BytesOf("line"));
  quantity.set_quantity_e6(count);
  quantity.set_product_id(BytesOf(product));
  return quantity;
}

events::v1::StockReceived Received(int64_t count, const std::string& product = "chair",
                                   const std::string& warehouse = "hall") {
  events::v1::StockReceived received;
  events::v1::StockMovement& movement = *received.add_movements();
  movement.set_product_id(BytesOf(product));
  movement.set_warehouse_id(BytesOf(warehouse));
  movement.set_quantity_e6(count);
  return received;
}

// In the hall.
template <class Event>
Event There(Event event) {
  event.set_warehouse_id(BytesOf("hall"));
  return event;
}

class StockLevelsTest : public ::testing::Test {
 protected:
  template <class Event>
  void Happens(const StreamId& stream, const Event& event) {
    scenario_.Given(stream, event);
  }
  void Receives(const std::string& name, const events::v1::StockReceived& received,
                const Told& told = {}) {
    scenario_.Given({"stock_receipt", testing::Named(name)}, received, told);
  }
  void Confirms(const std::string& order, int64_t reserved, int64_t waiting) {
    events::v1::SalesOrderConfirmed confirmed;
    if (reserved > 0) *confirmed.add_reserved() = Pieces(reserved);
    if (waiting > 0) *confirmed.add_waiting() = Pieces(waiting);
    Happens(OrderStream(order), There(confirmed));
  }
  // "on hand, reserved, available, waiting, requested" of each level.
  static std::vector<std::string> Levels(const ViewReader& rows,
                                         const v1::ListStockLevelsRequest& request = {},
                                         int page_size = 50) {
    std::vector<std::string> lines;
    std::string after;
    const domain::Audience audience = Everybody();
    do {
      QueryContext context(audience, Asking().at, page_size, after);
      const auto page = StockLevels::Answer(request, rows, context);
      EXPECT_TRUE(page.ok()) << page.status();
      for (const v1::StockLevel& level : page->levels()) {
        lines.push_back(absl::StrCat(level.on_hand_e6(), " ", level.reserved_e6(), " ",
                                     level.available_e6(), " ", level.waiting_e6(), " ",
                                     level.requested_e6()));
      }
      after = context.next();
    } while (!after.empty());
    return lines;
  }

  ViewScenario<StockLevels> scenario_;
};

TEST_F(StockLevelsTest, AddsUpWhatArrivesIsReservedAndLeaves) {
  Receives("A", Received(10));
  Confirms("O", 6, 0);
  EXPECT_THAT(Levels(scenario_.Rows()), ElementsAre("10 6 4 0 0"));
  Confirms("P", 4, 3);
  EXPECT_THAT(Levels(scenario_.Rows()), ElementsAre("10 10 0 3 0"));
  events::v1::SalesOrderDelivered delivered;
  *delivered.add_delivered() = Pieces(5);
  Happens(OrderStream("O"), There(delivered));
  EXPECT_THAT(Levels(scenario_.Rows()), ElementsAre("5 5 0 3 0"));
  events::v1::SalesOrderDeliveryReturned returned;
  *returned.add_returned() = Pieces(2);
  events::v1::SalesOrderGoodsReserved reserved;
  *reserved.add_reserved() = Pieces(2);
  scenario_.Given(OrderStream("O"), There(returned)).And(OrderStream("P"), There(reserved));
  EXPECT_THAT(Levels(scenario_.Rows()), ElementsAre("7 7 0 1 0"));
  events::v1::SalesOrderCancelled cancelled;
  *cancelled.add_released() = Pieces(6);
  *cancelled.add_given_up() = Pieces(1);
  Happens(OrderStream("P"), There(cancelled));
  EXPECT_THAT(Levels(scenario_.Rows()), ElementsAre("7 1 6 0 0"));
  ExpectReplayEquality(scenario_);
}

TEST_F(StockLevelsTest, WhatIsNotStockedIsNowhere) {
  events::v1::SalesOrderDelivered delivered;
  *delivered.add_delivered() = Pieces(5, "");
  Happens(OrderStream("O"), There(delivered));
  EXPECT_THAT(Levels(scenario_.Rows()), IsEmpty());
}

TEST_F(StockLevelsTest, ALevelIsAProductInAWarehouse) {
  Receives("A", Received(1));
  Receives("B", Received(2, "desk"));
  Receives("C", Received(4, "desk", "shed"));
  for (const int page_size : {1, 2, 50}) {
    EXPECT_THAT(Levels(scenario_.Rows(), {}, page_size), ::testing::SizeIs(3));
  }
  v1::ListStockLevelsRequest request;
  request.set_product(ResourceOf<ProductId>("desk"));
  for (const int page_size : {1, 50}) {
    EXPECT_THAT(Levels(scenario_.Rows(), request, page_size), ::testing::SizeIs(2));
  }
  request.set_warehouse(ResourceOf<WarehouseId>("shed"));
  EXPECT_THAT(Levels(scenario_.Rows(), request), ElementsAre("4 0 4 0 0"));
}

// Facts are added up by their date, whenever they became known.
TEST_F(StockLevelsTest, APastLevelIsOfWhatWasTrueThen) {
  Receives("A", Received(10), {.at = TimeAt("2026-03-20")});
  Receives("B", Received(5), {.at = TimeAt("2026-03-21"), .effective = TimeAt("2026-03-02")});
  AsOfCut cut;
  cut.effective_before = TimeAt("2026-03-10");
  EXPECT_THAT(Levels(scenario_.RowsAt(cut)), ElementsAre("5 0 5 0 0"));
  EXPECT_THAT(Levels(scenario_.Rows()), ElementsAre("15 0 15 0 0"));
}

TEST_F(StockLevelsTest, ListsPurchasesTheOldestFirst) {
  const auto asked = [&](const std::string& name, int64_t count, const std::string& order,
                         const std::string& day) {
    events::v1::PurchaseRequested requested;
    requested.set_product_id(BytesOf("chair"));
    requested.set_warehouse_id(BytesOf("hall"));
    requested.set_quantity_e6(count);
    requested.set_sales_order_id(BytesOf(order));
    scenario_.Given(PurchaseStream(name), requested, {.effective = TimeAt(day)});
  };
  asked("late", 3, "O", "2025-03-20");
  asked("early", 5, "", "2025-03-02");
  const PurchaseId late(testing::Named("late"));
  const PurchaseId early(testing::Named("early"));
  const auto list = [&](const v1::ListPurchasesRequest& request, int page_size) {
    return SelectAll<StockLevels>(scenario_.Rows(), request, {.page_size = page_size});
  };
  for (const int page_size : {1, 50}) EXPECT_THAT(list({}, page_size), ElementsAre(early, late));
  EXPECT_THAT(SelectRefusal<StockLevels>(scenario_.Rows(), v1::ListPurchasesRequest(), "x"),
              HasReason("PAGE_TOKEN_INVALID"));
  v1::ListPurchasesRequest of_order;
  of_order.set_sales_order(ResourceOf<domain::SalesOrderId>("O"));
  EXPECT_THAT(list(of_order, 50), ElementsAre(late));
  EXPECT_THAT(Levels(scenario_.Rows()), ElementsAre("0 0 0 0 8"));

  events::v1::PurchaseOrdered ordered;
  ordered.set_quantity_e6(6);
  Happens(PurchaseStream("early"), ordered);
  EXPECT_THAT(Levels(scenario_.Rows()), ElementsAre("0 0 0 0 9"));
  events::v1::PurchaseReceived received;
  received.set_quantity_e6(4);
  Happens(PurchaseStream("early"), received);
  EXPECT_THAT(list({}, 50), ElementsAre(early, late));
  EXPECT_THAT(Levels(scenario_.Rows()), ElementsAre("0 0 0 0 5"));
  received.set_quantity_e6(2);
  Happens(PurchaseStream("early"), received);
  Happens(PurchaseStream("late"), events::v1::PurchaseCancelled());
  EXPECT_THAT(list({}, 50), IsEmpty());
  EXPECT_THAT(Levels(scenario_.Rows()), IsEmpty());
  v1::ListPurchasesRequest done;
  done.add_states(v1::PURCHASE_STATE_RECEIVED);
  EXPECT_THAT(list(done, 50), ElementsAre(early));
  ExpectReplayEquality(scenario_);
}

}  // namespace
}  // namespace crm::projections::testing

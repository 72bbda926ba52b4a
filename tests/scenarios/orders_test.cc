// From order to delivery and invoice: what is in stock is promised once, whoever orders at the same
// time; who waits is served first; what is invoiced follows what is ordered.
#include <future>
#include <vector>

#include "crm/v1/invoice_service.grpc.pb.h"
#include "crm/v1/product_service.grpc.pb.h"
#include "crm/v1/proposal_service.grpc.pb.h"
#include "crm/v1/purchase_service.grpc.pb.h"
#include "crm/v1/sales_order_service.grpc.pb.h"
#include "crm/v1/stock_service.grpc.pb.h"
#include "crm/v1/warehouse_service.grpc.pb.h"
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using Invoices = v1::InvoiceService::Stub;
using Orders = v1::SalesOrderService::Stub;
using Products = v1::ProductService::Stub;
using Proposals = v1::ProposalService::Stub;
using Purchases = v1::PurchaseService::Stub;
using Stock = v1::StockService::Stub;
using Warehouses = v1::WarehouseService::Stub;
using grpc::StatusCode;
using ::testing::ElementsAre;

constexpr int64_t kOneE6 = 1'000'000;

class OrdersTest : public ::testing::Test {
 protected:
  OrdersTest() {
    desk_ = office_.administrator
                .Do(&Products::CreateProduct,
                    absl::StrCat("product { display_name: 'Desk' stocked: true ", Usd("price", 100),
                                 "}"))
                .name();
    hall_ =
        office_.administrator.Do(&Warehouses::CreateWarehouse, "warehouse { display_name: 'Hall' }")
            .name();
    customer_ = office_.administrator
                    .Do(&Customers::CreateCustomer,
                        absl::StrCat("customer { kind: CUSTOMER_KIND_COMPANY display_name: 'Mill' ",
                                     With("account_manager", office_.ada_name),
                                     With("team", office_.north), "}"))
                    .name();
  }

  std::string Desks(int64_t count) const {
    return absl::StrCat("content { currency_code: 'USD' lines { ", With("product", desk_),
                        "quantity_e6: ", count * kOneE6, " } } ");
  }
  // By Ada, whose manager confirms.
  v1::SalesOrder Drafted(int64_t count, absl::string_view more = "") const {
    return office_.ada.Do(
        &Orders::CreateSalesOrder,
        absl::StrCat("sales_order { display_name: 'Desks' recipient { ",
                     With("customer", customer_), "} ", Desks(count), With("warehouse", hall_),
                     office_.OwnedBy(office_.ada_name, office_.north), more, "}"));
  }
  v1::SalesOrder Confirmed(int64_t count, absl::string_view more = "") const {
    return office_.leah.Do(&Orders::ConfirmSalesOrder, NameIs(Drafted(count, more)));
  }
  v1::SalesOrder Get(const v1::SalesOrder& order) const {
    return office_.ada.Do(&Orders::GetSalesOrder, NameIs(order));
  }
  v1::StockReceipt Receive(int64_t count) const {
    return office_.administrator.Do(
        &Stock::ReceiveStock,
        absl::StrCat(With("warehouse", hall_), "quantities { ", With("product", desk_),
                     "quantity_e6: ", count * kOneE6, " }"));
  }
  v1::StockLevel Level() const {
    const auto levels = office_.ada.Do(&Stock::ListStockLevels, With("product", desk_));
    EXPECT_EQ(levels.levels_size(), 1);
    return levels.levels_size() == 1 ? levels.levels(0) : v1::StockLevel();
  }

  ManualClock clock_{absl::FromCivil(absl::CivilHour(2026, 3, 2, 9), absl::UTCTimeZone())};
  RunningServer server_{clock_};
  SalesOffice office_{server_};
  std::string desk_, hall_, customer_;
};

TEST_F(OrdersTest, WhatIsAcceptedIsOrderedDeliveredAndInvoiced) {
  Receive(3);
  const v1::Proposal drafted = office_.ada.Do(
      &Proposals::CreateProposal,
      absl::StrCat("proposal { display_name: 'Desks' recipient { ", With("customer", customer_),
                   "} ", Desks(5), office_.OwnedBy(office_.ada_name, office_.north), "}"));
  office_.ada.Do(&Proposals::SendProposal, NameIs(drafted));
  office_.ada.Do(&Proposals::AcceptProposal, NameIs(drafted));
  const auto converted =
      office_.ada.Do(&Proposals::ConvertProposal,
                     absl::StrCat(NameIs(drafted), "target: CONVERSION_TARGET_SALES_ORDER"));
  const std::string order = With("name", converted.document());
  office_.leah.Do(&Orders::UpdateSalesOrder,
                  absl::StrCat("sales_order { ", order, With("warehouse", hall_),
                               "backorder: true invoicing: INVOICING_POLICY_DELIVERED }"));
  EXPECT_THAT(office_.ada.Try(&Orders::ConfirmSalesOrder, order),
              Refused(StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
  const v1::SalesOrder confirmed = office_.leah.Do(&Orders::ConfirmSalesOrder, order);
  EXPECT_EQ(confirmed.number(), "SO-00001");
  EXPECT_EQ(confirmed.line_statuses(0).waiting_e6(), 2 * kOneE6);
  EXPECT_EQ(Level().requested_e6(), 2 * kOneE6);
  EXPECT_EQ(Level().available_e6(), 0);

  // The purchase that the order raised brings what is missing.
  const auto purchases = office_.ada.Do(&Purchases::ListPurchases, With("product", desk_));
  ASSERT_EQ(purchases.purchases_size(), 1);
  EXPECT_EQ(purchases.purchases(0).sales_order(), converted.document());
  office_.administrator.Do(&Purchases::OrderPurchase,
                           NameIs(purchases.purchases(0)) + With("supplier", "Oak"));
  office_.administrator.Do(&Purchases::ReceivePurchase,
                           absl::StrCat(NameIs(purchases.purchases(0)), "quantity_e6: 2000000"));
  EXPECT_EQ(Get(confirmed).line_statuses(0).reserved_e6(), 5 * kOneE6);
  EXPECT_EQ(Level().requested_e6(), 0);

  EXPECT_EQ(office_.ada.Do(&Orders::ListSalesOrders, "invoiceable: true").sales_orders_size(), 0);
  office_.leah.Do(&Orders::DeliverSalesOrder, order);
  EXPECT_EQ(office_.ada.Do(&Stock::ListStockLevels, With("product", desk_)).levels_size(), 0);
  EXPECT_EQ(office_.ada.Do(&Orders::ListSalesOrders, "invoiceable: true").sales_orders_size(), 1);
  EXPECT_EQ(office_.cleo.Do(&Orders::ListSalesOrders, "").sales_orders_size(), 0) << "not hers";
  const auto invoiced = office_.leah.Do(&Orders::InvoiceSalesOrder, order);
  const std::string invoice = With("name", invoiced.invoice());
  EXPECT_EQ(office_.ada.Do(&Invoices::GetInvoice, invoice).source(), converted.document());
  EXPECT_EQ(office_.administrator.Do(&Invoices::IssueInvoice, invoice).due().units(), 500);
  EXPECT_THAT(office_.leah.Try(&Orders::InvoiceSalesOrder, order),
              Refused(StatusCode::FAILED_PRECONDITION, "NOTHING_TO_INVOICE"));

  // What was a mistake is to invoice again.
  office_.administrator.Do(&Invoices::VoidInvoice, invoice + With("reason", "a mistake"));
  EXPECT_TRUE(Get(confirmed).invoiceable());
  EXPECT_NE(office_.leah.Do(&Orders::InvoiceSalesOrder, order).invoice(), invoiced.invoice());
}

// Twelve want one each of five, at once.
TEST_F(OrdersTest, NothingIsSoldTwice) {
  Receive(5);
  std::vector<v1::SalesOrder> orders;
  for (int i = 0; i < 12; ++i) orders.push_back(Drafted(1));
  std::vector<std::future<Answer<v1::SalesOrder>>> answers;
  for (const v1::SalesOrder& order : orders) {
    answers.push_back(std::async(std::launch::async, [&] {
      return office_.leah.Try(&Orders::ConfirmSalesOrder, NameIs(order));
    }));
  }
  int confirmed = 0;
  for (auto& answer : answers) {
    const auto ended = answer.get();
    if (ended.status.ok()) {
      ++confirmed;
    } else {
      EXPECT_THAT(ended, Refused(StatusCode::FAILED_PRECONDITION, "STOCK_INSUFFICIENT"));
    }
  }
  EXPECT_EQ(confirmed, 5);
  EXPECT_EQ(Level().reserved_e6(), 5 * kOneE6);
  EXPECT_EQ(Level().available_e6(), 0);
}

TEST_F(OrdersTest, WhoWaitsLongestIsServedFirst) {
  const v1::SalesOrder first = Confirmed(2, "backorder: true");
  const v1::SalesOrder second = Confirmed(2, "backorder: true");
  const v1::StockReceipt receipt = Receive(3);
  EXPECT_THAT(receipt.served_orders(), ElementsAre(first.name(), second.name()));
  EXPECT_EQ(Get(second).line_statuses(0).waiting_e6(), kOneE6);
  office_.leah.Do(&Orders::CancelSalesOrder, NameIs(first) + With("reason", "twice"));
  EXPECT_EQ(Get(second).line_statuses(0).waiting_e6(), 0);
  EXPECT_EQ(Level().available_e6(), kOneE6);
  EXPECT_THAT(office_.leah.Try(&Orders::DeliverSalesOrder, NameIs(first)),
              Refused(StatusCode::FAILED_PRECONDITION, "ORDER_CANCELLED"));
}

}  // namespace
}  // namespace crm::testing

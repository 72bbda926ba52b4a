// What crmctl makes of orders and stock.
#include "crm/v1/purchase_service.pb.h"
#include "crm/v1/sales_order_service.pb.h"
#include "crm/v1/stock_service.pb.h"
#include "tests/crmctl/run_fixture.h"

namespace crm::ctl {
namespace {

using testing::Ran;
using testing::RunTest;
using ::testing::SizeIs;

using StockTest = RunTest;

constexpr char kProduct[] = "products/0f6c1b7e-3d5a-4c7e-9a46-0d1f5b2c8e11";
constexpr char kHall[] = "warehouses/0f6c1b7e-3d5a-4c7e-9a46-0d1f5b2c8e11";

// Nobody counts in millionths, in a list or alone.
TEST_F(StockTest, QuantitiesAreInPieces) {
  server_.Return("ReceivePurchase", crm::v1::Purchase());
  Ran ran =
      cli_.Run({"purchase", "receive", "purchases/0f6c1b7e-3d5a-4c7e-9a46-0d1f5b2c8e11", "2.5"});
  ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err;
  EXPECT_EQ(Last<crm::v1::ReceivePurchaseRequest>("ReceivePurchase").quantity_e6(), 2'500'000);

  server_.Return("CreatePurchase", crm::v1::Purchase());
  ran = cli_.Run({"purchase", "create", kProduct, kHall, "--quantity", "50"});
  ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err;
  const auto asked = Last<crm::v1::CreatePurchaseRequest>("CreatePurchase").purchase();
  EXPECT_EQ(asked.quantity_e6(), 50'000'000);
  EXPECT_EQ(asked.warehouse(), kHall);

  server_.Return("ReceiveStock", crm::v1::StockReceipt());
  ran = cli_.Run({"stock", "receive", kHall, "--quantities",
                  absl::StrCat("product=", kProduct, ",quantity=100")});
  ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err;
  const auto received = Last<crm::v1::ReceiveStockRequest>("ReceiveStock");
  ASSERT_THAT(received.quantities(), SizeIs(1));
  EXPECT_EQ(received.quantities(0).quantity_e6(), 100'000'000);
}

TEST_F(StockTest, AnOrderIsWrittenLikeAnInvoice) {
  server_.Return("CreateSalesOrder", crm::v1::SalesOrder());
  const Ran ran = cli_.Run({"order", "create", "--display-name", "Chairs", "--warehouse", kHall,
                            "--backorder", "--invoicing", "delivered", "--lines",
                            "description=Oak,quantity=9.5,unit_price=12 EUR"});
  ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err;
  const auto order = Last<crm::v1::CreateSalesOrderRequest>("CreateSalesOrder").sales_order();
  EXPECT_TRUE(order.backorder());
  EXPECT_EQ(order.invoicing(), crm::v1::INVOICING_POLICY_DELIVERED);
  EXPECT_EQ(order.content().lines(0).quantity_e6(), 9'500'000);
}

}  // namespace
}  // namespace crm::ctl

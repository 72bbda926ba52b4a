// An office that sells from stock: what document_examples.h gives, and desks of 100.00 that are
// kept in a warehouse. Commands go the road of ExampleWorld. Include from tests only.
#pragma once

#include <string>
#include <utility>

#include "domain/invoice/invoice.h"
#include "domain/purchase/purchase.h"
#include "domain/sales_order/sales_order.h"
#include "domain/stock_receipt/stock_receipt.h"
#include "domain/warehouse/warehouse.h"
#include "tests/support/document_examples.h"

namespace crm::testing {

constexpr int64_t kOneE6 = 1'000'000;  // a piece, in millionths

// Fields of a line of so many desks, which are the second product.
inline std::string Desks(int count) {
  return absl::StrCat("lines { ", Naming<domain::ProductId>("product", 2), "quantity_e6: ", count,
                      "000000 } ");
}

class OrderOffice {
 public:
  OrderOffice() {
    GiveOffice(world);
    world.Append(StreamOf(ExampleId<domain::WarehouseId>()),
                 From<events::v1::WarehouseCreated>("display_name: 'Hall'"), kExampleBefore);
    world.Append(StreamOf(ExampleId<domain::ProductId>(2)),
                 From<events::v1::ProductCreated>("details { display_name: 'Desk' stocked: true } "
                                                  "price { currency_code: 'EUR' minor: 10000 }"),
                 kExampleBefore);
  }

  template <class A, class Command>
  absl::StatusOr<Decided<A>> Try(const Command& command) {
    return world.Run<A>(command);
  }
  template <class A, class Command>
  Decided<A> Run(const Command& command) {
    auto decided = Try<A>(command);
    EXPECT_THAT(decided.status(), IsOk()) << command.ShortDebugString();
    return std::move(decided).value_or(Decided<A>());
  }
  template <class A, class Command>
  void Rejects(const Command& command, const std::string& reason) {
    EXPECT_THAT(Try<A>(command).status(), HasReason(reason)) << command.ShortDebugString();
  }

  // Of an opportunity, from the hall.
  domain::SalesOrderId Draft(absl::string_view content, absl::string_view more = "") {
    return Run<domain::SalesOrder>(From<v1::CreateSalesOrderRequest>(absl::StrCat(
                                       "sales_order { content { ", content, " } ",
                                       Naming<domain::OpportunityId>("opportunity"),
                                       Naming<domain::WarehouseId>("warehouse"), more, " }")))
        .id;
  }
  domain::SalesOrderId Confirmed(absl::string_view content, absl::string_view more = "") {
    const domain::SalesOrderId id = Draft(content, more);
    Run<domain::SalesOrder>(For<v1::ConfirmSalesOrderRequest>(id));
    return id;
  }
  // So many desks arrive.
  domain::StockReceiptId Receive(int count) {
    return Run<domain::StockReceipt>(Received(count)).id;
  }
  static v1::ReceiveStockRequest Received(int count, int product = 2) {
    return From<v1::ReceiveStockRequest>(absl::StrCat(
        Naming<domain::WarehouseId>("warehouse"), "quantities { ",
        Naming<domain::ProductId>("product", product), "quantity_e6: ", count, "000000 }"));
  }
  static v1::CorrectStockRequest Counted(int count) {
    return From<v1::CorrectStockRequest>(
        absl::StrCat(Naming<domain::WarehouseId>("warehouse"), "quantities { ",
                     Naming<domain::ProductId>("product", 2), "quantity_e6: ", count, "000000 }"));
  }

  template <class Command, class Id>
  static Command For(const Id& id, absl::string_view more = "") {
    return From<Command>(absl::StrCat("name: '", NameOf(id), "' ", more));
  }
  // `quantities { ... }` of the n-th line of an order, in pieces.
  std::string Pieces(const domain::SalesOrderId& id, int count, int line = 0) {
    return absl::StrCat("quantities { line_key: '", Shown(id).line_statuses(line).line_key(),
                        "' quantity_e6: ", count, "000000 } ");
  }

  v1::SalesOrder Shown(const domain::SalesOrderId& id) {
    return world.Show(world.Load<domain::SalesOrder>(id));
  }
  v1::StockReceipt Shown(const domain::StockReceiptId& id) {
    return world.Show(world.Load<domain::StockReceipt>(id));
  }
  v1::Purchase Shown(const domain::PurchaseId& id) {
    return world.Show(world.Load<domain::Purchase>(id));
  }
  v1::Invoice Shown(const domain::InvoiceId& id) {
    return world.Show(world.Load<domain::Invoice>(id));
  }
  domain::Ref<domain::StockItem> Item() {
    return world.Load<domain::StockItem>(
        domain::StockItemOf(ExampleId<domain::ProductId>(2), ExampleId<domain::WarehouseId>()));
  }

  ExampleWorld world;
};

}  // namespace crm::testing

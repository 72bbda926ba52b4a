#include "domain/stock_receipt/stock_receipt.h"

#include "absl/container/btree_set.h"
#include "domain/product/product.h"
#include "domain/rejection.h"
#include "domain/render.h"

namespace crm::domain {
namespace {

using Result = StockReceipt::Result;

// I1.
absl::StatusOr<StockQuantities> QuantitiesFrom(
    const google::protobuf::RepeatedPtrField<v1::StockQuantity>& entered,
    const DecideContext& context) {
  StockQuantities quantities;
  absl::btree_set<ProductId> products;
  for (const v1::StockQuantity& quantity : entered) {
    ASSIGN_OR_RETURN(const auto product, ParseName<ProductId>(quantity.product()));
    RETURN_IF_ERROR(RequireStocked(product, context));
    if (!products.insert(product).second) {
      return Invalid("PRODUCT_REPEATED", "another quantity is of this product",
                     {{"product", quantity.product()}});
    }
    quantities.emplace_back(product, quantity.quantity_e6());
  }
  return quantities;
}

}  // namespace

StockReceiptState StockReceipt::Evolve(State state, const Event& event, const EventMetadata&) {
  std::visit([&](const auto& e) { state.received = e; }, event);
  return state;
}

absl::StatusOr<v1::StockReceipt> StockReceipt::Render(const Ref<StockReceipt>& self,
                                                      const Lookup&) {
  const events::v1::StockReceived& received = self->received;
  v1::StockReceipt shown;
  shown.set_name(NameOf(self.id));
  for (const events::v1::StockMovement& movement : received.movements()) {
    shown.set_warehouse(NameOf(FromBytes<WarehouseId>(movement.warehouse_id())));
    v1::StockMovement& moved = *shown.add_movements();
    moved.set_product(NameOf(FromBytes<ProductId>(movement.product_id())));
    moved.set_quantity_e6(movement.quantity_e6());
  }
  shown.set_counted(received.counted());
  shown.set_reference(received.reference());
  shown.set_purchase(NameOf(FromBytes<PurchaseId>(received.purchase_id())));
  for (const std::string& order : received.served_order_ids()) {
    shown.add_served_orders(NameOf(FromBytes<SalesOrderId>(order)));
  }
  Stamp(shown, self.head);
  return shown;
}

absl::Status RequireStocked(const ProductId& id, const DecideContext& context) {
  ASSIGN_OR_RETURN(const Ref<Product> product, context.Require<Product>(id));
  if (product->details.stocked()) return absl::OkStatus();
  return Refuse("PRODUCT_NOT_STOCKED", "no quantities of the product are kept",
                {{"product", NameOf(id)}});
}

Result StockReceipt::Decide(const State&, const v1::ReceiveStockRequest& command,
                            const DecideContext& context) {
  ASSIGN_OR_RETURN(const auto warehouse, ParseName<WarehouseId>(command.warehouse()));
  ASSIGN_OR_RETURN(const StockQuantities quantities, QuantitiesFrom(command.quantities(), context));
  for (const auto& [product, quantity_e6] : quantities) {
    if (quantity_e6 > 0) continue;
    return Invalid("QUANTITY_INVALID", "nothing arrived of a product",
                   {{"product", NameOf(product)}});
  }
  events::v1::StockReceived received;
  received.set_reference(command.reference());
  Decision<Event> decision;
  StockDesk desk(warehouse, context);
  RETURN_IF_ERROR(TakeIn(warehouse, quantities, context.NewId<StockReceiptId>(0), context, desk,
                         received, decision));
  decision.Add(std::move(received));
  return decision;
}

Result StockReceipt::Decide(const State&, const v1::CorrectStockRequest& command,
                            const DecideContext& context) {
  ASSIGN_OR_RETURN(const auto warehouse, ParseName<WarehouseId>(command.warehouse()));
  ASSIGN_OR_RETURN(StockQuantities quantities, QuantitiesFrom(command.quantities(), context));
  events::v1::StockReceived received;
  received.set_counted(true);
  received.set_reference(command.reference());
  StockDesk desk(warehouse, context);
  for (auto& [product, quantity_e6] : quantities) {
    ASSIGN_OR_RETURN(const int64_t on_hand_e6, desk.OnHandE6(product));
    quantity_e6 -= on_hand_e6;
  }
  Decision<Event> decision;
  RETURN_IF_ERROR(TakeIn(warehouse, quantities, context.NewId<StockReceiptId>(0), context, desk,
                         received, decision));
  decision.Add(std::move(received));
  return decision;
}

}  // namespace crm::domain

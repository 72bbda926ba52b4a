// OrderLine: what became of a line of a sales order. The order and the list of orders fold the same
// events into it. Quantities in millionths. Pure functions; thread-safe.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "crm/events/v1/document_types.pb.h"
#include "crm/events/v1/sales_order_events.pb.h"
#include "crm/v1/sales_order_service.pb.h"
#include "google/protobuf/repeated_field.h"

namespace crm::domain {

struct OrderLine {
  std::string line_id;     // 16 bytes
  std::string product_id;  // what is taken from stock; empty: nothing is, or not confirmed yet
  int64_t ordered_e6 = 0;
  int64_t reserved_e6 = 0;   // and not delivered
  int64_t waiting_e6 = 0;    // for goods
  int64_t delivered_e6 = 0;  // also what came back
  int64_t returned_e6 = 0;
  int64_t invoiced_e6 = 0;

  bool stocked() const { return !product_id.empty(); }
  // What may be handed over now.
  int64_t DeliverableE6() const { return stocked() ? reserved_e6 : ordered_e6 - delivered_e6; }
  // What may be on invoices together. What came back is not invoiced.
  int64_t InvoicedAtMostE6(v1::InvoicingPolicy policy) const {
    const bool by_delivery = policy == v1::INVOICING_POLICY_DELIVERED;
    return (by_delivery ? delivered_e6 : ordered_e6) - returned_e6;
  }
  // What is to invoice; of what was invoiced and came back a credit note takes care.
  int64_t InvoiceableE6(v1::InvoicingPolicy policy) const {
    return std::max<int64_t>(InvoicedAtMostE6(policy) - invoiced_e6, 0);
  }
};

using OrderLines = std::vector<OrderLine>;
using OrderedQuantities = google::protobuf::RepeatedPtrField<events::v1::OrderedQuantity>;

// What events make of the lines. Total: lines that are not there are passed over.
void FoldLines(const events::v1::DocumentContent& content, OrderLines& lines);
void FoldLines(const events::v1::SalesOrderConfirmed& event, OrderLines& lines);
void FoldLines(const events::v1::SalesOrderGoodsReserved& event, OrderLines& lines);
void FoldLines(const events::v1::SalesOrderDelivered& event, OrderLines& lines);
void FoldLines(const events::v1::SalesOrderDeliveryReturned& event, OrderLines& lines);
void FoldLines(const events::v1::SalesOrderInvoiced& event, OrderLines& lines);
void FoldLines(const events::v1::SalesOrderInvoicingUndone& event, OrderLines& lines);
void FoldLines(const events::v1::SalesOrderCancelled& event, OrderLines& lines);

// Of a confirmed order.
v1::DeliveryStatus DeliveryStatusOf(const OrderLines& lines);
bool IsInvoiceable(const OrderLines& lines, v1::InvoicingPolicy policy);

// A stored policy; what is not set is in full.
v1::InvoicingPolicy InvoicingFrom(int stored);

}  // namespace crm::domain

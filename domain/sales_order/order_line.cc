#include "domain/sales_order/order_line.h"

namespace crm::domain {
namespace {

using events::v1::OrderedQuantity;

template <class Change>
void ForEach(const OrderedQuantities& quantities, OrderLines& lines, Change change) {
  for (const OrderedQuantity& quantity : quantities) {
    const auto line = std::find_if(lines.begin(), lines.end(), [&](const OrderLine& candidate) {
      return candidate.line_id == quantity.line_id();
    });
    if (line != lines.end()) change(*line, quantity);
  }
}

}  // namespace

void FoldLines(const events::v1::DocumentContent& content, OrderLines& lines) {
  lines.clear();
  for (const events::v1::DocumentLine& line : content.lines()) {
    OrderLine& added = lines.emplace_back();
    added.line_id = line.line_id();
    added.ordered_e6 = line.quantity_e6();
  }
}

void FoldLines(const events::v1::SalesOrderConfirmed& event, OrderLines& lines) {
  ForEach(event.reserved(), lines, [](OrderLine& line, const OrderedQuantity& quantity) {
    line.product_id = quantity.product_id();
    line.reserved_e6 += quantity.quantity_e6();
  });
  ForEach(event.waiting(), lines, [](OrderLine& line, const OrderedQuantity& quantity) {
    line.product_id = quantity.product_id();
    line.waiting_e6 += quantity.quantity_e6();
  });
}

void FoldLines(const events::v1::SalesOrderGoodsReserved& event, OrderLines& lines) {
  ForEach(event.reserved(), lines, [](OrderLine& line, const OrderedQuantity& quantity) {
    line.reserved_e6 += quantity.quantity_e6();
    line.waiting_e6 -= quantity.quantity_e6();
  });
}

void FoldLines(const events::v1::SalesOrderDelivered& event, OrderLines& lines) {
  ForEach(event.delivered(), lines, [](OrderLine& line, const OrderedQuantity& quantity) {
    if (line.stocked()) line.reserved_e6 -= quantity.quantity_e6();
    line.delivered_e6 += quantity.quantity_e6();
  });
}

void FoldLines(const events::v1::SalesOrderDeliveryReturned& event, OrderLines& lines) {
  ForEach(event.returned(), lines, [](OrderLine& line, const OrderedQuantity& quantity) {
    line.returned_e6 += quantity.quantity_e6();
  });
}

void FoldLines(const events::v1::SalesOrderInvoiced& event, OrderLines& lines) {
  ForEach(event.invoiced(), lines, [](OrderLine& line, const OrderedQuantity& quantity) {
    line.invoiced_e6 += quantity.quantity_e6();
  });
}

void FoldLines(const events::v1::SalesOrderInvoicingUndone& event, OrderLines& lines) {
  ForEach(event.undone(), lines, [](OrderLine& line, const OrderedQuantity& quantity) {
    line.invoiced_e6 -= quantity.quantity_e6();
  });
}

void FoldLines(const events::v1::SalesOrderCancelled& event, OrderLines& lines) {
  ForEach(event.released(), lines, [](OrderLine& line, const OrderedQuantity& quantity) {
    line.reserved_e6 -= quantity.quantity_e6();
  });
  ForEach(event.given_up(), lines, [](OrderLine& line, const OrderedQuantity& quantity) {
    line.waiting_e6 -= quantity.quantity_e6();
  });
}

v1::DeliveryStatus DeliveryStatusOf(const OrderLines& lines) {
  const bool begun = std::any_of(lines.begin(), lines.end(),
                                 [](const OrderLine& line) { return line.delivered_e6 > 0; });
  const bool full = std::all_of(lines.begin(), lines.end(), [](const OrderLine& line) {
    return line.delivered_e6 == line.ordered_e6;
  });
  if (full) return v1::DELIVERY_STATUS_FULL;
  return begun ? v1::DELIVERY_STATUS_PARTIAL : v1::DELIVERY_STATUS_NOTHING;
}

bool IsInvoiceable(const OrderLines& lines, v1::InvoicingPolicy policy) {
  return std::any_of(lines.begin(), lines.end(),
                     [policy](const OrderLine& line) { return line.InvoiceableE6(policy) > 0; });
}

v1::InvoicingPolicy InvoicingFrom(int stored) {
  return stored == v1::INVOICING_POLICY_DELIVERED ? v1::INVOICING_POLICY_DELIVERED
                                                  : v1::INVOICING_POLICY_IN_FULL;
}

}  // namespace crm::domain

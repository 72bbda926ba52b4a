// A story in which everything happens that views tell of money and goods.
#pragma once

#include <string>
#include <utility>

#include "crm/v1/commission_policy_service.grpc.pb.h"
#include "crm/v1/commission_receipt_service.grpc.pb.h"
#include "crm/v1/contract_service.grpc.pb.h"
#include "crm/v1/credit_note_service.grpc.pb.h"
#include "crm/v1/goal_service.grpc.pb.h"
#include "crm/v1/invoice_service.grpc.pb.h"
#include "crm/v1/payment_service.grpc.pb.h"
#include "crm/v1/product_service.grpc.pb.h"
#include "crm/v1/proposal_service.grpc.pb.h"
#include "crm/v1/recurring_invoice_service.grpc.pb.h"
#include "crm/v1/sales_order_service.grpc.pb.h"
#include "crm/v1/stock_service.grpc.pb.h"
#include "crm/v1/warehouse_service.grpc.pb.h"
#include "tests/scenarios/sales_office.h"

namespace crm::testing {

// A goal is set; a product is offered, agreed on, invoiced, paid in two parts, of which one goes
// back, and credited; what was earned is put into a receipt. `customer` is the field of a
// recipient.
inline void TellOfMoney(const ApiCaller& administrator, const SalesOffice& office,
                        const std::string& customer) {
  const auto product = administrator.Do(
      &v1::ProductService::Stub::CreateProduct,
      absl::StrCat("product { display_name: 'Chair' ", Usd("price", 99), Usd("cost", 55), "}"));
  administrator.Do(
      &v1::GoalService::Stub::CreateGoal,
      absl::StrCat("goal { display_name: 'Year' kind: GOAL_KIND_INCOME ", Usd("target", 9'000),
                   With("member", office.ada_name), "first_date { year: 2026 month: 1 day: 1 } ",
                   "last_date { year: 2026 month: 12 day: 31 } }"));
  administrator.Do(&v1::CommissionPolicyService::Stub::CreateCommissionPolicy,
                   "commission_policy { display_name: 'Flat' "
                   "terms { kind: COMMISSION_KIND_FLAT rate_ppm: 50000 } }");
  const auto proposal = administrator.Do(
      &v1::ProposalService::Stub::CreateProposal,
      absl::StrCat("proposal { display_name: 'Chairs' recipient { ", customer, "} ",
                   office.OwnedBy(office.ada_name, office.north), "content { lines { ",
                   With("product", product.name()), "quantity_e6: 40000000 } } }"));
  administrator.Do(&v1::ProposalService::Stub::SendProposal, NameIs(proposal));
  administrator.Do(&v1::ProposalService::Stub::AcceptProposal, NameIs(proposal));
  const std::string invoice =
      administrator
          .Do(&v1::ProposalService::Stub::ConvertProposal,
              absl::StrCat(NameIs(proposal), "target: CONVERSION_TARGET_INVOICE"))
          .document();
  administrator.Do(&v1::InvoiceService::Stub::IssueInvoice, With("name", invoice));
  administrator.Do(&Organizations::UpdateOrganization,
                   "organization { commission_waiting_days: 0 } "
                   "update_mask { paths: 'commission_waiting_days' }");
  std::string payment;
  for (const int units : {1'000, 2'000}) {
    payment = administrator
                  .Do(&v1::PaymentService::Stub::RecordPayment,
                      absl::StrCat("payment { ", Usd("amount", units), "allocations { ",
                                   With("invoice", invoice), Usd("amount", units), "} }"))
                  .payment()
                  .name();
  }
  administrator.Do(&v1::CommissionReceiptService::Stub::CreateCommissionReceipt,
                   absl::StrCat("commission_receipt { ", With("agent", office.ada_name),
                                "currency_code: 'USD' }"));
  administrator.Do(&v1::PaymentService::Stub::ReversePayment,
                   absl::StrCat(With("name", payment), With("reason", "chargeback")));
  administrator.Do(&v1::CreditNoteService::Stub::CreateCreditNote,
                   absl::StrCat("credit_note { ", With("invoice", invoice), "} full: true"));
}

// A stocked product arrives and is ordered, a contract is drafted, and an invoice recurs.
inline void TellOfGoods(const ApiCaller& administrator, const SalesOffice& office,
                        const std::string& customer) {
  const std::string owned = office.OwnedBy(office.ada_name, office.north);
  const std::string recipient = absl::StrCat("recipient { ", customer, "} ");
  const auto product = administrator.Do(
      &v1::ProductService::Stub::CreateProduct,
      absl::StrCat("product { display_name: 'Desk' stocked: true ", Usd("price", 100), "}"));
  const auto hall = administrator.Do(&v1::WarehouseService::Stub::CreateWarehouse,
                                     "warehouse { display_name: 'Hall' }");
  const std::string desks = absl::StrCat(With("product", product.name()), "quantity_e6: 5000000 ");
  administrator.Do(&v1::StockService::Stub::ReceiveStock,
                   absl::StrCat(With("warehouse", hall.name()), "quantities { ", desks, "}"));
  const auto order = administrator.Do(
      &v1::SalesOrderService::Stub::CreateSalesOrder,
      absl::StrCat("sales_order { display_name: 'Desks' ", recipient, "content { lines { ", desks,
                   "} } ", With("warehouse", hall.name()), owned, "}"));
  administrator.Do(&v1::SalesOrderService::Stub::ConfirmSalesOrder, NameIs(order));
  administrator.Do(&v1::ContractService::Stub::CreateContract,
                   absl::StrCat("contract { display_name: 'Upkeep' text: 'We keep the desks.' ",
                                Usd("value", 1'200), recipient, owned, "}"));
  administrator.Do(&v1::RecurringInvoiceService::Stub::CreateRecurringInvoice,
                   absl::StrCat("recurring_invoice { display_name: 'Support' ", recipient,
                                "content { lines { description: 'Support' quantity_e6: 1000000 ",
                                Usd("unit_price", 100), "} } ",
                                "anchor_date { year: 2100 month: 1 day: 31 } ", owned, "}"));
}

}  // namespace crm::testing

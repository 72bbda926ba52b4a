// Records by name, whatever their kind: "opportunities/{uuid}" to its stream, and to what can be
// done with any aggregate that has a history.
#pragma once

#include <string>
#include <tuple>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/stream.h"
#include "domain/commission_policy/commission_policy.h"
#include "domain/commission_receipt/commission_receipt.h"
#include "domain/consumer_group/consumer_group.h"
#include "domain/contact/contact.h"
#include "domain/contract/contract.h"
#include "domain/credit_note/credit_note.h"
#include "domain/customer/customer.h"
#include "domain/goal/goal.h"
#include "domain/invoice/invoice.h"
#include "domain/invoice_series/invoice_series.h"
#include "domain/lead/lead.h"
#include "domain/member/member.h"
#include "domain/opportunity/opportunity.h"
#include "domain/opportunity_group/opportunity_group.h"
#include "domain/organization/organization.h"
#include "domain/payment/payment.h"
#include "domain/pipeline/pipeline.h"
#include "domain/product/product.h"
#include "domain/proposal/proposal.h"
#include "domain/proposal_template/proposal_template.h"
#include "domain/purchase/purchase.h"
#include "domain/recurring_invoice/recurring_invoice.h"
#include "domain/role/role.h"
#include "domain/sales_order/sales_order.h"
#include "domain/stock_receipt/stock_receipt.h"
#include "domain/tax/tax.h"
#include "domain/team/team.h"
#include "domain/token/token.h"
#include "domain/warehouse/warehouse.h"
#include "services/query_gate.h"

namespace crm::services {

// Every aggregate with a scope of its own. Comments have none: who sees one is decided by its
// record.
using Aggregates =
    std::tuple<domain::Organization, domain::Member, domain::Role, domain::Token, domain::Team,
               domain::Pipeline, domain::Customer, domain::Contact, domain::Lead,
               domain::Opportunity, domain::OpportunityGroup, domain::ConsumerGroup,
               domain::Product, domain::InvoiceSeries, domain::Tax, domain::CommissionPolicy,
               domain::CommissionReceipt, domain::Proposal, domain::Invoice, domain::CreditNote,
               domain::Payment, domain::Contract, domain::ProposalTemplate, domain::Goal,
               domain::RecurringInvoice, domain::SalesOrder, domain::Warehouse,
               domain::StockReceipt, domain::Purchase>;

// Calls `use(std::type_identity<A>, id)` for the aggregate the name belongs to and returns its
// status; INVALID_ARGUMENT INVALID_NAME when it belongs to none.
template <class Use>
absl::Status WithRecord(absl::string_view name, Use use) {
  absl::Status status = domain::InvalidName("{collection}", name);
  auto attempt = [&]<class A>(std::type_identity<A> type) {
    const absl::StatusOr<typename A::Id> id = domain::ParseName<typename A::Id>(name);
    if (!id.ok()) return false;
    status = use(type, *id);
    return true;
  };
  [&]<class... As>(std::type_identity<std::tuple<As...>>) {
    (attempt(std::type_identity<As>{}) || ...);
  }(std::type_identity<Aggregates>{});
  return status;
}

absl::StatusOr<StreamId> StreamOfRecord(absl::string_view name);

// The permission that shows records of this category, "lead.view" for leads; empty when none does:
// tokens are managed, not seen.
std::string ViewPermissionOf(absl::string_view category);

// OK when the caller may see the record, as ViewPermissionOf says. The same PERMISSION_DENIED
// whether it is hidden or does not exist.
absl::Status CheckRecordVisible(const QueryGate& queries, const Call& call, absl::string_view name);

}  // namespace crm::services

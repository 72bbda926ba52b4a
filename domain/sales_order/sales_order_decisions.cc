// Decisions of SalesOrder about what it says: birth, fields, lines, approval, people.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/field_mask.h"
#include "domain/opportunity/opportunity.h"
#include "domain/ownership.h"
#include "domain/rejection.h"
#include "domain/sales_order/sales_order.h"
#include "domain/sales_order/sales_order_details.h"
#include "domain/text.h"
#include "domain/warehouse/warehouse.h"
#include "google/protobuf/util/message_differencer.h"

namespace crm::domain {
namespace {

using google::protobuf::util::MessageDifferencer;
using State = SalesOrderState;
using Result = SalesOrder::Result;

absl::Status RefuseOrder(absl::string_view reason, absl::string_view message,
                         const SalesOrderId& id) {
  return Refuse(reason, absl::StrCat(NameOf(id), " ", message), {{"sales_order", NameOf(id)}});
}

absl::Status RequireWarehouse(const events::v1::SalesOrderDetails& details,
                              const DecideContext& context) {
  if (!details.has_warehouse_id()) return absl::OkStatus();
  const auto id = FromBytes<WarehouseId>(details.warehouse_id());
  ASSIGN_OR_RETURN(const Ref<Warehouse> warehouse, context.Require<Warehouse>(id));
  return RequireTakesGoods(warehouse);
}

}  // namespace

absl::Status RequireNotCancelled(const State& state) {
  if (!state.cancelled()) return absl::OkStatus();
  return RefuseOrder("ORDER_CANCELLED", "is cancelled", state.id);
}

absl::Status RequireDraft(const State& state) {
  RETURN_IF_ERROR(RequireNotCancelled(state));
  if (state.phase == v1::SALES_ORDER_STATE_DRAFT) return absl::OkStatus();
  return RefuseOrder("ORDER_NOT_DRAFT", "is confirmed", state.id);
}

absl::Status RequireConfirmed(const State& state) {
  RETURN_IF_ERROR(RequireNotCancelled(state));
  if (state.phase == v1::SALES_ORDER_STATE_CONFIRMED) return absl::OkStatus();
  return RefuseOrder("ORDER_NOT_CONFIRMED", "is a draft", state.id);
}

events::v1::SalesOrderDrafted DraftSalesOrder(const DocumentState& document,
                                              const events::v1::SalesOrderDetails& details) {
  events::v1::SalesOrderDrafted drafted;
  *drafted.mutable_details() = details;
  *drafted.mutable_content() = document.content;
  *drafted.mutable_recipient() = document.recipient;
  drafted.set_subject_id(ToBytes(document.subject));
  *drafted.mutable_at() = SnapshotOf(document);
  drafted.mutable_at()->set_opportunity_id(details.opportunity_id());
  if (!document.source.category().empty()) *drafted.mutable_source() = document.source;
  *drafted.mutable_credited() = document.credited;
  return drafted;
}

Result SalesOrder::Decide(const State&, const v1::CreateSalesOrderRequest& command,
                          const DecideContext& context) {
  const v1::SalesOrder& entered = command.sales_order();
  ASSIGN_OR_RETURN(events::v1::SalesOrderDetails details, DetailsFrom(entered));
  ASSIGN_OR_RETURN(const DocumentOrigin origin, OriginFrom(entered.opportunity(), "", context));
  if (!details.has_display_name()) {
    RETURN_IF_ERROR(RequireDisplayName(origin.display_name));
    details.set_display_name(origin.display_name);
  }
  RETURN_IF_ERROR(RequireWarehouse(details, context));
  const PersonId own(context.NewId<SalesOrderId>(0).uuid());
  ASSIGN_OR_RETURN(const DocumentState document,
                   DocumentFrom({.recipient = entered.recipient(),
                                 .content = entered.content(),
                                 .contributors = entered.contributors(),
                                 .team = entered.team(),
                                 .owner = entered.owner(),
                                 .channel = entered.channel()},
                                origin, own, context));
  return DraftSalesOrder(document, details);
}

Result SalesOrder::Decide(const State& state, const v1::UpdateSalesOrderRequest& command,
                          const DecideContext& context) {
  RETURN_IF_ERROR(RequireNotCancelled(state));
  ASSIGN_OR_RETURN(const FieldChanges changes,
                   FieldChanges::Resolve(command.sales_order(), command.update_mask(),
                                         {"display_name", "expected_delivery_date", "warehouse",
                                          "backorder", "invoicing", "opportunity", "tags"}));
  v1::SalesOrder current;
  ShowDetails(state.details, current);
  const v1::SalesOrder wanted = changes.Merged(current, command.sales_order());
  RETURN_IF_ERROR(RequireDisplayName(wanted.display_name()));
  ASSIGN_OR_RETURN(const events::v1::SalesOrderDetails details, DetailsFrom(wanted));
  std::optional<events::v1::SalesOrderDetailsRevised> revised =
      DetailsRevision(state.details, details);
  if (!revised.has_value()) return Decision<Event>();
  if (details.warehouse_id() != state.details.warehouse_id()) {
    RETURN_IF_ERROR(RequireDraft(state));
    RETURN_IF_ERROR(RequireWarehouse(details, context));
  }
  const auto opportunity = FromBytes<OpportunityId>(details.opportunity_id());
  if (details.opportunity_id() != state.details.opportunity_id() && !opportunity.IsNil()) {
    RETURN_IF_ERROR(context.RequireSeen<Opportunity>(opportunity).status());
  }
  *revised->mutable_at() = SnapshotOf(state);
  return *std::move(revised);
}

Result SalesOrder::Decide(const State& state, const v1::ReviseSalesOrderContentRequest& command,
                          const DecideContext& context) {
  RETURN_IF_ERROR(RequireDraft(state));
  events::v1::SalesOrderContentRevised revised;
  ASSIGN_OR_RETURN(*revised.mutable_content(),
                   ContentFrom(command.content(), state.document.content, context));
  if (MessageDifferencer::Equals(revised.content(), state.document.content)) {
    return Decision<Event>();
  }
  *revised.mutable_at() = SnapshotOf(state);
  return revised;
}

Result SalesOrder::Decide(const State& state, const v1::ApproveSalesOrderRequest&,
                          const DecideContext&) {
  RETURN_IF_ERROR(RequireDraft(state));
  if (state.approved) return Decision<Event>();
  events::v1::SalesOrderApproved approved;
  *approved.mutable_at() = SnapshotOf(state);
  return approved;
}

Result SalesOrder::Decide(const State& state, const v1::AssignSalesOrderRequest& command,
                          const DecideContext& context) {
  RETURN_IF_ERROR(RequireNotCancelled(state));
  ASSIGN_OR_RETURN(const Ownership to, ResolveOwnership(command.team(), command.owner(), context));
  if (to == OwnershipFrom(state.document.ownership)) return Decision<Event>();
  auto assigned = AssignmentTo<events::v1::SalesOrderAssigned>(to, state.document);
  *assigned.mutable_at() = SnapshotOf(state);
  return assigned;
}

}  // namespace crm::domain

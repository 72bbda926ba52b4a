// Strong ids of everything that has a name, with the collection it is named in and the stream
// category it is stored in. `NameOf` and `ParseName` are the only places that build or take apart a
// resource name.
#pragma once

#include <string>
#include <type_traits>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/reason.h"
#include "base/stream.h"
#include "base/strong_id.h"

namespace crm::domain {

#define CRM_ID(Name, category, collection)                       \
  struct Name##Tag {                                             \
    static constexpr absl::string_view kCategory = category;     \
    static constexpr absl::string_view kCollection = collection; \
  };                                                             \
  using Name##Id = StrongId<Name##Tag>

CRM_ID(Organization, "organization", "organizations");
CRM_ID(Member, "member", "members");
CRM_ID(Role, "role", "roles");
CRM_ID(Token, "token", "tokens");
CRM_ID(Team, "team", "teams");
CRM_ID(Pipeline, "pipeline", "pipelines");
CRM_ID(Customer, "customer", "customers");
CRM_ID(Contact, "contact", "contacts");
CRM_ID(Lead, "lead", "leads");
CRM_ID(Opportunity, "opportunity", "opportunities");
CRM_ID(OpportunityGroup, "opportunity_group", "opportunityGroups");
CRM_ID(Comment, "comment", "comments");
CRM_ID(ConsumerGroup, "consumer_group", "consumerGroups");
CRM_ID(Person, "person", "persons");
CRM_ID(Product, "product", "products");
CRM_ID(ProductCategory, "product_category", "productCategories");
CRM_ID(Tax, "tax", "taxes");
CRM_ID(Proposal, "proposal", "proposals");
CRM_ID(SalesOrder, "sales_order", "salesOrders");
CRM_ID(Warehouse, "warehouse", "warehouses");
CRM_ID(StockReceipt, "stock_receipt", "stockReceipts");
CRM_ID(Purchase, "purchase", "purchases");
CRM_ID(ProposalTemplate, "proposal_template", "proposalTemplates");
CRM_ID(InvoiceSeries, "invoice_series", "invoiceSeries");
CRM_ID(Invoice, "invoice", "invoices");
CRM_ID(RecurringInvoice, "recurring_invoice", "recurringInvoices");
CRM_ID(Contract, "contract", "contracts");
CRM_ID(CreditNote, "credit_note", "creditNotes");
CRM_ID(Payment, "payment", "payments");
CRM_ID(CommissionPolicy, "commission_policy", "commissionPolicies");
CRM_ID(Commission, "commission", "commissions");
CRM_ID(CommissionReceipt, "commission_receipt", "commissionReceipts");
CRM_ID(Goal, "goal", "goals");
CRM_ID(Due, "due", "dueWork");
// Bookkeeping streams: never named in the API.
CRM_ID(TeamRegister, "team_register", "teamRegisters");
CRM_ID(Roster, "roster", "rosters");
CRM_ID(Claim, "claim", "claims");
CRM_ID(Process, "process", "processes");
CRM_ID(AdministratorRegister, "administrator_register", "administratorRegisters");
CRM_ID(NumberRegister, "number_register", "numberRegisters");
CRM_ID(CommissionRegister, "commission_register", "commissionRegisters");
CRM_ID(CommissionBook, "commission_book", "commissionBooks");
CRM_ID(CommissionBalance, "commission_balance", "commissionBalances");
CRM_ID(Settlement, "settlement", "settlements");
CRM_ID(StockItem, "stock_item", "stockItems");
CRM_ID(PaymentBalance, "payment_balance", "paymentBalances");
#undef CRM_ID

struct StageTag {};
using StageId = StrongId<StageTag>;  // unique within its pipeline's organization

template <class Tag>
StreamId StreamOf(const StrongId<Tag>& id) {
  return {std::string(Tag::kCategory), id.uuid()};
}

// "teams/{uuid}", or "" for a nil id.
template <class Tag>
std::string NameOf(const StrongId<Tag>& id) {
  return id.IsNil() ? std::string() : absl::StrCat(Tag::kCollection, "/", id.ToString());
}

inline absl::Status InvalidName(absl::string_view collection, absl::string_view name) {
  return WithReason(absl::StatusCode::kInvalidArgument, "INVALID_NAME",
                    absl::StrCat("'", name, "' is not a name of the form ", collection, "/{uuid}"),
                    {{"name", std::string(name)}, {"collection", std::string(collection)}});
}

// INVALID_ARGUMENT INVALID_NAME when `name` is not of this collection.
template <class Id>
absl::StatusOr<Id> ParseName(absl::string_view name);

// An empty name is the nil id.
template <class Id>
absl::StatusOr<Id> ParseOptionalName(absl::string_view name) {
  if (name.empty()) return Id();
  return ParseName<Id>(name);
}

namespace internal {
template <class Tag>
absl::StatusOr<StrongId<Tag>> ParseInto(absl::string_view name, std::type_identity<StrongId<Tag>>) {
  absl::string_view rest = name;
  std::optional<Uuid> uuid;
  if (absl::ConsumePrefix(&rest, Tag::kCollection) && absl::ConsumePrefix(&rest, "/")) {
    uuid = Uuid::Parse(rest);
  }
  if (!uuid.has_value() || uuid->IsNil()) return InvalidName(Tag::kCollection, name);
  return StrongId<Tag>(*uuid);
}
}  // namespace internal

template <class Id>
absl::StatusOr<Id> ParseName(absl::string_view name) {
  return internal::ParseInto(name, std::type_identity<Id>{});
}

// A stage together with its pipeline.
struct StageName {
  PipelineId pipeline;
  StageId stage;

  bool IsNil() const { return stage.IsNil(); }
  friend auto operator<=>(const StageName&, const StageName&) = default;
};

// "pipelines/{uuid}/stages/{uuid}", or "" for a nil stage.
std::string NameOf(const StageName& name);
absl::StatusOr<StageName> ParseStageName(absl::string_view name);
// An empty name is the nil stage.
absl::StatusOr<StageName> ParseOptionalStageName(absl::string_view name);

// Ids in stored events are 16 bytes, or none for nil.
template <class Tag>
std::string ToBytes(const StrongId<Tag>& id) {
  return id.IsNil() ? std::string() : id.uuid().ToBytes();
}
template <class Id>
Id FromBytes(absl::string_view bytes) {
  return Id(Uuid::FromBytes(bytes).value_or(Uuid{}));
}

}  // namespace crm::domain

#include "tools/crmctl/api.h"

#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "buf/validate/validate.pb.h"
#include "crm/options/v1/options.pb.h"
#include "crm/v1/audit_service.pb.h"
#include "crm/v1/backup_service.pb.h"
#include "crm/v1/comment_service.pb.h"
#include "crm/v1/commission_policy_service.pb.h"
#include "crm/v1/commission_receipt_service.pb.h"
#include "crm/v1/commission_service.pb.h"
#include "crm/v1/consumer_group_service.pb.h"
#include "crm/v1/contact_service.pb.h"
#include "crm/v1/contract_service.pb.h"
#include "crm/v1/credit_note_service.pb.h"
#include "crm/v1/customer_service.pb.h"
#include "crm/v1/dashboard_service.pb.h"
#include "crm/v1/event_service.pb.h"
#include "crm/v1/goal_service.pb.h"
#include "crm/v1/history_service.pb.h"
#include "crm/v1/invoice_series_service.pb.h"
#include "crm/v1/invoice_service.pb.h"
#include "crm/v1/lead_service.pb.h"
#include "crm/v1/member_service.pb.h"
#include "crm/v1/operator_service.pb.h"
#include "crm/v1/opportunity_group_service.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "crm/v1/organization_service.pb.h"
#include "crm/v1/payment_callback_service.pb.h"
#include "crm/v1/payment_service.pb.h"
#include "crm/v1/pipeline_service.pb.h"
#include "crm/v1/privacy_service.pb.h"
#include "crm/v1/product_service.pb.h"
#include "crm/v1/projection_service.pb.h"
#include "crm/v1/proposal_service.pb.h"
#include "crm/v1/proposal_template_service.pb.h"
#include "crm/v1/public_document_service.pb.h"
#include "crm/v1/purchase_service.pb.h"
#include "crm/v1/recurring_invoice_service.pb.h"
#include "crm/v1/report_service.pb.h"
#include "crm/v1/role_service.pb.h"
#include "crm/v1/sales_order_service.pb.h"
#include "crm/v1/schedule_service.pb.h"
#include "crm/v1/search_service.pb.h"
#include "crm/v1/stock_service.pb.h"
#include "crm/v1/tax_service.pb.h"
#include "crm/v1/team_service.pb.h"
#include "crm/v1/token_service.pb.h"
#include "crm/v1/warehouse_service.pb.h"

namespace crm::ctl {
namespace {

using google::protobuf::FileDescriptor;
using google::protobuf::ServiceDescriptor;

// One message of every file with a service: naming it links the file's descriptors in.
std::vector<const FileDescriptor*> Files() {
  return {crm::v1::GetReconciliationRequest::descriptor()->file(),
          crm::v1::Backup::descriptor()->file(),
          crm::v1::Comment::descriptor()->file(),
          crm::v1::CreateCommissionPolicyRequest::descriptor()->file(),
          crm::v1::CommissionEntry::descriptor()->file(),
          crm::v1::CommissionReceipt::descriptor()->file(),
          crm::v1::ConsumerGroup::descriptor()->file(),
          crm::v1::Contact::descriptor()->file(),
          crm::v1::Contract::descriptor()->file(),
          crm::v1::CreditNote::descriptor()->file(),
          crm::v1::Customer::descriptor()->file(),
          crm::v1::TeamDashboard::descriptor()->file(),
          crm::v1::Event::descriptor()->file(),
          crm::v1::Change::descriptor()->file(),
          crm::v1::Goal::descriptor()->file(),
          crm::v1::InvoiceSeries::descriptor()->file(),
          crm::v1::CreateInvoiceRequest::descriptor()->file(),
          crm::v1::Lead::descriptor()->file(),
          crm::v1::Member::descriptor()->file(),
          crm::v1::CreateOrganizationRequest::descriptor()->file(),
          crm::v1::OpportunityGroup::descriptor()->file(),
          crm::v1::Opportunity::descriptor()->file(),
          crm::v1::Organization::descriptor()->file(),
          crm::v1::Payment::descriptor()->file(),
          crm::v1::ProviderNotice::descriptor()->file(),
          crm::v1::Pipeline::descriptor()->file(),
          crm::v1::Erasure::descriptor()->file(),
          crm::v1::Product::descriptor()->file(),
          crm::v1::Projection::descriptor()->file(),
          crm::v1::CreateProposalRequest::descriptor()->file(),
          crm::v1::ProposalTemplate::descriptor()->file(),
          crm::v1::PublicDocument::descriptor()->file(),
          crm::v1::RecurringInvoice::descriptor()->file(),
          crm::v1::Purchase::descriptor()->file(),
          crm::v1::Statistics::descriptor()->file(),
          crm::v1::Role::descriptor()->file(),
          crm::v1::SalesOrder::descriptor()->file(),
          crm::v1::DueWork::descriptor()->file(),
          crm::v1::SearchRecordsRequest::descriptor()->file(),
          crm::v1::StockReceipt::descriptor()->file(),
          crm::v1::Tax::descriptor()->file(),
          crm::v1::Team::descriptor()->file(),
          crm::v1::Token::descriptor()->file(),
          crm::v1::Warehouse::descriptor()->file()};
}

const buf::validate::FieldRules& RulesOf(const FieldDescriptor& field) {
  return field.options().GetExtension(buf::validate::field);
}

// Rules of one value: of a repeated field those of its items.
const buf::validate::FieldRules& ItemRules(const FieldDescriptor& field) {
  const buf::validate::FieldRules& rules = RulesOf(field);
  return field.is_repeated() ? rules.repeated().items() : rules;
}

}  // namespace

std::vector<const ServiceDescriptor*> Services() {
  std::vector<const ServiceDescriptor*> services;
  for (const FileDescriptor* file : Files()) {
    for (int i = 0; i < file->service_count(); ++i) services.push_back(file->service(i));
  }
  std::sort(services.begin(), services.end(),
            [](const auto* a, const auto* b) { return a->name() < b->name(); });
  return services;
}

const MethodDescriptor* FindMethod(absl::string_view name) {
  static const auto* const methods = [] {
    auto* all = new std::map<std::string, const MethodDescriptor*>;
    for (const ServiceDescriptor* service : Services()) {
      for (int i = 0; i < service->method_count(); ++i) {
        all->emplace(service->method(i)->name(), service->method(i));
      }
    }
    return all;
  }();
  const auto found = methods->find(std::string(name));
  return found == methods->end() ? nullptr : found->second;
}

std::string MethodPath(const MethodDescriptor& method) {
  return absl::StrCat("/", method.service()->full_name(), "/", method.name());
}

std::unique_ptr<Message> NewMessage(const Descriptor& type) {
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  return std::unique_ptr<Message>(factory->GetPrototype(&type)->New());
}

bool IsCommand(const MethodDescriptor& method) {
  return method.input_type()->FindFieldByName("request_id") != nullptr;
}

std::string PermissionOf(const MethodDescriptor& method) {
  const crm::options::v1::Rpc& rpc = method.options().GetExtension(crm::options::v1::rpc);
  return absl::StrCat(rpc.permission(), rpc.operator_() ? " (operator)" : "");
}

bool IsOutputOnly(const FieldDescriptor& field) {
  return field.options().GetExtension(crm::options::v1::output_only);
}

bool IsRequired(const FieldDescriptor& field) {
  return RulesOf(field).required() || RulesOf(field).repeated().min_items() > 0;
}

std::string PatternOf(const FieldDescriptor& field) { return ItemRules(field).string().pattern(); }

std::vector<std::string> CollectionsOf(const FieldDescriptor& field) {
  // Takes whatever has a history; the pattern would be all of them.
  if (field.name() == "record" && !RulesOf(field).string().has_pattern()) {
    return {"opportunities",
            "leads",
            "customers",
            "contacts",
            "teams",
            "members",
            "pipelines",
            "opportunityGroups",
            "roles",
            "tokens",
            "organizations",
            "consumerGroups",
            "products",
            "invoiceSeries",
            "taxes",
            "commissionPolicies",
            "proposals",
            "invoices",
            "payments",
            "creditNotes",
            "contracts",
            "goals",
            "proposalTemplates",
            "recurringInvoices",
            "salesOrders",
            "warehouses",
            "stockReceipts",
            "purchases"};
  }
  std::string pattern = PatternOf(field);
  absl::string_view rest = pattern;
  if (!absl::ConsumePrefix(&rest, "^") || !absl::StrContains(rest, "/[^/]{1,64}")) return {};
  absl::ConsumeSuffix(&rest, "$");
  absl::ConsumeSuffix(&rest, ")?");
  if (absl::StartsWith(rest, "(") && !absl::StrContains(rest, ")")) rest.remove_prefix(1);
  std::vector<std::string> segments;
  for (absl::string_view part : absl::StrSplit(rest, "/[^/]{1,64}", absl::SkipEmpty())) {
    absl::ConsumePrefix(&part, "/");
    segments.emplace_back(part);
  }
  if (segments.size() == 1 && absl::StartsWith(segments[0], "(")) {
    return absl::StrSplit(segments[0].substr(1, segments[0].size() - 2), '|');
  }
  return {absl::StrJoin(segments, "/")};
}

const Descriptor* ResourceOf(absl::string_view collection) {
  if (collection == "organizations") return crm::v1::Organization::descriptor();
  for (const ServiceDescriptor* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor& method = *service->method(i);
      const FieldDescriptor* name = method.input_type()->FindFieldByName("name");
      // What is read by that name, and has an etag, is the resource; an overview of it is not.
      const bool reads = absl::StartsWith(method.name(), "Get") && name != nullptr &&
                         method.output_type()->FindFieldByName("etag") != nullptr;
      if (reads && CollectionsOf(*name) == std::vector<std::string>{std::string(collection)}) {
        return method.output_type();
      }
    }
  }
  return nullptr;
}

std::string RulesText(const FieldDescriptor& field) {
  std::vector<std::string> words;
  if (IsRequired(field)) words.push_back("required");
  const buf::validate::RepeatedRules& list = RulesOf(field).repeated();
  if (list.has_max_items()) words.push_back(absl::StrCat("<= ", list.max_items(), " items"));
  const buf::validate::FieldRules& rules = ItemRules(field);
  const auto bounds = [&](const auto& number) {
    if (number.has_gte()) words.push_back(absl::StrCat(">= ", number.gte()));
    if (number.has_gt()) words.push_back(absl::StrCat("> ", number.gt()));
    if (number.has_lte()) words.push_back(absl::StrCat("<= ", number.lte()));
    if (number.has_lt()) words.push_back(absl::StrCat("< ", number.lt()));
  };
  bounds(rules.int32());
  bounds(rules.int64());
  const buf::validate::StringRules& text = rules.string();
  if (text.has_max_len()) words.push_back(absl::StrCat("<= ", text.max_len(), " characters"));
  if (text.email()) words.push_back("e-mail address");
  if (text.uuid()) words.push_back("UUID");
  if (text.in_size() > 0) words.push_back("one of " + absl::StrJoin(text.in(), " "));
  const std::vector<std::string> collections = CollectionsOf(field);
  if (!collections.empty()) {
    words.push_back("name in " + absl::StrJoin(collections, " or "));
  } else if (text.has_pattern()) {
    words.push_back("matches " + text.pattern());
  }
  return absl::StrJoin(words, ", ");
}

const FieldDescriptor* RowsField(const Descriptor& response) {
  for (int i = 0; i < response.field_count(); ++i) {
    const FieldDescriptor* field = response.field(i);
    const bool rows = field->is_repeated() && field->message_type() != nullptr;
    if (rows && (field->name() == "results" || field->number() == 1)) return field;
  }
  return nullptr;
}

namespace {
bool IsOfType(const FieldDescriptor& field, absl::string_view type) {
  return field.message_type() != nullptr && field.message_type()->full_name() == type;
}
}  // namespace

bool IsMoney(const FieldDescriptor& field) { return IsOfType(field, "google.type.Money"); }
bool IsDate(const FieldDescriptor& field) { return IsOfType(field, "google.type.Date"); }
bool IsTimestamp(const FieldDescriptor& field) {
  return IsOfType(field, "google.protobuf.Timestamp");
}

}  // namespace crm::ctl

#include "tools/crmctl/names.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "tools/crmctl/api.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/listings.h"
#include "tools/crmctl/render.h"
#include "tools/crmctl/text.h"

namespace crm::ctl {
namespace {

using google::protobuf::Reflection;

constexpr Listing kListings[] = {
    {"members", "member", "ListMembers", ""},
    {"teams", "team", "ListTeams", ""},
    {"pipelines", "pipeline", "ListPipelines", ""},
    {"pipelines/stages", "stage", "ListPipelines", ""},
    {"roles", "role", "ListRoles", ""},
    {"goals", "goal", "ListGoals", ""},
    {"commissionPolicies", "commission-policy", "ListCommissionPolicies", ""},
    {"opportunityGroups", "group", "ListOpportunityGroups", ""},
    {"consumerGroups", "consumer-group", "ListConsumerGroups", ""},
    {"taxes", "tax", "ListTaxes", ""},
    {"warehouses", "warehouse", "ListWarehouses", ""},
    {"proposalTemplates", "proposal-template", "ListProposalTemplates", ""},
    {"invoiceSeries", "series", "ListInvoiceSeries", ""},
    {"projections", "projection", "ListProjections", ""},
    {"tokens", "token", "ListTokens", ""},
    {"products", "product", "ListProducts", "text", "GetProduct"},
    {"customers", "customer", "ListCustomers", "text", "GetCustomer"},
    {"contacts", "contact", "ListContacts", "text", "GetContact"},
    {"invoices", "invoice", "ListInvoices", "filter.number", "GetInvoice"},
    {"opportunities", "opportunity", "ListOpportunities", "filter.text", "GetOpportunity"},
    {"leads", "lead", "ListLeads", "filter.text", "GetLead"},
};

constexpr int kPageSize = 1000;
constexpr size_t kMostSingles = 200;  // names looked up one by one for a table

std::string StringField(const Message& message, const char* field) {
  const FieldDescriptor* found = message.GetDescriptor()->FindFieldByName(field);
  if (found == nullptr || found->is_repeated() ||
      found->cpp_type() != FieldDescriptor::CPPTYPE_STRING) {
    return "";
  }
  return message.GetReflection()->GetString(message, found);
}

void SetText(Message& request, absl::string_view path, absl::string_view text) {
  Message* message = &request;
  const std::vector<std::string> parts = absl::StrSplit(path, '.');
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(parts[i]);
    message = message->GetReflection()->MutableMessage(message, field);
  }
  message->GetReflection()->SetString(
      message, message->GetDescriptor()->FindFieldByName(parts.back()), std::string(text));
}

// What tells records of the same name apart: whose, how far, how much.
std::vector<std::string> Traits(const Message& row) {
  std::vector<std::string> traits;
  for (const char* field : {"email", "customer", "company_name", "team", "owner", "state",
                            "expected_revenue", "create_time"}) {
    const FieldPath path = FindPath(*row.GetDescriptor(), field);
    const std::string text = path.empty() ? "" : CellText(row, path, Style());
    if (!text.empty()) traits.push_back(text);
  }
  return traits;
}

// Archived things and closed records have names too.
void WidenList(Message& request) {
  const Reflection& reflection = *request.GetReflection();
  const Descriptor& type = *request.GetDescriptor();
  if (const auto* filter = type.FindFieldByName("filter")) {
    Message& inner = *reflection.MutableMessage(&request, filter);
    const FieldDescriptor* states = inner.GetDescriptor()->FindFieldByName("states");
    for (int i = 1; i < states->enum_type()->value_count(); ++i) {
      inner.GetReflection()->AddEnumValue(&inner, states, states->enum_type()->value(i)->number());
    }
  }
}

}  // namespace

const Listing* FindListing(absl::string_view collection) {
  for (const Listing& listing : kListings) {
    if (listing.collection == collection) return &listing;
  }
  return nullptr;
}

std::string CollectionOfWord(absl::string_view word) {
  for (const Listing& listing : kListings) {
    if (word == listing.word || word == listing.collection) return listing.collection;
  }
  return "";
}

std::string WordOfCollection(absl::string_view collection) {
  const Listing* listing = FindListing(collection);
  return listing == nullptr ? "" : listing->word;
}

std::string CollectionOfName(absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  std::vector<absl::string_view> words;
  for (size_t i = 0; i < parts.size(); i += 2) words.push_back(parts[i]);
  return parts.size() % 2 == 0 ? absl::StrJoin(words, "/") : "";
}

void Names::AddEntries(const Message& row, const std::string& collection, List& list) {
  const auto add = [&list](Entry entry, std::vector<std::string> texts) {
    for (const std::string& text : texts) {
      std::string key = Fold(text);
      const bool known = std::find(entry.keys.begin(), entry.keys.end(), key) != entry.keys.end();
      if (!key.empty() && !known) entry.keys.push_back(std::move(key));
    }
    list.by_name.emplace(entry.name, list.entries.size());
    for (const std::string& key : entry.keys) list.by_key.emplace(key, list.entries.size());
    list.entries.push_back(std::move(entry));
  };
  const std::string name = StringField(row, "name");
  std::string display_name = StringField(row, "display_name");
  if (collection == "pipelines/stages") {
    const FieldDescriptor* stages = row.GetDescriptor()->FindFieldByName("stages");
    for (int i = 0; i < row.GetReflection()->FieldSize(row, stages); ++i) {
      const Message& stage = row.GetReflection()->GetRepeatedMessage(row, stages, i);
      const std::string word = StringField(stage, "display_name");
      add({StringField(stage, "name"), word, {}, {absl::StrCat(display_name, "/", word)}},
          {word, absl::StrCat(display_name, "/", word)});
    }
    return;
  }
  if (collection == "contacts") {
    display_name =
        absl::StrCat(StringField(row, "given_name"), " ", StringField(row, "family_name"));
    if (display_name.front() == ' ') display_name.erase(0, 1);
    if (!display_name.empty() && display_name.back() == ' ') display_name.pop_back();
  }
  const std::string number = StringField(row, "number");
  if (!number.empty()) display_name = number;  // what an invoice is known by
  const std::string id = name.substr(name.rfind('/') + 1);
  std::vector<std::string> texts = {display_name, StringField(row, "email")};
  if (collection == "roles" || collection == "projections") texts.push_back(id);
  add({name, display_name.empty() ? id : display_name, {}, Traits(row)}, texts);
}

std::shared_ptr<const Names::List> Names::Fetch(const std::string& collection,
                                                absl::string_view text) {
  auto list = std::make_shared<List>();
  const Listing* listing = FindListing(collection);
  if (listing == nullptr) {
    list->status = UsageError(absl::StrCat(collection, " cannot be found by display name"));
    return list;
  }
  const MethodDescriptor& method = *FindMethod(listing->method);
  const std::unique_ptr<Message> request = NewMessage(*method.input_type());
  WidenList(*request);
  if (!text.empty()) SetText(*request, listing->text_path, text);
  if (!CheckRules(*request).ok()) return list;  // nothing can be called that
  const auto* page_size = method.input_type()->FindFieldByName("page_size");
  if (page_size != nullptr) {
    request->GetReflection()->SetInt32(request.get(), page_size, kPageSize);
  }
  const FieldDescriptor& rows = *RowsField(*method.output_type());
  while (true) {
    const std::unique_ptr<Message> response = NewMessage(*method.output_type());
    list->status = connection_.Call(method, *request, *response).status();
    if (!list->status.ok()) return list;
    for (int i = 0; i < response->GetReflection()->FieldSize(*response, &rows); ++i) {
      AddEntries(response->GetReflection()->GetRepeatedMessage(*response, &rows, i), collection,
                 *list);
    }
    const std::string next = StringField(*response, "next_page_token");
    if (next.empty()) return list;
    SetText(*request, "page_token", next);
  }
}

std::shared_ptr<const Names::List> Names::Listed(const std::string& collection) {
  MutexLock lock(mutex_);
  std::shared_ptr<const List>& list = lists_[collection];
  if (list == nullptr) list = Fetch(collection, "");
  return list;
}

absl::Status Names::Load(const std::string& collection) { return Listed(collection)->status; }

std::string Names::DisplayName(const std::string& name) {
  const std::string collection = CollectionOfName(name);
  const Listing* listing = FindListing(collection);
  if (listing == nullptr) return name;
  {
    MutexLock lock(mutex_);
    const bool one_by_one = listing->text_path[0] != '\0' && lists_.count(collection) == 0;
    if (one_by_one) return SingleDisplayName(*FindMethod(listing->get_method), name);
  }
  const std::shared_ptr<const List> list = Listed(collection);
  const auto found = list->by_name.find(name);
  if (!list->status.ok() || found == list->by_name.end()) return name;
  return list->entries[found->second].display_name;
}

std::string Names::SingleDisplayName(const MethodDescriptor& get, const std::string& name) {
  const auto known = singles_.find(name);
  if (known != singles_.end()) return known->second;
  if (singles_.size() >= kMostSingles) return name;
  const std::unique_ptr<Message> request = NewMessage(*get.input_type());
  const std::unique_ptr<Message> response = NewMessage(*get.output_type());
  SetText(*request, "name", name);
  List list;
  if (connection_.Call(get, *request, *response).ok()) {
    AddEntries(*response, CollectionOfName(name), list);
  }
  const bool named = !list.entries.empty() && !list.entries[0].display_name.empty();
  return singles_[name] = named ? list.entries[0].display_name : name;
}

absl::StatusOr<crm::v1::Organization> Names::Organization() {
  MutexLock lock(mutex_);
  if (organization_ == nullptr) {
    auto organization = std::make_shared<crm::v1::Organization>();
    RETURN_IF_ERROR(
        connection_
            .Call(*FindMethod("GetOrganization"), crm::v1::GetOrganizationRequest(), *organization)
            .status());
    organization_ = std::move(organization);
  }
  return *organization_;
}

}  // namespace crm::ctl

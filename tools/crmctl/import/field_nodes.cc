#include "tools/crmctl/import/field_nodes.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/flags.h"
#include "tools/crmctl/values.h"

namespace crm::ctl {
namespace {

using google::protobuf::Reflection;

absl::Status Invalid(const FieldDescriptor& field, absl::string_view message) {
  return WithReason(absl::StatusCode::kInvalidArgument, "VALUE_INVALID",
                    absl::StrCat(field.name(), ": ", message));
}

absl::Status FillMoney(const FieldNode& node, const Row& row, Message& message) {
  ASSIGN_OR_RETURN(const std::string amount, node.amount->Evaluate(row));
  if (amount.empty()) return absl::OkStatus();
  const absl::StatusOr<google::type::Money> money = ParseMoney(amount, node.currency, node.times);
  if (!money.ok()) return Invalid(*node.field, money.status().message());
  message.GetReflection()->MutableMessage(&message, node.field)->CopyFrom(*money);
  return absl::OkStatus();
}

absl::Status FillNode(const FieldNode& node, const Row& row, const AssignContext& context,
                      Message& message) {
  if (node.amount) return FillMoney(node, row, message);
  const Reflection& reflection = *message.GetReflection();
  if (node.is_message) {
    const std::unique_ptr<Message> inner = NewMessage(*node.field->message_type());
    RETURN_IF_ERROR(FillFields(node.children, row, context, *inner));
    if (inner->ByteSizeLong() == 0 && !node.children.empty()) return absl::OkStatus();
    Message* target = node.field->is_repeated() ? reflection.AddMessage(&message, node.field)
                                                : reflection.MutableMessage(&message, node.field);
    target->MergeFrom(*inner);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::string text, node.text.Evaluate(row));
  if (text.empty()) return absl::OkStatus();
  const absl::Status status = Assign(message, *node.field, text, context);
  if (!status.ok() && IsUsageError(status)) {
    return WithReason(absl::StatusCode::kInvalidArgument, "VALUE_INVALID", status.message());
  }
  return status;
}

// What a mapping may fill, one level deep: "name", "opportunity.display_name".
std::vector<std::string> FieldNames(const Descriptor& type) {
  std::vector<std::string> names;
  for (const Flag& flag : FlagsOf(type)) names.push_back(PathText(flag.path));
  return names;
}

}  // namespace

absl::Status FieldNodeLoader::Wrong(const toml::node& node, absl::string_view what) const {
  return UsageError(absl::StrCat(file_, " line ", node.source().begin.line, ": ", what));
}

absl::StatusOr<std::string> FieldNodeLoader::Constant(const toml::node& node) const {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return absl::StrCat(number->get());
  if (const auto* truth = node.as_boolean()) return std::string(truth->get() ? "true" : "false");
  if (const auto* date = node.as_date()) {
    return FormatDate(ToDate(absl::CivilDay(date->get().year, date->get().month, date->get().day)));
  }
  return Wrong(node, "a value is a text, a whole number, true, false, a day or a table");
}

absl::StatusOr<FieldNode> FieldNodeLoader::LoadMoney(const toml::table& table,
                                                     FieldNode node) const {
  for (const auto& [key, value] : table) {
    if (key != "currency" && key != "amount" && key != "times") {
      return Wrong(value, "money has currency, amount and perhaps times");
    }
  }
  node.currency = table["currency"].value_or(std::string());
  node.times = table["times"].value_or(int64_t{1});
  const toml::node* amount = table.get("amount");
  if (amount == nullptr || node.currency.size() != 3 || node.times < 1) {
    return Wrong(table, "money needs an amount and a currency such as \"USD\"");
  }
  ASSIGN_OR_RETURN(const std::string text, Constant(*amount));
  ASSIGN_OR_RETURN(node.amount, compile_(*amount, text));
  return node;
}

absl::StatusOr<FieldNode> FieldNodeLoader::LoadNode(const toml::node& value,
                                                    const FieldDescriptor& field) const {
  FieldNode node;
  node.field = &field;
  const toml::table* table = value.as_table();
  if (table != nullptr && field.message_type() != nullptr) {
    if (IsMoney(field) && table->contains("amount")) return LoadMoney(*table, std::move(node));
    node.is_message = true;
    ASSIGN_OR_RETURN(node.children, Load(*table, *field.message_type()));
    return node;
  }
  if (table != nullptr) return Wrong(value, absl::StrCat(field.name(), " is not a message"));
  ASSIGN_OR_RETURN(const std::string text, Constant(value));
  ASSIGN_OR_RETURN(node.text, compile_(value, text));
  return node;
}

absl::StatusOr<std::vector<FieldNode>> FieldNodeLoader::Load(const toml::table& table,
                                                             const Descriptor& type) const {
  std::vector<FieldNode> nodes;
  for (const auto& [key, value] : table) {
    const std::string name(key.str());
    const FieldPath path = FindPath(type, name);
    if (path.empty()) {
      return Wrong(value, absl::StrCat(type.name(), " has no field \"", name, "\"; it has ",
                                       absl::StrJoin(FieldNames(type), ", ")));
    }
    const FieldDescriptor& field = *path.back();
    if (path[0]->name() == "request_id" || path[0]->name() == "validate_only") {
      return Wrong(value, absl::StrCat(name, " is filled by the import itself"));
    }
    std::vector<FieldNode> found;
    const toml::array* list = value.as_array();
    if (list != nullptr && !field.is_repeated()) {
      return Wrong(value, absl::StrCat(name, " takes one value, not a list"));
    }
    if (list != nullptr) {
      for (const toml::node& item : *list) {
        ASSIGN_OR_RETURN(FieldNode node, LoadNode(item, field));
        found.push_back(std::move(node));
      }
    } else {
      ASSIGN_OR_RETURN(FieldNode node, LoadNode(value, field));
      found.push_back(std::move(node));
    }
    // A dotted key is a chain of messages with one field each.
    for (size_t i = path.size() - 1; i > 0; --i) {
      FieldNode holder;
      holder.field = path[i - 1];
      holder.is_message = true;
      holder.children = std::move(found);
      found.clear();
      found.push_back(std::move(holder));
    }
    for (FieldNode& node : found) nodes.push_back(std::move(node));
  }
  return nodes;
}

absl::Status FillFields(const std::vector<FieldNode>& nodes, const Row& row,
                        const AssignContext& context, Message& message) {
  for (const FieldNode& node : nodes) RETURN_IF_ERROR(FillNode(node, row, context, message));
  return absl::OkStatus();
}

}  // namespace crm::ctl

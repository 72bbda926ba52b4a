// [command.fields] of a mapping: from TOML to FieldNodes, and from FieldNodes and a row to a
// request. Include from tools/crmctl/import only.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/crmctl/assign.h"
#include "tools/crmctl/import/mapping.h"
#include "tools/crmctl/toml.h"

namespace crm::ctl {

// Turns TOML values into field nodes: text is a template, numbers and booleans are constants,
// tables are messages, { currency, amount, times } is money, lists are repeated fields. Keys may be
// dotted paths. Usage errors name file and line.
class FieldNodeLoader {
 public:
  using Compiler = std::function<absl::StatusOr<Template>(const toml::node&, const std::string&)>;

  FieldNodeLoader(const std::string& file, Compiler compile)
      : file_(file), compile_(std::move(compile)) {}

  absl::StatusOr<std::vector<FieldNode>> Load(const toml::table& table,
                                              const Descriptor& type) const;

 private:
  absl::Status Wrong(const toml::node& node, absl::string_view what) const;
  absl::StatusOr<FieldNode> LoadNode(const toml::node& node, const FieldDescriptor& field) const;
  absl::StatusOr<FieldNode> LoadMoney(const toml::table& table, FieldNode node) const;
  absl::StatusOr<std::string> Constant(const toml::node& node) const;

  const std::string& file_;
  Compiler compile_;
};

// Fills a message for a row. A field whose template is empty for the row stays unset; a message
// none of whose fields is set stays unset. A failure's reason is that of the template or
// VALUE_INVALID.
absl::Status FillFields(const std::vector<FieldNode>& nodes, const Row& row,
                        const AssignContext& context, Message& message);

}  // namespace crm::ctl

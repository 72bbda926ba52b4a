// Templates of a mapping: text with {expressions} over a row.
//
//   {close_date}                              a column
//   {alias.products[product]}                 a column's value, spelled right
//   {lookup.products[product].sales_price}    a cell of another file
//   {result.create.name}                      a field of an earlier command's answer
//   {member:sales_agent}                      the resource name of the member who is called so;
//                                             also role, team, pipeline, customer, contact, ...
//   {stage:Sales/Engaging}, {team:'Team {manager}'}   the same of a text
//   {sales_agent|slug}                        changed: lower, upper, trim, slug ("moses.frase")
//   {{ and }}                                 the braces themselves
//
// Expressions nest: {lookup.products[alias.products[product]].sales_price}. A name, lookup or alias
// of an empty text is empty. Compiled once against the column names, then read-only and
// thread-safe.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/crmctl/api.h"
#include "tools/crmctl/import/lookup.h"
#include "tools/crmctl/names.h"

namespace crm::ctl {

// What a row offers while its commands run.
struct Row {
  const std::vector<std::string>* cells = nullptr;
  std::map<std::string, std::shared_ptr<const Message>> results;  // by command id
  Names* names = nullptr;
};

class Template {
 public:
  Template() = default;

  // InvalidArgument says what is wrong and where. `references` must outlive the template.
  static absl::StatusOr<Template> Compile(absl::string_view text,
                                          const std::vector<std::string>& columns,
                                          const References& references);

  // The text for a row. A failure's reason: LOOKUP_MISS, NAME_UNKNOWN, NAME_AMBIGUOUS or
  // RESULT_MISSING.
  absl::StatusOr<std::string> Evaluate(const Row& row) const;

  // Collections whose names it looks up, and commands whose results it uses.
  const std::set<std::string>& collections() const { return collections_; }
  const std::set<std::string>& results() const { return results_; }

 private:
  friend class TemplateParser;

  struct Node {
    enum class Kind { kText, kColumn, kAlias, kLookup, kResult, kName, kJoin, kFilter };
    Kind kind = Kind::kText;
    std::string text;  // literal; name of alias, lookup, command, collection or filter
    std::string path;  // of a result
    int column = -1;   // of the row or of the lookup
    std::vector<Node> inner;
  };

  static absl::StatusOr<std::string> EvaluateNode(const Node& node, const Row& row,
                                                  const References& references);

  Node root_;
  const References* references_ = nullptr;
  std::set<std::string> collections_;
  std::set<std::string> results_;
};

}  // namespace crm::ctl

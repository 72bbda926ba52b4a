// Compiles templates: a recursive descent over the text.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "tools/crmctl/import/template.h"

namespace crm::ctl {

class TemplateParser {
 public:
  using Node = Template::Node;
  using Kind = Node::Kind;

  TemplateParser(absl::string_view text, const std::vector<std::string>& columns,
                 const References& references, Template& result)
      : text_(text), columns_(columns), references_(references), result_(result) {}

  absl::Status Parse() {
    ASSIGN_OR_RETURN(result_.root_, ParseText(/*quoted=*/false));
    return absl::OkStatus();
  }

 private:
  absl::Status Wrong(absl::string_view what) const {
    return absl::InvalidArgumentError(
        absl::StrCat("template \"", text_, "\" at character ", at_ + 1, ": ", what));
  }

  bool Take(absl::string_view word) {
    if (!absl::StartsWith(text_.substr(at_), word)) return false;
    at_ += word.size();
    return true;
  }

  absl::Status Expect(absl::string_view word) {
    return Take(word) ? absl::OkStatus() : Wrong(absl::StrCat("\"", word, "\" is missing"));
  }

  // Literal text and expressions, up to the end or to the closing quote.
  absl::StatusOr<Node> ParseText(bool quoted) {
    Node join;
    join.kind = Kind::kJoin;
    std::string literal;
    const auto flush = [&] {
      if (literal.empty()) return;
      Node node;
      node.text = literal;
      join.inner.push_back(node);
      literal.clear();
    };
    while (at_ < text_.size()) {
      if (quoted && text_[at_] == '\'') break;
      if (Take("{{")) {
        literal += '{';
      } else if (Take("}}")) {
        literal += '}';
      } else if (Take("{")) {
        flush();
        ASSIGN_OR_RETURN(Node node, ParseFiltered());
        join.inner.push_back(std::move(node));
        RETURN_IF_ERROR(Expect("}"));
      } else if (text_[at_] == '}') {
        return Wrong("a closing brace without an opening one; write }}");
      } else {
        literal += text_[at_++];
      }
    }
    flush();
    return join;
  }

  absl::StatusOr<Node> ParseFiltered() {
    ASSIGN_OR_RETURN(Node node, ParseExpression());
    while (Take("|")) {
      Node filter;
      filter.kind = Kind::kFilter;
      filter.text = Word("|}]");
      static const char* const kFilters[] = {"lower", "upper", "trim", "slug"};
      if (std::find(std::begin(kFilters), std::end(kFilters), filter.text) == std::end(kFilters)) {
        return Wrong(absl::StrCat("\"", filter.text, "\" is none of lower, upper, trim, slug"));
      }
      filter.inner.push_back(std::move(node));
      node = std::move(filter);
    }
    return node;
  }

  absl::StatusOr<Node> ParseExpression() {
    if (Take("'")) {
      ASSIGN_OR_RETURN(Node node, ParseText(/*quoted=*/true));
      RETURN_IF_ERROR(Expect("'"));
      return node;
    }
    if (Take("alias.")) return ParseAlias();
    if (Take("lookup.")) return ParseLookup();
    if (Take("result.")) return ParseResult();
    const size_t colon = text_.find_first_of(":[]|}", at_);
    if (colon != absl::string_view::npos && text_[colon] == ':') {
      const std::string word(text_.substr(at_, colon - at_));
      const std::string collection = CollectionOfWord(word);
      if (collection.empty()) return Wrong(absl::StrCat("nothing is called a \"", word, "\""));
      at_ = colon + 1;
      return ParseName(collection);
    }
    return ParseColumn();
  }

  absl::StatusOr<Node> ParseName(const std::string& collection) {
    Node node;
    node.kind = Kind::kName;
    node.text = collection;
    result_.collections_.insert(collection);
    const size_t start = at_;
    const std::string word = Word("|}]");
    const bool column = std::find(columns_.begin(), columns_.end(), word) != columns_.end();
    // "Pipeline/Stage" is a text, not a column, unless a column is called so.
    if (!column && collection == "pipelines/stages" && absl::StrContains(word, "/") &&
        word.find_first_of("'{[") == std::string::npos) {
      Node literal;
      literal.text = word;
      node.inner.push_back(std::move(literal));
      return node;
    }
    at_ = start;
    ASSIGN_OR_RETURN(Node inner, ParseExpression());
    node.inner.push_back(std::move(inner));
    return node;
  }

  absl::StatusOr<Node> ParseAlias() {
    Node node;
    node.kind = Kind::kAlias;
    node.text = Word("[");
    if (references_.aliases.count(node.text) == 0) {
      return Wrong(absl::StrCat("there is no [alias.", node.text, "]"));
    }
    RETURN_IF_ERROR(ParseKey(node));
    return node;
  }

  absl::StatusOr<Node> ParseLookup() {
    Node node;
    node.kind = Kind::kLookup;
    node.text = Word("[");
    const auto found = references_.lookups.find(node.text);
    if (found == references_.lookups.end()) {
      return Wrong(absl::StrCat("there is no [[lookup]] named \"", node.text, "\""));
    }
    RETURN_IF_ERROR(ParseKey(node));
    RETURN_IF_ERROR(Expect("."));
    const std::string column = Word("|}]");
    node.column = found->second.ColumnIndex(column);
    if (node.column < 0) {
      return Wrong(absl::StrCat("lookup ", node.text, " has no column \"", column, "\""));
    }
    return node;
  }

  absl::Status ParseKey(Node& node) {
    RETURN_IF_ERROR(Expect("["));
    ASSIGN_OR_RETURN(Node key, ParseExpression());
    node.inner.push_back(std::move(key));
    return Expect("]");
  }

  absl::StatusOr<Node> ParseResult() {
    Node node;
    node.kind = Kind::kResult;
    node.text = Word(".|}]");
    RETURN_IF_ERROR(Expect("."));
    node.path = Word("|}]");
    result_.results_.insert(node.text);
    return node;
  }

  absl::StatusOr<Node> ParseColumn() {
    Node node;
    node.kind = Kind::kColumn;
    const std::string name = Word("|}]");
    const auto found = std::find(columns_.begin(), columns_.end(), name);
    if (found == columns_.end()) {
      return Wrong(absl::StrCat("there is no column \"", name, "\"; there are ",
                                absl::StrJoin(columns_, ", ")));
    }
    node.column = static_cast<int>(found - columns_.begin());
    return node;
  }

  // Everything up to one of `ends`.
  std::string Word(absl::string_view ends) {
    const size_t end = std::min(text_.find_first_of(ends, at_), text_.size());
    const std::string word(absl::StripAsciiWhitespace(text_.substr(at_, end - at_)));
    at_ = end;
    return word;
  }

  absl::string_view text_;
  const std::vector<std::string>& columns_;
  const References& references_;
  Template& result_;
  size_t at_ = 0;
};

absl::StatusOr<Template> Template::Compile(absl::string_view text,
                                           const std::vector<std::string>& columns,
                                           const References& references) {
  Template compiled;
  compiled.references_ = &references;
  RETURN_IF_ERROR(TemplateParser(text, columns, references, compiled).Parse());
  return compiled;
}

}  // namespace crm::ctl

#include "tools/crmctl/import/template.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "tools/crmctl/assign.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/render.h"
#include "tools/crmctl/text.h"

namespace crm::ctl {
namespace {

// Lower case, every run of anything but letters and digits as one dot: "Moses Frase" becomes
// "moses.frase".
std::string Slug(absl::string_view text) {
  std::string slug;
  for (const char c : Fold(text)) {
    const bool plain = absl::ascii_isalnum(static_cast<unsigned char>(c)) || (c & 0x80) != 0;
    if (plain) {
      slug.push_back(c);
    } else if (!slug.empty() && slug.back() != '.') {
      slug.push_back('.');
    }
  }
  if (!slug.empty() && slug.back() == '.') slug.pop_back();
  return slug;
}

std::string Filtered(const std::string& filter, const std::string& text) {
  if (filter == "lower") return Fold(text);
  if (filter == "upper") return absl::AsciiStrToUpper(text);
  if (filter == "trim") return std::string(absl::StripAsciiWhitespace(text));
  return Slug(text);
}

absl::StatusOr<std::string> ResultText(const std::string& command, const std::string& path,
                                       const Row& row) {
  const auto found = row.results.find(command);
  if (found == row.results.end()) {
    return WithReason(absl::StatusCode::kFailedPrecondition, "RESULT_MISSING",
                      absl::StrCat("command \"", command, "\" did not run for this row"));
  }
  const FieldPath fields = FindPath(*found->second->GetDescriptor(), path);
  if (fields.empty()) {
    return WithReason(absl::StatusCode::kInvalidArgument, "RESULT_MISSING",
                      absl::StrCat("the answer of \"", command, "\" has no field ", path));
  }
  Style exact;  // as other commands take it
  exact.format = Format::kJsonl;
  return CellText(*found->second, fields, exact);
}

}  // namespace

absl::StatusOr<std::string> Template::EvaluateNode(const Node& node, const Row& row,
                                                   const References& references) {
  if (node.kind == Node::Kind::kText) return node.text;
  if (node.kind == Node::Kind::kColumn) return (*row.cells)[static_cast<size_t>(node.column)];
  if (node.kind == Node::Kind::kResult) return ResultText(node.text, node.path, row);
  std::string text;
  for (const Node& inner : node.inner) {
    ASSIGN_OR_RETURN(const std::string piece, EvaluateNode(inner, row, references));
    text += piece;
  }
  if (text.empty() || node.kind == Node::Kind::kJoin) return text;
  switch (node.kind) {
    case Node::Kind::kFilter:
      return Filtered(node.text, text);
    case Node::Kind::kAlias: {
      const auto& aliases = references.aliases.at(node.text);
      const auto found = aliases.find(text);
      return found == aliases.end() ? text : found->second;
    }
    case Node::Kind::kLookup: {
      const std::string* cell = references.lookups.at(node.text).Find(text, node.column);
      if (cell != nullptr) return *cell;
      return WithReason(absl::StatusCode::kNotFound, "LOOKUP_MISS",
                        absl::StrCat("lookup ", node.text, " has no \"", text, "\""));
    }
    default:
      break;
  }
  const absl::StatusOr<std::string> name = row.names->Resolve({node.text}, text);
  if (name.ok() || !IsUsageError(name.status())) return name;
  return WithReason(absl::StatusCode::kNotFound, "NAME_AMBIGUOUS", name.status().message());
}

absl::StatusOr<std::string> Template::Evaluate(const Row& row) const {
  return EvaluateNode(root_, row, *references_);
}

}  // namespace crm::ctl

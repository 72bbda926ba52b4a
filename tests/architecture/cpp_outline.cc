#include "tests/architecture/cpp_outline.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "re2/re2.h"
#include "tests/architecture/source_text.h"

namespace crm::architecture {
namespace {

int LineAt(absl::string_view text, size_t offset) {
  return 1 + static_cast<int>(std::count(text.begin(), text.begin() + offset, '\n'));
}

// Macros may hold unbalanced braces.
std::string WithoutPreprocessor(std::string code) {
  bool continued = false;
  for (size_t start = 0; start < code.size();) {
    const size_t end = std::min(code.find('\n', start), code.size());
    const absl::string_view line = absl::string_view(code).substr(start, end - start);
    const bool directive =
        continued || absl::StartsWith(absl::StripLeadingAsciiWhitespace(line), "#");
    continued = directive && absl::EndsWith(line, "\\");
    if (directive)
      std::fill(code.begin() + static_cast<std::ptrdiff_t>(start),
                code.begin() + static_cast<std::ptrdiff_t>(end), ' ');
    start = end + 1;
  }
  return code;
}

bool IsUpper(char c) { return absl::ascii_isupper(static_cast<unsigned char>(c)); }
bool IsLower(char c) { return absl::ascii_islower(static_cast<unsigned char>(c)); }
bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsWordCharacter(char c) { return IsUpper(c) || IsLower(c) || IsDigit(c); }

enum class BlockKind { kScope, kFunction, kInitializer, kOther };

// What the brace after `header` opens; the header is all since the last statement.
BlockKind KindOf(const std::string& header) {
  // clang-format puts no blank before the brace of a value: "member_{1}", "std::vector<int>{}".
  if (!header.empty() &&
      (IsWordCharacter(header.back()) || header.back() == '_' || header.back() == '>')) {
    return BlockKind::kInitializer;
  }
  static const auto& scope =
      *new RE2(R"((?s)^\s*(template\s*<.*>\s*)?((inline|static|const|constexpr|typedef)\s+)*)"
               R"((namespace|class|struct|union|enum|extern)\b)");
  static const auto& value = *new RE2(R"((=|\breturn)\s*$)");
  if (RE2::PartialMatch(header, scope)) return BlockKind::kScope;
  if (RE2::PartialMatch(header, value)) return BlockKind::kOther;
  return absl::StrContains(header, "(") ? BlockKind::kFunction : BlockKind::kOther;
}

}  // namespace

std::vector<FunctionExtent> FunctionsOf(const std::string& with_directives) {
  const std::string code = WithoutPreprocessor(with_directives);
  std::vector<FunctionExtent> functions;
  size_t header_start = 0;
  int block_depth = 0;  // braces of the body or initializer we are in
  int paren_depth = 0;
  BlockKind kind = BlockKind::kOther;
  for (size_t i = 0; i < code.size(); ++i) {
    const char c = code[i];
    if (block_depth == 0 && (c == '(' || c == ')')) paren_depth += c == '(' ? 1 : -1;
    if (c == '{') {
      if (block_depth == 0) kind = KindOf(code.substr(header_start, i - header_start));
      if (block_depth > 0 || kind != BlockKind::kScope) {
        ++block_depth;
        continue;
      }
      header_start = i + 1;
    } else if (c == '}') {
      if (block_depth > 0) {
        if (--block_depth > 0 || paren_depth > 0) continue;  // inner, or a default argument
        if (kind == BlockKind::kFunction) {
          static const auto& lead = *new RE2(R"(^(\s|(public|private|protected)\s*:)+)");
          re2::StringPiece header(code.data() + header_start, i - header_start);
          RE2::Consume(&header, lead);
          const int first = LineAt(code, static_cast<size_t>(header.data() - code.data()));
          functions.push_back({first, LineAt(code, i) - first + 1});
        }
        if (kind == BlockKind::kInitializer) continue;
      }
      header_start = i + 1;
    } else if (c == ';' && block_depth == 0 && paren_depth == 0) {
      header_start = i + 1;
    }
  }
  return functions;
}

std::vector<NamedType> TypesOf(const std::string& code) {
  static const auto& declaration = *new RE2(
      R"(\b(?:(?:class|struct|union|enum class|enum)\s+(?:[A-Z_]+(?:\(\w*\))?\s+)?|using\s+))"
      R"(([A-Z]\w*)\s*(?:final\s*)?[:{;=])");
  std::vector<NamedType> types;
  re2::StringPiece rest(code);
  re2::StringPiece name;
  while (RE2::FindAndConsume(&rest, declaration, &name)) {
    types.push_back(
        {name.as_string(), LineAt(code, static_cast<size_t>(name.data() - code.data()))});
  }
  return types;
}

std::vector<std::string> WordsOf(absl::string_view identifier) {
  std::vector<std::string> words;
  char previous = '_';
  for (size_t i = 0; i < identifier.size(); ++i) {
    const char c = identifier[i];
    const char next = i + 1 < identifier.size() ? identifier[i + 1] : '_';
    // In "HTTPServer2" words begin at H, at the capital before a small letter, and at the digit.
    const bool begins = !IsWordCharacter(previous) ||
                        (IsUpper(c) && (IsLower(previous) || IsLower(next))) ||
                        IsDigit(c) != IsDigit(previous);
    if (IsWordCharacter(c)) {
      if (begins) words.emplace_back();
      words.back().push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
    }
    previous = c;
  }
  return words;
}

}  // namespace crm::architecture

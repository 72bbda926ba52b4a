#include "tests/architecture/vocabulary.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "re2/re2.h"
#include "tests/architecture/cpp_outline.h"

namespace crm::architecture {
namespace {

// Where a forbidden word is the right one.
struct Exception {
  const char* phrase;
  const char* files;  // pattern of paths; empty: everywhere
  const char* reason;
};

constexpr Exception kExceptions[] = {
    {"account manager", "", "a shipped role, and who looks after a customer"},
    {"resource quota", "", "gRPC's name of a bound on memory"},
    {"quote", R"(^tools/crmctl/csv\.)", "the mark around a cell"},
    {"quotes", R"(^domain/render\.h$)", "the marks around an etag"},
    {"account", R"(^docs/log_format\.md$)", "a made-up category in an example of bytes"},
};

const std::vector<Synonym>& Synonyms() {
  static const auto& synonyms = *new std::vector<Synonym>([] {
    const auto glossary = ReadSources({"docs/glossary.md"}, {".md"});
    return glossary.empty() ? std::vector<Synonym>() : SynonymsIn(glossary[0].text);
  }());
  return synonyms;
}

// A line with everything but the insides of its literals blanked; `code` is the line of CodeOnly.
std::string LiteralsOf(absl::string_view line, absl::string_view code) {
  std::string literals(line.size(), ' ');
  bool inside = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (code[i] == '"') {
      inside = !inside;
    } else if (inside) {
      literals[i] = line[i];
    }
  }
  return literals;
}

}  // namespace

std::vector<Synonym> SynonymsIn(absl::string_view glossary) {
  std::vector<Synonym> synonyms;
  for (const absl::string_view line : LinesOf(glossary)) {
    const std::vector<absl::string_view> cells = absl::StrSplit(line, '|');
    if (cells.size() != 5) continue;
    const absl::string_view ours = absl::StripAsciiWhitespace(cells[1]);
    if (ours == "Word" || absl::StartsWith(ours, "-")) continue;
    for (const absl::string_view never : absl::StrSplit(cells[3], ',', absl::SkipWhitespace())) {
      const absl::string_view word = absl::StripAsciiWhitespace(never);
      synonyms.push_back({std::string(word), std::string(ours)});
      synonyms.push_back({absl::StrCat(word, "s"), std::string(ours)});
    }
  }
  return synonyms;
}

std::string FindSynonym(absl::string_view path, absl::string_view text) {
  std::string phrase = " ";
  for (const std::string& word : WordsOf(text)) absl::StrAppend(&phrase, word, " ");
  for (const Exception& exception : kExceptions) {
    if (!RE2::PartialMatch(re2::StringPiece(path.data(), path.size()), exception.files)) continue;
    const std::string known = absl::StrCat(" ", exception.phrase, " ");
    for (size_t at = phrase.find(known); at != std::string::npos; at = phrase.find(known, at)) {
      phrase.erase(at, known.size() - 1);
    }
  }
  for (const Synonym& synonym : Synonyms()) {
    if (absl::StrContains(phrase, absl::StrCat(" ", synonym.word, " "))) {
      return absl::StrCat("we say ", synonym.ours, ", not ", synonym.word);
    }
  }
  return "";
}

std::vector<Finding> CheckVocabulary(const SourceFile& file) {
  const bool literals_only = absl::EndsWith(file.path, ".cc");
  const std::string code = literals_only ? CodeOnly(file.text) : file.text;
  const std::vector<absl::string_view> lines = LinesOf(file.text);
  const std::vector<absl::string_view> code_lines = LinesOf(code);
  std::vector<Finding> findings;
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string fault = FindSynonym(
        file.path, literals_only ? LiteralsOf(lines[i], code_lines[i]) : std::string(lines[i]));
    if (fault.empty()) continue;
    findings.push_back(
        {file.path, static_cast<int>(i) + 1, absl::StrCat(fault, " (docs/glossary.md)")});
  }
  return findings;
}

}  // namespace crm::architecture

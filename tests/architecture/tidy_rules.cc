#include "tests/architecture/tidy_rules.h"

#include <memory>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "re2/re2.h"
#include "tests/architecture/cpp_outline.h"
#include "tests/architecture/vocabulary.h"

namespace crm::architecture {
namespace {

re2::StringPiece Piece(absl::string_view text) { return {text.data(), text.size()}; }

struct Ban {
  const char* pattern;
  const char* instead;
  const char* in = "";        // paths the ban holds for; empty: all
  const char* except = "^$";  // paths where the word is at home
  bool in_comments = false;
};

// They spell out what they forbid.
constexpr char kTheRules[] = "^tests/architecture/";

constexpr Ban kBans[] = {
    {R"(\bstd::string_view\b|#include <string_view>)",
     "absl::string_view: Debian's Abseil converts from no other", "",
     "^eventstore/rocksdb/slice\\.h$"},
    {R"(\babsl::(Mutex|MutexLock|CondVar|Notification|BlockingCounter)\b|absl/synchronization/)",
     "crm::Mutex (base/mutex.h): ThreadSanitizer cannot see into absl::Mutex", "",
     "^base/this_thread\\.cc$"},
    {R"(\bstd::(recursive_|shared_|timed_)?mutex\b|\bstd::condition_variable)"
     R"(|\bstd::(lock_guard|unique_lock|scoped_lock|shared_lock)\b)",
     "crm::Mutex (base/mutex.h), which Clang's thread-safety analysis knows", "",
     "^base/mutex\\.h$"},
    {R"(\b(double|float)\b|\b[0-9]+\.[0-9]|[^\w.\])]\.[0-9])",
     "integers: minor units, basis points, parts per million", "^domain/"},
    {R"(\babsl::(Now|GetCurrentTimeNanos)\b|\b(system|steady|high_resolution)_clock\b)"
     R"(([^:]|$|::([^t]|t[^i])))"
     R"(|\b(clock_gettime|gettimeofday)\b|\btime\s*\(\s*(NULL|nullptr|0|&))",
     "a Clock& (base/clock.h): tests own time",
     "^(base|domain|eventstore|projections|services|tools/crmctl|tools/crmutil)/",
     "^base/clock\\.(h|cc)$"},
    {R"(\bs?rand\s*\(|\brandom_device\b|\bmt19937)", "RandomBytes (base/hash.h)",
     "^(base|domain|eventstore|projections|services)/"},
    {R"(\bstd::(cout|cerr|clog)\b|\bf?(printf|puts)\s*\()", "base/log.h, or a status to the caller",
     "^(base|domain|eventstore|projections|services|tools)/",
     "^services/main\\.cc$|^base/log\\.cc$|^tools/[a-z_]+/main\\.cc$"},
    {R"(\b(getenv|LocalTimeZone)\b)", "what the top hands down: surroundings are read in main.cc",
     "", "^(services|tools/[a-z_]+)/main\\.cc$|^tests/"},
    {R"(^\s*#\s*define\b)", "a constant or a function", "",
     "^base/status_macros\\.h$|^domain/types/ids\\.h$|^projections/directory\\.h$|"
     "^services/service_class\\.h$|^tools/crmctl/toml\\.h$|^tests/"},
    {R"(^\s*#\s*(if|ifdef|ifndef)\b)", "a setting: one source, one program"},
    {R"(\bstd::endl\b)", "'\\n': endl flushes"},
    {R"(\bsleep_for\b|\bSleepFor\b|\bu?sleep\s*\()",
     "wait for the condition itself; a sleep is slow or wrong", "",
     // There the moment of the kill is what a round varies, or the pace is what is measured; and
     // what is measured says how far it is to nobody who does not look.
     "^tests/eventstore/key_ring_crash_test\\.cc$|^tools/crm_bench/"
     "(load|measure_[a-z]+|office)\\.cc$"},
    {R"(\bthrow\b)", "absl::Status"},
    {R"(\busing namespace\b)", "a using-declaration of the name you need"},
    {R"(\b(TODO|FIXME)\b(?:[^(]|$|\([^#]))", "do it, or name its issue: TODO(#12)", "", kTheRules,
     true},
    {R"(\b(HACK|KLUDGE)\b)", "say what is wrong and why it stays", "", kTheRules, true},
    {R"(\bDISABLED_)", "a test that runs, or none", "^tests/"},
    {R"(NOLINT(NEXTLINE)?(\([^)]*\))?\s*$)", "a reason: NOLINT: because ...", "", kTheRules, true},
};

const std::set<std::string>& EmptyWords() {
  static const auto& words = *new std::set<std::string>{
      "manager", "managers", "helper", "helpers", "util", "utils", "data", "info", "infos", "impl"};
  return words;
}

// Names that hold an empty word and mean something all the same.
const std::set<std::string>& MeaningfulNames() {
  static const auto& names = *new std::set<std::string>{
      "account manager",  // a shipped role
      "data directory",   // what servers call the folder that holds what they keep
  };
  return names;
}

// What is wrong with a name; empty: nothing.
std::string FaultOf(const SourceFile& file, absl::string_view name, bool is_type) {
  if (const std::string fault = FindSynonym(file.path, name); !fault.empty()) {
    return absl::StrCat("'", name, "': ", fault);
  }
  const std::vector<std::string> words = WordsOf(name);
  if (!is_type || MeaningfulNames().count(absl::StrJoin(words, " ")) > 0) return "";
  for (const std::string& word : words) {
    if (EmptyWords().count(word) == 0) continue;
    return absl::StrCat("'", name, "': '", word, "' says nothing; name what it is");
  }
  return "";
}

struct Budget {
  const char* files;
  int lines;
};

// The first that matches counts.
constexpr Budget kBudgets[] = {
    {R"(^services/[^/]+_service\.cc$)", 80},
    {R"(^projections/[^/]+\.cc$)", 250},
    {R"(\.h$)", 200},
    {R"(\.cc$)", 400},
};
constexpr int kMaxFunctionLines = 60;
constexpr int kMaxColumns = 100;

// Characters, not bytes: a continuation byte of UTF-8 takes no column.
int ColumnsOf(absl::string_view line) {
  int columns = 0;
  for (const char c : line) columns += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return columns;
}

bool IsProduct(const SourceFile& file) { return !IsBelow(file.path, "tests"); }

}  // namespace

std::vector<Finding> CheckBans(const SourceFile& file) {
  std::vector<Finding> findings;
  const std::string code = CodeOnly(file.text);
  const std::vector<absl::string_view> code_lines = LinesOf(code);
  const std::vector<absl::string_view> text_lines = LinesOf(file.text);
  const bool is_code = absl::EndsWith(file.path, ".h") || absl::EndsWith(file.path, ".cc");
  for (const Ban& ban : kBans) {
    if (!is_code && !ban.in_comments) continue;
    if (!RE2::PartialMatch(file.path, ban.in) || RE2::PartialMatch(file.path, ban.except)) continue;
    const RE2 pattern(ban.pattern);
    const auto& lines = ban.in_comments ? text_lines : code_lines;
    for (size_t i = 0; i < lines.size(); ++i) {
      re2::StringPiece found;
      const re2::StringPiece line = Piece(lines[i]);
      if (!pattern.Match(line, 0, line.size(), RE2::UNANCHORED, &found, 1)) continue;
      findings.push_back({file.path, static_cast<int>(i) + 1,
                          absl::StrCat("'", found.as_string(), "': use ", ban.instead)});
    }
  }
  return findings;
}

std::vector<Finding> CheckBudgets(const SourceFile& file) {
  std::vector<Finding> findings;
  const std::vector<absl::string_view> lines = LinesOf(file.text);
  for (const Budget& budget : kBudgets) {
    if (!RE2::PartialMatch(file.path, budget.files)) continue;
    if (static_cast<int>(lines.size()) > budget.lines) {
      findings.push_back(
          {file.path, 0,
           absl::StrCat(lines.size(), " lines, budget ", budget.lines, ": split it")});
    }
    break;
  }
  for (size_t i = 0; i < lines.size(); ++i) {
    if (ColumnsOf(lines[i]) > kMaxColumns) {
      findings.push_back({file.path, static_cast<int>(i) + 1, "line longer than 100 columns"});
    }
  }
  if (!IsProduct(file)) return findings;
  for (const FunctionExtent& function : FunctionsOf(CodeOnly(file.text))) {
    if (function.line_count > kMaxFunctionLines) {
      findings.push_back({file.path, function.first_line,
                          absl::StrCat("function of ", function.line_count, " lines, budget ",
                                       kMaxFunctionLines, ": split it")});
    }
  }
  return findings;
}

std::vector<Finding> CheckTypeNames(const SourceFile& file) {
  std::vector<Finding> findings;
  for (const NamedType& type : TypesOf(CodeOnly(file.text))) {
    const std::string fault = FaultOf(file, type.name, /*is_type=*/true);
    if (!fault.empty()) findings.push_back({file.path, type.line, fault});
  }
  return findings;
}

std::vector<Finding> CheckProtoNames(const SourceFile& file) {
  static const auto& declaration = *new RE2(R"(^\s*(message|enum|service|rpc)\s+(\w+))");
  static const auto& field = *new RE2(R"((\w+)\s*=\s*\d+\s*[;\[])");
  std::vector<Finding> findings;
  if (!absl::StartsWith(file.path, "proto/crm/")) return findings;
  int line_number = 0;
  const std::string code = CodeOnly(file.text);
  for (const absl::string_view line : LinesOf(code)) {
    ++line_number;
    std::string kind;
    std::string name;
    std::string fault;
    if (RE2::PartialMatch(Piece(line), declaration, &kind, &name)) {
      fault = FaultOf(file, name, /*is_type=*/kind != "rpc");
    } else if (RE2::PartialMatch(Piece(line), field, &name)) {
      fault = FaultOf(file, name, /*is_type=*/false);
    }
    if (!fault.empty()) findings.push_back({file.path, line_number, fault});
  }
  return findings;
}

std::vector<Finding> CheckHeader(const SourceFile& file) {
  std::vector<Finding> findings;
  if (!absl::EndsWith(file.path, ".h")) return findings;
  if (!absl::StartsWith(file.text, "//")) {
    findings.push_back({file.path, 1, "open with what this is and its threading"});
  }
  if (!absl::StrContains(file.text, "\n#pragma once\n")) {
    findings.push_back({file.path, 1, "use #pragma once"});
  }
  return findings;
}

std::vector<Finding> FindDeadHeaders(const std::vector<SourceFile>& files) {
  std::set<std::string> included;
  for (const SourceFile& file : files) {
    for (const absl::string_view line : LinesOf(file.text)) {
      std::string header;
      if (RE2::PartialMatch(Piece(line), R"re(^\s*#\s*include\s*"([^"]+)")re", &header) &&
          absl::StripSuffix(header, ".h") != absl::StripSuffix(file.path, ".cc")) {
        included.insert(header);
      }
    }
  }
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    if (IsProduct(file) && absl::EndsWith(file.path, ".h") && included.count(file.path) == 0) {
      findings.push_back({file.path, 0, "nothing includes it: delete it"});
    }
  }
  return findings;
}

}  // namespace crm::architecture

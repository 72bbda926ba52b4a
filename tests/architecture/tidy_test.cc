// Style as a test: our sources keep the rules of tidy_rules.h, and every rule finds the snippet
// that breaks it.

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/architecture/cpp_outline.h"
#include "tests/architecture/source_text.h"
#include "tests/architecture/tidy_rules.h"

namespace crm::architecture {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Rule = std::vector<Finding> (*)(const SourceFile&);

std::vector<Finding> CheckAll(Rule rule, const std::vector<SourceFile>& files) {
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    for (Finding& finding : rule(file)) findings.push_back(std::move(finding));
  }
  return findings;
}

std::vector<SourceFile> ReadAll() {
  std::vector<SourceFile> files = ReadOurCode();
  EXPECT_GT(files.size(), 10u) << "run from the repository's root";
  return files;
}

TEST(TidyTest, NoBannedWords) {
  const auto findings = CheckAll(CheckBans, ReadAll());
  EXPECT_EQ(Report(findings), "");
}

TEST(TidyTest, NoForgottenDebts) {
  const auto files = ReadSources(
      {"proto/crm", "cmake", "tools", "deploy", "docs", "check", "run", "CMakeLists.txt"},
      {".proto", ".cmake", ".txt", ".sh", ".toml", ".md", "check", "run"});
  ASSERT_GT(files.size(), 30U);
  EXPECT_EQ(Report(CheckAll(CheckBans, files)), "");
}

TEST(TidyTest, SizesAreInBudget) {
  const auto findings = CheckAll(CheckBudgets, ReadAll());
  EXPECT_EQ(Report(findings), "");
}

TEST(TidyTest, TypesAreNamedAfterWhatTheyAre) {
  const auto findings = CheckAll(CheckTypeNames, ReadAll());
  EXPECT_EQ(Report(findings), "");
}

TEST(TidyTest, ProtoNamesMeanSomething) {
  const auto findings = CheckAll(CheckProtoNames, ReadSources({"proto"}, {".proto"}));
  EXPECT_EQ(Report(findings), "");
}

TEST(TidyTest, HeadersIntroduceThemselves) {
  const auto findings = CheckAll(CheckHeader, ReadAll());
  EXPECT_EQ(Report(findings), "");
}

TEST(TidyTest, NoDeadHeaders) {
  const auto findings = FindDeadHeaders(ReadAll());
  EXPECT_EQ(Report(findings), "");
}

// From here on: the rules themselves.

TEST(TidyRulesTest, BansFindTheirWord) {
  const struct {
    const char* path;
    const char* text;
    const char* instead;  // nullptr: allowed
  } kCases[] = {
      {"domain/x.h", "void F(std::string_view name);", "absl::string_view"},
      {"domain/x.h", "#include <string_view>", "absl::string_view"},
      {"eventstore/rocksdb/slice.h", "std::string_view Raw();", nullptr},
      {"domain/x.h", "void F(absl::string_view name);", nullptr},
      {"services/x.h", "absl::Mutex mutex_;", "crm::Mutex"},
      {"tests/x.cc", "#include \"absl/synchronization/notification.h\"", "crm::Mutex"},
      {"services/x.h", "std::lock_guard<M> lock(m);", "crm::Mutex"},
      {"base/mutex.h", "std::mutex mutex_;", nullptr},
      {"domain/x.cc", "double rate = 1;", "parts per million"},
      {"domain/x.cc", "const float rate = 1;", "parts per million"},
      {"domain/x.cc", "const auto rate = 0.5;", "parts per million"},
      {"domain/x.cc", "const auto rate = .5;", "parts per million"},
      {"domain/x.cc", "const auto rate = 1'000 + x.y;", nullptr},
      {"services/x.cc", "double seconds = 1;", nullptr},
      {"domain/x.cc", "// not a double entry", nullptr},
      {"domain/x.cc", "int doubled = 1;", nullptr},
      {"services/x.cc", "auto now = absl::Now();", "Clock&"},
      {"services/x.cc", "auto now = std::chrono::steady_clock::now();", "Clock&"},
      {"services/x.cc", "using Clock = std::chrono::system_clock;", "Clock&"},
      {"services/x.cc", "auto t = std::chrono::system_clock::time_point::max();", nullptr},
      {"services/x.cc", "auto t = time(nullptr);", "Clock&"},
      {"services/x.cc", "auto t = std::time(0);", "Clock&"},
      {"services/x.cc", "auto t = event.record_time();", nullptr},
      {"base/clock.cc", "return absl::Now();", nullptr},
      {"tools/crm_bench/x.cc", "auto t = std::chrono::steady_clock::now();", nullptr},
      {"domain/x.cc", "int x = rand();", "RandomBytes"},
      {"domain/x.cc", "std::mt19937_64 random(1);", "RandomBytes"},
      {"tests/x.cc", "std::mt19937_64 random(1);", nullptr},
      {"domain/x.cc", "int operand(int);", nullptr},
      {"eventstore/x.cc", "std::cout << 1;", "base/log.h"},
      {"eventstore/x.cc", "printf(\"%d\", 1);", "base/log.h"},
      {"eventstore/x.cc", "fputs(b, stderr);", "base/log.h"},
      {"eventstore/x.cc", "snprintf(b, 1, \"\");", nullptr},
      {"tools/crmctl/x.cc", "std::cerr << 1;", "base/log.h"},
      {"tools/crmctl/main.cc", "std::cout << 1;", nullptr},
      {"services/x.cc", "const char* home = std::getenv(\"HOME\");", "main.cc"},
      {"domain/x.cc", "const auto zone = absl::LocalTimeZone();", "main.cc"},
      {"services/main.cc", "std::getenv(\"NOTIFY_SOCKET\");", nullptr},
      {"services/x.cc", "#define CRM_X 1", "a constant"},
      {"services/x.cc", "  # ifdef FEATURE_X", "one program"},
      {"tests/x.cc", "TEST(A, DISABLED_B) {", "runs"},
      {"proto/crm/v1/x.proto", "  throw = 1;", nullptr},
      {"tools/crmctl/main.cc", "std::cout << std::endl;", "flushes"},
      {"tests/x.cc", "std::this_thread::sleep_for(1s);", "condition"},
      {"tests/x.cc", "absl::SleepFor(d);", "condition"},
      {"tests/eventstore/key_ring_crash_test.cc", "absl::SleepFor(d);", nullptr},
      {"services/x.cc", "throw 1;", "absl::Status"},
      {"services/x.cc", "// nothing we throw", nullptr},
      {"services/x.cc", "Log(\"throw\");", nullptr},
      {"services/x.cc", "using namespace crm;", "using-declaration"},
      {"services/x.cc",
       "// TO"
       "DO: later",
       "TO"
       "DO(#12)"},
      {"proto/crm/v1/x.proto",
       "// TO"
       "DO: later",
       "TO"
       "DO(#12)"},
      {"services/x.cc",
       "// TO"
       "DO(me): later",
       "TO"
       "DO(#12)"},
      {"services/x.cc",
       "// FIX"
       "ME",
       "TO"
       "DO(#12)"},
      {"services/x.cc",
       "// TO"
       "DO(#12): later",
       nullptr},
      {"services/x.cc",
       "int x;  // HA"
       "CK",
       "why it stays"},
      {"services/x.cc",
       "int x;  // NO"
       "LINT",
       "a reason"},
      {"services/x.cc",
       "int x;  // NO"
       "LINT(foo)",
       "a reason"},
      {"services/x.cc",
       "int x;  // NO"
       "LINT(foo): gmock wants it",
       nullptr},
  };
  for (const auto& c : kCases) {
    const std::string report = Report(CheckBans({c.path, c.text}));
    if (c.instead == nullptr) {
      EXPECT_EQ(report, "") << c.path << " " << c.text;
    } else {
      EXPECT_THAT(report, HasSubstr(c.instead)) << c.path << " " << c.text;
    }
  }
}

std::string LinesOfCount(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "//\n";
  return text;
}

TEST(TidyRulesTest, BudgetsCountLines) {
  const struct {
    const char* path;
    int budget;
  } kCases[] = {
      {"services/lead_service.cc", 80},  {"projections/board.cc", 250},
      {"projections/board.h", 200},      {"domain/lead/lead.h", 200},
      {"domain/lead/lead.cc", 400},      {"services/server.cc", 400},
      {"tests/services/x_test.cc", 400},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(CheckBudgets({c.path, LinesOfCount(c.budget)}), IsEmpty()) << c.path;
    EXPECT_THAT(Report(CheckBudgets({c.path, LinesOfCount(c.budget + 1)})),
                HasSubstr(absl::StrCat("budget ", c.budget)));
  }
}

TEST(TidyRulesTest, BudgetsCountColumns) {
  EXPECT_THAT(CheckBudgets({"domain/x.cc", std::string(100, '/')}), IsEmpty());
  EXPECT_THAT(Report(CheckBudgets({"domain/x.cc", std::string(101, '/')})), HasSubstr("columns"));
  // A dash of three bytes takes one column.
  EXPECT_THAT(CheckBudgets({"domain/x.cc", std::string(98, '/') + "\xE2\x80\x93"}), IsEmpty());
}

TEST(TidyRulesTest, BudgetsCountFunctions) {
  const std::string fits = absl::StrCat("int F() {\n", LinesOfCount(58), "}\n");
  const std::string too_long = absl::StrCat("int F() {\n", LinesOfCount(59), "}\n");
  EXPECT_THAT(CheckBudgets({"domain/x.cc", fits}), IsEmpty());
  EXPECT_THAT(Report(CheckBudgets({"domain/x.cc", "\n" + too_long})),
              HasSubstr("domain/x.cc:2: function of 61 lines"));
  EXPECT_THAT(CheckBudgets({"tests/x.cc", too_long}), IsEmpty());
}

TEST(TidyRulesTest, OutlineFindsFunctionsOnly) {
  const std::string code = CodeOnly(R"(
#define BAD {
namespace a {
struct Row { int a; };
const struct {
  int b;
} kRows[] = {
    {F(1)},
    {2},
};
class C final : public B<int> {
 public:
  explicit C(Options o = Options{1}) : o_(o) {
  }
  int x() const { return "}"[0]; }

 private:
  Options o_{1};
};
C::C(int i)
    : B{i}, o_{i} {
}
template <class T>
std::vector<T> G(
    T t) {
  auto f = [&](int i) {
    return i;
  };
  return {f(1), '{'};
}
}
)");
  std::vector<std::string> extents;
  for (const FunctionExtent& f : FunctionsOf(code)) {
    extents.push_back(absl::StrCat(f.first_line, "+", f.line_count));
  }
  EXPECT_THAT(extents, ElementsAre("13+2", "15+1", "20+3", "23+8"));
}

TEST(TidyRulesTest, NamesAreSplitIntoWords) {
  EXPECT_THAT(WordsOf("HTTPServerInfo"), ElementsAre("http", "server", "info"));
  EXPECT_THAT(WordsOf("next_page_token"), ElementsAre("next", "page", "token"));
  EXPECT_THAT(WordsOf("ROLE_ACCOUNT_MANAGER"), ElementsAre("role", "account", "manager"));
  EXPECT_THAT(WordsOf("Sha256"), ElementsAre("sha", "256"));
}

TEST(TidyRulesTest, TypeNamesMeanSomething) {
  const struct {
    const char* text;
    const char* message;  // nullptr: allowed
  } kCases[] = {
      {"class LeadManager {};", "'manager' says nothing"},
      {"struct ViewHelper;", "'helper' says nothing"},
      {"enum class StringUtil { kA };", "'util' says nothing"},
      {"using LeadData = int;", "'data' says nothing"},
      {"class ABSL_LOCKABLE LockInfo {", "'info' says nothing"},
      {"class LogImpl final : public Log {", "'impl' says nothing"},
      {"struct Deal {", "we say opportunity"},
      {"struct UserId {", "we say member"},
      {"struct QuoteLine {", "we say proposal"},
      {"struct AccountOwner {", "we say customer"},
      {"using QuotaId = int;", "we say goal"},
      {"class TenantKey {", "we say organization"},
      {"class Database {", nullptr},
      {"class DataDirectory {", nullptr},
      {"class Dealer {", nullptr},
      {"struct AccountManager {", nullptr},
      {"// class LeadManager {", nullptr},
      {"google::rpc::ErrorInfo info;", nullptr},
  };
  for (const auto& c : kCases) {
    const std::string report = Report(CheckTypeNames({"services/x.h", c.text}));
    if (c.message == nullptr) {
      EXPECT_EQ(report, "") << c.text;
    } else {
      EXPECT_THAT(report, HasSubstr(c.message)) << c.text;
    }
  }
}

TEST(TidyRulesTest, ProtoNamesUseOurVocabulary) {
  const auto check = [](const char* text) {
    return Report(CheckProtoNames({"proto/crm/v1/x.proto", text}));
  };
  EXPECT_THAT(check("message DealWon {"), HasSubstr("we say opportunity"));
  EXPECT_THAT(check("  rpc CreateUser(A) returns (B);"), HasSubstr("we say member"));
  EXPECT_THAT(check("  string account_name = 3;"), HasSubstr("we say customer"));
  EXPECT_THAT(check("  string quota = 3 [(crm.options.v1.output_only) = true];"),
              HasSubstr("we say goal"));
  EXPECT_THAT(check("  TENANT_STATE_UNSPECIFIED = 0;"), HasSubstr("we say organization"));
  EXPECT_THAT(check("message LeadInfo {"), HasSubstr("says nothing"));
  EXPECT_EQ(check("  ROLE_ACCOUNT_MANAGER = 4;"), "");
  EXPECT_EQ(check("  // the user's deal = 3;"), "");
  EXPECT_EQ(check("  bytes data = 3;"), "") << "fields may say data; types may not";
  EXPECT_THAT(CheckProtoNames({"proto/google/rpc/x.proto", "message ErrorInfo {"}), IsEmpty());
}

TEST(TidyRulesTest, HeadersOpenWithAComment) {
  EXPECT_THAT(CheckHeader({"base/x.h", "// What it is.\n#pragma once\n"}), IsEmpty());
  EXPECT_THAT(Report(CheckHeader({"base/x.h", "\n#pragma once\n"})), HasSubstr("what this is"));
  EXPECT_THAT(Report(CheckHeader({"base/x.h", "// X\n#ifndef X\n"})), HasSubstr("#pragma once"));
  EXPECT_THAT(CheckHeader({"base/x.cc", "int x;\n"}), IsEmpty());
}

TEST(TidyRulesTest, AHeaderOnlyItsOwnSourceIncludesIsDead) {
  const SourceFile header{"domain/x.h", ""};
  const SourceFile source{"domain/x.cc", "#include \"domain/x.h\"\n"};
  const SourceFile caller{"domain/y.cc", "#include \"domain/x.h\"\n"};
  EXPECT_THAT(Report(FindDeadHeaders({header, source})), HasSubstr("nothing includes it"));
  EXPECT_THAT(FindDeadHeaders({header, source, caller}), IsEmpty());
}

}  // namespace
}  // namespace crm::architecture

// What people read speaks the language of docs/glossary.md, and the rule finds what does not.
#include "tests/architecture/vocabulary.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace crm::architecture {
namespace {

using ::testing::HasSubstr;

std::string CheckAll(const std::vector<std::string>& folders,
                     const std::vector<std::string>& suffixes, size_t at_least) {
  std::string report;
  size_t count = 0;
  for (const SourceFile& file : ReadSources(folders, suffixes)) {
    // The glossary names what it forbids; the sample speaks as its invented people do.
    if (file.path == "docs/glossary.md" || IsBelow(file.path, "tools/sample")) continue;
    ++count;
    absl::StrAppend(&report, Report(CheckVocabulary(file)));
  }
  EXPECT_GE(count, at_least) << "run from the repository's root";
  return report;
}

TEST(VocabularyTest, ProtosSpeakIt) { EXPECT_EQ(CheckAll({"proto/crm"}, {".proto"}, 30), ""); }

TEST(VocabularyTest, CodeAndMessagesSpeakIt) {
  EXPECT_EQ(
      CheckAll({"base", "evidence", "domain", "eventstore", "projections", "services", "tools"},
               {".h", ".cc"}, 300),
      "");
}

TEST(VocabularyTest, DocumentsSpeakIt) {
  EXPECT_EQ(CheckAll({"docs", "deploy", "README.md", "ARCHITECTURE.md", "HACKING.md"},
                     {".md", ".toml"}, 15),
            "");
}

// From here on: the rule itself.

TEST(VocabularyRulesTest, TheGlossaryForbids) {
  const auto synonyms = SynonymsIn(
      "| Word | Means | Never |\n| --- | --- | --- |\n| lead | A | |\n| goal | B | quota, aim |\n");
  ASSERT_EQ(synonyms.size(), 4U);
  EXPECT_EQ(synonyms[0].word, "quota");
  EXPECT_EQ(synonyms[0].ours, "goal");
  EXPECT_EQ(synonyms[1].word, "quotas");
  EXPECT_EQ(synonyms[3].word, "aims");
}

TEST(VocabularyRulesTest, SynonymsAreFoundInAnyForm) {
  const struct {
    const char* text;
    const char* message;  // nullptr: allowed
  } kCases[] = {
      {"// Opens a deal.", "we say opportunity, not deal"},
      {"DealWon", "we say opportunity, not deal"},
      {"the user's name", "we say member, not user"},
      {"QUOTE_STATE_OPEN", "we say proposal, not quote"},
      {"accounts and contacts", "we say customer, not accounts"},
      {"sales quotas", "we say goal, not quotas"},
      {"one tenant", "we say organization, not tenant"},
      {"the account manager of an account", "we say customer, not account"},
      {"Account managers and an ACCOUNT_MANAGER", "we say customer, not account"},
      {"AccountManager, account manager", nullptr},
      {"a dealer is quoted accountably", nullptr},
  };
  for (const auto& c : kCases) {
    const std::string fault = FindSynonym("domain/x.h", c.text);
    EXPECT_EQ(fault, c.message == nullptr ? "" : c.message) << c.text;
  }
}

TEST(VocabularyRulesTest, OfASourceTheLiteralsCount) {
  const auto check = [](const char* path, const char* text) {
    return Report(CheckVocabulary({path, text}));
  };
  EXPECT_THAT(check("tools/crmctl/x.cc", "\n F(\"Name of the user\");"),
              HasSubstr("tools/crmctl/x.cc:2: we say member, not user"));
  EXPECT_EQ(check("tools/crmctl/x.cc", "int user; // the deal"), "");
  EXPECT_THAT(check("domain/x.h", "int user;"), HasSubstr("not user"));
  EXPECT_THAT(check("docs/x.md", "A deal."), HasSubstr("docs/x.md:1"));
  EXPECT_EQ(check("tools/crmctl/csv.cc", "F(\"a quote\");"), "");
  EXPECT_THAT(check("tools/crmctl/board.cc", "F(\"a quote\");"), HasSubstr("not quote"));
}

}  // namespace
}  // namespace crm::architecture

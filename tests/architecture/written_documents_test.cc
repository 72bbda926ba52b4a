// What people wrote for people stays short, numbered, and about files that exist.

#include <filesystem>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gtest/gtest.h"
#include "re2/re2.h"
#include "tests/architecture/source_text.h"

namespace crm::architecture {
namespace {

TEST(WrittenDocumentsTest, DecisionsAreShortAndNumberedInOrder) {
  const auto decisions = ReadSources({"docs/adr"}, {".md"});
  ASSERT_GE(decisions.size(), 10U) << "run from the repository's root";
  for (size_t i = 0; i < decisions.size(); ++i) {
    const SourceFile& file = decisions[i];
    const std::string number = absl::StrFormat("%04d", i + 1);
    EXPECT_TRUE(absl::StartsWith(file.path, absl::StrCat("docs/adr/", number, "-")))
        << file.path << ": number " << number << " is next, each once";
    EXPECT_TRUE(absl::StartsWith(file.text, absl::StrCat("# ", number, " "))) << file.path;
    for (const char* part :
         {"\nStatus: ", "\n## Context\n", "\n## Decision\n", "\n## Consequences\n"}) {
      EXPECT_TRUE(absl::StrContains(file.text, part)) << file.path << " lacks" << part;
    }
    EXPECT_LT(LinesOf(file.text).size(), 40U) << file.path << ": say it shorter";
  }
}

TEST(WrittenDocumentsTest, TheFirstPageFitsAScreenOrTwo) {
  const auto readme = ReadSources({"README.md"}, {".md"});
  ASSERT_EQ(readme.size(), 1U);
  EXPECT_LT(LinesOf(readme[0].text).size(), 80U);
}

// Paths in backticks, but for patterns, what running something makes, and other people's.
std::vector<std::string> PathsIn(const std::string& text) {
  static const auto& path = *new RE2(R"re(`([a-z][\w.-]*/[\w./-]*)`)re");
  static const auto& made = *new RE2(
      "^(build|node_modules|log|anchor|archive|copies|keys|consumers|views|proto/released|"
      "absl|account)/");
  std::vector<std::string> paths;
  re2::StringPiece rest(text);
  std::string found;
  while (RE2::FindAndConsume(&rest, path, &found)) {
    if (!RE2::PartialMatch(found, made)) paths.push_back(found);
  }
  return paths;
}

TEST(WrittenDocumentsTest, NameFilesThatExist) {
  int paths = 0;
  for (const SourceFile& file :
       ReadSources({"docs", "README.md", "ARCHITECTURE.md", "HACKING.md"}, {".md"})) {
    if (absl::StrContains(file.text, "<!-- Printed by ")) continue;
    for (const std::string& path : PathsIn(file.text)) {
      ++paths;
      // `domain/lead/lead` and `projections/projector` stand for header and source.
      const bool exists = std::filesystem::exists(path) ||
                          std::filesystem::exists(absl::StrCat(path, ".h")) ||
                          std::filesystem::exists(absl::StrCat("proto/", path));
      EXPECT_TRUE(exists) << file.path << " names " << path;
    }
  }
  EXPECT_GT(paths, 30);
  EXPECT_EQ(PathsIn("see `docs/adr/`, `a.b`, `build/dev/x`, `tests/x.cc`").size(), 2U);
}

}  // namespace
}  // namespace crm::architecture

// parsers.txt names every parser and its fuzz target: what is declared in a header under the name
// of a parser is in it, what is in it is declared, and a target does call what it is said to test.
// Seen to fail: with Unseal renamed in the list, and with a call of it gone from its target.
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"

namespace crm::fuzz {
namespace {

using Parser = std::pair<std::string, std::string>;  // header, function

std::string Read(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// By parser, the target; empty for those that need none.
std::map<Parser, std::string> Listed() {
  std::map<Parser, std::string> listed;
  std::istringstream lines(Read("tests/fuzz/parsers.txt"));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string> words = absl::StrSplit(line, absl::MaxSplits(' ', 3));
    EXPECT_GE(words.size(), 3U) << line;
    const bool excused = words[2] == "-";
    EXPECT_EQ(excused, words.size() == 4) << "a reason is due where there is no target: " << line;
    const bool is_new =
        listed.try_emplace({words[0], words[1]}, excused ? std::string() : words[2]).second;
    EXPECT_TRUE(is_new) << line;
  }
  return listed;
}

bool Declares(const std::string& text, const std::string& function) {
  return std::regex_search(text, std::regex(absl::StrCat("\\b", function, "\\b")));
}

// Functions of our headers that are named as parsers are.
std::set<Parser> Declared() {
  const std::regex name(
      "[\\w>&*] (Parse\\w*|Decode\\w*|Unseal|Split[A-Z]\\w*|Normalize\\w*|"
      "\\w*From(Bytes|Pem|Proto|Stored|Grpc)|Compile|Assign|"
      "Read\\w*(File|Contexts|Secret)|LoadMapping|Check(Anchor|RangeProof|Consistency))\\(");
  std::set<Parser> declared;
  for (const char* layer : {"base", "domain", "evidence", "eventstore", "projections", "services",
                            "tools/crmctl", "tools/crmutil"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(layer)) {
      if (entry.path().extension() != ".h") continue;
      std::istringstream lines(Read(entry.path().string()));
      for (std::string line; std::getline(lines, line);) {
        const std::string code = line.substr(0, line.find("//"));
        std::smatch found;
        // A call, not a declaration.
        if (code.find("return ") != std::string::npos || !std::regex_search(code, found, name))
          continue;
        if (code[static_cast<size_t>(found.position())] == '=') continue;
        declared.emplace(entry.path().string(), found[1]);
      }
    }
  }
  return declared;
}

TEST(ParsersTest, EveryParserIsListed) {
  const std::set<Parser> declared = Declared();
  EXPECT_GT(declared.size(), 40U) << "run from the repository's root";
  const std::map<Parser, std::string> listed = Listed();
  for (const Parser& parser : declared)
    EXPECT_TRUE(listed.contains(parser)) << parser.first << " " << parser.second;
}

TEST(ParsersTest, WhatIsListedIsThere) {
  for (const auto& [parser, target] : Listed()) {
    EXPECT_TRUE(Declares(Read(parser.first), parser.second))
        << parser.first << " declares no " << parser.second;
    if (target.empty()) continue;
    EXPECT_TRUE(Declares(Read(absl::StrCat("tests/fuzz/", target, "_fuzz.cc")), parser.second))
        << target << " does not test " << parser.second;
  }
}

}  // namespace
}  // namespace crm::fuzz

// The completion script in a real bash.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/uuid.h"
#include "tests/crmctl/run_fixture.h"

namespace crm::ctl {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsSupersetOf;
using ::testing::Not;
using testing::RunTest;

class CompletionTest : public RunTest {
 protected:
  CompletionTest()
      : script_(std::filesystem::temp_directory_path() / (Uuid::Random().ToString() + ".bash")) {
    std::ofstream(script_) << cli_.Run({"completion", "bash"}).out;
  }
  ~CompletionTest() override { std::filesystem::remove(script_); }

  // What bash offers for the last of these words.
  std::vector<std::string> Offers(const std::vector<std::string>& words) const {
    const std::string quoted = absl::StrJoin(
        words, " ",
        [](std::string* out, const std::string& word) { absl::StrAppend(out, "'", word, "'"); });
    const std::string command =
        absl::StrCat("bash -uc \"source ", script_.string(), "; COMP_WORDS=(", quoted,
                     "); COMP_CWORD=", words.size() - 1,
                     "; COMPREPLY=(); _crmctl; printf '%s\\n' \\\"\\${COMPREPLY[@]}\\\"\"");
    std::FILE* pipe = ::popen(command.c_str(), "r");
    std::string output;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
      output.push_back(static_cast<char>(c));
    }
    EXPECT_EQ(::pclose(pipe), 0) << command;
    return absl::StrSplit(output, '\n', absl::SkipEmpty());
  }

  const std::filesystem::path script_;
};

TEST_F(CompletionTest, OffersCommandsOptionsAndTheirValues) {
  EXPECT_THAT(Offers({"crmctl", "opp"}), ElementsAre("opportunity"));
  EXPECT_THAT(Offers({"crmctl", "til"}), ElementsAre("tiles"));
  EXPECT_THAT(Offers({"crmctl", "opportunity", "w"}), ElementsAre("win"));
  EXPECT_THAT(Offers({"crmctl", "opportunity", "win", "--won"}), ElementsAre("--won-revenue"));
  EXPECT_THAT(Offers({"crmctl", "--target", "x:1", "lead", "ju"}), ElementsAre("junk"));
  EXPECT_THAT(Offers({"crmctl", "board", ""}), IsSupersetOf({"--team", "--output"}));
  EXPECT_THAT(Offers({"crmctl", "board", ""}), Not(Contains("opportunity")));
  EXPECT_THAT(Offers({"crmctl", "completion", "f"}), ElementsAre("fish"));
  EXPECT_THAT(Offers({"crmctl", "opportunity", "list", "--states", ""}),
              ElementsAre("open", "standby", "won", "lost", "superseded"));
  EXPECT_THAT(Offers({"crmctl", "board", "-o", ""}), ElementsAre("table", "json", "jsonl", "csv"));
}

}  // namespace
}  // namespace crm::ctl

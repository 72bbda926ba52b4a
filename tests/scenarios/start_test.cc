// The first start: who gets the secrets, and who does not.
#include <sys/wait.h>

#include <cstdio>
#include <fstream>

#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Runs crmd until it ends; its output, and its exit code in `code`.
std::string RunCrmd(const std::string& flags, int* code) {
  const std::string command = absl::StrCat(
      CRMD, " --listen=127.0.0.1:0 --admin-listen=127.0.0.1:0 --metrics-listen=127.0.0.1:0 ", flags,
      " </dev/null 2>&1");
  FILE* const pipe = popen(command.c_str(), "r");
  std::string output;
  for (int c; (c = fgetc(pipe)) != EOF;) output.push_back(static_cast<char>(c));
  *code = WEXITSTATUS(pclose(pipe));
  return output;
}

std::string FirstLine(const std::string& path) {
  std::string line;
  std::getline(std::ifstream(path), line);
  return line;
}

// Standard output may be a journal.
TEST(StartTest, TheFirstTokenGoesToATerminalOrAFileAndNowhereElse) {
  const ScratchFolder folder;
  int code = 0;
  const std::string output = RunCrmd("--data-dir=" + (folder / "server"), &code);
  EXPECT_EQ(code, 1);
  EXPECT_THAT(output, HasSubstr("--bootstrap-token-file"));
  EXPECT_THAT(output, Not(HasSubstr("crm_")));
}

TEST(StartTest, AFileOfSomebodyElseIsNotOverwritten) {
  const ScratchFolder folder;
  std::ofstream(folder / "thesis") << "chapter one\n";
  int code = 0;
  RunCrmd("--data-dir=" + (folder / "server") + " --bootstrap-token-file=" + (folder / "thesis"),
          &code);
  EXPECT_EQ(code, 1);
  EXPECT_EQ(FirstLine(folder / "thesis"), "chapter one");
}

TEST(StartTest, TheOperatorsTokenIsMadeWhenThereIsNone) {
  const ScratchFolder folder;
  const SystemClock clock;
  RunningServer server(
      clock, [&](services::Config& config) { config.operator_token_file = folder / "operator"; });
  const std::string token = FirstLine(folder / "operator");
  ASSERT_GE(token.size(), 64U);
  const ApiCaller known(server.Operator().channel(), token,
                        std::make_shared<std::atomic<int64_t>>(0));
  EXPECT_EQ(known.Do(&v1::OperatorService::Stub::ListOrganizations).organizations_size(), 1);
  server.Restart();
  EXPECT_EQ(FirstLine(folder / "operator"), token);
}

}  // namespace
}  // namespace crm::testing

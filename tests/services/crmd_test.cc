// What a server makes for its operator when it starts. How it serves is told by tests/scenarios.
#include "services/crmd.h"

#include <sys/stat.h>

#include <fstream>

#include "base/clock.h"
#include "gtest/gtest.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace crm::services {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::ScratchFolder;

class CrmdTest : public ::testing::Test {
 protected:
  CrmdTest() {
    config_.data_dir = folder_ / "data";
    config_.listen = config_.admin_listen = config_.metrics_listen = "127.0.0.1:0";
    config_.operator_token_file = folder_ / "operator.token";
  }

  // Starts a server and stops it.
  absl::Status Start() {
    return Crmd::Start(config_, clock_, [](const std::string&) { return absl::OkStatus(); })
        .status();
  }

  std::string Token() const {
    std::ifstream file(config_.operator_token_file);
    std::string token;
    file >> token;
    return token;
  }

  ScratchFolder folder_;
  SystemClock clock_;
  Config config_;
};

TEST_F(CrmdTest, MakesTheOperatorsTokenOnce) {
  ASSERT_THAT(Start(), IsOk());
  const std::string token = Token();
  EXPECT_GE(token.size(), 64U);
  struct stat status {};
  ASSERT_EQ(stat(config_.operator_token_file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  ASSERT_THAT(Start(), IsOk());
  EXPECT_EQ(Token(), token);
}

TEST_F(CrmdTest, RefusesATokenThatCouldBeGuessed) {
  std::ofstream(config_.operator_token_file) << "secret\n";
  EXPECT_THAT(Start(), HasReason("OPERATOR_TOKEN_INVALID"));
  EXPECT_EQ(Token(), "secret");
}

}  // namespace
}  // namespace crm::services

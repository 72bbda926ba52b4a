#include "services/secret_file.h"

#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace crm::services {
namespace {

using testing::IsOk;
using testing::StatusIs;

std::string Content(const std::string& path) {
  std::stringstream content;
  content << std::ifstream(path).rdbuf();
  return content.str();
}

TEST(SecretFileTest, IsItsOwnersAlone) {
  const testing::ScratchFolder folder;
  const std::string path = folder / "token";
  ASSERT_THAT(WriteSecretFile(path, "crm_", "crm_1"), IsOk());
  EXPECT_EQ(Content(path), "crm_1\n");
  struct stat status;
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST(SecretFileTest, OnlyASecretOfTheSameKindMakesWay) {
  const testing::ScratchFolder folder;
  const std::string path = folder / "token";
  ASSERT_THAT(WriteSecretFile(path, "crm_", "crm_1"), IsOk());
  EXPECT_THAT(WriteSecretFile(path, "crm_", "crm_2"), IsOk());
  EXPECT_EQ(Content(path), "crm_2\n");
  std::ofstream(path) << "my thesis";
  EXPECT_THAT(WriteSecretFile(path, "crm_", "crm_3"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_EQ(Content(path), "my thesis");
}

TEST(SecretFileTest, WithoutAPrefixNothingMakesWay) {
  const testing::ScratchFolder folder;
  const std::string path = folder / "token";
  std::ofstream(path) << "my thesis";
  EXPECT_THAT(WriteSecretFile(path, "", "secret"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_EQ(Content(path), "my thesis");
  std::ofstream(path, std::ios::trunc).flush();
  EXPECT_THAT(WriteSecretFile(path, "", "secret"), StatusIs(absl::StatusCode::kAlreadyExists));
}

}  // namespace
}  // namespace crm::services

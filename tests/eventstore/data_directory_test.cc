#include "eventstore/data_directory.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "gtest/gtest.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace crm::eventstore {
namespace {

using testing::HasReason;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::ScratchFolder;
using testing::StatusIs;

void Write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

std::string Read(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

unsigned ModeOf(const std::string& path) {
  struct stat found = {};
  EXPECT_EQ(stat(path.c_str(), &found), 0) << path;
  return found.st_mode & 07777u;
}

TEST(DataDirectoryTest, MakesItsFoldersForItsOwnerAlone) {
  const ScratchFolder scratch;
  const std::string path = scratch / "new/parent/data";
  const auto opened = DataDirectory::Open(path);
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ((*opened)->path(), path);
  for (const std::string& folder : {path, (*opened)->log_path(), (*opened)->anchor_path(),
                                    (*opened)->keys_path(), (*opened)->views_path()})
    EXPECT_EQ(ModeOf(folder), 0700u) << folder;
  EXPECT_EQ(Read(path + "/FORMAT"), "crmd data directory 1\n");
  EXPECT_FALSE(std::filesystem::exists(path + "/FORMAT.new"));
}

TEST(DataDirectoryTest, IsOpenAtMostOnce) {
  const ScratchFolder scratch;
  auto first = DataDirectory::Open(scratch / "data");
  ASSERT_THAT(first, IsOk());
  const auto second = DataDirectory::Open(scratch / "data");
  EXPECT_THAT(second, StatusIs(absl::StatusCode::kFailedPrecondition,
                               HasSubstr("process " + std::to_string(getpid()))));
  EXPECT_THAT(second, HasReason("DATA_DIRECTORY_LOCKED"));
  first->reset();
  EXPECT_THAT(DataDirectory::Open(scratch / "data"), IsOk());
}

TEST(DataDirectoryTest, ToolsOpenWhatIsThereAndMakeNothing) {
  const ScratchFolder scratch;
  EXPECT_THAT(DataDirectory::OpenExisting(scratch / "data"), HasReason("DATA_DIRECTORY_MISSING"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "data"));
  ASSERT_THAT(DataDirectory::Open(scratch / "data"), IsOk());
  EXPECT_THAT(DataDirectory::OpenExisting(scratch / "data"), IsOk());
}

TEST(DataDirectoryTest, RefusesAnotherFormat) {
  const ScratchFolder scratch;
  ASSERT_THAT(DataDirectory::Open(scratch.path()), IsOk());
  Write(scratch / "FORMAT", "crmd data directory 2\n");
  const auto opened = DataDirectory::Open(scratch.path());
  EXPECT_THAT(opened, HasReason("DATA_DIRECTORY_FORMAT"));
  EXPECT_THAT(opened, StatusIs(absl::StatusCode::kFailedPrecondition,
                               HasSubstr("'crmd data directory 2'")));
}

TEST(DataDirectoryTest, LeavesOthersFoldersAlone) {
  const ScratchFolder scratch;
  Write(scratch / "thesis.txt", "x");
  std::filesystem::permissions(scratch.path(), std::filesystem::perms(0755));
  EXPECT_THAT(DataDirectory::Open(scratch.path()), HasReason("DATA_DIRECTORY_FOREIGN"));
  EXPECT_EQ(ModeOf(scratch.path()), 0755u);
  EXPECT_FALSE(std::filesystem::exists(scratch / "LOCK"));
}

TEST(DataDirectoryTest, CompletesAFirstStartThatWasCutShort) {
  const ScratchFolder scratch;
  Write(scratch / "LOCK", "1\n");
  Write(scratch / "FORMAT.new", "crmd data directory 1 and more than that");
  ASSERT_THAT(DataDirectory::Open(scratch.path()), IsOk());
  EXPECT_EQ(Read(scratch / "FORMAT"), "crmd data directory 1\n");
}

TEST(DataDirectoryTest, NamesWhatTheSystemRefuses) {
  const ScratchFolder scratch;
  Write(scratch / "file", "x");
  EXPECT_THAT(DataDirectory::Open(scratch / "file"), HasReason("DATA_DIRECTORY_UNUSABLE"));
  EXPECT_THAT(DataDirectory::Open(scratch / "file/data"), HasReason("DATA_DIRECTORY_UNUSABLE"));
  EXPECT_THAT(DataDirectory::Open(""), HasReason("DATA_DIRECTORY_UNUSABLE"));
}

}  // namespace
}  // namespace crm::eventstore

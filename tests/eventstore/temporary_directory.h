// A directory for one test, and a look into its files.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/uuid.h"

namespace crm::eventstore {

// A directory that is gone when the test is over. In memory where there is such a file system: none
// of these tests is about the disk below.
class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_(absl::StrCat(Parent(), "eventstore-", Uuid::Random().ToString())) {}
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  static std::string Parent() {
    return std::filesystem::exists("/dev/shm") ? "/dev/shm/" : ::testing::TempDir();
  }

  const std::string path_;
};

// Whether the bytes are in any file of the directory.
inline bool DirectoryHolds(const std::string& directory, const std::string& bytes) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string content(std::istreambuf_iterator<char>(file), {});
    if (content.find(bytes) != std::string::npos) return true;
  }
  return false;
}

}  // namespace crm::eventstore

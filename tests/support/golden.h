// Golden files: text under tests/golden that documents behaviour and guards it at once. Set
// UPDATE_GOLDEN=1 to write what the program says now, then read the difference before committing.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace crm::testing {

// Expects tests/golden/<file> to hold `actual`. Tests run in the root of the repository.
inline void ExpectGolden(const std::string& file, const std::string& actual) {
  const std::string path = absl::StrCat("tests/golden/", file);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << actual;
    return;
  }
  std::ifstream stored(path);
  ASSERT_TRUE(stored.is_open()) << path << " is missing: run with UPDATE_GOLDEN=1 in the root";
  std::ostringstream expected;
  expected << stored.rdbuf();
  EXPECT_EQ(expected.str(), actual) << path << ": if meant, run with UPDATE_GOLDEN=1";
}

}  // namespace crm::testing

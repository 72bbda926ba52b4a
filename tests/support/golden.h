// Golden files: text that documents behaviour and guards it at once, under tests/golden or, where
// it is for readers of the product, under docs. Set UPDATE_GOLDEN=1 to write what the program says
// now, then read the difference before committing.
//
// Tests run in the root of the repository.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace crm::testing {

// Expects the file to hold `actual`.
inline void ExpectGoldenFile(const std::string& path, const std::string& actual) {
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

// Expects tests/golden/<file> to hold `actual`.
inline void ExpectGolden(const std::string& file, const std::string& actual) {
  ExpectGoldenFile(absl::StrCat("tests/golden/", file), actual);
}

}  // namespace crm::testing

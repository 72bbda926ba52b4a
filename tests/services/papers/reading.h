// What other programs make of what we draw: pdftotext, pdfinfo, xmllint read a file of ours.
#pragma once

#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace crm::services::papers {

// Writes the bytes below the tests' temporary folder; no other process writes the same file.
inline std::string Kept(absl::string_view file_name, const std::string& bytes) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/", getpid(), "_", file_name);
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

struct Said {
  std::string text;
  int code = -1;
};

// Runs a command and reads what it prints.
inline Said Told(const std::string& command) {
  Said said;
  FILE* const pipe = popen(absl::StrCat(command, " 2>&1").c_str(), "r");
  if (pipe == nullptr) return said;
  std::array<char, 4096> bytes;
  while (const size_t size = fread(bytes.data(), 1, bytes.size(), pipe)) {
    said.text.append(bytes.data(), size);
  }
  said.code = pclose(pipe);
  return said;
}

// The text of a PDF as it lies on the sheets, form feeds between them.
inline std::string TextOf(const std::string& pdf) {
  const Said said = Told(absl::StrCat("pdftotext -layout ", Kept("paper.pdf", pdf), " -"));
  EXPECT_EQ(said.code, 0) << said.text;
  return said.text;
}

}  // namespace crm::services::papers

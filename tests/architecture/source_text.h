// Reading our own sources as text, for the tests that hold the architecture in place. No compiler
// is involved: the rules are about what a reader sees, and a test that needs a second has to be
// simple.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace crm::architecture {

struct SourceFile {
  std::string path;  // from the repository's root, with forward slashes
  std::string text;
};

// One broken rule, with what to do instead.
struct Finding {
  std::string path;
  int line = 0;  // from 1; 0: the file as a whole
  std::string message;
};

// Every file below the places (folders or files) whose name ends in one of the suffixes, sorted by
// path. Tests run in the repository's root.
std::vector<SourceFile> ReadSources(const std::vector<std::string>& places,
                                    const std::vector<std::string>& suffixes);

// Product code and tests in C++.
std::vector<SourceFile> ReadOurCode();

// `text` with the insides of comments and of string and character literals turned into spaces, so
// that lines and columns stay. #include lines stay whole.
std::string CodeOnly(absl::string_view text);

// The lines without their ends.
std::vector<absl::string_view> LinesOf(absl::string_view text);

// A path below a folder or a file of exactly this name.
bool IsBelow(absl::string_view path, absl::string_view folder);

// One finding per line: "path:line: message".
std::string Report(const std::vector<Finding>& findings);

}  // namespace crm::architecture

// The outline of a C++ file: how long its functions are and what types it names. Reads braces, not
// grammar; good enough for code that clang-format has laid out.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace crm::architecture {

struct FunctionExtent {
  int first_line = 0;  // of its signature, from 1
  int line_count = 0;  // to its closing brace
};

// The function bodies in `code` (from CodeOnly), outermost only: a lambda counts with the function
// around it.
std::vector<FunctionExtent> FunctionsOf(const std::string& code);

struct NamedType {
  std::string name;
  int line = 0;
};

// Classes, structs, enums and aliases that `code` declares.
std::vector<NamedType> TypesOf(const std::string& code);

// The words of an identifier in lower case: "HTTPServerInfo_2" -> http, server, info, 2.
std::vector<std::string> WordsOf(absl::string_view identifier);

}  // namespace crm::architecture

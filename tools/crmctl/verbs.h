// The words of the command line and the RPCs behind them: one table, no code per RPC.
// Constant tables; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace crm::ctl {

struct Verb {
  const char* word;
  const char* method;
  // Request fields given by place instead of by flag, in order: "name", "membership.member". Those
  // after "?" may be left out.
  std::vector<const char*> positionals;
};

struct Resource {
  const char* word;
  const char* help;
  std::vector<Verb> verbs;
};

// Resources with their verbs, and single words such as "stats" as a resource without a word.
const std::vector<Resource>& Resources();

// Columns a table of rows of this message type has unless others are asked for.
std::vector<std::string> UsualFields(absl::string_view message_type);

// RPCs that a command of its own serves (commands_*.cc), so that no RPC is forgotten.
const std::vector<const char*>& MethodsWithOwnCommand();

}  // namespace crm::ctl

// The rejections that our sources can give, read off their text: calls of WithReason, of Refuse,
// Invalid and Taken (domain/rejection.h), and of functions that pass a reason on to those: a file's
// own, and those that a header declares for several.
// There is no catalogue to keep: each aggregate declares its own few, and this finds them.
//
// Pure functions over text; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "tests/architecture/source_text.h"

namespace crm::golden {

struct Rejection {
  std::string reason;                 // empty: the call does not give it as a literal
  std::string code;                   // "FAILED_PRECONDITION"
  std::string message;                // what people read; "..." stands for what varies
  std::vector<std::string> metadata;  // keys
  std::string path;
  int line = 0;
};

// Every call of the files that makes a rejection, in order.
std::vector<Rejection> RejectionsIn(const std::vector<architecture::SourceFile>& files);

}  // namespace crm::golden

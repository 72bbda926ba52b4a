// The rules for our public protos that a machine can check, by the numbers of
// docs/api_rules.md. buf checks the general ones (comments, casing, enum zero values).
#pragma once

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace crm::contract {

struct StyleFinding {
  int rule = 0;
  std::string element;  // full name of the method, message, field or file
  std::string message;
};

// Every rule on every element of one file of package crm.v1.
std::vector<StyleFinding> CheckApiStyle(const google::protobuf::FileDescriptor& file);

}  // namespace crm::contract

// What the .proto files of crm.v1 say about each RPC and field, so that --help says the same and
// cannot drift from it. The build embeds the files' descriptors with their comments. Thread-safe.
#pragma once

#include <string>

#include "tools/crmctl/api.h"

namespace crm::ctl {

// The comment above it on one line, without the forms of resource names: "Moves to another stage,
// perhaps of another pipeline." Empty when there is none.
std::string CommentOf(const MethodDescriptor& method);
std::string CommentOf(const FieldDescriptor& field);

}  // namespace crm::ctl

// Protos as descriptors without linking their generated code, so that rules can be checked on all
// of ours and on snippets that break a rule. Runs the protoc of the build.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace crm::contract {

struct ApiSchema {
  std::unique_ptr<google::protobuf::DescriptorPool> pool;
  std::vector<const google::protobuf::FileDescriptor*> files;  // those asked for, by path
};

// The protos of a folder below proto/, for example "crm/v1", with their comments. Empty when they
// do not compile; protoc says why on stderr.
ApiSchema ReadProtos(const std::string& folder);

// The file crm/v1/x_service.proto with this text; it may import ours.
ApiSchema ParseSnippet(const std::string& text);

}  // namespace crm::contract

// The services of crm.v1, found by walking proto/crm/v1: a new file is covered by every test that
// walks the API without anybody adding it to a list. Needs the API's messages linked whole
// (LINK_LIBRARY_OVERRIDE in tests/services/CMakeLists.txt) and the source folder as working folder.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"

namespace crm::testing {

inline std::vector<const google::protobuf::ServiceDescriptor*> ApiServices() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator("proto/crm/v1"))
    if (entry.path().extension() == ".proto")
      files.push_back("crm/v1/" + entry.path().filename().string());
  std::sort(files.begin(), files.end());
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  for (const std::string& name : files) {
    const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(name);
    EXPECT_NE(file, nullptr) << name << " is not linked";
    for (int i = 0; file != nullptr && i < file->service_count(); ++i)
      services.push_back(file->service(i));
  }
  return services;
}

}  // namespace crm::testing

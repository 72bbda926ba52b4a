#include "tests/contract/api_schema.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.pb.h"

namespace crm::contract {
namespace {

constexpr char kSnippetPath[] = "crm/v1/x_service.proto";

// A folder of this process that goes away with the object.
class ScratchFolder {
 public:
  ScratchFolder()
      : path_(std::filesystem::temp_directory_path() / absl::StrCat("api_schema.", getpid())) {
    std::filesystem::create_directories(path_);
  }
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Compiles the files, named relative to the roots, and keeps those of `wanted`.
ApiSchema Compile(const std::vector<std::string>& roots, const std::vector<std::string>& wanted,
                  const std::filesystem::path& scratch) {
  const std::string image = (scratch / "image.binpb").string();
  std::string command =
      absl::StrCat(PROTOC, " --include_imports --include_source_info --descriptor_set_out=", image);
  for (const std::string& root : roots) absl::StrAppend(&command, " -I ", root);
  for (const std::string& path : wanted) absl::StrAppend(&command, " ", path);
  ApiSchema schema;
  if (std::system(command.c_str()) != 0) return schema;

  google::protobuf::FileDescriptorSet set;
  std::ifstream stream(image, std::ios::binary);
  if (!set.ParseFromIstream(&stream)) return schema;
  schema.pool = std::make_unique<google::protobuf::DescriptorPool>();
  for (const auto& file : set.file()) schema.pool->BuildFile(file);
  for (const std::string& path : wanted) schema.files.push_back(schema.pool->FindFileByName(path));
  return schema;
}

}  // namespace

ApiSchema ReadProtos(const std::string& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(absl::StrCat("proto/", folder))) {
    if (entry.path().extension() == ".proto") {
      paths.push_back(absl::StrCat(folder, "/", entry.path().filename().string()));
    }
  }
  std::sort(paths.begin(), paths.end());
  const ScratchFolder scratch;
  return Compile({"proto"}, paths, scratch.path());
}

ApiSchema ParseSnippet(const std::string& text) {
  const ScratchFolder scratch;
  const std::filesystem::path path = scratch.path() / kSnippetPath;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
  return Compile({scratch.path().string(), "proto"}, {kSnippetPath}, scratch.path());
}

}  // namespace crm::contract

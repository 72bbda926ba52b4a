#include "tools/crmctl/files.h"

#include <fcntl.h>
#include <google/protobuf/util/json_util.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tools/crmctl/render.h"

namespace crm::ctl {
namespace {

absl::Status Failed(const std::string& path, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat(path, ": ", why));
}

bool WriteAndSync(int file, absl::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return fsync(file) == 0;
}

}  // namespace

absl::StatusOr<std::string> ReadWholeFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Failed(path, std::strerror(errno));
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

absl::Status WriteWholeFile(const std::string& path, absl::string_view text, int mode) {
  const std::string fresh = absl::StrCat(path, ".part");
  unlink(fresh.c_str());
  const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0) return Failed(fresh, std::strerror(errno));
  const bool written = WriteAndSync(file, text);
  const int error = errno;
  close(file);
  if (!written) return Failed(fresh, std::strerror(error));
  if (std::rename(fresh.c_str(), path.c_str()) != 0) return Failed(path, std::strerror(errno));
  return absl::OkStatus();
}

absl::Status ReadJsonFile(const std::string& path, google::protobuf::Message& message) {
  ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(path));
  const auto parsed = google::protobuf::util::JsonStringToMessage(text, &message);
  if (parsed.ok()) return absl::OkStatus();
  return Failed(path, absl::StrCat("is not a ", message.GetDescriptor()->name(), ": ",
                                   parsed.message().as_string()));
}

absl::Status WriteJsonFile(const std::string& path, const google::protobuf::Message& message) {
  return WriteWholeFile(path, absl::StrCat(JsonOf(message, /*indented=*/true), "\n"));
}

}  // namespace crm::ctl

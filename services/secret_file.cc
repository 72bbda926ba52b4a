#include "services/secret_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace crm::services {

absl::Status WriteSecretFile(const std::string& path, absl::string_view prefix,
                             absl::string_view secret) {
  std::string old;
  if (!prefix.empty() && std::ifstream(path) >> old && absl::StartsWith(old, prefix))
    unlink(path.c_str());
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) {
    const std::string why = absl::StrCat(path, ": ", std::strerror(errno));
    return errno == EEXIST ? absl::AlreadyExistsError(why) : absl::FailedPreconditionError(why);
  }
  const std::string line = absl::StrCat(secret, "\n");
  const bool written = write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
                       fsync(file) == 0;
  close(file);
  return written ? absl::OkStatus()
                 : absl::FailedPreconditionError(absl::StrCat(path, ": cannot write"));
}

}  // namespace crm::services

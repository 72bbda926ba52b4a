#include "services/signing_key.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "services/secret_file.h"

namespace crm::services {
namespace {

absl::Status Unreadable(const std::string& path, absl::string_view why) {
  return WithReason(absl::StatusCode::kFailedPrecondition, "SIGNING_KEY_UNREADABLE",
                    absl::StrCat(path, " ", why));
}

absl::Status SyncFolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && fsync(descriptor) == 0;
  if (descriptor >= 0) close(descriptor);
  return synced ? absl::OkStatus() : Unreadable(path, "cannot be synced");
}

}  // namespace

absl::StatusOr<SigningPair> OpenSigningKey(const std::string& path) {
  if (std::filesystem::exists(path)) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    std::optional<SigningPair> pair = SigningPair::FromPem(text.str());
    if (!pair) return Unreadable(path, "holds no private Ed25519 key");
    return *std::move(pair);
  }
  // Renamed into place, so that the file is whole or absent whenever the power fails.
  const std::string fresh = absl::StrCat(path, ".new");
  unlink(fresh.c_str());
  SigningPair pair = SigningPair::Generate();
  RETURN_IF_ERROR(WriteSecretFile(fresh, "", absl::StripAsciiWhitespace(pair.ToPem())));
  if (rename(fresh.c_str(), path.c_str()) != 0) return Unreadable(path, "cannot be written");
  RETURN_IF_ERROR(SyncFolderOf(path));
  log::Info("a key for signing anchors was made",
            {{"file", path}, {"public_key", absl::BytesToHexString(pair.public_key())}});
  return pair;
}

}  // namespace crm::services

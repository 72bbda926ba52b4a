#include "tools/crmctl/contexts.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/toml.h"

namespace crm::ctl {
namespace {

absl::Status FileError(const std::string& what, const std::string& file) {
  return absl::FailedPreconditionError(absl::StrCat(what, " ", file, ": ", std::strerror(errno)));
}

// The new content is complete under its name or not there at all; nobody else ever reads it.
absl::Status ReplacePrivately(const std::string& file, const std::string& content) {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::path(file).parent_path();
  if (!folder.empty() && !std::filesystem::exists(folder)) {
    std::filesystem::create_directories(folder, error);
    ::chmod(folder.c_str(), 0700);
  }
  const std::string draft = file + ".new";
  ::unlink(draft.c_str());
  const int handle = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (handle < 0) return FileError("cannot write", draft);
  const ssize_t written = ::write(handle, content.data(), content.size());
  const bool kept = ::fsync(handle) == 0;
  ::close(handle);
  if (written != static_cast<ssize_t>(content.size()) || !kept) {
    return FileError("cannot write", draft);
  }
  if (std::rename(draft.c_str(), file.c_str()) != 0) return FileError("cannot replace", file);
  return absl::OkStatus();
}

}  // namespace

std::string ContextsFile(const Environment& environment) {
  const std::string named = environment.Variable("CRMCTL_CONFIG");
  if (!named.empty()) return named;
  std::string folder = environment.Variable("XDG_CONFIG_HOME");
  if (folder.empty()) folder = environment.Variable("HOME") + "/.config";
  return folder + "/crmctl/contexts.toml";
}

absl::StatusOr<Contexts> ReadContexts(const std::string& file) {
  Contexts contexts;
  if (!std::filesystem::exists(file)) return contexts;
  const toml::parse_result parsed = toml::parse_file(file);
  if (!parsed) {
    return absl::FailedPreconditionError(absl::StrCat(file, " line ",
                                                      parsed.error().source().begin.line, ": ",
                                                      std::string(parsed.error().description())));
  }
  const toml::table& root = parsed.table();
  contexts.current = root["current"].value_or(std::string());
  if (const toml::table* all = root["contexts"].as_table()) {
    for (const auto& [name, node] : *all) {
      const toml::table* entry = node.as_table();
      if (entry == nullptr) continue;
      contexts.by_name[std::string(name.str())] = {(*entry)["target"].value_or(std::string()),
                                                   (*entry)["token_file"].value_or(std::string())};
    }
  }
  return contexts;
}

absl::Status WriteContexts(const std::string& file, const Contexts& contexts) {
  toml::table all;
  for (const auto& [name, context] : contexts.by_name) {
    toml::table entry;
    entry.insert("target", context.target);
    if (!context.token_file.empty()) entry.insert("token_file", context.token_file);
    all.insert(name, entry);
  }
  toml::table root;
  root.insert("current", contexts.current);
  root.insert("contexts", all);
  std::ostringstream text;
  text << root << "\n";
  return ReplacePrivately(file, text.str());
}

absl::StatusOr<std::string> WriteToken(const std::string& contexts_file, const std::string& name,
                                       absl::string_view token) {
  const std::filesystem::path folder = std::filesystem::path(contexts_file).parent_path();
  const std::string file = (folder / (name + ".token")).string();
  RETURN_IF_ERROR(ReplacePrivately(file, absl::StrCat(token, "\n")));
  return file;
}

absl::StatusOr<std::string> ReadSecret(const std::string& file) {
  std::ifstream input(file);
  std::stringstream text;
  text << input.rdbuf();
  if (!input) return absl::FailedPreconditionError("cannot read the token file " + file);
  const std::string secret(absl::StripAsciiWhitespace(text.str()));
  if (secret.empty()) return absl::FailedPreconditionError("the token file is empty: " + file);
  return secret;
}

bool IsContextName(absl::string_view name) {
  if (name.empty() || name.size() > 64 || name[0] == '.') return false;
  for (const char c : name) {
    const bool plain =
        absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_';
    if (!plain) return false;
  }
  return true;
}

}  // namespace crm::ctl

// The server's settings: flags, environment and a TOML file.

#include <map>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "base/reason.h"
#include "services/config.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/memory_file.h"

namespace crm::fuzz {
namespace {

using services::CommandLine;

void Read(const std::vector<std::string>& arguments,
          const std::map<std::string, std::string>& environment, absl::string_view text) {
  const MemoryFile file(text);
  const absl::StatusOr<CommandLine> line =
      services::ParseCommandLine(arguments, environment, file.path());
  if (!line.ok()) {
    return Require(ReasonOf(line.status()) == "CONFIG_INVALID", "a refusal names its reason");
  }
  if (line->action != CommandLine::Action::kServe) return;
  Require(services::CheckConfig(line->config).ok(), "what is accepted is valid");
  const std::string shown = services::ToToml(line->config);
  const MemoryFile again(shown);
  const absl::StatusOr<CommandLine> reread = services::ParseCommandLine({}, {}, again.path());
  Require(reread.ok() && services::ToToml(reread->config) == shown,
          "settings come back from their file");
}

}  // namespace

CRM_FUZZ_TARGET(settings) {
  FuzzInput input(bytes);
  const size_t kind = input.Pick(3);
  if (kind == 0) return Read({}, {}, input.Rest());
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;
  const absl::string_view rest = input.Rest();
  for (const absl::string_view text : absl::StrSplit(rest, '\n')) {
    // Other files than ours are not read.
    if (absl::StrContains(absl::AsciiStrToLower(text), "config")) return;
    if (kind == 1) {
      arguments.emplace_back(text);
    } else {
      environment.insert(absl::StrSplit(text, absl::MaxSplits('=', 1)));
    }
  }
  Read(arguments, environment, "");
}

}  // namespace crm::fuzz

#include "tools/crmctl/run.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "base/status_macros.h"
#include "tools/crmctl/command_tree.h"
#include "tools/crmctl/help.h"

namespace crm::ctl {
namespace {

// The output format may matter before parsing succeeded: errors follow it.
bool WantsJson(const std::vector<std::string>& arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    const bool next_names_it = word == "-o" || word == "--output";
    if (next_names_it && i + 1 < arguments.size()) {
      return absl::StartsWith(arguments[i + 1], "json");
    }
    if (absl::StartsWith(word, "--output=json") || absl::StartsWith(word, "-ojson")) return true;
  }
  return false;
}

absl::Status ParseAndRun(CommandTree& tree, const std::vector<std::string>& arguments,
                         const Environment& environment) {
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    tree.root().parse(reversed);
  } catch (const CLI::Success& asked_for_help) {
    tree.Describe();
    tree.root().exit(asked_for_help, environment.out, environment.err);
    return absl::OkStatus();
  } catch (const CLI::ParseError& error) {
    return ExplainParseError(error, tree.root(), arguments);
  }
  Session session(environment, tree.options());
  RETURN_IF_ERROR(session.Open());
  return tree.chosen()(session);
}

}  // namespace

ExitCode RunCrmctl(const std::vector<std::string>& arguments, const Environment& environment) {
  CommandTree tree(environment.out_is_terminal ? environment.columns : 0);
  const absl::Status status = ParseAndRun(tree, arguments, environment);
  environment.out.flush();
  if (status.ok()) return ExitCode::kOk;
  environment.err << (WantsJson(arguments) ? FailureJson(status) : FailureText(status));
  environment.err.flush();
  return ExitCodeOf(status);
}

}  // namespace crm::ctl

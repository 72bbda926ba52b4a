#include "tools/crmctl/command_tree.h"

#include <utility>

namespace crm::ctl {
namespace {

constexpr char kDescription[] = "Client of crmd, the event-sourced CRM backend.";

constexpr char kFooter[] =
    "People write names as they know them: --team North --stage Engaging --owner 'Moses Frase'.\n"
    "Full resource names (teams/...) and UUIDs are taken too. Amounts: 'USD 1,234.50'. Days:\n"
    "2017-12-31. Instants: 2017-12-31T18:30:00Z.\n"
    "\n"
    "Exit codes:\n"
    "  0  done\n"
    "  1  rejected by a rule, or failed in another way; an import had rejects\n"
    "  2  the command line is wrong\n"
    "  3  not found\n"
    "  4  conflict: changed by somebody else, or exists already\n"
    "  5  denied: no credential, or not permitted\n"
    "  6  unavailable, or the deadline passed\n"
    "\n"
    "Environment: CRMCTL_CONTEXT, CRMCTL_TARGET, CRMCTL_TOKEN, CRMCTL_CONFIG (file of the\n"
    "contexts), NO_COLOR.";

}  // namespace

CommandTree::CommandTree() : root_(kDescription, "crmctl") {
  root_.require_subcommand(1);
  root_.footer(kFooter);
  root_.fallthrough();
  root_.set_version_flag("--version", "crmctl 0.1.0");
  AddGlobalOptions();
  AddResourceCommands(*this);
  AddBoardCommand(*this);
  AddDashboardCommand(*this);
  AddEventCommands(*this);
  AddImportCommand(*this);
  AddServerCommands(*this);
  AddTokenCommands(*this);
  AddContextCommands(*this);
  AddDescribeCommand(*this);
  AddCompletionCommand(*this);
}

void CommandTree::AddGlobalOptions() {
  constexpr char kGroup[] = "Global options";
  const auto option = [&](const char* name, std::string& value, const char* help) {
    root_.add_option(name, value, help)->group(kGroup);
  };
  option("--context", options_.context, "Named server (crmctl context list)");
  option("--target", options_.target, "Address of the server, HOST:PORT");
  option("--token-file", options_.token_file, "File with the API token");
  option("-o,--output", options_.output, "table, json, jsonl or csv");
  option("--as-of", options_.as_of, "Show what was true at the end of this DATE, or at this TIME");
  option("--known-at", options_.known_at, "Show what was known at this TIME");
  option("--deadline", options_.deadline, "Longest time a call may take (10s)");
  option("--effective-time", options_.effective_time, "When the change was true: TIME");
  option("--request-id", options_.request_id, "UUID that makes a repeated command harmless");
  option("--color", options_.color, "auto, always or never");
  root_.add_option("--min-position", options_.min_position, "Answer not before this log position")
      ->group(kGroup)
      ->check(CLI::NonNegativeNumber);
  root_.add_option("--columns", options_.columns, "Columns or fields to show, separated by commas")
      ->group(kGroup)
      ->delimiter(',')
      ->allow_extra_args(false);
  root_.add_flag("--validate-only", options_.validate_only, "Decide, answer, and record nothing")
      ->group(kGroup);
  root_.add_flag("--no-headers", options_.no_headers, "Leave the titles of columns out")
      ->group(kGroup);
  root_
      .add_flag("-v,--verbose", options_.verbose,
                "Say what was called, at which position, and every detail of a failure")
      ->group(kGroup);
}

CLI::App& CommandTree::AddGroup(CLI::App& parent, const std::string& word,
                                const std::string& help) {
  CLI::App& group = *parent.add_subcommand(word, help);
  group.require_subcommand(1);
  group.fallthrough();
  group.footer("Global options: crmctl --help");
  return group;
}

CLI::App& CommandTree::AddLeaf(CLI::App& parent, const std::string& word, const std::string& help,
                               Action action) {
  CLI::App& leaf = *parent.add_subcommand(word, help);
  leaf.fallthrough();
  leaf.footer("Global options: crmctl --help");
  leaf.final_callback([this, action = std::move(action)] { chosen_ = action; });
  return leaf;
}

}  // namespace crm::ctl

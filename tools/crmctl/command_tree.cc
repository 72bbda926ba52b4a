#include "tools/crmctl/command_tree.h"

#include <utility>

#include "tools/crmctl/help.h"

namespace crm::ctl {
namespace {

constexpr char kDescription[] = "Client of crmd, the event-sourced CRM backend.";

constexpr char kFooter[] =
    "People write names as they know them: --team North --stage Engaging --owner 'Moses Frase'.\n"
    "Full resource names (teams/...) and UUIDs are taken too, and pipeline/stage where two\n"
    "pipelines have a stage of that name. Amounts: 'USD 1,234.50', or 1234.5 in the\n"
    "organization's currency. Days: 2017-12-31, today, yesterday; for --as-of also tuesday (the\n"
    "last one) or '2 weeks ago'. Instants: 2017-12-31T18:30:00Z. Shares: 12.5%.\n"
    "\n"
    "Output: tables show display names, and times in this machine's zone; columns that do not fit\n"
    "the terminal are left out. json, jsonl and csv show everything exactly: field names as in "
    "the\n"
    "API, resource names, amounts with their currency (csv: in a column of its own), shares in\n"
    "basis points; a csv cell of something with fields of its own reads as flags take it,\n"
    "member=members/1,weight=60, and is JSON where it holds lists.\n"
    "\n"
    "Exit codes:\n"
    "  0  done\n"
    "  1  rejected by a rule, or failed in another way; an import had rejects\n"
    "  2  the command line is wrong, or a name is ambiguous\n"
    "  3  not found: no such record, no such name\n"
    "  4  conflict: changed by somebody else, or exists already\n"
    "  5  denied: no credential, or not permitted\n"
    "  6  unavailable, or the deadline passed\n"
    "\n"
    "Environment: CRMCTL_CONTEXT, CRMCTL_TARGET, CRMCTL_TOKEN, CRMCTL_CONFIG (file of the\n"
    "contexts), NO_COLOR.";

}  // namespace

CommandTree::CommandTree(int columns) : root_(kDescription, "crmctl") {
  root_.formatter(std::make_shared<HelpFormatter>(columns));
  root_.require_subcommand(1);
  root_.footer(kFooter);
  root_.fallthrough();
  root_.set_version_flag("--version", "crmctl 0.1.0");
  AddGlobalOptions();
  AddResourceCommands(*this);
  AddBoardCommand(*this);
  AddDashboardCommand(*this);
  AddEventCommands(*this);
  AddEvidenceCommands(*this);
  AddAuditCommands(*this);
  AddImportCommand(*this);
  AddServerCommands(*this);
  AddBackupCommands(*this);
  AddExportCommand(*this);
  AddTokenCommands(*this);
  AddLinkCommand(*this);
  AddPaperCommands(*this);
  AddContextCommands(*this);
  AddDescribeCommand(*this);
  AddCompletionCommand(*this);
}

void CommandTree::AddGlobalOptions() {
  constexpr char kGroup[] = "Global options";
  const auto option = [&](const char* name, std::string& value, const char* help) -> CLI::Option& {
    // Said twice, the later word counts: an alias with a server can still be sent elsewhere.
    return *root_.add_option(name, value, help)
                ->group(kGroup)
                ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  };
  option("--context", options_.context, "Named server (crmctl context list)").type_name("CONTEXT");
  option("--target", options_.target, "Address of the server, HOST:PORT").type_name("ADDRESS");
  option("--token-file", options_.token_file, "File with the API token").type_name("FILE");
  option("-o,--output", options_.output, "How the answer is shown; usually a table")
      .type_name("table|json|jsonl|csv");
  option("--as-of", options_.as_of,
         "What was true at the end of this day (2017-12-31, tuesday), or at this instant")
      .type_name("TIME");
  option("--known-at", options_.known_at,
         "What was known at this instant; with --as-of, what was known then of that day")
      .type_name("TIME");
  option("--deadline", options_.deadline, "Longest time a call may take (10s)")
      .type_name("DURATION");
  option("--effective-time", options_.effective_time,
         "When the change was true, for history entered late")
      .type_name("TIME");
  option("--request-id", options_.request_id, "UUID that makes a repeated command harmless")
      .type_name("UUID");
  option("--color", options_.color, "Usually auto: on a terminal, unless NO_COLOR is set")
      .type_name("auto|always|never");
  root_
      .add_option("--min-position", options_.min_position,
                  "Answer not before this log position (default: the newest)")
      ->group(kGroup)
      ->type_name("POSITION")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
      ->check(CLI::NonNegativeNumber);
  root_.add_option("--columns", options_.columns, "Columns or fields to show, separated by commas")
      ->group(kGroup)
      ->type_name("FIELDS")
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

// The tree of sub-commands: CLI11 options and the action that runs when a leaf is chosen.
// Built once per process; not thread-safe.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tools/crmctl/session.h"

namespace crm::ctl {

using Action = std::function<absl::Status(Session&)>;

class CommandTree {
 public:
  // `columns` of the terminal, for --help; 0: not a terminal.
  explicit CommandTree(int columns = 0);

  CLI::App& root() { return root_; }
  const GlobalOptions& options() const { return options_; }

  // A sub-command of `parent`; `parent` itself needs one to be given.
  CLI::App& AddGroup(CLI::App& parent, const std::string& word, const std::string& help);
  // A sub-command that does something when it is chosen.
  CLI::App& AddLeaf(CLI::App& parent, const std::string& word, const std::string& help,
                    Action action);

  // Descriptions that take a moment to find are filled in by these, when somebody wants to read
  // them.
  void OnDescribe(std::function<void()> describe) { describers_.push_back(std::move(describe)); }
  void Describe() const {
    for (const auto& describe : describers_) describe();
  }

  // The chosen action, after parsing; null when none was.
  const Action& chosen() const { return chosen_; }

 private:
  void AddGlobalOptions();

  CLI::App root_;
  GlobalOptions options_;
  Action chosen_;
  std::vector<std::function<void()>> describers_;
};

// Each adds its commands; see the file of the same name.
void AddResourceCommands(CommandTree& tree);
void AddContextCommands(CommandTree& tree);
void AddBoardCommand(CommandTree& tree);
void AddDashboardCommand(CommandTree& tree);
void AddEventCommands(CommandTree& tree);
void AddEvidenceCommands(CommandTree& tree);  // after the events' own
void AddAuditCommands(CommandTree& tree);
void AddServerCommands(CommandTree& tree);
void AddBackupCommands(CommandTree& tree);
void AddTokenCommands(CommandTree& tree);
void AddLinkCommand(CommandTree& tree);
void AddPaperCommands(CommandTree& tree);  // after the resources
void AddImportCommand(CommandTree& tree);
void AddExportCommand(CommandTree& tree);
void AddDescribeCommand(CommandTree& tree);
void AddCompletionCommand(CommandTree& tree);

// A completion script for "bash", "zsh" or "fish", from the option tree.
absl::StatusOr<std::string> CompletionScript(const std::string& shell, const CLI::App& root);

// A document of docs/ in Markdown, as this binary was built with it.
struct Document {
  std::string name;
  std::string help;
  std::string text;
};
const std::vector<Document>& Documents();

// The sections of a document whose heading holds `word`, and the rows of its tables that do; in any
// case. Empty when there is none.
std::string SectionsAbout(absl::string_view document, absl::string_view word);

}  // namespace crm::ctl

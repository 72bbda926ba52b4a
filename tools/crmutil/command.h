// What a command of crmutil is: a word, its options and a function from a data directory to a
// report. A new command is one file with an Add...Command and one line in run.cc.
//
// Built once per process; not thread-safe.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace crm::util {

// What a command found or did. Keys in the order they are put, for people who read it.
using Report = nlohmann::ordered_json;

class CommandTable {
 public:
  // Fills the report; an error's message and reason are put beside it. DATA_LOSS says that
  // something is damaged.
  using Action = std::function<absl::Status(const std::string& directory, Report& report)>;

  explicit CommandTable(CLI::App& app) : app_(app) {}

  // A command that takes a data directory; the result is there for more options.
  CLI::App& Add(const std::string& word, const std::string& help, Action action);

  // The chosen command, after parsing.
  absl::Status Run(Report& report) const { return chosen_(directory_, report); }

 private:
  CLI::App& app_;
  std::string directory_;
  Action chosen_;
};

// Each adds its command; see the file of the same name.
void AddInspectCommand(CommandTable& table);
void AddVerifyCommand(CommandTable& table);
void AddRepairCommand(CommandTable& table);
void AddUpgradeCommand(CommandTable& table);
void AddRestoreCommand(CommandTable& table);
void AddImportCommand(CommandTable& table);

}  // namespace crm::util

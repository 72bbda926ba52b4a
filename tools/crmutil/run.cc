#include "tools/crmutil/run.h"

#include <ostream>

#include "base/reason.h"
#include "tools/crmutil/command.h"
#include "tools/crmutil/report.h"

namespace crm::util {
namespace {

// In the order of --help.
constexpr void (*kCommands[])(CommandTable&) = {
    AddInspectCommand, AddVerifyCommand,  AddRepairCommand,
    AddUpgradeCommand, AddRestoreCommand, AddImportCommand,
};

void PutError(const absl::Status& status, Report& report) {
  Report& error = report["error"];
  error["reason"] = ReasonOf(status);
  error["message"] = std::string(status.message());
  for (const auto& [key, value] : ReasonMetadataOf(status)) error[key] = value;
}

ExitCode ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return ExitCode::kOk;
  return absl::IsDataLoss(status) ? ExitCode::kDamaged : ExitCode::kImpossible;
}

}  // namespace

CLI::App& CommandTable::Add(const std::string& word, const std::string& help, Action action) {
  CLI::App& command = *app_.add_subcommand(word, help);
  command.add_option("directory", directory_, "Data directory of a stopped server")->required();
  command.callback([this, action = std::move(action)] { chosen_ = action; });
  return command;
}

ExitCode RunCrmutil(const std::vector<std::string>& arguments, std::ostream& out,
                    std::ostream& err) {
  CLI::App app("crmutil: tools for the data directory of a stopped crmd", "crmutil");
  bool json = false;
  app.add_flag("--json", json, "Print the report as JSON");
  app.require_subcommand(1);
  app.fallthrough();
  CommandTable table(app);
  for (const auto add : kCommands) add(table);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success& asked_for_help) {
    app.exit(asked_for_help, out, err);
    return ExitCode::kOk;
  } catch (const CLI::ParseError& error) {
    app.exit(error, out, err);
    return ExitCode::kUsage;
  }
  Report report = Report::object();
  const absl::Status status = table.Run(report);
  if (!status.ok()) PutError(status, report);
  if (json) {
    out << report.dump(2, ' ', false, Report::error_handler_t::replace) << "\n";
  } else {
    out << ReportText(report);
  }
  out.flush();
  return ExitCodeOf(status);
}

}  // namespace crm::util

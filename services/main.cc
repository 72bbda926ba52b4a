// crmd: the server. Exit codes: 0 ended in order, 1 could not start or had to stop, 2 wrong
// settings.
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/crash_point.h"
#include "base/log.h"
#include "base/this_thread.h"
#include "services/crmd.h"
#include "services/process_limits.h"
#include "services/secret_file.h"
#include "services/service_notifier.h"
#include "services/signals.h"

namespace crm {
namespace {

std::string NotifySocket() {
  const char* socket = std::getenv("NOTIFY_SOCKET");
  return socket == nullptr ? "" : socket;
}

// Hands the first administrator's token over, once: into the file that was asked for, else on the
// terminal. Nowhere else: what is not a terminal may be a journal that others read.
absl::Status HandOver(const services::Config& config, const std::string& token) {
  if (!config.bootstrap_token_file.empty()) {
    return services::WriteSecretFile(config.bootstrap_token_file, "crm_", token);
  }
  if (isatty(STDOUT_FILENO) == 0) {
    return absl::FailedPreconditionError(
        "the first start makes an organization and has nowhere to put its administrator's token: "
        "name a file with --bootstrap-token-file, or start on a terminal");
  }
  std::cout << "The administrator's token, shown once:\n\n  " << token << "\n\n" << std::flush;
  return absl::OkStatus();
}

int Serve(const services::Config& config, services::StopSignals& signals) {
  SystemClock clock;
  absl::StatusOr<std::unique_ptr<services::Crmd>> crmd = services::Crmd::Start(
      config, clock, [&config](const std::string& token) { return HandOver(config, token); });
  if (!crmd.ok()) {
    std::cerr << "crmd: " << crmd.status().message() << "\n";
    return 1;
  }
  log::Info("serving",
            {{"port", (*crmd)->server().port()}, {"admin_port", (*crmd)->server().admin_port()}});
  signals.OnStop([&crmd] { (*crmd)->RequestStop(); });
  services::NotifyService(NotifySocket(), services::kReadyState).IgnoreError();
  (*crmd)->Run();
  services::NotifyService(NotifySocket(), services::kStoppingState).IgnoreError();
  signals.OnStop(nullptr);
  return 0;
}

// For tests that end this process at a named place.
absl::Status ArmCrashPoints() {
  const char* const setting = std::getenv("CRM_CRASH_AT");
  return setting == nullptr ? absl::OkStatus() : ArmCrashPoint(setting);
}

int Run(const std::vector<std::string>& arguments) {
  services::StopSignals signals;  // before any other thread
  absl::StatusOr<services::CommandLine> command =
      services::ParseCommandLine(arguments, services::ProcessEnvironment());
  if (!command.ok()) {
    std::cerr << "crmd: " << command.status().message() << "\n";
    return 2;
  }
  if (command->action == services::CommandLine::Action::kPrint) {
    std::cout << command->text;
    return 0;
  }
  log::Configure(*log::ParseLevel(command->config.log_level),
                 *log::ParseFormat(command->config.log_format));
  if (const absl::Status armed = ArmCrashPoints(); !armed.ok()) {
    std::cerr << "crmd: CRM_CRASH_AT: " << armed.message() << "\n";
    return 2;
  }
  services::FitConnections(services::RaiseFileLimit(), command->config.limits);
  return Serve(command->config, signals);
}

}  // namespace
}  // namespace crm

int main(int argc, char** argv) {
  crm::SkipDeadlockDetection();
  return crm::Run({argv + 1, argv + argc});
}

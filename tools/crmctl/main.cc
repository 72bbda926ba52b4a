// crmctl: the command line client of crmd. See `crmctl --help`.
#include <sys/ioctl.h>
#include <unistd.h>

#include <clocale>
#include <csignal>
#include <cstring>
#include <iostream>

#include "absl/strings/numbers.h"
#include "tools/crmctl/run.h"

extern char** environ;

namespace {

volatile std::sig_atomic_t interruptions = 0;

// The first Ctrl-C asks the command to end; the second ends the process.
extern "C" void OnInterrupt(int signal) {
  interruptions = interruptions + 1;
  if (interruptions > 1) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
}

int TerminalColumns() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

}  // namespace

int main(int argc, char** argv) {
  std::setlocale(LC_CTYPE, "C.UTF-8");  // widths of characters; numbers stay plain
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGINT, OnInterrupt);
  std::ios::sync_with_stdio(false);
  const crm::SystemClock clock;
  crm::ctl::Environment environment{{}, std::cin, std::cout, std::cerr, clock};
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const char* equals = std::strchr(*variable, '=');
    if (equals != nullptr) {
      environment.variables.emplace(std::string(static_cast<const char*>(*variable), equals),
                                    equals + 1);
    }
  }
  environment.zone = absl::LocalTimeZone();
  environment.out_is_terminal = ::isatty(STDOUT_FILENO) != 0;
  environment.err_is_terminal = ::isatty(STDERR_FILENO) != 0;
  environment.columns = TerminalColumns();
  environment.interrupted = [] { return interruptions > 0; };
  return static_cast<int>(
      crm::ctl::RunCrmctl(std::vector<std::string>(argv + 1, argv + argc), environment));
}

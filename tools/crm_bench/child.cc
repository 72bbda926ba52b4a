#include "tools/crm_bench/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace crm::bench {

absl::StatusOr<std::unique_ptr<Child>> Child::Start(const std::string& program,
                                                    const std::vector<std::string>& arguments) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return absl::InternalError("no pipe");
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = fork();
  if (pid < 0) return absl::InternalError("cannot fork");
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // a measurement that is stopped leaves no server behind
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    execv(program.c_str(), argv.data());
    _exit(127);
  }
  close(ends[1]);
  std::unique_ptr<Child> child(new Child(pid, ends[0]));
  RETURN_IF_ERROR(child->AwaitPort());
  return child;
}

absl::Status Child::AwaitPort() {
  std::string said;
  char bytes[4096];
  for (;;) {
    const ssize_t size = read(output_, bytes, sizeof(bytes));
    if (size <= 0) {
      return absl::FailedPreconditionError(absl::StrCat("the server did not start:\n", said));
    }
    said.append(bytes, static_cast<size_t>(size));
    const size_t serving = said.find(" serving ");
    if (serving == std::string::npos) continue;
    const size_t port = said.find(" port=", serving);
    const size_t end = said.find_first_of(" \n", port + 6);
    if (port == std::string::npos || end == std::string::npos) continue;
    if (!absl::SimpleAtoi(said.substr(port + 6, end - port - 6), &port_)) continue;
    break;
  }
  reader_ = std::thread([output = output_] {
    char rest[4096];
    while (read(output, rest, sizeof(rest)) > 0) {
    }
  });
  return absl::OkStatus();
}

Child::~Child() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  if (reader_.joinable()) reader_.join();
  close(output_);
}

}  // namespace crm::bench

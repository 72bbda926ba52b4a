#include "tests/crash/child_server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <vector>

#include "tests/support/running_server.h"

namespace crm::testing {
namespace {

constexpr int kPatienceMs = 30'000;

std::string Content(const std::string& path) {
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

// A token's file, without the end of its line.
std::string TokenIn(const std::string& path) {
  std::string token = Content(path);
  token.erase(token.find_last_not_of('\n') + 1);
  return token;
}

// The number that follows `label` first; 0 when there is none.
int NumberAfter(const std::string& text, const std::string& label) {
  const size_t found = text.find(label);
  return found == std::string::npos ? 0 : std::atoi(text.c_str() + found + label.size());
}

// Where crmd says that it serves.
class NotifySocket {
 public:
  explicit NotifySocket(const std::string& path)
      : descriptor_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    unlink(path.c_str());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    EXPECT_EQ(bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  ~NotifySocket() { close(descriptor_); }

  // Whether it was told so before the process ended.
  bool AwaitReady(int process_descriptor) const {
    pollfd watched[] = {{descriptor_, POLLIN, 0}, {process_descriptor, POLLIN, 0}};
    EXPECT_GT(poll(watched, 2, kPatienceMs), 0) << "crmd neither serves nor ends";
    char told[256];
    const ssize_t size = recv(descriptor_, told, sizeof(told), MSG_DONTWAIT);
    return size > 0 && absl::string_view(told, static_cast<size_t>(size)).find("READY=1") !=
                           absl::string_view::npos;
  }

 private:
  const int descriptor_;
};

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

void ChildServer::Spawn(const std::string& crash_at) {
  std::vector<std::string> arguments = {CRMD,
                                        "--data-dir=" + (folder_ / "server"),
                                        "--listen=127.0.0.1:0",
                                        "--admin-listen=127.0.0.1:0",
                                        "--metrics-listen=127.0.0.1:0",
                                        "--bootstrap-token-file=" + (folder_ / "token"),
                                        "--operator-token-file=" + (folder_ / "operator_token"),
                                        "--backup-dir=" + BackupFolder(),
                                        "--keys-backup-dir=" + KeysBackupFolder()};
  arguments.insert(arguments.end(), flags_.begin(), flags_.end());
  if (open_files_ > 0) {
    const std::string limited = absl::StrCat("ulimit -n ", open_files_, " && exec \"$0\" \"$@\"");
    arguments.insert(arguments.begin(), {"/bin/sh", "-c", limited});
  }
  std::vector<std::string> variables = {"NOTIFY_SOCKET=" + (folder_ / "notify")};
  if (!crash_at.empty()) variables.push_back("CRM_CRASH_AT=" + crash_at);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, (folder_ / "log").c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  EXPECT_EQ(posix_spawn(&process_, arguments[0].c_str(), &actions, nullptr,
                        Pointers(arguments).data(), Pointers(variables).data()),
            0);
  posix_spawn_file_actions_destroy(&actions);
  process_descriptor_ = static_cast<int>(syscall(SYS_pidfd_open, process_, 0));
}

bool ChildServer::Start(const std::string& crash_at) {
  const NotifySocket notify(folder_ / "notify");
  Spawn(crash_at);
  if (!notify.AwaitReady(process_descriptor_)) return false;
  const std::string log = Log();
  port_ = NumberAfter(log, " port=");
  admin_port_ = NumberAfter(log, " admin_port=");
  metrics_port_ = NumberAfter(log, " metrics_port=");
  EXPECT_TRUE(port_ > 0 && admin_port_ > 0 && metrics_port_ > 0) << log;
  // Also that every view has caught up.
  return WaitUntilReady(ChannelTo(admin_port_));
}

bool ChildServer::AwaitEnd(int milliseconds) const {
  pollfd watched{process_descriptor_, POLLIN, 0};
  return poll(&watched, 1, milliseconds) > 0;
}

bool ChildServer::Kill() {
  if (process_ == 0) return false;
  const bool ended = AwaitEnd(0);
  kill(process_, SIGKILL);
  int state = 0;
  waitpid(process_, &state, 0);
  EXPECT_TRUE(WIFSIGNALED(state) && WTERMSIG(state) == SIGKILL) << "crmd ended in another way:\n"
                                                                << Log();
  close(process_descriptor_);
  process_ = 0;
  return ended;
}

void ChildServer::RequestStop() const { kill(process_, SIGTERM); }

int ChildServer::AwaitExit(int milliseconds) {
  if (!AwaitEnd(milliseconds)) {
    ADD_FAILURE() << "crmd did not end within " << milliseconds << " ms";
    Kill();
    return -1;
  }
  int state = 0;
  waitpid(process_, &state, 0);
  close(process_descriptor_);
  process_ = 0;
  EXPECT_TRUE(WIFEXITED(state)) << Log();
  return WEXITSTATUS(state);
}

int64_t ChildServer::ResidentBytes() const {
  std::ifstream file(absl::StrCat("/proc/", process_, "/statm"));
  int64_t all = 0, resident = 0;
  file >> all >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

int64_t ChildServer::Metric(const std::string& name) const {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(metrics_port_));
  const std::string request = "GET /metrics HTTP/1.0\r\n\r\n";
  std::string answer;
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
      send(fd, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
    char piece[4096];
    for (ssize_t size; (size = recv(fd, piece, sizeof(piece), 0)) > 0;)
      answer.append(piece, static_cast<size_t>(size));
  }
  close(fd);
  const std::string label = absl::StrCat("\n", name, " ");
  const size_t found = answer.find(label);
  return found == std::string::npos ? -1 : std::atoll(answer.c_str() + found + label.size());
}

ApiCaller ChildServer::Administrator() const {
  return {ChannelTo(port_), TokenIn(folder_ / "token"), seen_};
}

ApiCaller ChildServer::Operator() const {
  return {ChannelTo(admin_port_), TokenIn(folder_ / "operator_token"),
          std::make_shared<std::atomic<int64_t>>(0)};
}

std::string ChildServer::Log() const { return Content(folder_ / "log"); }

}  // namespace crm::testing

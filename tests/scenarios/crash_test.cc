// The server is killed while clients write, and started again: what was acknowledged is there,
// once, and whoever did not hear an answer asks again and gets it.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/scenarios/sales_office.h"

extern char** environ;

namespace crm::testing {
namespace {

std::string Content(const std::string& path) {
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

// The number that follows `label` first; 0 when there is none.
int NumberAfter(const std::string& text, const std::string& label) {
  const size_t found = text.find(label);
  return found == std::string::npos ? 0 : std::atoi(text.c_str() + found + label.size());
}

// A crmd of its own process, which tells through NOTIFY_SOCKET when it serves.
class Child {
 public:
  explicit Child(const ScratchFolder& folder) : folder_(folder) {}
  ~Child() { Kill(); }

  void Start() {
    const std::string socket_path = folder_ / "notify";
    unlink(socket_path.c_str());
    const int socket_descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    ASSERT_LT(socket_path.size(), sizeof(address.sun_path));
    socket_path.copy(address.sun_path, socket_path.size());
    ASSERT_EQ(bind(socket_descriptor, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    const timeval patience{30, 0};
    setsockopt(socket_descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));

    const std::string log_path = folder_ / "log";
    std::vector<std::string> arguments = {CRMD,
                                          "--data-dir=" + (folder_ / "server"),
                                          "--listen=127.0.0.1:0",
                                          "--admin-listen=127.0.0.1:0",
                                          "--metrics-listen=127.0.0.1:0",
                                          "--bootstrap-token-file=" + (folder_ / "token")};
    std::vector<std::string> variables = {"NOTIFY_SOCKET=" + socket_path};
    const auto pointers = [](std::vector<std::string>& texts) {
      std::vector<char*> all;
      for (std::string& text : texts) all.push_back(text.data());
      all.push_back(nullptr);
      return all;
    };
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 2, log_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                     0600);
    ASSERT_EQ(posix_spawn(&process_, CRMD, &actions, nullptr, pointers(arguments).data(),
                          pointers(variables).data()),
              0);
    posix_spawn_file_actions_destroy(&actions);
    char told[256];
    const ssize_t size = recv(socket_descriptor, told, sizeof(told), 0);
    close(socket_descriptor);
    ASSERT_GT(size, 0) << "crmd did not start:\n" << Content(log_path);
    ASSERT_NE(std::string(told, static_cast<size_t>(size)).find("READY=1"), std::string::npos);
    const std::string log = Content(log_path);
    port_ = NumberAfter(log, " port=");
    const int admin_port = NumberAfter(log, " admin_port=");
    ASSERT_TRUE(port_ > 0 && admin_port > 0) << log;
    ASSERT_TRUE(WaitUntilReady(ChannelTo(admin_port)));
  }
  void Kill() {
    if (process_ == 0) return;
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    process_ = 0;
  }
  ApiCaller Administrator(const std::shared_ptr<std::atomic<int64_t>>& seen) const {
    std::string token = Content(folder_ / "token");
    token.erase(token.find_last_not_of('\n') + 1);
    return {ChannelTo(port_), token, seen};
  }

 private:
  const ScratchFolder& folder_;
  pid_t process_ = 0;
  int port_ = 0;
};

// One client: captures leads one after the other until it is not answered.
struct Client {
  struct Captured {
    std::string request;
    v1::Lead lead;
  };
  std::vector<Captured> acknowledged;
  std::string unanswered;  // the request that failed

  void Run(const ApiCaller& caller, int number, std::atomic<int>& count) {
    for (int i = 0; unanswered.empty(); ++i) {
      const std::string request =
          absl::StrCat(With("request_id", Uuid::Random().ToString()), "lead { given_name: 'Client",
                       number, "' ", "family_name: 'Lead", i, "' }");
      const auto answer = caller.Try(&Leads::CaptureLead, request);
      if (answer.status.ok()) {
        acknowledged.push_back({request, answer.response});
        count.fetch_add(1);
        count.notify_all();
      } else {
        unanswered = request;
      }
    }
  }
};

TEST(CrashTest, WhatWasAcknowledgedIsThereOnceAfterAKill) {
  constexpr int kClients = 4;
  constexpr int kKills = 3;
  const ScratchFolder folder;
  const auto seen = std::make_shared<std::atomic<int64_t>>(0);
  Child child(folder);
  ASSERT_NO_FATAL_FAILURE(child.Start());
  std::map<std::string, int> expected;  // by family and given name
  for (int round = 0; round < kKills; ++round) {
    std::vector<Client> clients(kClients);
    std::vector<std::thread> threads;
    std::atomic<int> count{0};
    for (int i = 0; i < kClients; ++i) {
      threads.emplace_back([&, i, caller = child.Administrator(seen)] {
        clients[static_cast<size_t>(i)].Run(caller, 10 * round + i, count);
      });
    }
    for (int now = count; now < 60; now = count) count.wait(now);
    child.Kill();
    for (std::thread& thread : threads) thread.join();

    ASSERT_NO_FATAL_FAILURE(child.Start());
    const ApiCaller caller = child.Administrator(seen);
    for (const Client& client : clients) {
      for (const auto& [request, lead] : client.acknowledged) {
        const auto again = caller.Try(&Leads::CaptureLead, request);
        ASSERT_THAT(again, Succeeded());
        EXPECT_TRUE(again.replayed);
        v1::Lead first = lead;
        v1::Lead second = again.response;
        first.clear_duplicates();  // found, not recorded
        second.clear_duplicates();
        EXPECT_EQ(second.DebugString(), first.DebugString());
        ++expected[lead.name()];
      }
      const auto retried = caller.Try(&Leads::CaptureLead, client.unanswered);
      ASSERT_THAT(retried, Succeeded());
      ++expected[retried.response.name()];
    }
  }
  const ApiCaller caller = child.Administrator(seen);
  std::map<std::string, int> found;
  std::string token;
  do {
    const auto page =
        caller.Do(&Leads::ListLeads, absl::StrCat("page_size: 1000 ", With("page_token", token)));
    for (const v1::Lead& lead : page.leads()) ++found[lead.name()];
    token = page.next_page_token();
  } while (!token.empty());
  EXPECT_EQ(found, expected);
  EXPECT_GE(found.size(), 180U);
  EXPECT_TRUE(caller.Do(&Events::VerifyLog).valid());
  const auto counted = caller.Do(&Events::CountEvents, "filter { types: 'LeadCaptured' }");
  EXPECT_EQ(counted.count(), static_cast<int64_t>(expected.size()));
}

}  // namespace
}  // namespace crm::testing

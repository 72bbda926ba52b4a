#include "services/service_notifier.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "gtest/gtest.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace crm::services {
namespace {

using testing::IsOk;
using testing::ScratchFolder;
using testing::StatusIs;

// What one NotifyService(name) sends to a socket bound to `name`.
std::string Received(const std::string& name) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  memcpy(address.sun_path, name.data(), name.size());
  if (name[0] == '@') address.sun_path[0] = '\0';
  const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  EXPECT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&address),
                 static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size())),
            0);
  EXPECT_THAT(NotifyService(name, kReadyState), IsOk());
  char buffer[64];
  const ssize_t size = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT);
  close(fd);
  return size < 0 ? "" : std::string(buffer, static_cast<size_t>(size));
}

TEST(ServiceNotifierTest, SendsOneDatagram) {
  const ScratchFolder folder;
  EXPECT_EQ(Received(folder / "notify"), "READY=1");
  EXPECT_EQ(Received("@crmd_test_" + std::to_string(getpid())), "READY=1");
}

TEST(ServiceNotifierTest, WithoutASocketThereIsNobodyToTell) {
  EXPECT_THAT(NotifyService("", kReadyState), IsOk());
}

TEST(ServiceNotifierTest, SaysWhenNobodyListens) {
  const ScratchFolder folder;
  EXPECT_THAT(NotifyService(folder / "nobody", kStoppingState),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(NotifyService(std::string(200, 'x'), kStoppingState),
              StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace crm::services

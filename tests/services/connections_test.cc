#include "services/connections.h"

#include <sys/socket.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "services/process_limits.h"

namespace crm::services {
namespace {

int NewSocket() { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }

class ConnectionsTest : public ::testing::Test {
 protected:
  ~ConnectionsTest() override {
    for (const int socket : sockets_) close(socket);
  }
  bool Admit(Connections& connections) {
    sockets_.push_back(NewSocket());
    return connections.Admit(sockets_.back());
  }
  void CloseLast() {
    close(sockets_.back());
    sockets_.pop_back();
  }

  std::vector<int> sockets_;
};

TEST_F(ConnectionsTest, TakesAsManyAsMayBe) {
  Connections connections(2);
  EXPECT_TRUE(Admit(connections));
  EXPECT_TRUE(Admit(connections));
  EXPECT_FALSE(Admit(connections));
  EXPECT_EQ(connections.open(), 2);
  EXPECT_EQ(connections.refused(), 1);
}

// Mutation seen to fail: ForgetClosed that asks whether the descriptor is open, not whose it is.
TEST_F(ConnectionsTest, NoticesWhatWasClosed) {
  Connections connections(2);
  EXPECT_TRUE(Admit(connections));
  EXPECT_TRUE(Admit(connections));
  const int gone = sockets_.back();
  CloseLast();
  EXPECT_EQ(connections.open(), 1);
  // The descriptor is another socket's now, which nobody has let in.
  ASSERT_TRUE(Admit(connections));
  CloseLast();
  sockets_.push_back(NewSocket());
  ASSERT_EQ(sockets_.back(), gone);
  EXPECT_EQ(connections.open(), 1);
  // One that is let in under the descriptor of another counts once.
  EXPECT_TRUE(connections.Admit(gone));
  EXPECT_TRUE(connections.Admit(gone));
  EXPECT_EQ(connections.open(), 2);
}

TEST(ProcessLimitsTest, ConnectionsFitIntoOpenFiles) {
  const auto fitted = [](int64_t open_files) {
    Limits limits;
    limits.max_connections = 10000;
    FitConnections(open_files, limits);
    return limits.max_connections;
  };
  EXPECT_EQ(fitted(int64_t{1} << 40), 10000);
  EXPECT_EQ(fitted(10000 + kReservedFiles), 10000);
  EXPECT_EQ(fitted(10000), 10000 - kReservedFiles);
  EXPECT_EQ(fitted(400), 200) << "half of few is left to the stores";
}

}  // namespace
}  // namespace crm::services

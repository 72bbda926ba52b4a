// Too many connections, and connections that are up to no good: those that say nothing, those that
// begin a request and do not end it, those whose requests are too large. Whoever behaves is served
// meanwhile.
//
// Short by default; CRM_OVERLOAD_CONNECTIONS=10000 for long.
#include <sys/resource.h>

#include <iostream>
#include <vector>

#include "absl/time/clock.h"
#include "crm/v1/organization_service.grpc.pb.h"
#include "crm/v1/team_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "tests/overload/raw_connection.h"
#include "tests/overload/watch.h"
#include "tests/support/running_server.h"
#include "tests/support/seed.h"

namespace crm::testing {
namespace {

using Organizations = v1::OrganizationService::Stub;
using Teams = v1::TeamService::Stub;

constexpr char kGetOrganization[] = "/crm.v1.OrganizationService/GetOrganization";
constexpr char kCreateTeam[] = "/crm.v1.TeamService/CreateTeam";
constexpr int64_t kMebibyte = 1 << 20;
constexpr int kPatienceMs = 60'000;

// Connections of ours, as many as a test may have.
int64_t ManyConnections() {
  rlimit limit = {};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return NumberFromEnvironment("CRM_OVERLOAD_CONNECTIONS", 500);
}

std::string Flag(const char* name, int64_t value) { return absl::StrCat("--", name, "=", value); }

// Whether somebody who comes now is served, also with what is written.
void ExpectService(const ChildServer& server) {
  const ApiCaller caller = server.Administrator();
  EXPECT_THAT(caller.Try(&Teams::CreateTeam,
                         absl::StrCat("team { display_name: 'T", Uuid::Random().ToString(), "' }")),
              Succeeded());
  EXPECT_THAT(caller.Try(&Organizations::GetOrganization), Succeeded());
}

// Mutations seen to fail: Acceptor::AcceptAll that hands over one connection in two; max_calls
// that is never given back.
TEST(ConnectionsTest, ManyAreServedAndCostLittle) {
  const int64_t count = ManyConnections();
  // Room for all of one round, not of two.
  ChildServer server({Flag("max-connections", count + 10), Flag("max-calls", count + 10)});
  ASSERT_TRUE(server.Start()) << server.Log();
  const std::string token = server.Administrator().token();
  Watch watch(server);
  std::vector<RawConnection> crowd;
  for (int64_t i = 0; i < count; ++i) {
    crowd.emplace_back(server.port());
    ASSERT_TRUE(crowd.back().Greet()) << "connection " << i;
  }
  // All ask at once, and again: nobody was lost or left behind.
  for (int round = 0; round < 2; ++round) {
    std::vector<uint32_t> streams;
    for (RawConnection& connection : crowd)
      streams.push_back(connection.Ask(kGetOrganization, token, ""));
    for (size_t i = 0; i < crowd.size(); ++i) {
      ASSERT_TRUE(crowd[i].AwaitOver(streams[i], kPatienceMs)) << "connection " << i;
      EXPECT_FALSE(crowd[i].heard(streams[i]).data.empty()) << "connection " << i;
    }
  }
  EXPECT_GE(server.Metric("crm_connections_open"), count);
  EXPECT_EQ(server.Metric("crm_connections_refused"), 0);
  ExpectService(server);
  watch.Stop();
  const Watch::Found found = watch.found();
  std::cout << count << " connections: " << found << "\n";
  EXPECT_EQ(found.unanswered, 0);
  EXPECT_LT(found.grown_bytes, 64 * kMebibyte + count * 64 * 1024);
}

// Mutation seen to fail: Connections::IsFull that always says no.
TEST(ConnectionsTest, BeyondTheLimitTheyAreClosedAndTheOthersServed) {
  constexpr int kMost = 20;
  ChildServer server({Flag("max-connections", kMost)});
  ASSERT_TRUE(server.Start()) << server.Log();
  const std::string token = server.Administrator().token();
  std::vector<RawConnection> crowd;
  for (int i = 0; i < kMost; ++i) {
    crowd.emplace_back(server.port());
    ASSERT_TRUE(crowd.back().Greet());
    ASSERT_TRUE(crowd.back().AwaitOver(crowd.back().Ask(kGetOrganization, token, ""), kPatienceMs));
  }
  for (int i = 0; i < kMost; ++i) {
    RawConnection late(server.port());
    late.Greet();
    EXPECT_TRUE(late.AwaitClosed(kPatienceMs));
  }
  EXPECT_EQ(server.Metric("crm_connections_open"), kMost);
  EXPECT_EQ(server.Metric("crm_connections_limit"), kMost);
  EXPECT_GE(server.Metric("crm_connections_refused"), kMost);
  EXPECT_TRUE(WaitUntilReady(ChannelTo(server.admin_port()))) << "probes have a door of their own";
  for (RawConnection& connection : crowd) {
    const uint32_t stream = connection.Ask(kGetOrganization, token, "");
    EXPECT_TRUE(connection.AwaitOver(stream, kPatienceMs));
    EXPECT_FALSE(connection.heard(stream).data.empty());
  }
  // Who leaves makes room: a client that tries again gets in.
  crowd.pop_back();
  bool served = false;
  for (int tries = 0; !served && tries < 1000; ++tries) {
    RawConnection next(server.port());
    served = next.Greet() && next.AwaitOver(next.Ask(kGetOrganization, token, ""), kPatienceMs);
  }
  EXPECT_TRUE(served);
}

// Descriptors run out before connections do: the store must still get at its files, and the door
// must open again. gRPC's own listener never accepts again after that.
// Mutation seen to fail: FitConnections that changes nothing.
TEST(ConnectionsTest, FewOpenFilesMeanFewConnections) {
  constexpr int kFiles = 400;
  ChildServer server({}, kFiles);
  ASSERT_TRUE(server.Start()) << server.Log();
  EXPECT_THAT(server.Log(), ::testing::HasSubstr("fewer connections than configured"));
  EXPECT_EQ(server.Metric("crm_connections_limit"), kFiles / 2);
  {
    std::vector<RawConnection> crowd;
    for (int i = 0; i < 2 * kFiles; ++i) {
      crowd.emplace_back(server.port());
      crowd.back().Greet();
    }
    // The last of them has been looked at when it is closed.
    EXPECT_TRUE(crowd.back().AwaitClosed(kPatienceMs));
    EXPECT_LE(server.Metric("crm_connections_open"), kFiles / 2);
  }
  const absl::Time end = absl::Now() + absl::Milliseconds(kPatienceMs);
  while (server.Metric("crm_connections_open") > kFiles / 4) ASSERT_LT(absl::Now(), end);
  ExpectService(server);
}

// Nothing, or not all of the beginning.
// Mutation seen to fail: without GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS.
TEST(ConnectionsTest, ThoseThatDoNotBeginAreClosed) {
  ChildServer server({Flag("handshake-timeout-s", 1)});
  ASSERT_TRUE(server.Start()) << server.Log();
  std::vector<RawConnection> silent;
  for (int i = 0; i < 20; ++i) {
    silent.emplace_back(server.port());
    silent.emplace_back(server.port());
    silent.back().Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  }
  for (RawConnection& connection : silent) ASSERT_TRUE(connection.AwaitClosed(kPatienceMs));
  ExpectService(server);
}

// Mutation seen to fail: without GRPC_ARG_MAX_CONNECTION_IDLE_MS.
TEST(ConnectionsTest, ThoseThatAskNothingAreClosed) {
  ChildServer server({Flag("max-connection-idle-s", 1)});
  ASSERT_TRUE(server.Start()) << server.Log();
  std::vector<RawConnection> silent;
  for (int i = 0; i < 20; ++i) {
    silent.emplace_back(server.port());
    silent.back().Greet();
  }
  for (RawConnection& connection : silent) ASSERT_TRUE(connection.AwaitClosed(kPatienceMs));
  ExpectService(server);
}

// A request without a message, and one with half of it.
// Mutation seen to fail: without GRPC_ARG_MAX_CONNECTION_AGE_MS.
TEST(ConnectionsTest, RequestsThatNeverEndAreEnded) {
  ChildServer server({Flag("max-connection-age-s", 1), Flag("max-connection-age-grace-s", 0)});
  ASSERT_TRUE(server.Start()) << server.Log();
  const std::string token = server.Administrator().token();
  std::vector<RawConnection> slow;
  for (int i = 0; i < 20; ++i) {
    slow.emplace_back(server.port());
    slow.back().Greet();
    slow.back().Begin(kCreateTeam, token);
    slow.emplace_back(server.port());
    slow.back().Greet();
    slow.back().SendData(slow.back().Begin(kCreateTeam, token),
                         Framed(std::string(100, 'x')).substr(0, 50), /*last=*/false);
  }
  for (size_t i = 0; i < slow.size(); ++i)
    ASSERT_TRUE(slow[i].AwaitClosed(kPatienceMs)) << "connection " << i;
  EXPECT_EQ(server.Metric("crm_calls_open"), 0);
  ExpectService(server);
}

// Everybody sends all of a large request but the end. What they sent must not all stay.
// Mutation seen to fail: no SetResourceQuota.
TEST(ConnectionsTest, HalfRequestsDoNotFillTheMemory) {
  constexpr int64_t kTransportBytes = 32 * kMebibyte;
  const int64_t count = std::max<int64_t>(ManyConnections() / 50, 20);
  constexpr int kRequestsEach = 4;
  ChildServer server({Flag("transport-bytes", kTransportBytes)});
  ASSERT_TRUE(server.Start()) << server.Log();
  const std::string token = server.Administrator().token();
  const std::string whole = Framed(std::string(4 * kMebibyte - 16, 'x'));
  const auto half = absl::string_view(whole).substr(0, 3 * kMebibyte);
  Watch watch(server);
  std::vector<RawConnection> crowd;
  int64_t sent = 0, cut = 0;
  for (int64_t i = 0; i < count; ++i) {
    crowd.emplace_back(server.port());
    crowd.back().Greet();
    for (int each = 0; each < kRequestsEach; ++each) {
      const uint32_t stream = crowd.back().Begin(kCreateTeam, token);
      const bool taken = crowd.back().SendData(stream, half, /*last=*/false);
      (taken ? sent : cut) += 1;
    }
  }
  watch.Stop();
  const Watch::Found found = watch.found();
  std::cout << sent << " halves of 3 MiB taken, " << cut << " cut off; " << found << "\n";
  EXPECT_EQ(found.unanswered, 0);
  EXPECT_LT(found.grown_bytes, kTransportBytes + 128 * kMebibyte + count * kMebibyte / 2);
  EXPECT_GT(sent + cut, kTransportBytes / (3 * kMebibyte)) << "it was not much";
  crowd.clear();
  ExpectService(server);
}

// gRPC 1.51 takes all of a message before it says that it is too large, however large: what bounds
// that is the memory for all that arrives. A message that fits in there is refused in gRPC's words,
// which do not ask to try again.
// Mutations seen to fail: no SetResourceQuota; no SetMaxReceiveMessageSize.
TEST(ConnectionsTest, TooLargeRequestsAreRefused) {
  constexpr int64_t kTransportBytes = 32 * kMebibyte;
  ChildServer server({Flag("transport-bytes", kTransportBytes)});
  ASSERT_TRUE(server.Start()) << server.Log();
  const std::string token = server.Administrator().token();
  Watch watch(server);
  const std::string large = Framed(std::string(256 * kMebibyte, 'x'));
  for (int i = 0; i < 2; ++i) {
    RawConnection connection(server.port());
    connection.Greet();
    EXPECT_FALSE(connection.SendData(connection.Begin(kCreateTeam, token), large, /*last=*/true));
  }
  const auto refused = server.Administrator().Try(
      &Teams::CreateTeam,
      absl::StrCat("team { display_name: '", std::string(5 * kMebibyte, 'x'), "' }"));
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refused.status.error_message(), ::testing::HasSubstr("larger than max"));
  EXPECT_EQ(refused.status.error_details(), "");
  ExpectService(server);
  watch.Stop();
  const Watch::Found found = watch.found();
  std::cout << "a request of 256 MiB: " << found << "\n";
  EXPECT_EQ(found.unanswered, 0);
  EXPECT_LT(found.grown_bytes, kTransportBytes + 96 * kMebibyte);
}

}  // namespace
}  // namespace crm::testing

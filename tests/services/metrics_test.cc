#include "services/metrics.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace crm::services {
namespace {

using testing::HasReason;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;

constexpr char kMove[] = "crm.v1.OpportunityService/MoveStage";

TEST(MetricsTest, CountsCallsByMethodAndStatus) {
  Metrics metrics({kMove});
  metrics.OnStarted(kMove);
  metrics.OnStarted(kMove);
  metrics.OnFinished(kMove, grpc::StatusCode::OK, absl::Milliseconds(3));
  metrics.OnFinished(kMove, grpc::StatusCode::NOT_FOUND, absl::Seconds(2));
  const std::string text = metrics.Scrape();
  EXPECT_THAT(text, HasSubstr("grpc_server_call_started_total{grpc_method=\"" + std::string(kMove) +
                              "\"} 2"));
  const std::string labels = absl::StrCat("{grpc_method=\"", kMove, "\",grpc_status=\"OK\"");
  EXPECT_THAT(text, HasSubstr("grpc_server_call_duration_seconds_count" + labels + "} 1"));
  EXPECT_THAT(text,
              HasSubstr("grpc_server_call_duration_seconds_bucket" + labels + ",le=\"0.0025\"} 0"));
  EXPECT_THAT(text,
              HasSubstr("grpc_server_call_duration_seconds_bucket" + labels + ",le=\"0.005\"} 1"));
  EXPECT_THAT(text, HasSubstr("grpc_status=\"NOT_FOUND\""));
  EXPECT_THAT(text, Not(HasSubstr("grpc_status=\"ABORTED\"")));
}

TEST(MetricsTest, UnknownMethodsMintNoSeries) {
  Metrics metrics({kMove});
  for (int i = 0; i < 10; ++i) {
    metrics.OnStarted(absl::StrCat("evil/", i));
    metrics.OnFinished(absl::StrCat("evil/", i), grpc::StatusCode::DO_NOT_USE,
                       absl::ZeroDuration());
  }
  const std::string text = metrics.Scrape();
  EXPECT_THAT(text, Not(HasSubstr("evil")));
  EXPECT_THAT(text, HasSubstr("grpc_server_call_started_total{grpc_method=\"other\"} 10"));
  EXPECT_THAT(text, HasSubstr("grpc_method=\"other\",grpc_status=\"UNKNOWN\"} 10"));
}

TEST(MetricsTest, GaugesAreReadAtTheScrape) {
  double lag = 1;
  Metrics metrics({});
  metrics.AddGauge("crm_projection_lag_events", "Events a view is behind", [&lag] {
    return std::vector<Metrics::Sample>{{{{"view", "a"}}, lag}, {{{"view", "b"}}, 0}};
  });
  EXPECT_THAT(metrics.Scrape(), HasSubstr("crm_projection_lag_events{view=\"a\"} 1"));
  lag = 7;
  EXPECT_THAT(metrics.Scrape(), HasSubstr("crm_projection_lag_events{view=\"a\"} 7"));
  EXPECT_THAT(metrics.Scrape(), HasSubstr("crm_projection_lag_events{view=\"b\"} 0"));
  EXPECT_THAT(metrics.Scrape(), HasSubstr("# TYPE crm_projection_lag_events gauge"));
}

TEST(MetricsTest, SaysWhatWasAppendedAndWhichVersionRuns) {
  Metrics metrics({});
  metrics.OnAppended(3, absl::Milliseconds(4));
  const std::string text = metrics.Scrape();
  EXPECT_THAT(text, HasSubstr("crm_append_events_sum 3"));
  EXPECT_THAT(text, HasSubstr("crm_append_duration_seconds_count 1"));
  EXPECT_THAT(text, HasSubstr("crm_build_info{version=\""));
}

// What a GET /metrics at this port answers.
std::string Get(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  const std::string request = "GET /metrics HTTP/1.0\r\n\r\n";
  EXPECT_EQ(send(fd, request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
  std::string answer;
  char buffer[4096];
  for (ssize_t n; (n = recv(fd, buffer, sizeof(buffer), 0)) > 0;)
    answer.append(buffer, static_cast<size_t>(n));
  close(fd);
  return answer;
}

TEST(MetricsTest, AnswersAScrapeAndOwnsItsPort) {
  Metrics metrics({});
  metrics.AddGauge("crm_log_head_position", "Last position", [] {
    return std::vector<Metrics::Sample>{{{}, 4711}};
  });
  EXPECT_EQ(metrics.port(), 0);
  ASSERT_THAT(metrics.Expose("127.0.0.1:0"), IsOk());
  const std::string answer = Get(metrics.port());
  EXPECT_THAT(answer, HasSubstr("200 OK"));
  EXPECT_THAT(answer, HasSubstr("crm_build_info"));
  EXPECT_THAT(answer, HasSubstr("crm_log_head_position 4711"));
  Metrics second({});
  EXPECT_THAT(second.Expose(absl::StrCat("127.0.0.1:", metrics.port())),
              HasReason("LISTEN_FAILED"));
}

// Left alone the exposer takes two seconds to notice that it is to stop.
TEST(MetricsTest, StopsWithoutDelay) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 5; ++i) {
    Metrics metrics({});
    ASSERT_THAT(metrics.Expose("127.0.0.1:0"), IsOk());
    EXPECT_THAT(Get(metrics.port()), HasSubstr("200 OK"));
    metrics.StopExposing();
    metrics.StopExposing();
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

}  // namespace
}  // namespace crm::services

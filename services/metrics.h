// Metrics: what Prometheus scrapes at GET /metrics.
//
//   grpc_server_call_started_total{grpc_method}               the names gRPC itself standardised
//   grpc_server_call_duration_seconds{grpc_method,grpc_status} one histogram: rate, errors, latency
//   crm_append_duration_seconds, crm_append_events            of each batch written to the log
//   crm_build_info{version}                                   always 1
//   and gauges registered with AddGauge, read at each scrape: log heads, lag of views, queues
//
// Only methods known at construction get a label of their own, everything else is `other`: anyone
// can call random paths, and each would mint a series. No label holds personal data.
//
// Thread-safe. What a gauge's callback refers to must outlive the Metrics or StopExposing().
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "prometheus/counter.h"
#include "prometheus/exposer.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "services/call_observer.h"

namespace crm::services {

class Metrics final : public CallObserver {
 public:
  // One value of a gauge at the time of a scrape.
  struct Sample {
    std::map<std::string, std::string> labels;
    double value;
  };
  using ReadSamples = std::function<std::vector<Sample>()>;

  // `methods` are full names such as "crm.v1.OpportunityService/MoveStage".
  explicit Metrics(const std::vector<std::string>& methods);
  ~Metrics() override;

  void OnStarted(const std::string& method) override;
  void OnFinished(const std::string& method, grpc::StatusCode code, absl::Duration took) override;

  // A batch of `events` events became durable, `took` after its write began.
  void OnAppended(int64_t events, absl::Duration took);

  // `read` runs at every scrape, on a thread of the exposer, and must be quick. Before Expose.
  void AddGauge(const std::string& name, const std::string& help, ReadSamples read);

  // Serves GET /metrics on "host:port". FAILED_PRECONDITION LISTEN_FAILED when it cannot listen
  // there. At most once.
  absl::Status Expose(const std::string& address);
  // The port in use; 0 before Expose.
  int port() const;
  // No callback of a gauge runs once this has returned.
  void StopExposing();

  // What GET /metrics answers.
  std::string Scrape() const;

 private:
  static constexpr size_t kStatusCount = 17;  // gRPC codes 0 to 16
  struct MethodSeries {
    std::string name;
    prometheus::Counter* started = nullptr;
    // Made at the first call that ended so: most codes never occur.
    std::array<std::atomic<prometheus::Histogram*>, kStatusCount> durations{};
  };
  class Gauges;

  MethodSeries& SeriesOf(const std::string& method) const;

  const std::shared_ptr<prometheus::Registry> registry_;
  const std::shared_ptr<Gauges> gauges_;
  prometheus::Family<prometheus::Counter>& started_;
  prometheus::Family<prometheus::Histogram>& duration_;
  prometheus::Histogram& append_duration_;
  prometheus::Histogram& append_events_;
  absl::flat_hash_map<std::string, std::unique_ptr<MethodSeries>> series_;  // fixed once made
  std::unique_ptr<MethodSeries> other_;
  std::unique_ptr<prometheus::Exposer> exposer_;
  std::string exposed_;  // the host it listens on
};

// Full names of all methods of `services`.
std::vector<std::string> MethodsOf(
    const std::vector<const google::protobuf::ServiceDescriptor*>& services);

}  // namespace crm::services

#include "services/metrics.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <exception>
#include <thread>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "base/reason.h"
#include "google/protobuf/descriptor.h"
#include "prometheus/collectable.h"
#include "prometheus/gauge.h"
#include "prometheus/text_serializer.h"

namespace crm::services {
namespace {

using prometheus::ClientMetric;
using prometheus::Histogram;
using prometheus::MetricFamily;

constexpr char kOtherMethods[] = "other";

// Seconds, from one millisecond (a rejection in memory) to the longest deadline.
const Histogram::BucketBoundaries& DurationBuckets() {
  static const auto* const buckets = new Histogram::BucketBoundaries{
      0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
  return *buckets;
}

const Histogram::BucketBoundaries& EventBuckets() {
  static const auto* const buckets =
      new Histogram::BucketBoundaries{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096};
  return *buckets;
}

// Connects to a listener of this process and hangs up. Best effort.
void Knock(const std::string& host, int port) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  std::string name = host;
  if (name.size() > 2 && name.front() == '[') name = name.substr(1, name.size() - 2);
  addrinfo* found = nullptr;
  if (getaddrinfo(name.c_str(), absl::StrCat(port).c_str(), &hints, &found) != 0) return;
  const int fd = socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd >= 0) {
    static_cast<void>(connect(fd, found->ai_addr, found->ai_addrlen));
    close(fd);
  }
  freeaddrinfo(found);
}

// Names as gRPC spells them in metrics: "OK", "NOT_FOUND".
const char* StatusName(size_t code) {
  static constexpr const char* kNames[] = {"OK",
                                           "CANCELLED",
                                           "UNKNOWN",
                                           "INVALID_ARGUMENT",
                                           "DEADLINE_EXCEEDED",
                                           "NOT_FOUND",
                                           "ALREADY_EXISTS",
                                           "PERMISSION_DENIED",
                                           "RESOURCE_EXHAUSTED",
                                           "FAILED_PRECONDITION",
                                           "ABORTED",
                                           "OUT_OF_RANGE",
                                           "UNIMPLEMENTED",
                                           "INTERNAL",
                                           "UNAVAILABLE",
                                           "DATA_LOSS",
                                           "UNAUTHENTICATED"};
  return kNames[code];
}

}  // namespace

// Gauges whose values are read at the scrape. Filled before the exposer starts, then fixed.
class Metrics::Gauges final : public prometheus::Collectable {
 public:
  void Add(const std::string& name, const std::string& help, ReadSamples read) {
    gauges_.push_back({name, help, std::move(read)});
  }

  std::vector<MetricFamily> Collect() const override {
    std::vector<MetricFamily> families;
    for (const Gauge& gauge : gauges_) {
      MetricFamily& family = families.emplace_back();
      family.name = gauge.name;
      family.help = gauge.help;
      family.type = prometheus::MetricType::Gauge;
      for (const Sample& sample : gauge.read()) {
        ClientMetric& metric = family.metric.emplace_back();
        for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
        metric.gauge.value = sample.value;
      }
    }
    return families;
  }

 private:
  struct Gauge {
    std::string name;
    std::string help;
    ReadSamples read;
  };
  std::vector<Gauge> gauges_;
};

Metrics::Metrics(const std::vector<std::string>& methods)
    : registry_(std::make_shared<prometheus::Registry>()),
      gauges_(std::make_shared<Gauges>()),
      started_(prometheus::BuildCounter()
                   .Name("grpc_server_call_started_total")
                   .Help("Calls started, completed or not")
                   .Register(*registry_)),
      duration_(prometheus::BuildHistogram()
                    .Name("grpc_server_call_duration_seconds")
                    .Help("Time from the start of a call until its status was sent")
                    .Register(*registry_)),
      append_duration_(prometheus::BuildHistogram()
                           .Name("crm_append_duration_seconds")
                           .Help("Time to make a batch durable, keys included")
                           .Register(*registry_)
                           .Add({}, DurationBuckets())),
      append_events_(prometheus::BuildHistogram()
                         .Name("crm_append_events")
                         .Help("Events in one durable batch")
                         .Register(*registry_)
                         .Add({}, EventBuckets())) {
  prometheus::BuildGauge()
      .Name("crm_build_info")
      .Help("The running version; always 1")
      .Register(*registry_)
      .Add({{"version", CRMD_VERSION}})
      .Set(1);
  const auto make = [this](const std::string& name) {
    auto series = std::make_unique<MethodSeries>();
    series->name = name;
    series->started = &started_.Add({{"grpc_method", name}});
    return series;
  };
  for (const std::string& method : methods) series_[method] = make(method);
  other_ = make(kOtherMethods);
}

Metrics::~Metrics() { StopExposing(); }

Metrics::MethodSeries& Metrics::SeriesOf(const std::string& method) const {
  const auto found = series_.find(method);
  return found == series_.end() ? *other_ : *found->second;
}

void Metrics::OnStarted(const std::string& method) { SeriesOf(method).started->Increment(); }

void Metrics::OnFinished(const std::string& method, grpc::StatusCode code, absl::Duration took) {
  MethodSeries& series = SeriesOf(method);
  size_t index = static_cast<size_t>(code);
  if (index >= kStatusCount) index = static_cast<size_t>(grpc::StatusCode::UNKNOWN);
  Histogram* histogram = series.durations[index].load(std::memory_order_acquire);
  if (histogram == nullptr) {
    // Add answers the same histogram to everybody who asks for the same labels.
    histogram = &duration_.Add({{"grpc_method", series.name}, {"grpc_status", StatusName(index)}},
                               DurationBuckets());
    series.durations[index].store(histogram, std::memory_order_release);
  }
  histogram->Observe(absl::ToDoubleSeconds(took));
}

void Metrics::OnAppended(int64_t events, absl::Duration took) {
  append_duration_.Observe(absl::ToDoubleSeconds(took));
  append_events_.Observe(static_cast<double>(events));
}

void Metrics::AddGauge(const std::string& name, const std::string& help, ReadSamples read) {
  gauges_->Add(name, help, std::move(read));
}

absl::Status Metrics::Expose(const std::string& address) {
  try {
    // One thread: a scrape is short, and there is one Prometheus.
    exposer_ = std::make_unique<prometheus::Exposer>(address, 1);
    exposer_->RegisterCollectable(registry_);
    exposer_->RegisterCollectable(gauges_);
    exposed_ = address.substr(0, address.rfind(':'));
  } catch (const std::exception& error) {
    exposer_.reset();
    return WithReason(absl::StatusCode::kFailedPrecondition, "LISTEN_FAILED",
                      absl::StrCat("cannot serve metrics on ", address, ": ", error.what()),
                      {{"address", address}});
  }
  return absl::OkStatus();
}

int Metrics::port() const {
  return exposer_ == nullptr ? 0 : exposer_->GetListeningPorts().front();
}

void Metrics::StopExposing() {
  if (exposer_ == nullptr) return;
  // civetweb looks whether it is to stop only when a connection comes or two seconds have passed:
  // connections come until it has stopped.
  Mutex mutex;
  CondVar changed;
  bool stopped = false;
  std::thread knocking([&, port = port()] {
    MutexLock lock(mutex);
    while (!stopped) {
      Knock(exposed_, port);
      changed.WaitFor(mutex, std::chrono::milliseconds(5));
    }
  });
  exposer_.reset();
  {
    MutexLock lock(mutex);
    stopped = true;
    changed.NotifyAll();
  }
  knocking.join();
}

std::string Metrics::Scrape() const {
  std::vector<MetricFamily> families = registry_->Collect();
  for (MetricFamily& family : gauges_->Collect()) families.push_back(std::move(family));
  return prometheus::TextSerializer().Serialize(families);
}

std::vector<std::string> MethodsOf(
    const std::vector<const google::protobuf::ServiceDescriptor*>& services) {
  std::vector<std::string> methods;
  for (const auto* service : services)
    for (int i = 0; i < service->method_count(); ++i)
      methods.push_back(absl::StrCat(service->full_name(), "/", service->method(i)->name()));
  return methods;
}

}  // namespace crm::services

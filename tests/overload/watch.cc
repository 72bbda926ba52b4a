#include "tests/overload/watch.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "tests/support/running_server.h"

namespace crm::testing {
namespace {

using ::grpc::health::v1::Health;
using ::grpc::health::v1::HealthCheckRequest;
using ::grpc::health::v1::HealthCheckResponse;

constexpr std::chrono::milliseconds kBetween(50);

// Asks again when its call is cut off, as whatever probes a server does.
bool IsServing(const std::shared_ptr<grpc::Channel>& channel) {
  const absl::Time end = absl::Now() + Watch::kTimeToAnswer;
  HealthCheckRequest request;
  request.set_service(services::kReadyName);
  HealthCheckResponse response;
  while (response.status() != HealthCheckResponse::SERVING && absl::Now() < end) {
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.set_deadline(absl::ToChronoTime(end));
    if (!Health::NewStub(channel)->Check(&context, request, &response).ok()) response.Clear();
  }
  return response.status() == HealthCheckResponse::SERVING;
}

}  // namespace

Watch::Watch(const ChildServer& server)
    : server_(server),
      first_bytes_(server.ResidentBytes()),
      channels_{ChannelTo(server.port()), ChannelTo(server.admin_port())} {
  AskBoth();
  thread_ = std::thread([this] { Run(); });
}

void Watch::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

void Watch::Run() {
  for (;;) {
    AskBoth();
    MutexLock lock(mutex_);
    if (!stopping_) changed_.WaitFor(mutex_, kBetween);
    if (stopping_) return;
  }
}

void Watch::AskBoth() {
  for (const auto& channel : channels_) {
    const absl::Time start = absl::Now();
    const bool serving = IsServing(channel);
    const absl::Duration took = absl::Now() - start;
    const int64_t grown = server_.ResidentBytes() - first_bytes_;
    MutexLock lock(mutex_);
    ++found_.asked;
    if (!serving) ++found_.unanswered;
    found_.slowest = std::max(found_.slowest, took);
    found_.grown_bytes = std::max(found_.grown_bytes, grown);
  }
}

Watch::Found Watch::found() {
  MutexLock lock(mutex_);
  return found_;
}

std::ostream& operator<<(std::ostream& out, const Watch::Found& found) {
  return out << "health asked " << found.asked << " times, unanswered " << found.unanswered
             << ", slowest " << absl::FormatDuration(found.slowest) << "; memory grew by "
             << (found.grown_bytes >> 20) << " MiB";
}

}  // namespace crm::testing

#include "services/server.h"

#include <grpc/grpc.h>
#include <grpc/support/log.h>
#include <grpc/support/time.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "grpc/health/v1/health.pb.h"
#include "services/unparsable_requests.h"

namespace crm::services {
namespace {

// Clients may ping this often; gRPC's own default of five minutes would end the connections of
// clients behind middleboxes. Documented for clients as "keepalive of 30 s or more".
constexpr int kLeastPingIntervalMs = 10'000;
void AddArguments(const Limits& limits, grpc::ServerBuilder& builder) {
  // The clock-driven arguments are milliseconds in an int.
  const auto milliseconds = [](int32_t seconds) {
    return static_cast<int>(absl::ToInt64Milliseconds(absl::Seconds(seconds)));
  };
  builder.SetMaxReceiveMessageSize(limits.max_message_bytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, limits.max_concurrent_streams);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kLeastPingIntervalMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS,
                             milliseconds(limits.max_connection_idle_s));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS,
                             milliseconds(limits.max_connection_age_s));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                             milliseconds(limits.max_connection_age_grace_s));
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
                             milliseconds(limits.handshake_timeout_s));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, milliseconds(limits.keepalive_interval_s));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder.SetResourceQuota(
      grpc::ResourceQuota("crmd").Resize(static_cast<size_t>(limits.transport_bytes)));
}

// gRPC's own complaints, as entries of our log: a raw line would break a JSON log.
void LogOfGrpc(gpr_log_func_args* entry) {
  const bool is_error = entry->severity == GPR_LOG_SEVERITY_ERROR;
  (is_error ? log::Warning : log::Debug)("grpc", {{"text", entry->message}});
}

// Process-wide switches of gRPC, to be turned before the first server is built.
void TurnOnPlugins() {
  static const bool once = [] {
    gpr_set_log_function(LogOfGrpc);
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    // Links the descriptor in: gRPC's own health service brings none for reflection to show.
    return grpc::health::v1::HealthCheckRequest::descriptor() != nullptr;
  }();
  static_cast<void>(once);
}

}  // namespace

Server::Options Server::OptionsOf(const Config& config) {
  return {.listen = config.listen,
          .admin_listen = config.admin_listen,
          .drain_pre_stop = absl::Milliseconds(config.drain_pre_stop_ms),
          .drain_deadline = absl::Seconds(config.drain_deadline_s),
          .limits = config.limits};
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Options& options,
                                                      const std::vector<ServedService>& api,
                                                      const std::vector<ServedService>& admin,
                                                      DrainSignal& drain) {
  RETURN_IF_ERROR(CheckPolicy(api, Listener::kMembers).status());
  RETURN_IF_ERROR(CheckPolicy(admin, Listener::kOperator).status());
  TurnOnPlugins();
  std::unique_ptr<Server> server(new Server(options, drain));
  server->health_names_ = {kReadyName};
  for (const auto* services : {&api, &admin})
    for (const ServedService& served : *services) server->health_names_.push_back(served.name);
  ASSIGN_OR_RETURN(server->api_,
                   server->Listen(options.listen, options.limits.max_connections, api));
  ASSIGN_OR_RETURN(server->admin_,
                   server->Listen(options.admin_listen, kMaxAdminConnections, admin));
  server->SetReady(false);
  log::Info("listening", {{"address", options.listen},
                          {"port", server->port()},
                          {"admin_address", options.admin_listen},
                          {"admin_port", server->admin_port()},
                          {"max_connections", options.limits.max_connections}});
  return server;
}

Server::~Server() {
  if (api_.server == nullptr || admin_.server == nullptr) return;  // never served: ends by itself
  RequestStop();
  RequestStop();
  Run();
}

absl::StatusOr<Server::Listening> Server::Listen(const std::string& address, int max_connections,
                                                 const std::vector<ServedService>& services) const {
  Listening listening;
  ASSIGN_OR_RETURN(listening.acceptor, Acceptor::Listen(address, max_connections));
  grpc::ServerBuilder builder;
  AddArguments(options_.limits, builder);
  auto connected = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      grpc::InsecureServerCredentials());
  for (const ServedService& served : services) builder.RegisterService(served.service);
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(MakeUnparsableRequests(services));
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  listening.server = builder.BuildAndStart();
  if (listening.server == nullptr)
    return WithReason(absl::StatusCode::kFailedPrecondition, "LISTEN_FAILED",
                      absl::StrCat("gRPC cannot serve ", address), {{"address", address}});
  listening.acceptor->Start(std::move(connected));
  return listening;
}

void Server::SetReady(bool ready) {
  for (const std::string& name : health_names_) SetHealth(name, ready);
}

void Server::SetHealth(const std::string& name, bool serving) {
  for (grpc::Server* server : {api_.server.get(), admin_.server.get()})
    server->GetHealthCheckService()->SetServingStatus(name, serving);
}

void Server::RequestStop() {
  int requests = 0;
  {
    MutexLock lock(mutex_);
    requests = ++stop_requests_;
    changed_.NotifyAll();
  }
  if (requests < 2) return;
  // What Shutdown does itself at its deadline; it cannot be given an earlier one once it runs.
  for (grpc::Server* server : {api_.server.get(), admin_.server.get()})
    grpc_server_cancel_all_calls(server->c_server());
}

void Server::Run() {
  {
    MutexLock lock(mutex_);
    while (stop_requests_ == 0) changed_.Wait(mutex_);
    if (std::exchange(stopped_, true)) return;
  }
  log::Info("stopping");
  for (grpc::Server* server : {api_.server.get(), admin_.server.get()})
    server->GetHealthCheckService()->Shutdown();
  PauseBeforeStop();
  api_.acceptor->Stop();
  // The operator's listener last: until then it tells how the end is going.
  Stop(api_, EndStreams());
  Stop(admin_, absl::ZeroDuration());
  log::Info("stopped");
}

void Server::PauseBeforeStop() {
  const auto pause = absl::ToChronoMicroseconds(options_.drain_pre_stop);
  MutexLock lock(mutex_);
  while (stop_requests_ < 2 && changed_.WaitFor(mutex_, pause)) {
  }
}

// From GOAWAY on gRPC closes a connection as soon as its last stream has ended. What the client
// sends at that moment makes the kernel reset the connection, and the ends of streams that are
// still on their way to it are lost. After them GOAWAY does no harm: gRPC closes an idle connection
// once the client has answered a ping, and so has everything before it.
absl::Duration Server::EndStreams() {
  const SystemClock clock;
  const absl::Time start = clock.Now();
  drain_.Raise();
  {
    MutexLock lock(mutex_);
    if (stop_requests_ > 1) return absl::ZeroDuration();
  }
  // Some may never read what they are told; the rest of the time is for calls under way.
  drain_.AwaitGone(options_.drain_deadline / 2);
  return std::clamp(options_.drain_deadline - (clock.Now() - start), absl::ZeroDuration(),
                    options_.drain_deadline);
}

void Server::Stop(Listening& listening, absl::Duration deadline) {
  listening.acceptor->Stop();
  {
    MutexLock lock(mutex_);
    if (stop_requests_ > 1) deadline = absl::ZeroDuration();
  }
  listening.server->Shutdown(
      gpr_time_from_micros(absl::ToInt64Microseconds(deadline), GPR_TIMESPAN));
  listening.server->Wait();
}

}  // namespace crm::services

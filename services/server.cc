#include "services/server.h"

#include <grpc/grpc.h>
#include <grpc/support/log.h>
#include <grpc/support/time.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>

#include <utility>

#include "absl/strings/str_cat.h"
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
// Connections end after this long, so that clients spread anew over servers that joined.
constexpr int kMaxConnectionAgeMs = 30 * 60 * 1000;
constexpr int kMaxConnectionAgeGraceMs = 30 * 1000;

void AddArguments(const Server::Options& options, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(options.max_message_bytes);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a taken port is an error, not a share
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.max_concurrent_streams);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kLeastPingIntervalMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, kMaxConnectionAgeMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, kMaxConnectionAgeGraceMs);
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
          .max_message_bytes = config.limits.max_message_bytes,
          .max_concurrent_streams = config.limits.max_concurrent_streams};
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
  ASSIGN_OR_RETURN(server->api_, server->Listen(options.listen, api, server->port_));
  ASSIGN_OR_RETURN(server->admin_,
                   server->Listen(options.admin_listen, admin, server->admin_port_));
  server->SetReady(false);
  log::Info("listening", {{"address", options.listen},
                          {"port", server->port_},
                          {"admin_address", options.admin_listen},
                          {"admin_port", server->admin_port_}});
  return server;
}

Server::~Server() {
  if (api_ == nullptr || admin_ == nullptr) return;  // never served: gRPC cleans up itself
  RequestStop();
  RequestStop();
  Run();
}

absl::StatusOr<std::unique_ptr<grpc::Server>> Server::Listen(
    const std::string& address, const std::vector<ServedService>& services, int& port) const {
  grpc::ServerBuilder builder;
  AddArguments(options_, builder);
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
  for (const ServedService& served : services) builder.RegisterService(served.service);
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(MakeUnparsableRequests(services));
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0)
    return WithReason(absl::StatusCode::kFailedPrecondition, "LISTEN_FAILED",
                      absl::StrCat("cannot listen on ", address,
                                   "; is another server running, or the address not ours?"),
                      {{"address", address}});
  return server;
}

void Server::SetReady(bool ready) {
  for (const std::string& name : health_names_) SetHealth(name, ready);
}

void Server::SetHealth(const std::string& name, bool serving) {
  for (grpc::Server* server : {api_.get(), admin_.get()})
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
  for (grpc::Server* server : {api_.get(), admin_.get()})
    grpc_server_cancel_all_calls(server->c_server());
}

void Server::Run() {
  {
    MutexLock lock(mutex_);
    while (stop_requests_ == 0) changed_.Wait(mutex_);
    if (std::exchange(stopped_, true)) return;
  }
  log::Info("stopping");
  for (grpc::Server* server : {api_.get(), admin_.get()})
    server->GetHealthCheckService()->Shutdown();
  PauseBeforeStop();
  drain_.Raise();
  // The operator's listener last: until then it tells how the end is going.
  Stop(*api_, options_.drain_deadline);
  Stop(*admin_, absl::ZeroDuration());
  log::Info("stopped");
}

void Server::PauseBeforeStop() {
  const auto pause = absl::ToChronoMicroseconds(options_.drain_pre_stop);
  MutexLock lock(mutex_);
  while (stop_requests_ < 2 && changed_.WaitFor(mutex_, pause)) {
  }
}

void Server::Stop(grpc::Server& server, absl::Duration deadline) {
  {
    MutexLock lock(mutex_);
    if (stop_requests_ > 1) deadline = absl::ZeroDuration();
  }
  server.Shutdown(gpr_time_from_micros(absl::ToInt64Microseconds(deadline), GPR_TIMESPAN));
  server.Wait();
}

}  // namespace crm::services

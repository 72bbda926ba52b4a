// Server: the listeners, their health and reflection, and the orderly end.
//
// Two gRPC servers: members call the API on `listen`, the operator and probes call `admin_listen`.
// Both answer grpc.health.v1 ("": the process lives; "crm.ready" and every service: calls are
// welcome, see SetReady; further names see health_board.h) and reflection. Requests that are no
// messages of their type are answered INVALID_ARGUMENT REQUEST_UNPARSABLE.
//
// The end, after RequestStop: health says NOT_SERVING; a pause, so that balancers see it; own
// streams are told to end (DrainSignal) and have half of the deadline for it; then new calls are
// refused, and running ones have the rest.
// A second RequestStop cuts all of it short.
//
// Threading: Run on one thread; all else from any thread.
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "services/acceptor.h"
#include "services/api_policy.h"
#include "services/config.h"
#include "services/drain_signal.h"
#include "services/health_board.h"

namespace crm::services {

class Server {
 public:
  struct Options {
    std::string listen;        // host:port; port 0 picks a free one
    std::string admin_listen;  // the same
    absl::Duration drain_pre_stop;
    absl::Duration drain_deadline;
    Limits limits = {};
  };
  static Options OptionsOf(const Config& config);

  // Listens, as far as limits.h allows; not ready yet. Services and `drain` outlive the server.
  // FAILED_PRECONDITION with the reasons of CheckPolicy, or LISTEN_FAILED when an address is taken
  // or cannot be used.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Options& options,
                                                       const std::vector<ServedService>& api,
                                                       const std::vector<ServedService>& admin,
                                                       DrainSignal& drain);
  // Stops at once when Run has not returned.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Whether calls are welcome, for health checks; ignored once stopping.
  void SetReady(bool ready);
  // What health checks of `name` are told; ignored once stopping.
  void SetHealth(const std::string& name, bool serving);

  // Blocks until RequestStop, then ends as said above; returns when no call runs any more.
  void Run();

  // First call: stop in order. Second: at once.
  void RequestStop();

  // Ports in use.
  int port() const { return api_.acceptor->port(); }
  int admin_port() const { return admin_.acceptor->port(); }

  // Connections to the API.
  Connections& connections() const { return api_.acceptor->connections(); }

 private:
  Server(const Options& options, DrainSignal& drain) : options_(options), drain_(drain) {}
  struct Listening {
    std::unique_ptr<grpc::Server> server;
    std::unique_ptr<Acceptor> acceptor;  // ends first
  };
  absl::StatusOr<Listening> Listen(const std::string& address, int max_connections,
                                   const std::vector<ServedService>& services) const;
  // Returns what is left of the deadline.
  absl::Duration EndStreams();
  void Stop(Listening& listening, absl::Duration deadline);
  void PauseBeforeStop();

  const Options options_;
  DrainSignal& drain_;
  std::vector<std::string> health_names_;
  Listening api_;
  Listening admin_;

  Mutex mutex_;
  CondVar changed_;
  int stop_requests_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace crm::services

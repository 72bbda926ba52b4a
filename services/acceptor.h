// Acceptor: listens on an address and hands the connections that may come in to a gRPC server.
//
// gRPC 1.51 can do that itself, but without a bound on connections, and it stops listening for good
// when the process is out of descriptors for a moment (ADR 0026). Here, connections beyond the
// limit are closed at once, so that clients try elsewhere or later, and a shortage of descriptors
// is waited out.
//
// Threading: a thread of its own accepts; the methods are called from one thread, the counts from
// any.
#pragma once

#include <grpcpp/server_builder.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "services/connections.h"

namespace crm::services {

class Acceptor {
 public:
  // Listens on "host:port", port 0 for a free one; nobody is let in yet. FAILED_PRECONDITION
  // LISTEN_FAILED when an address of the host cannot be used.
  static absl::StatusOr<std::unique_ptr<Acceptor>> Listen(const std::string& address,
                                                          int max_connections);
  // Stops.
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  // Lets clients in. At most once.
  void Start(std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> server);
  // Nobody can connect any more; connections stay. Idempotent.
  void Stop();

  int port() const { return port_; }
  Connections& connections() { return connections_; }

 private:
  explicit Acceptor(int max_connections) : connections_(max_connections) {}
  absl::Status Bind(const std::string& host, int port);
  void Run();
  // Whether descriptors or memory ran out.
  bool AcceptAll(int listening);
  void HandOver(int listening, int socket);

  Connections connections_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> server_;
  std::vector<int> listening_;
  int stop_ = -1;  // an eventfd
  int port_ = 0;
  std::thread thread_;
};

}  // namespace crm::services

#include "services/acceptor.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "base/this_thread.h"

namespace crm::services {
namespace {

// Clients that connect while the thread is busy wait here; the kernel has its own upper bound.
constexpr int kBacklog = 4096;
// So many at a time, so that the other address and the end get their turn.
constexpr int kAcceptedAtOnce = 256;
constexpr int kPauseMs = 100;

void SwitchOn(int socket, int level, int option) {
  const int on = 1;
  static_cast<void>(setsockopt(socket, level, option, &on, sizeof(on)));
}

int PortOf(int socket) {
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return address.ss_family == AF_INET6
             ? ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port)
             : ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

struct FreeAddresses {
  void operator()(addrinfo* addresses) const { freeaddrinfo(addresses); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

absl::StatusOr<Addresses> Resolve(const std::string& host, int port) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failed = getaddrinfo(host.c_str(), absl::StrCat(port).c_str(), &hints, &found);
  if (failed != 0) return absl::NotFoundError(gai_strerror(failed));
  return Addresses(found);
}

absl::Status Failed(const char* what) {
  return absl::UnavailableError(absl::StrCat(what, ": ", strerror(errno)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Acceptor>> Acceptor::Listen(const std::string& address,
                                                           int max_connections) {
  std::unique_ptr<Acceptor> acceptor(new Acceptor(max_connections));
  const size_t colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  int port = 0;
  absl::Status status = absl::InvalidArgumentError("it is not host:port");
  if (colon != std::string::npos && absl::SimpleAtoi(address.substr(colon + 1), &port))
    status = acceptor->Bind(host, port);
  if (!status.ok()) {
    return WithReason(
        absl::StatusCode::kFailedPrecondition, "LISTEN_FAILED",
        absl::StrCat("cannot listen on ", address,
                     "; is another server running, or the address not ours? ", status.message()),
        {{"address", address}});
  }
  return acceptor;
}

absl::Status Acceptor::Bind(const std::string& host, int port) {
  stop_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (stop_ < 0) return Failed("eventfd");
  ASSIGN_OR_RETURN(const Addresses addresses, Resolve(host, port));
  const bool several = addresses->ai_next != nullptr;
  for (const addrinfo* at = addresses.get(); at != nullptr; at = at->ai_next) {
    const int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return Failed("socket");
    listening_.push_back(fd);
    SwitchOn(fd, SOL_SOCKET, SO_REUSEADDR);
    // The wildcard of IPv6 alone takes IPv4 as well.
    if (at->ai_family == AF_INET6 && several) SwitchOn(fd, IPPROTO_IPV6, IPV6_V6ONLY);
    sockaddr_storage address = {};
    memcpy(&address, at->ai_addr, at->ai_addrlen);
    // All addresses of a name get the port that the first one got.
    const auto same = htons(static_cast<uint16_t>(port_ == 0 ? port : port_));
    if (at->ai_family == AF_INET6) {
      reinterpret_cast<sockaddr_in6*>(&address)->sin6_port = same;
    } else {
      reinterpret_cast<sockaddr_in*>(&address)->sin_port = same;
    }
    if (bind(fd, reinterpret_cast<const sockaddr*>(&address), at->ai_addrlen) != 0)
      return Failed("bind");
    if (listen(fd, kBacklog) != 0) return Failed("listen");
    port_ = PortOf(fd);
  }
  return absl::OkStatus();
}

Acceptor::~Acceptor() {
  Stop();
  if (stop_ >= 0) close(stop_);
}

void Acceptor::Start(std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> server) {
  server_ = std::move(server);
  thread_ = std::thread([this] { Run(); });
}

void Acceptor::Stop() {
  if (thread_.joinable()) {
    static_cast<void>(eventfd_write(stop_, 1));
    thread_.join();
  }
  for (const int fd : std::exchange(listening_, {})) close(fd);
}

void Acceptor::Run() {
  NameThisThread("acceptor");
  std::vector<pollfd> watched = {{stop_, POLLIN, 0}};
  for (const int fd : listening_) watched.push_back({fd, POLLIN, 0});
  while (poll(watched.data(), watched.size(), -1) >= 0 || errno == EINTR) {
    if (watched[0].revents != 0) return;
    bool short_of_room = false;
    for (size_t i = 1; i < watched.size(); ++i) {
      if (watched[i].revents != 0 && AcceptAll(watched[i].fd)) short_of_room = true;
    }
    // Those who wait still do when there is room again.
    if (short_of_room) poll(watched.data(), 1, kPauseMs);
  }
}

bool Acceptor::AcceptAll(int listening) {
  for (int i = 0; i < kAcceptedAtOnce; ++i) {
    const int fd = accept4(listening, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0) {
      HandOver(listening, fd);
      continue;
    }
    if (errno == EAGAIN) return false;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      log::Error("no room for another connection", {{"error", strerror(errno)}});
      return true;
    }
    // That one client gave up, or its network did.
  }
  return false;
}

void Acceptor::HandOver(int listening, int socket) {
  if (!connections_.Admit(socket)) {
    close(socket);
    return;
  }
  SwitchOn(socket, IPPROTO_TCP, TCP_NODELAY);
  grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
  connection.listener_fd = listening;
  connection.fd = socket;
  server_->HandleNewConnection(&connection);
}

}  // namespace crm::services

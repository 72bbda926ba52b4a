// RunningServer: the whole server in this process, on free ports and a scratch directory, as
// services/main.cc would run it. Restart ends it in order and starts it again on the same
// directory. Not thread-safe; its callers are.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/hash.h"
#include "crm/v1/member_service.grpc.pb.h"
#include "crm/v1/operator_service.grpc.pb.h"
#include "crm/v1/token_service.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "gtest/gtest.h"
#include "services/crmd.h"
#include "services/secret_file.h"
#include "tests/support/api_caller.h"
#include "tests/support/scratch_folder.h"

namespace crm::testing {

// Blocks until the server at `channel` says that calls are welcome; false after kCallDeadline.
inline bool WaitUntilReady(const std::shared_ptr<grpc::Channel>& channel) {
  namespace health = ::grpc::health::v1;
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  context.set_deadline(std::chrono::system_clock::now() + kCallDeadline);
  health::HealthCheckRequest request;
  request.set_service(services::kReadyName);
  const auto watch = health::Health::NewStub(channel)->Watch(&context, request);
  health::HealthCheckResponse seen;
  while (watch->Read(&seen)) {
    if (seen.status() == health::HealthCheckResponse::SERVING) {
      context.TryCancel();
      return true;
    }
  }
  return false;
}

// A channel of its own connection: calls of one member do not wait for those of another.
inline std::shared_ptr<grpc::Channel> ChannelTo(int port) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxSendMessageSize(-1);
  return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port),
                                   grpc::InsecureChannelCredentials(), arguments);
}

// A new member with these roles, who signs in with a new token.
inline ApiCaller Hire(const ApiCaller& administrator, const std::string& display_name,
                      const std::string& role, std::string* name = nullptr) {
  const v1::Member member =
      administrator.Do(&v1::MemberService::Stub::CreateMember,
                       absl::StrCat("member { display_name: '", display_name, "' email: '",
                                    display_name, "@example.com' roles: 'roles/", role, "' }"));
  if (name != nullptr) *name = member.name();
  const std::string secret = RandomBytes(32);
  v1::CreateTokenRequest request;
  request.mutable_token()->set_member(member.name());
  request.mutable_token()->set_display_name("test");
  request.set_secret_hash(std::string(AsView(Sha256(secret))));
  administrator.Do(&v1::TokenService::Stub::CreateToken, request);
  const auto own = services::ParseToken(administrator.token());
  return ApiCaller(administrator.channel(), services::FormatToken(own->organization, secret),
                   administrator.seen());
}

class RunningServer {
 public:
  using Adjust = std::function<void(services::Config&)>;

  explicit RunningServer(const Clock& clock, const Adjust& adjust = nullptr) : clock_(clock) {
    config_.data_dir = folder_ / "server";
    config_.listen = config_.admin_listen = config_.metrics_listen = "127.0.0.1:0";
    config_.operator_token_file = folder_ / "operator_token";
    config_.backup_dir = folder_ / "backups";
    config_.keys_backup_dir = folder_ / "keys_backups";
    EXPECT_TRUE(
        services::WriteSecretFile(config_.operator_token_file, kOperatorToken, kOperatorToken)
            .ok());
    if (adjust != nullptr) adjust(config_);
    Start();
    seen_ = std::make_shared<std::atomic<int64_t>>(0);
  }
  ~RunningServer() { Stop(); }

  static constexpr char kOperatorToken[] = "operator-token-of-the-tests-0123456789";

  // Ends in order, as after SIGTERM.
  void Stop() {
    if (crmd_ == nullptr) return;
    crmd_->RequestStop();
    if (runner_.joinable()) runner_.join();
    crmd_.reset();
  }
  // Tells the server to end; it does so in the background.
  void RequestStop() { crmd_->RequestStop(); }
  void Start() {
    auto started = services::Crmd::Start(config_, clock_, [this](const std::string& token) {
      administrator_token_ = token;
      return absl::OkStatus();
    });
    ASSERT_TRUE(started.ok()) << started.status();
    crmd_ = *std::move(started);
    runner_ = std::thread([this] { crmd_->Run(); });
    ASSERT_TRUE(WaitUntilReady(ChannelTo(crmd_->server().admin_port())));
  }
  // Callers made before are cut off; Reconnect gives them a new connection.
  void Restart() {
    Stop();
    Start();
  }

  ApiCaller Anonymous() const { return {Channel(), "", std::make_shared<std::atomic<int64_t>>(0)}; }
  ApiCaller Administrator() const { return {Channel(), administrator_token_, seen_}; }
  ApiCaller Reconnect(const ApiCaller& caller) const {
    return {Channel(), caller.token(), caller.seen()};
  }
  ApiCaller Operator() const {
    return {ChannelTo(crmd_->server().admin_port()), kOperatorToken,
            std::make_shared<std::atomic<int64_t>>(0)};
  }
  // Another organization, as its administrator.
  ApiCaller Organization(const std::string& display_name) const {
    const std::string secret = RandomBytes(32);
    v1::CreateOrganizationRequest request = From<v1::CreateOrganizationRequest>(absl::StrCat(
        "display_name: '", display_name, "' currency_code: 'EUR' time_zone: 'Europe/Berlin' ",
        "administrator_display_name: 'Admin' administrator_email: 'admin@example.com'"));
    request.set_secret_hash(std::string(AsView(Sha256(secret))));
    const auto made =
        Operator().Do(&v1::OperatorService::Stub::CreateOrganization, request).organization();
    const auto id = domain::ParseName<domain::OrganizationId>(made);
    EXPECT_TRUE(id.ok()) << id.status();
    return {Channel(), services::FormatToken(id.value_or(domain::OrganizationId()), secret),
            std::make_shared<std::atomic<int64_t>>(0)};
  }

  int port() const { return crmd_->server().port(); }
  std::shared_ptr<grpc::Channel> Channel() const { return ChannelTo(port()); }
  int admin_port() const { return crmd_->server().admin_port(); }
  // What GET /metrics answers.
  std::string Scrape() const { return crmd_->metrics().Scrape(); }
  const std::string& data_dir() const { return config_.data_dir; }
  const services::Config& config() const { return config_; }

 private:
  ScratchFolder folder_;
  const Clock& clock_;
  services::Config config_;
  std::unique_ptr<services::Crmd> crmd_;
  std::thread runner_;
  std::string administrator_token_;
  std::shared_ptr<std::atomic<int64_t>> seen_;
};

}  // namespace crm::testing

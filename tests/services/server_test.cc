#include "services/server.h"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crm/options/v1/options.pb.h"
#include "crm/v1/operator_service.grpc.pb.h"
#include "crm/v1/team_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "services/errors.h"
#include "tests/support/api_services.h"
#include "tests/support/status_matchers.h"

namespace crm::services {
namespace {

using ::grpc::health::v1::HealthCheckResponse;
using testing::HasReason;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::StatusIs;

// Answers GetTeam with a refusal of `status`, or holds the call until it is cancelled or told to
// end: what a command under way and a watch stream look like to the server.
class TeamRpcs final : public v1::TeamService::CallbackService {
 public:
  explicit TeamRpcs(DrainSignal& drain) : drain_(drain) {}

  grpc::ServerUnaryReactor* GetTeam(grpc::CallbackServerContext* context, const v1::GetTeamRequest*,
                                    v1::Team*) override {
    auto* reactor = context->DefaultReactor();
    reactor->Finish(ToGrpcStatus(refusal));
    return reactor;
  }

  grpc::ServerUnaryReactor* ListTeams(grpc::CallbackServerContext* context,
                                      const v1::ListTeamsRequest* request,
                                      v1::ListTeamsResponse*) override {
    class Held final : public grpc::ServerUnaryReactor {
     public:
      Held(DrainSignal& drain, bool listening, std::shared_ptr<std::atomic<bool>> cancelled)
          : drain_(drain), cancelled_(std::move(cancelled)) {
        if (!listening) return;
        handle_ = drain_.Subscribe([this] { End({grpc::StatusCode::UNAVAILABLE, "draining"}); });
      }
      void End(const grpc::Status& status) {
        // Last: Finish may delete this.
        if (!ended_.exchange(true)) Finish(status);
      }
      void OnCancel() override {
        *cancelled_ = true;
        End(grpc::Status::CANCELLED);
      }
      void OnDone() override {
        drain_.Unsubscribe(handle_);
        delete this;
      }

     private:
      DrainSignal& drain_;
      int64_t handle_ = 0;
      std::shared_ptr<std::atomic<bool>> cancelled_;
      std::atomic<bool> ended_ = false;
    };
    static_cast<void>(context);
    auto* held = new Held(drain_, request->show_archived(), cancelled);
    MutexLock lock(mutex_);
    ++held_;
    changed_.NotifyAll();
    return held;
  }

  void AwaitHeld() {
    MutexLock lock(mutex_);
    while (held_ == 0) changed_.Wait(mutex_);
  }

  absl::Status refusal = absl::AbortedError("no");
  std::shared_ptr<std::atomic<bool>> cancelled = std::make_shared<std::atomic<bool>>(false);

 private:
  DrainSignal& drain_;
  Mutex mutex_;
  CondVar changed_;
  int held_ = 0;
};

class ServerTest : public ::testing::Test {
 protected:
  Server::Options options_{.listen = "127.0.0.1:0",
                           .admin_listen = "127.0.0.1:0",
                           .drain_pre_stop = absl::ZeroDuration(),
                           .drain_deadline = absl::Minutes(5)};
  DrainSignal drain_;
  TeamRpcs teams_{drain_};
  v1::OperatorService::CallbackService operator_;
  std::vector<ServedService> api_{Serve<v1::TeamService>(teams_)};
  std::vector<ServedService> admin_{Serve<v1::OperatorService>(operator_)};
  std::unique_ptr<Server> server_;
  std::thread running_;

  void StartAndRun() {
    auto started = Server::Start(options_, api_, admin_, drain_);
    ASSERT_THAT(started, IsOk());
    server_ = *std::move(started);
    running_ = std::thread([this] { server_->Run(); });
  }
  void TearDown() override {
    if (!running_.joinable()) return;
    server_->RequestStop();
    server_->RequestStop();
    running_.join();
  }
  std::shared_ptr<grpc::Channel> ChannelTo(int port) {
    return grpc::CreateChannel(absl::StrCat("127.0.0.1:", port),
                               grpc::InsecureChannelCredentials());
  }
  // SERVING, NOT_SERVING; UNKNOWN when the name is not served at all.
  HealthCheckResponse::ServingStatus HealthOf(int port, const std::string& name) {
    grpc::ClientContext context;
    ::grpc::health::v1::HealthCheckRequest request;
    request.set_service(name);
    HealthCheckResponse response;
    const auto status =
        ::grpc::health::v1::Health::NewStub(ChannelTo(port))->Check(&context, request, &response);
    return status.ok() ? response.status() : HealthCheckResponse::UNKNOWN;
  }
  // Makes a call that is held, on a thread; `listening` if it listens to the drain signal.
  std::thread HoldCall(bool listening, grpc::Status& outcome) {
    std::thread thread([this, listening, &outcome] {
      grpc::ClientContext context;
      v1::ListTeamsRequest request;
      request.set_show_archived(listening);
      v1::ListTeamsResponse response;
      outcome = v1::TeamService::NewStub(ChannelTo(server_->port()))
                    ->ListTeams(&context, request, &response);
    });
    teams_.AwaitHeld();
    return thread;
  }
};

TEST_F(ServerTest, LivesAtOnceAndIsReadyWhenTold) {
  StartAndRun();
  for (const int port : {server_->port(), server_->admin_port()}) {
    EXPECT_EQ(HealthOf(port, ""), HealthCheckResponse::SERVING);
    EXPECT_EQ(HealthOf(port, kReadyName), HealthCheckResponse::NOT_SERVING);
    EXPECT_EQ(HealthOf(port, "crm.v1.TeamService"), HealthCheckResponse::NOT_SERVING);
    EXPECT_EQ(HealthOf(port, "crm.v1.Nonsense"), HealthCheckResponse::UNKNOWN);
  }
  server_->SetReady(true);
  for (const int port : {server_->port(), server_->admin_port()}) {
    EXPECT_EQ(HealthOf(port, kReadyName), HealthCheckResponse::SERVING);
    EXPECT_EQ(HealthOf(port, "crm.v1.TeamService"), HealthCheckResponse::SERVING);
  }
}

// Asks the reflection service (which has no generated stub here) one question: a request of one
// string field, encoded by hand. Returns the raw answer.
std::string AskReflection(const std::shared_ptr<grpc::Channel>& channel, int field,
                          const std::string& text) {
  const std::string bytes = {static_cast<char>(field << 3 | 2), static_cast<char>(text.size())};
  grpc::Slice slice(bytes + text);
  grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  grpc::ClientContext context;
  grpc::GenericStub stub(channel);
  Mutex mutex;
  CondVar changed;
  bool done = false;
  stub.UnaryCall(&context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", {},
                 &request, &response, [&](const grpc::Status& status) {
                   EXPECT_TRUE(status.ok()) << status.error_message();
                   MutexLock lock(mutex);
                   done = true;
                   changed.NotifyAll();
                 });
  MutexLock lock(mutex);
  while (!done) changed.Wait(mutex);
  std::vector<grpc::Slice> slices;
  EXPECT_TRUE(response.Dump(&slices).ok());
  std::string answer;
  for (const grpc::Slice& part : slices)
    answer.append(reinterpret_cast<const char*>(part.begin()), part.size());
  return answer;
}

TEST_F(ServerTest, ReflectionShowsTheApiAndHealth) {
  constexpr int kFileContainingSymbol = 4;
  constexpr int kListServices = 7;
  StartAndRun();
  const auto channel = ChannelTo(server_->port());
  const std::string services = AskReflection(channel, kListServices, "*");
  EXPECT_THAT(services, HasSubstr("crm.v1.TeamService"));
  EXPECT_THAT(services, HasSubstr("grpc.health.v1.Health"));
  EXPECT_THAT(services, Not(HasSubstr("crm.v1.OperatorService")));
  for (const char* symbol : {"grpc.health.v1.Health", "crm.v1.TeamService"})
    EXPECT_THAT(AskReflection(channel, kFileContainingSymbol, symbol), HasSubstr("Request"))
        << symbol;
}

TEST_F(ServerTest, ATakenPortIsAnErrorNotAShare) {
  StartAndRun();
  DrainSignal drain;
  Server::Options second = options_;
  second.listen = absl::StrCat("127.0.0.1:", server_->port());
  const auto started = Server::Start(second, api_, admin_, drain);
  EXPECT_THAT(started, HasReason("LISTEN_FAILED"));
  EXPECT_THAT(started, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(second.listen)));
}

TEST_F(ServerTest, ATakenAdminPortLeavesNothingBehind) {
  StartAndRun();
  DrainSignal drain;
  TeamRpcs teams(drain);
  v1::OperatorService::CallbackService operators;
  Server::Options second = options_;
  second.admin_listen = absl::StrCat("127.0.0.1:", server_->admin_port());
  EXPECT_THAT(Server::Start(second, {Serve<v1::TeamService>(teams)},
                            {Serve<v1::OperatorService>(operators)}, drain),
              HasReason("LISTEN_FAILED"));
}

TEST_F(ServerTest, ListenersServeOnlyWhatIsTheirs) {
  EXPECT_THAT(Server::Start(options_, admin_, {}, drain_), HasReason("METHOD_MISPLACED"));
  EXPECT_THAT(Server::Start(options_, {}, api_, drain_), HasReason("METHOD_MISPLACED"));
  EXPECT_THAT(Server::Start(options_, {{"crm.v1.NoSuchService", &teams_}}, {}, drain_),
              HasReason("SERVICE_UNKNOWN"));
}

TEST_F(ServerTest, EveryMethodOfTheApiSaysWhoMayCallIt) {
  for (const auto* service : testing::ApiServices()) {
    const bool is_operators =
        service->name() == "OperatorService" || service->name() == "BackupService";
    EXPECT_THAT(CheckPolicy(*service, is_operators ? Listener::kOperator : Listener::kMembers),
                IsOk());
  }
  // A method that says nothing is named.
  const absl::Status status =
      CheckPolicy(*google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
                      "grpc.health.v1.Health"),
                  Listener::kMembers);
  EXPECT_THAT(status, HasReason("METHOD_WITHOUT_PERMISSION"));
  EXPECT_EQ(ReasonMetadataValue(status, "element"), "grpc.health.v1.Health.Check");
}

// Nothing would say which document a stranger may see.
TEST_F(ServerTest, APublicMethodAsksForALink) {
  google::protobuf::FileDescriptorProto file;
  file.set_name("test.proto");
  for (const char* imported : {"crm/options/v1/options.proto", "crm/v1/team_service.proto"})
    file.add_dependency(imported);
  auto& service = *file.add_service();
  service.set_name("Leaky");
  auto& method = *service.add_method();
  method.set_name("GetTeam");
  method.set_input_type(".crm.v1.GetTeamRequest");
  method.set_output_type(".crm.v1.Team");
  method.mutable_options()->MutableExtension(options::v1::rpc)->set_permission("public");
  google::protobuf::DescriptorPool pool(google::protobuf::DescriptorPool::generated_pool());
  const auto* built = pool.BuildFile(file);
  ASSERT_NE(built, nullptr);
  EXPECT_THAT(CheckPolicy(*built->service(0), Listener::kMembers),
              HasReason("METHOD_WITHOUT_LINK"));
}

// The largest refusal we ever send passes through a real connection with its details.
TEST_F(ServerTest, DetailsOfTheLargestRefusalArrive) {
  google::rpc::BadRequest bad_request;
  for (int i = 0; i < 500; ++i)
    bad_request.add_field_violations()->set_description(std::string(60, 'x'));
  teams_.refusal = absl::InvalidArgumentError(std::string(5000, 'm'));
  AttachBadRequest(teams_.refusal, bad_request);
  StartAndRun();
  grpc::ClientContext context;
  v1::Team team;
  const grpc::Status status = v1::TeamService::NewStub(ChannelTo(server_->port()))
                                  ->GetTeam(&context, v1::GetTeamRequest(), &team);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.details_size(), 2);
}

TEST_F(ServerTest, RequestsLargerThanTheLimitAreRefused) {
  options_.limits.max_message_bytes = 2000;
  StartAndRun();
  const auto stub = v1::TeamService::NewStub(ChannelTo(server_->port()));
  v1::GetTeamRequest request;
  v1::Team team;
  request.set_name(std::string(1000, 'x'));
  grpc::ClientContext small;
  EXPECT_EQ(stub->GetTeam(&small, request, &team).error_code(), grpc::StatusCode::ABORTED);
  request.set_name(std::string(3000, 'x'));
  grpc::ClientContext large;
  EXPECT_EQ(stub->GetTeam(&large, request, &team).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(ServerTest, StoppingTellsStreamsToEndThemselves) {
  StartAndRun();
  grpc::Status outcome;
  std::thread call = HoldCall(/*listening=*/true, outcome);
  server_->RequestStop();
  running_.join();
  call.join();
  EXPECT_EQ(outcome.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(outcome.error_message(), "draining");
  EXPECT_FALSE(*teams_.cancelled);
}

TEST_F(ServerTest, HealthSaysSoBeforeAnythingIsRefused) {
  options_.drain_pre_stop = absl::Minutes(5);
  StartAndRun();
  server_->SetReady(true);
  server_->RequestStop();
  // Until the pause ends, health answers; a watcher learns of the change without asking again.
  grpc::ClientContext context;
  ::grpc::health::v1::HealthCheckRequest request;
  request.set_service(kReadyName);
  HealthCheckResponse response;
  const auto stub = ::grpc::health::v1::Health::NewStub(ChannelTo(server_->port()));
  const auto watch = stub->Watch(&context, request);
  do {
    ASSERT_TRUE(watch->Read(&response));
  } while (response.status() != HealthCheckResponse::NOT_SERVING);
  EXPECT_FALSE(drain_.raised());
  grpc::ClientContext other;
  v1::Team team;
  EXPECT_EQ(v1::TeamService::NewStub(ChannelTo(server_->port()))
                ->GetTeam(&other, v1::GetTeamRequest(), &team)
                .error_code(),
            grpc::StatusCode::ABORTED)
      << "calls are still answered";
}

TEST_F(ServerTest, ASecondRequestCutsThePauseAndTheDeadlineShort) {
  options_.drain_pre_stop = absl::Minutes(5);
  StartAndRun();
  grpc::Status outcome;
  std::thread call = HoldCall(/*listening=*/false, outcome);
  server_->RequestStop();
  server_->RequestStop();
  running_.join();
  call.join();
  EXPECT_FALSE(outcome.ok());
  EXPECT_TRUE(*teams_.cancelled);
}

TEST_F(ServerTest, ASecondRequestEndsCallsThatWereGivenTime) {
  StartAndRun();
  grpc::Status outcome;
  std::thread call = HoldCall(/*listening=*/false, outcome);
  server_->RequestStop();
  Mutex mutex;
  CondVar changed;
  bool raised = false;
  const int64_t handle = drain_.Subscribe([&] {
    MutexLock lock(mutex);
    raised = true;
    changed.NotifyAll();
  });
  {
    MutexLock lock(mutex);
    while (!raised) changed.Wait(mutex);
  }
  drain_.Unsubscribe(handle);  // past pause and streams: Shutdown waits for the call now
  server_->RequestStop();
  running_.join();
  call.join();
  EXPECT_TRUE(*teams_.cancelled);
}

TEST_F(ServerTest, ADeadlinePassedEndsCallsToo) {
  options_.drain_deadline = absl::Milliseconds(20);
  StartAndRun();
  grpc::Status outcome;
  std::thread call = HoldCall(/*listening=*/false, outcome);
  server_->RequestStop();
  running_.join();
  call.join();
  EXPECT_TRUE(*teams_.cancelled);
}

}  // namespace
}  // namespace crm::services

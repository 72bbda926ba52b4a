#include "tools/crm_bench/echo_server.h"

#include <grpcpp/grpcpp.h>

#include <fstream>
#include <memory>
#include <sstream>

#include "crm/v1/dashboard_service.grpc.pb.h"
#include "crm/v1/event_service.grpc.pb.h"
#include "crm/v1/opportunity_service.grpc.pb.h"
#include "tools/crm_bench/synced_answers.h"

namespace crm::bench {
namespace {

template <class Message>
Message Parsed(const std::string& path) {
  Message message;
  message.ParseFromString(Content(path));
  return message;
}

template <class Message>
grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context, const Message& canned,
                                 Message* response) {
  *response = canned;
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

class Opportunities final : public v1::OpportunityService::CallbackService {
 public:
  Opportunities(const std::string& folder, bool synced)
      : synced_(synced ? std::make_unique<SyncedAnswers>(folder + "/synced") : nullptr),
        opportunity_(Parsed<v1::Opportunity>(folder + kOpportunityFile)),
        board_(Parsed<v1::Board>(folder + kBoardFile)) {}

  grpc::ServerUnaryReactor* MoveStage(grpc::CallbackServerContext* context,
                                      const v1::MoveStageRequest* request,
                                      v1::Opportunity* response) override {
    if (synced_ != nullptr) {
      *response = opportunity_;
      grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
      synced_->Finish(request->SerializeAsString(), reactor);
      return reactor;
    }
    return Answer(context, opportunity_, response);
  }
  grpc::ServerUnaryReactor* GetPipelineBoard(grpc::CallbackServerContext* context,
                                             const v1::GetPipelineBoardRequest*,
                                             v1::Board* response) override {
    return Answer(context, board_, response);
  }

 private:
  const std::unique_ptr<SyncedAnswers> synced_;
  const v1::Opportunity opportunity_;
  const v1::Board board_;
};

class Dashboards final : public v1::DashboardService::CallbackService {
 public:
  explicit Dashboards(const std::string& folder)
      : dashboard_(Parsed<v1::TeamDashboard>(folder + kDashboardFile)) {}

  grpc::ServerUnaryReactor* GetTeamDashboard(grpc::CallbackServerContext* context,
                                             const v1::GetTeamDashboardRequest*,
                                             v1::TeamDashboard* response) override {
    return Answer(context, dashboard_, response);
  }

 private:
  const v1::TeamDashboard dashboard_;
};

// Sends one batch again and again until `left` events are sent.
class Stream final : public grpc::ServerWriteReactor<v1::SubscribeEventsResponse> {
 public:
  Stream(const v1::SubscribeEventsResponse& batch, int64_t events) : batch_(batch), left_(events) {
    caught_up_.mutable_caught_up();
    Next();
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    Next();
  }
  void OnDone() override { delete this; }

 private:
  void Next() {
    if (left_ <= 0) return StartWriteAndFinish(&caught_up_, {}, grpc::Status::OK);
    left_ -= batch_.batch().events_size();
    StartWrite(&batch_);
  }

  const v1::SubscribeEventsResponse& batch_;
  v1::SubscribeEventsResponse caught_up_;
  int64_t left_;
};

class Events final : public v1::EventService::CallbackService {
 public:
  explicit Events(const std::string& folder)
      : batch_(Parsed<v1::SubscribeEventsResponse>(folder + kEventsFile)) {}

  // The position asked for is taken as the number of events to send.
  grpc::ServerWriteReactor<v1::SubscribeEventsResponse>* SubscribeEvents(
      grpc::CallbackServerContext*, const v1::SubscribeEventsRequest* request) override {
    return new Stream(batch_, request->from_position());
  }

 private:
  const v1::SubscribeEventsResponse batch_;
};

}  // namespace

std::string Content(const std::string& path) {
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

int ServeEcho(const std::string& folder, bool synced, std::ostream& output) {
  Opportunities opportunities(folder, synced);
  Dashboards dashboards(folder);
  Events events(folder);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  for (grpc::Service* service :
       std::initializer_list<grpc::Service*>{&opportunities, &dashboards, &events})
    builder.RegisterService(service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  output << "echo serving port=" << port << "\n" << std::flush;
  server->Wait();
  return 0;
}

}  // namespace crm::bench

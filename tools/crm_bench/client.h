// Client: one connection to crmd or to the echo server, with a token.
//
// Thread-safe.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crm/v1/dashboard_service.grpc.pb.h"
#include "crm/v1/event_service.grpc.pb.h"
#include "crm/v1/opportunity_service.grpc.pb.h"
#include "crm/v1/organization_service.grpc.pb.h"
#include "crm/v1/pipeline_service.grpc.pb.h"
#include "crm/v1/projection_service.grpc.pb.h"
#include "crm/v1/team_service.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace crm::bench {

// The log position an answer reflects, from its trailing metadata; 0 when it says none.
int64_t PositionOf(const grpc::ClientContext& context);

class Client {
 public:
  Client(int port, const std::string& token);

  // Starts a call; `done` gets its status, and the context for what the server said besides.
  template <class Stub, class Request, class Response>
  void Call(
      Stub& stub,
      void (Stub::async_interface::*method)(grpc::ClientContext*, const Request*, Response*,
                                            std::function<void(grpc::Status)>),
      Request request,
      std::function<void(const grpc::Status&, const grpc::ClientContext&, const Response&)> done) {
    struct Open {
      grpc::ClientContext context;
      Request request;
      Response response;
    };
    auto open = std::make_shared<Open>();
    open->request = std::move(request);
    Authorize(open->context);
    (stub.async()->*method)(&open->context, &open->request, &open->response,
                            [open, done = std::move(done)](const grpc::Status& status) {
                              done(status, open->context, open->response);
                            });
  }

  // The same, waiting for the answer.
  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> Ask(Stub& stub,
                               grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                            Response*),
                               const Request& request) {
    grpc::ClientContext context;
    Authorize(context);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (status.ok()) return response;
    return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  }

  void Authorize(grpc::ClientContext& context) const;

  // Whether the server says that calls are welcome.
  bool IsReady();

  v1::OpportunityService::Stub& opportunities() { return *opportunities_; }
  v1::OrganizationService::Stub& organizations() { return *organizations_; }
  v1::PipelineService::Stub& pipelines() { return *pipelines_; }
  v1::TeamService::Stub& teams() { return *teams_; }
  v1::DashboardService::Stub& dashboards() { return *dashboards_; }
  v1::EventService::Stub& events() { return *events_; }
  v1::ProjectionService::Stub& projections() { return *projections_; }

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const std::string credential_;
  const std::unique_ptr<v1::OpportunityService::Stub> opportunities_;
  const std::unique_ptr<v1::OrganizationService::Stub> organizations_;
  const std::unique_ptr<v1::PipelineService::Stub> pipelines_;
  const std::unique_ptr<v1::TeamService::Stub> teams_;
  const std::unique_ptr<v1::DashboardService::Stub> dashboards_;
  const std::unique_ptr<v1::EventService::Stub> events_;
  const std::unique_ptr<v1::ProjectionService::Stub> projections_;
  const std::unique_ptr<grpc::health::v1::Health::Stub> health_;
};

}  // namespace crm::bench

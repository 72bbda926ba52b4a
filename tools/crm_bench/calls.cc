#include "tools/crm_bench/calls.h"

#include <atomic>
#include <memory>
#include <utility>

#include "base/uuid.h"

namespace crm::bench {
namespace {

using Done = std::function<void(bool ok)>;
using Opportunities = v1::OpportunityService::Stub;

void StartMove(const Office& office, Client& client, const MoveOrder::Move& move,
               const std::function<void(int64_t position)>& answered, Done done) {
  v1::MoveStageRequest request;
  request.set_request_id(Uuid::Random().ToString());
  request.set_name(office.opportunities[move.opportunity]);
  request.set_stage(office.stages[move.stage]);
  client.Call<Opportunities, v1::MoveStageRequest, v1::Opportunity>(
      client.opportunities(), &Opportunities::async_interface::MoveStage, std::move(request),
      [answered, done = std::move(done)](
          const grpc::Status& status, const grpc::ClientContext& context, const v1::Opportunity&) {
        if (answered && status.ok()) answered(PositionOf(context));
        done(status.ok());
      });
}

// A call whose answer is only waited for.
template <class Response, class Stub, class Request>
void Start(Client& client, Stub& stub,
           void (Stub::async_interface::*method)(grpc::ClientContext*, const Request*, Response*,
                                                 std::function<void(grpc::Status)>),
           Request request, Done done) {
  client.Call<Stub, Request, Response>(
      stub, method, std::move(request),
      [done = std::move(done)](const grpc::Status& status, const grpc::ClientContext&,
                               const Response&) { done(status.ok()); });
}

}  // namespace

StartCall Moves(const Office& office, Client& client,
                std::function<void(int64_t position)> answered) {
  return [&office, &client, answered = std::move(answered)](int, Done done) {
    StartMove(office, client, office.moves->Next(), answered, std::move(done));
  };
}

StartCall EchoMoves(const Office& office, Client& client) {
  const auto moves = std::make_shared<MoveOrder>(office.opportunities.size(), office.stages.size());
  return [&office, &client, moves](int, Done done) {
    StartMove(office, client, moves->Next(), nullptr, std::move(done));
  };
}

StartCall HotMoves(const Office& office, Client& client) {
  return [&office, &client](int, Done done) {
    StartMove(office, client, office.moves->NextOf(0), nullptr, std::move(done));
  };
}

StartCall Boards(const Office& office, Client& client) {
  v1::GetPipelineBoardRequest request;
  request.set_pipeline(office.pipeline);
  request.set_cards_per_column(kBoardCards / static_cast<int>(office.stages.size()));
  return [&client, request](int, Done done) {
    Start<v1::Board>(client, client.opportunities(),
                     &Opportunities::async_interface::GetPipelineBoard, request, std::move(done));
  };
}

StartCall Dashboards(const Office& office, Client& client) {
  v1::GetTeamDashboardRequest request;
  request.set_team(office.team);
  return [&client, request](int, Done done) {
    Start<v1::TeamDashboard>(client, client.dashboards(),
                             &v1::DashboardService::Stub::async_interface::GetTeamDashboard,
                             request, std::move(done));
  };
}

StartCall Lists(const Office& office, Client& client) {
  v1::ListOpportunitiesRequest request;
  request.set_page_size(50);
  request.mutable_filter()->add_states(v1::OPPORTUNITY_STATE_OPEN);
  request.mutable_filter()->set_pipeline(office.pipeline);
  return [&client, request](int, Done done) {
    Start<v1::ListOpportunitiesResponse>(client, client.opportunities(),
                                         &Opportunities::async_interface::ListOpportunities,
                                         request, std::move(done));
  };
}

StartCall Gets(const Office& office, Client& client) {
  auto next = std::make_shared<std::atomic<size_t>>(0);
  return [&office, &client, next](int, Done done) {
    v1::GetOpportunityRequest request;
    request.set_name(office.opportunities[next->fetch_add(1) % office.opportunities.size()]);
    Start<v1::Opportunity>(client, client.opportunities(),
                           &Opportunities::async_interface::GetOpportunity, std::move(request),
                           std::move(done));
  };
}

}  // namespace crm::bench

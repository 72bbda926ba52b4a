// Rpc: from a gRPC method to the pipeline or a view, and back. A service file is a class whose body
// is a list:
//
//   class OpportunityRpcs final : public v1::OpportunityService::CallbackService {
//    public:
//     CRM_SERVICE(OpportunityRpcs, v1::OpportunityService);
//     CRM_GET(GetOpportunity, Opportunity)
//     CRM_LIST(ListOpportunities, PipelineBoard, Opportunity, opportunities)
//     CRM_REPORT(GetPipelineBoard, PipelineBoard, Board)
//     CRM_COMMAND(MoveStage, Opportunity)
//   };
//
// C++ cannot override a function by name otherwise: these are the only macros besides those for
// statuses. A wrong pairing fails to compile, and the concept's diagnostic names the missing
// Decide, Select or Answer.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <utility>

#include "services/bulk.h"
#include "services/command_pipeline.h"
#include "services/duplicate_report.h"
#include "services/query_gate.h"
#include "services/reply.h"

namespace crm::services {

class Rpc {
 public:
  struct Parts {
    const Authenticator& authenticator;
    CommandPipeline& pipeline;
    QueryGate& queries;
    const Clock& clock;
    CallObserver& observer;
  };
  explicit Rpc(Parts parts) : parts_(parts) {}

  template <class A, class Command, class Response>
  grpc::ServerUnaryReactor* Execute(const Method& method, grpc::CallbackServerContext* context,
                                    const Command* command, Response* response) {
    return Begin(method, context, [&](const Call& call, std::shared_ptr<Reply> reply) {
      parts_.pipeline.template Execute<A>(call, *command, response, FinishWith(std::move(reply)));
    });
  }

  template <class A, class Request, class Response>
  grpc::ServerUnaryReactor* Get(const Method& method, grpc::CallbackServerContext* context,
                                const Request* request, Response* response) {
    return Begin(method, context, [&](const Call& call, std::shared_ptr<Reply> reply) {
      parts_.queries.template Get<A>(call, *request, response, FinishWith(std::move(reply)));
    });
  }

  // `rows` is the accessor of the response's repeated field.
  template <class View, class A, class Request, class Response, class Rows>
  grpc::ServerUnaryReactor* List(const Method& method, grpc::CallbackServerContext* context,
                                 const Request* request, Response* response, Rows rows) {
    return Begin(method, context, [&](const Call& call, std::shared_ptr<Reply> reply) {
      parts_.queries.template List<View, A>(call, *request, response, rows,
                                            FinishWith(std::move(reply)));
    });
  }

  template <class View, class Request, class Response>
  grpc::ServerUnaryReactor* Report(const Method& method, grpc::CallbackServerContext* context,
                                   const Request* request, Response* response) {
    return Begin(method, context, [&](const Call& call, std::shared_ptr<Reply> reply) {
      parts_.queries.template Report<View>(call, *request, response, FinishWith(std::move(reply)));
    });
  }

  // A command that enters a person or company: its answer names records that may be the same.
  template <class A, class Command, class Response>
  grpc::ServerUnaryReactor* Enter(const Method& method, grpc::CallbackServerContext* context,
                                  const Command* command, Response* response) {
    return Begin(method, context, [&](const Call& call, std::shared_ptr<Reply> reply) {
      parts_.queries.FindDuplicates(
          call, DuplicateQuestion(*command),
          [this, call, command, response, reply](v1::FindDuplicatesResponse found) {
            auto finish = [response, reply, found = std::move(found)](const absl::Status& status,
                                                                      const Outcome& outcome) {
              for (const v1::DuplicateCandidate& candidate : found.duplicates()) {
                if (candidate.record() != response->name()) *response->add_duplicates() = candidate;
              }
              reply->Finish(status, outcome);
            };
            parts_.pipeline.template Execute<A>(call, *command, response, std::move(finish));
          });
    });
  }

  // A report that holds one whole record besides, rendered from its stream.
  template <class View, class A, class Request, class Response, class Record>
  grpc::ServerUnaryReactor* ReportWith(const Method& method, grpc::CallbackServerContext* context,
                                       const Request* request, Response* response, Record record) {
    return Begin(method, context, [&](const Call& call, std::shared_ptr<Reply> reply) {
      parts_.queries.template ReportWith<View, A>(call, *request, response, record,
                                                  FinishWith(std::move(reply)));
    });
  }

  template <class B, class Command, class Response>
  grpc::ServerUnaryReactor* RunBulk(const Method& method, grpc::CallbackServerContext* context,
                                    const Command* command, Response* response) {
    return Begin(method, context, [&](const Call& call, std::shared_ptr<Reply> reply) {
      std::make_shared<BulkRun<B, Command, Response>>(parts_.pipeline, parts_.queries, call,
                                                      *command, response)
          ->Start(FinishWith(std::move(reply)));
    });
  }

  // A query that reads the log at length: admitted here, run on the workers.
  template <class Request, class Body>
  grpc::ServerUnaryReactor* Work(const Method& method, grpc::CallbackServerContext* context,
                                 const Request* request, Body body) {
    return Begin(method, context, [&](const Call& call, std::shared_ptr<Reply> reply) {
      absl::Status accepted = parts_.queries.Admit(call, *request);
      if (accepted.ok()) {
        accepted =
            parts_.queries.workers().Submit([call, reply, body] { reply->Finish(body(call), {}); });
      }
      if (!accepted.ok()) reply->Finish(accepted, {});
    });
  }

  // Authenticates and runs `body(call, reply)`, which sees to it that the reply is finished once.
  template <class Body>
  grpc::ServerUnaryReactor* Begin(const Method& method, grpc::CallbackServerContext* context,
                                  Body body) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    auto reply = std::make_shared<Reply>(method, context, reactor, parts_.clock, parts_.observer);
    absl::StatusOr<Call> call = parts_.authenticator.Begin(method, *context);
    if (!call.ok()) {
      reply->Finish(call.status(), {});
    } else {
      body(*call, std::move(reply));
    }
    return reactor;
  }

  CommandPipeline& pipeline() { return parts_.pipeline; }
  QueryGate& queries() { return parts_.queries; }
  const Authenticator& authenticator() const { return parts_.authenticator; }

  static services::Finish FinishWith(std::shared_ptr<Reply> reply) {
    return [reply = std::move(reply)](const absl::Status& status, const Outcome& outcome) {
      reply->Finish(status, outcome);
    };
  }

 private:
  Parts parts_;
};

}  // namespace crm::services

// Opens a service class: its constructor, and the generated service whose methods it lists.
#define CRM_SERVICE(Class, Service)       \
  explicit Class(Rpc& rpc) : rpc_(rpc) {} \
  using Api = Service;                    \
                                          \
 private:                                 \
  Rpc& rpc_;                              \
                                          \
 public:

#define CRM_RPC(Name, Response, Handle)                                                           \
  grpc::ServerUnaryReactor* Name(grpc::CallbackServerContext* context,                            \
                                 const v1::Name##Request* request, Response* response) override { \
    static const Method method(Api::service_full_name(), #Name);                                  \
    return Handle;                                                                                \
  }
// A command on an aggregate; answers with its resource.
#define CRM_COMMAND(Name, Aggregate)         \
  CRM_RPC(Name, domain::Aggregate::Resource, \
          rpc_.Execute<domain::Aggregate>(method, context, request, response))
// The same, for a command that enters a person or company: lists possible duplicates.
#define CRM_COMMAND_ENTERING(Name, Aggregate) \
  CRM_RPC(Name, domain::Aggregate::Resource,  \
          rpc_.Enter<domain::Aggregate>(method, context, request, response))
// A command on an aggregate that answers with Aggregate::Respond(command, ...).
#define CRM_COMMAND_RESPONDING(Name, Aggregate, Response) \
  CRM_RPC(Name, v1::Response, rpc_.Execute<domain::Aggregate>(method, context, request, response))
// One record, folded from its stream.
#define CRM_GET(Name, Aggregate)             \
  CRM_RPC(Name, domain::Aggregate::Resource, \
          rpc_.Get<domain::Aggregate>(method, context, request, response))
// A page of records that a view selects and their streams render; `rows` names the response's
// repeated field.
#define CRM_LIST(Name, View, Aggregate, rows)               \
  CRM_RPC(Name, v1::Name##Response,                         \
          (rpc_.List<projections::View, domain::Aggregate>( \
              method, context, request, response,           \
              [](v1::Name##Response& r) { return r.mutable_##rows(); })))
// A report made of a view's rows.
#define CRM_REPORT(Name, View, Response) \
  CRM_RPC(Name, v1::Response, rpc_.Report<projections::View>(method, context, request, response))
// A query answered by `absl::Status Function(parts, call, request, response)` on the workers.
#define CRM_WORK(Name, Function, parts)                                                     \
  CRM_RPC(Name, v1::Name##Response,                                                         \
          rpc_.Work(method, context, request, [this, request, response](const Call& call) { \
            return services::Function(parts, call, *request, response);                     \
          }))

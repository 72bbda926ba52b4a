// Rpc: from a gRPC method to the pipeline or a view, and back. Every function authenticates, hands
// the call on, and sees to it that the reply is finished once. Service files name the functions by
// the macros of service_class.h.
//
// Thread-safe.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <utility>

#include "services/bulk.h"
#include "services/command_pipeline.h"
#include "services/duplicate_report.h"
#include "services/queries.h"
#include "services/query_gate.h"
#include "services/reply.h"

namespace crm::services {

class Rpc {
 public:
  struct Parts {
    const Authenticator& authenticator;
    CommandPipeline& pipeline;
    QueryGate& queries;
    Reply::Parts reply;
  };
  explicit Rpc(Parts parts) : parts_(parts) {}

  template <class A, class Command, class Response>
  grpc::ServerUnaryReactor* Execute(const Method& method, grpc::CallbackServerContext* context,
                                    const Command* command, Response* response) {
    return Begin(method, context, [&](const Call& call, std::shared_ptr<Reply> reply) {
      parts_.pipeline.template Execute<A>(call, *command, response, FinishWith(std::move(reply)));
    });
  }

  // The same for whoever holds the link in the command.
  template <class A, class Command, class Response>
  grpc::ServerUnaryReactor* ExecuteByLink(const Method& method,
                                          grpc::CallbackServerContext* context,
                                          const Command* command, Response* response) {
    const auto authenticate = [&](Basis& basis) {
      return parts_.authenticator.BeginByLink(method, *context, command->link(), basis);
    };
    return BeginAs(method, context, authenticate,
                   [&](const Call& call, std::shared_ptr<Reply> reply) {
                     parts_.pipeline.template Execute<A>(call, *command, response,
                                                         FinishWith(std::move(reply)));
                   });
  }

  template <class A, class Request, class Response>
  grpc::ServerUnaryReactor* Get(const Method& method, grpc::CallbackServerContext* context,
                                const Request* request, Response* response) {
    return Begin(method, context, [&](const Call& call, std::shared_ptr<Reply> reply) {
      AnswerRecord<A>(parts_.queries, call, *request, response, FinishWith(std::move(reply)));
    });
  }

  // `rows` is the accessor of the response's repeated field.
  template <class View, class A, class Request, class Response, class Rows>
  grpc::ServerUnaryReactor* List(const Method& method, grpc::CallbackServerContext* context,
                                 const Request* request, Response* response, Rows rows) {
    return Begin(method, context, [&](const Call& call, std::shared_ptr<Reply> reply) {
      AnswerList<View, A>(parts_.queries, call, *request, response, rows,
                          FinishWith(std::move(reply)));
    });
  }

  template <class View, class Request, class Response>
  grpc::ServerUnaryReactor* Report(const Method& method, grpc::CallbackServerContext* context,
                                   const Request* request, Response* response) {
    return Begin(method, context, [&](const Call& call, std::shared_ptr<Reply> reply) {
      AnswerReport<View>(parts_.queries, call, *request, response, FinishWith(std::move(reply)));
    });
  }

  // A command that enters a person or company: its answer names records that may be the same.
  template <class A, class Command, class Response>
  grpc::ServerUnaryReactor* Enter(const Method& method, grpc::CallbackServerContext* context,
                                  const Command* command, Response* response) {
    return Begin(method, context, [&](const Call& call, std::shared_ptr<Reply> reply) {
      const absl::Status admitted = parts_.pipeline.Admit(call, *command).status();
      if (!admitted.ok()) return reply->Finish(admitted, {});
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
      AnswerReportWith<View, A>(parts_.queries, call, *request, response, record,
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
      const absl::Status admitted = parts_.queries.Admit(call, *request);
      if (!admitted.ok()) return reply->Finish(admitted, {});
      parts_.queries.RunOnWorkers(call, [this, call, reply, body](const absl::Status& begun) {
        if (!begun.ok()) return reply->Finish(begun, {});
        // It saw at least the one, and nothing beyond the other.
        const Position before = parts_.queries.HeadOf(call).durable;
        const absl::Status status = body(call);
        reply->Finish(status,
                      {.position = before, .rests_on = parts_.queries.HeadOf(call).sequenced});
      });
    });
  }

  // Authenticates and runs `body(call, reply)`, which sees to it that the reply is finished once.
  template <class Body>
  grpc::ServerUnaryReactor* Begin(const Method& method, grpc::CallbackServerContext* context,
                                  Body body) {
    const auto authenticate = [&](Basis& basis) {
      return parts_.authenticator.Begin(method, *context, basis);
    };
    return BeginAs(method, context, authenticate, std::move(body));
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
  // `authenticate(basis)` makes the call.
  template <class Authenticate, class Body>
  grpc::ServerUnaryReactor* BeginAs(const Method& method, grpc::CallbackServerContext* context,
                                    Authenticate authenticate, Body body) {
    std::shared_ptr<Reply> reply = Reply::Begin(method, context, parts_.reply);
    grpc::ServerUnaryReactor* const reactor = reply.get();
    if (!reply->admitted().ok()) {
      reply->Finish(reply->admitted(), {});
      return reactor;
    }
    Basis basis;
    absl::StatusOr<Call> call = authenticate(basis);
    reply->Identify(basis, call.ok() ? &*call : nullptr);
    if (!call.ok()) {
      reply->Finish(call.status(), {});
    } else {
      body(*call, std::move(reply));
    }
    return reactor;
  }

  Parts parts_;
};

}  // namespace crm::services

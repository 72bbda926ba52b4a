// What a service file is written in: a class whose body is a list of its methods, each with the
// function of Rpc that serves it:
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

#include "services/rpc.h"

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
// A command of whoever holds the public link in it, on the kind of document that links open.
#define CRM_COMMAND_BY_LINK(Name, Aggregate) \
  CRM_RPC(Name, v1::Name##Response,          \
          rpc_.ExecuteByLink<domain::Aggregate>(method, context, request, response))
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
// The record a request names, on paper (services/printing.h).
#define CRM_PAPER(Name, Aggregate)                                                           \
  CRM_RPC(Name, v1::Paper,                                                                   \
          rpc_.Work(method, context, request, [this, request, response](const Call& call) {  \
            return PrintRecord<domain::Aggregate>(rpc_.queries(), call, *request, response); \
          }))
// A picture of a report made of a view's rows (services/picturing.h).
#define CRM_PICTURE(Name, View, Report)                                                            \
  CRM_RPC(Name, v1::Picture,                                                                       \
          (rpc_.Begin(method, context, [&](const Call& call, std::shared_ptr<Reply> reply) {       \
            AnswerPicture<projections::View, v1::Report>(rpc_.queries(), call, *request, response, \
                                                         Rpc::FinishWith(reply));                  \
          })))
// A bulk command described by the struct Bulk.
#define CRM_BULK(Name, Bulk) \
  CRM_RPC(Name, v1::Name##Response, (rpc_.RunBulk<Bulk>(method, context, request, response)))

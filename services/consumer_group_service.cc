// RPCs of consumer groups. Where a group stands is asked of the group at work.
#include "crm/v1/consumer_group_service.grpc.pb.h"
#include "projections/directory.h"
#include "services/consumer_group_reads.h"
#include "services/consumer_stream.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class ConsumerGroupRpcs final : public v1::ConsumerGroupService::CallbackService {
 public:
  explicit ConsumerGroupRpcs(const ConsumerStreamParts& parts) : rpc_(parts.rpc), parts_(parts) {}
  using Api = v1::ConsumerGroupService;

  CRM_RPC(CreateConsumerGroup, v1::ConsumerGroup, Execute(method, context, request, response))
  CRM_RPC(UpdateConsumerGroup, v1::ConsumerGroup, Execute(method, context, request, response))
  CRM_RPC(DeleteConsumerGroup, v1::ConsumerGroup, Execute(method, context, request, response))
  CRM_GET(GetConsumerGroup, ConsumerGroup)
  CRM_LIST(ListConsumerGroups, Directory, ConsumerGroup, consumer_groups)
  CRM_RPC(GetConsumerGroupStatus, v1::ConsumerGroupStatus,
          Ask(method, context, request, request->name(), [response](const GroupRuntime& group) {
            *response = group.Status();
            return absl::OkStatus();
          }))
  CRM_RPC(ListParkedEvents, v1::ListParkedEventsResponse,
          Ask(method, context, request, request->consumer_group(),
              [request, response](const GroupRuntime& group) {
                return AnswerParkedEvents(group, *request, response);
              }))
  CRM_RPC(ReplayParkedEvents, v1::ConsumerGroup, Execute(method, context, request, response))
  CRM_RPC(DiscardParkedEvents, v1::ConsumerGroup, Execute(method, context, request, response))

  grpc::ServerBidiReactor<v1::ConsumeRequest, v1::ConsumeResponse>* Consume(
      grpc::CallbackServerContext* context) override {
    static const Method method(Api::service_full_name(), "Consume");
    return StartConsumerStream(parts_, method, context);
  }

 private:
  template <class Command>
  grpc::ServerUnaryReactor* Execute(const Method& method, grpc::CallbackServerContext* context,
                                    const Command* command, v1::ConsumerGroup* response) {
    return rpc_.Begin(method, context, [&](const Call& call, std::shared_ptr<Reply> reply) {
      auto finish = [this, reply, response, organization = call.organization().uuid()](
                        const absl::Status& status, const Outcome& outcome) {
        if (status.ok()) parts_.groups.Poke(organization, response->name());
        reply->Finish(status, outcome);
      };
      rpc_.pipeline().Execute<domain::ConsumerGroup>(call, *command, response, std::move(finish));
    });
  }

  template <class Request, class Answer>
  grpc::ServerUnaryReactor* Ask(const Method& method, grpc::CallbackServerContext* context,
                                const Request* request, const std::string& name, Answer answer) {
    return rpc_.Begin(method, context, [&](const Call& call, std::shared_ptr<Reply> reply) {
      const absl::Status admitted = rpc_.queries().Admit(call, *request);
      if (!admitted.ok()) return reply->Finish(admitted, {});
      Outcome outcome;
      const auto group = parts_.groups.Find(call.organization().uuid(), name, outcome.position);
      if (!group.ok()) return reply->Finish(group.status(), outcome);
      (*group)->Inspect([=](const absl::Status& problem, const GroupRuntime& asked) {
        reply->Finish(problem.ok() ? answer(asked) : problem, outcome);
      });
    });
  }

  Rpc& rpc_;
  const ConsumerStreamParts parts_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeConsumerGroupService(const ConsumerStreamParts& parts) {
  return std::make_unique<ConsumerGroupRpcs>(parts);
}

}  // namespace crm::services

// RPCs for the operator, on the admin listener only.
#include "crm/v1/operator_service.grpc.pb.h"
#include "domain/organization/organization.h"
#include "services/bootstrap.h"
#include "services/operator_reads.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class OperatorRpcs final : public v1::OperatorService::CallbackService {
 public:
  OperatorRpcs(Rpc& rpc, eventstore::EventLog& log, eventstore::RocksDbKeyRing& keys,
               const Validator& validator)
      : rpc_(rpc), log_(log), keys_(keys), validator_(validator) {}
  using Api = v1::OperatorService;

  CRM_RPC(CreateOrganization, v1::CreateOrganizationResponse,
          Create(method, context, request, response))
  CRM_RPC(ListOrganizations, v1::ListOrganizationsResponse, Answer(method, context, *request, [&] {
            return services::ListOrganizations(log_, *request, response);
          }))
  CRM_RPC(ReadKeys, v1::ReadKeysResponse, Answer(method, context, *request, [&] {
            return services::ReadKeys(keys_, *request, response);
          }))

 private:
  grpc::ServerUnaryReactor* Create(const Method& method, grpc::CallbackServerContext* context,
                                   const v1::CreateOrganizationRequest* request,
                                   v1::CreateOrganizationResponse* response) {
    return rpc_.Begin(method, context, [&](const Call& call, std::shared_ptr<Reply> reply) {
      rpc_.pipeline().Execute<domain::Organization>(OperatorCall(call, request->request_id()),
                                                    *request, response,
                                                    Rpc::FinishWith(std::move(reply)));
    });
  }

  template <class Body>
  grpc::ServerUnaryReactor* Answer(const Method& method, grpc::CallbackServerContext* context,
                                   const google::protobuf::Message& request, Body body) {
    return rpc_.Begin(method, context, [&](const Call&, std::shared_ptr<Reply> reply) {
      const absl::Status shape = validator_.Check(request);
      reply->Finish(shape.ok() ? body() : shape, {});
    });
  }

  Rpc& rpc_;
  eventstore::EventLog& log_;
  eventstore::RocksDbKeyRing& keys_;
  const Validator& validator_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeOperatorService(Rpc& rpc, eventstore::EventLog& log,
                                                   eventstore::RocksDbKeyRing& keys,
                                                   const Validator& validator) {
  return std::make_unique<OperatorRpcs>(rpc, log, keys, validator);
}

}  // namespace crm::services

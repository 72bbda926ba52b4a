// RPCs of erasure.
#include "crm/v1/privacy_service.grpc.pb.h"
#include "domain/person/person.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class PrivacyRpcs final : public v1::PrivacyService::CallbackService {
 public:
  PrivacyRpcs(Rpc& rpc, Eraser& eraser) : rpc_(rpc), eraser_(eraser) {}
  using Api = v1::PrivacyService;

  CRM_RPC(ErasePerson, v1::Erasure, Erase(method, context, request, response))

 private:
  // Answers only when the key is gone and no view shows the person.
  grpc::ServerUnaryReactor* Erase(const Method& method, grpc::CallbackServerContext* context,
                                  const v1::ErasePersonRequest* request, v1::Erasure* response) {
    return rpc_.Begin(method, context, [&](const Call& call, std::shared_ptr<Reply> reply) {
      const Uuid organization = call.organization().uuid();
      const bool recorded = !request->validate_only();
      rpc_.pipeline().Execute<domain::Person>(
          call, *request, response,
          [this, organization, recorded, reply](const absl::Status& status,
                                                const Outcome& outcome) {
            if (!status.ok() || !recorded) return reply->Finish(status, outcome);
            eraser_.EraseEverywhere(
                organization, outcome.position,
                [reply, outcome](absl::Status erased) { reply->Finish(erased, outcome); });
          });
    });
  }

  Rpc& rpc_;
  Eraser& eraser_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakePrivacyService(Rpc& rpc, Eraser& eraser) {
  return std::make_unique<PrivacyRpcs>(rpc, eraser);
}

}  // namespace crm::services

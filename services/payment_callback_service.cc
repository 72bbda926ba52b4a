// RPCs of payment providers' notices.
#include "crm/v1/payment_callback_service.grpc.pb.h"
#include "domain/payment/payment.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class PaymentCallbackRpcs final : public v1::PaymentCallbackService::CallbackService {
 public:
  PaymentCallbackRpcs(Rpc& rpc, const ProviderSecrets& secrets) : rpc_(rpc), secrets_(secrets) {}
  using Api = v1::PaymentCallbackService;

  CRM_RPC(ReceiveProviderNotice, v1::ReceiveProviderNoticeResponse,
          Receive(method, context, request, response))

 private:
  // Who may record payments is asked first, then whether the provider said so.
  grpc::ServerUnaryReactor* Receive(const Method& method, grpc::CallbackServerContext* context,
                                    const v1::ReceiveProviderNoticeRequest* request,
                                    v1::ReceiveProviderNoticeResponse* response) {
    return rpc_.Begin(method, context, [&](const Call& call, std::shared_ptr<Reply> reply) {
      const absl::Status admitted = rpc_.pipeline().Admit(call, *request).status();
      if (!admitted.ok()) return reply->Finish(admitted, {});
      const absl::Status genuine = secrets_.Check(call.organization(), *request);
      if (!genuine.ok()) return reply->Finish(genuine, {});
      rpc_.pipeline().Execute<domain::Payment>(call, *request, response,
                                               Rpc::FinishWith(std::move(reply)));
    });
  }

  Rpc& rpc_;
  const ProviderSecrets& secrets_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakePaymentCallbackService(Rpc& rpc,
                                                          const ProviderSecrets& secrets) {
  return std::make_unique<PaymentCallbackRpcs>(rpc, secrets);
}

}  // namespace crm::services

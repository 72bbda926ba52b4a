// RPCs for the operator, on the admin listener only.
#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crm/v1/operator_service.grpc.pb.h"
#include "domain/organization/organization.h"
#include "services/bootstrap.h"
#include "services/page_token.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class OperatorRpcs final : public v1::OperatorService::CallbackService {
 public:
  OperatorRpcs(Rpc& rpc, eventstore::EventLog& log) : rpc_(rpc), log_(log) {}
  using Api = v1::OperatorService;

  CRM_RPC(CreateOrganization, v1::CreateOrganizationResponse,
          Create(method, context, request, response))
  CRM_RPC(ListOrganizations, v1::ListOrganizationsResponse,
          ListAll(method, context, request, response))

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

  grpc::ServerUnaryReactor* ListAll(const Method& method, grpc::CallbackServerContext* context,
                                    const v1::ListOrganizationsRequest* request,
                                    v1::ListOrganizationsResponse* response) {
    return rpc_.Begin(method, context, [&](const Call&, std::shared_ptr<Reply> reply) {
      reply->Finish(FillPage(*request, response), {});
    });
  }

  absl::Status FillPage(const v1::ListOrganizationsRequest& request,
                        v1::ListOrganizationsResponse* response) {
    ASSIGN_OR_RETURN(const std::optional<PageCursor> cursor, PageCursorOf(request, 1));
    size_t begin = 0;
    if (cursor.has_value() && !absl::SimpleAtoi(cursor->last_key, &begin)) begin = 0;
    const std::vector<Uuid> all = log_.ListOrganizations();
    const size_t end = std::min(all.size(), begin + static_cast<size_t>(PageSizeOf(request)));
    for (size_t i = begin; i < end; ++i) {
      ASSIGN_OR_RETURN(const eventstore::Head head, log_.GetHead(all[i]));
      auto& entry = *response->add_organizations();
      entry.set_organization(domain::NameOf(domain::OrganizationId(all[i])));
      entry.set_head_position(head.durable);
    }
    if (end < all.size()) {
      response->set_next_page_token(NextPageToken(request, {absl::StrCat(end), 1, 0}));
    }
    return absl::OkStatus();
  }

  Rpc& rpc_;
  eventstore::EventLog& log_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeOperatorService(Rpc& rpc, eventstore::EventLog& log) {
  return std::make_unique<OperatorRpcs>(rpc, log);
}

}  // namespace crm::services

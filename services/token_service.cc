// RPCs of tokens.
#include "crm/v1/token_service.grpc.pb.h"
#include "domain/token/token.h"
#include "projections/directory.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class TokenRpcs final : public v1::TokenService::CallbackService {
 public:
  CRM_SERVICE(TokenRpcs, v1::TokenService);

  CRM_COMMAND(CreateToken, Token)
  CRM_COMMAND(RevokeToken, Token)
  CRM_GET(GetToken, Token)
  CRM_LIST(ListTokens, Directory, Token, tokens)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeTokenService(Rpc& rpc) {
  return std::make_unique<TokenRpcs>(rpc);
}

}  // namespace crm::services

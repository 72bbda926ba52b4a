#include "services/bootstrap.h"

#include <future>
#include <memory>

#include "base/hash.h"
#include "base/status_macros.h"
#include "domain/organization/organization.h"

namespace crm::services {
namespace {

// Organizations are named by the request that created them.
constexpr Uuid kOrganizationNamespace = {{0x6f, 0x72, 0x67, 0x61, 0x6e, 0x69, 0x7a, 0x61, 0x74,
                                          0x69, 0x6f, 0x6e, 0x63, 0x72, 0x6d, 0x64}};

}  // namespace

Call OperatorCall(const Call& call, const std::string& request_id) {
  auto actor = std::make_shared<Actor>();
  actor->organization = domain::OrganizationId(Uuid::FromName(kOrganizationNamespace, request_id));
  // An operator may begin an organization in the past, so that its history can be imported.
  actor->grants["history.backdate"] = v1::REACH_ALL;
  actor->settings = std::make_shared<domain::OrganizationState>();
  actor->teams = std::make_shared<domain::TeamRegisterState>();
  Call by_operator = call;
  by_operator.actor = std::move(actor);
  return by_operator;
}

absl::Status CreateFirstOrganization(CommandPipeline& pipeline, const Clock& clock,
                                     v1::CreateOrganizationRequest command,
                                     const HandOver& hand_over) {
  static const Method method("crm.v1.OperatorService", "CreateOrganization");
  const std::string secret = RandomBytes(kTokenSecretSize);
  command.set_secret_hash(std::string(AsView(Sha256(secret))));
  command.set_request_id(Uuid::Random().ToString());
  Call call;
  call.method = &method;
  call.now = clock.Now();
  call = OperatorCall(call, command.request_id());
  RETURN_IF_ERROR(hand_over(FormatToken(call.organization(), secret)));
  v1::CreateOrganizationResponse response;
  std::promise<absl::Status> done;
  pipeline.Execute<domain::Organization>(
      call, command, &response,
      [&done](const absl::Status& status, const Outcome&) { done.set_value(status); });
  return done.get_future().get();
}

}  // namespace crm::services

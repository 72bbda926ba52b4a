// RPCs of members.
#include "crm/v1/member_service.grpc.pb.h"
#include "domain/member/member.h"
#include "projections/directory.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class MemberRpcs final : public v1::MemberService::CallbackService {
 public:
  CRM_SERVICE(MemberRpcs, v1::MemberService);

  CRM_GET(GetMember, Member)
  CRM_GET(GetCurrentMember, Member)
  CRM_LIST(ListMembers, Directory, Member, members)
  CRM_COMMAND(CreateMember, Member)
  CRM_COMMAND(UpdateMember, Member)
  CRM_COMMAND(AssignRoles, Member)
  CRM_COMMAND(DeactivateMember, Member)
  CRM_COMMAND(ReactivateMember, Member)
  CRM_COMMAND(FavorTeam, Member)
  CRM_COMMAND(UnfavorTeam, Member)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeMemberService(Rpc& rpc) {
  return std::make_unique<MemberRpcs>(rpc);
}

}  // namespace crm::services

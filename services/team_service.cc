// RPCs of teams and memberships.
#include "crm/v1/team_service.grpc.pb.h"
#include "domain/team/team.h"
#include "projections/directory.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class TeamRpcs final : public v1::TeamService::CallbackService {
 public:
  CRM_SERVICE(TeamRpcs, v1::TeamService);

  CRM_GET(GetTeam, Team)
  CRM_LIST(ListTeams, Directory, Team, teams)
  CRM_COMMAND(CreateTeam, Team)
  CRM_COMMAND(UpdateTeam, Team)
  CRM_COMMAND(AssignTeamAlias, Team)
  CRM_COMMAND(AddTeamMember, Team)
  CRM_COMMAND(ReviseMembership, Team)
  CRM_COMMAND(RemoveTeamMember, Team)
  CRM_COMMAND(AppointLeader, Team)
  CRM_COMMAND(DismissLeader, Team)
  CRM_COMMAND(NameOverrideLeader, Team)
  CRM_COMMAND(ArchiveTeam, Team)
  CRM_COMMAND(RestoreTeam, Team)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeTeamService(Rpc& rpc) { return std::make_unique<TeamRpcs>(rpc); }

}  // namespace crm::services

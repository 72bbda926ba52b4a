#include "services/picturing.h"

#include <string>

#include "base/status_macros.h"
#include "domain/member/member.h"
#include "domain/pipeline/pipeline.h"
#include "domain/team/team.h"
#include "services/papers/report_charts.h"

namespace crm::services {
namespace {

constexpr int kUsualMonths = 12;

// What people call the record; empty for none.
template <class A>
absl::StatusOr<std::string> DisplayNameOf(const domain::Lookup& lookup, const std::string& name) {
  if (name.empty()) return std::string();
  ASSIGN_OR_RETURN(const auto id, domain::ParseName<typename A::Id>(name));
  ASSIGN_OR_RETURN(const domain::Ref<A> self, lookup.Find<A>(id));
  return self.head.exists() ? self->display_name : std::string();
}

absl::StatusOr<papers::Whose> WhoseOf(const domain::Lookup& lookup, const std::string& team,
                                      const std::string& member) {
  papers::Whose whose;
  ASSIGN_OR_RETURN(whose.team, DisplayNameOf<domain::Team>(lookup, team));
  ASSIGN_OR_RETURN(whose.member, DisplayNameOf<domain::Member>(lookup, member));
  return whose;
}

}  // namespace

v1::GetStageFlowRequest AskedOf(const v1::GetStageFlowPictureRequest& request) {
  return request.report();
}

v1::GetTeamDashboardRequest AskedOf(const v1::GetTeamDashboardPictureRequest& request) {
  v1::GetTeamDashboardRequest asked = request.report();
  const bool months = request.part() == v1::TEAM_DASHBOARD_PART_REVENUE;
  if (months && asked.month_count() == 0) asked.set_month_count(kUsualMonths);
  return asked;
}

v1::GetGoalProgressRequest AskedOf(const v1::GetGoalProgressPictureRequest& request) {
  return request.report();
}

absl::StatusOr<papers::Picture> PictureOf(const v1::GetStageFlowPictureRequest& request,
                                          const v1::StageFlow& flow, const Surroundings& around) {
  const v1::GetStageFlowRequest& asked = request.report();
  ASSIGN_OR_RETURN(const auto id, domain::ParseName<domain::PipelineId>(asked.pipeline()));
  ASSIGN_OR_RETURN(const auto pipeline, around.lookup.Get<domain::Pipeline>(id));
  ASSIGN_OR_RETURN(const v1::Pipeline shown, domain::Pipeline::Render(pipeline, around.lookup));
  ASSIGN_OR_RETURN(const papers::Whose whose, WhoseOf(around.lookup, asked.team(), asked.owner()));
  return papers::Draw(papers::FunnelOf(asked, flow, shown, whose));
}

absl::StatusOr<papers::Picture> PictureOf(const v1::GetTeamDashboardPictureRequest& request,
                                          const v1::TeamDashboard& tile, const Surroundings&) {
  if (request.part() == v1::TEAM_DASHBOARD_PART_REVENUE) {
    return papers::Draw(papers::RevenueOf(tile));
  }
  return papers::Draw(papers::NewOpportunitiesOf(tile));
}

absl::StatusOr<papers::Picture> PictureOf(const v1::GetGoalProgressPictureRequest&,
                                          const v1::GoalProgress& progress,
                                          const Surroundings& around) {
  ASSIGN_OR_RETURN(const papers::Whose whose,
                   WhoseOf(around.lookup, progress.team(), progress.member()));
  return papers::Draw(papers::GoalOf(progress, whose, around.today));
}

absl::Status FillPicture(const papers::Picture& picture, v1::PictureFormat format,
                         v1::Picture& response) {
  if (format == v1::PICTURE_FORMAT_PNG) {
    ASSIGN_OR_RETURN(*response.mutable_content(), papers::PngOf(picture));
    response.set_media_type("image/png");
  } else {
    response.set_content(papers::SvgOf(picture));
    response.set_media_type("image/svg+xml");
  }
  return absl::OkStatus();
}

}  // namespace crm::services

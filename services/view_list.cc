#include "services/view_list.h"

#include "projections/comment_list.h"
#include "projections/customer_list.h"
#include "projections/customer_overview.h"
#include "projections/directory.h"
#include "projections/erasures.h"
#include "projections/lead_board.h"
#include "projections/pipeline_board.h"
#include "projections/record_index.h"
#include "projections/sales_statistics.h"
#include "projections/stage_flow.h"
#include "projections/team_dashboard.h"
#include "projections/undercut_alerts.h"

namespace crm::services {

void AddViews(projections::ProjectionSet& views) {
  views.Add<projections::CommentList>();
  views.Add<projections::CustomerList>();
  views.Add<projections::CustomerOverview>();
  views.Add<projections::Directory>();
  views.Add<projections::Erasures>();
  views.Add<projections::LeadBoard>();
  views.Add<projections::PipelineBoard>();
  views.Add<projections::RecordIndex>();
  views.Add<projections::SalesStatistics>();
  views.Add<projections::StageFlow>();
  views.Add<projections::TeamDashboard>();
  views.Add<projections::UndercutAlerts>();
}

}  // namespace crm::services

// What the bulk road (services/bulk.h) needs to know of opportunities: how a filter becomes a
// question to their view, which permission an action needs, and how a result names its opportunity.
// Pure functions.
#pragma once

#include <string>

#include "crm/v1/opportunity_service.pb.h"
#include "domain/opportunity/opportunity.h"
#include "domain/opportunity/opportunity_action.h"
#include "projections/pipeline_board.h"
#include "services/call.h"

namespace crm::services {

struct OpportunityBulk {
  using Aggregate = domain::Opportunity;
  using View = projections::PipelineBoard;
  using Result = v1::ApplyOpportunityActionResponse::Result;

  static v1::ListOpportunitiesRequest Question(const v1::ApplyOpportunityActionRequest& command);
  static const Method& MethodOf(const domain::OpportunityItemCommand& item);
  static void SetName(const std::string& name, Result* result) { result->set_opportunity(name); }
  static void Describe(const domain::OpportunityState&, Result*) {}
};

}  // namespace crm::services

// What the bulk road (services/bulk.h) needs to know of leads: how a filter becomes a question to
// their view, which permission an action needs, and how a result names its lead. Pure functions.
#pragma once

#include <string>

#include "crm/v1/lead_service.pb.h"
#include "domain/lead/lead.h"
#include "domain/lead/lead_action.h"
#include "projections/lead_board.h"
#include "services/call.h"

namespace crm::services {

struct LeadBulk {
  using Aggregate = domain::Lead;
  using View = projections::LeadBoard;
  using Result = v1::ApplyLeadActionResponse::Result;

  static v1::ListLeadsRequest Question(const v1::ApplyLeadActionRequest& command);
  static const Method& MethodOf(const domain::LeadItemCommand& item);
  static void SetName(const std::string& name, Result* result) { result->set_lead(name); }
  static void Describe(const domain::LeadState& lead, Result* result);
};

}  // namespace crm::services

#include "services/opportunity_bulk.h"

#include <type_traits>
#include <variant>

namespace crm::services {

v1::ListOpportunitiesRequest OpportunityBulk::Question(
    const v1::ApplyOpportunityActionRequest& command) {
  v1::ListOpportunitiesRequest question;
  *question.mutable_filter() = command.filter();
  return question;
}

const Method& OpportunityBulk::MethodOf(const domain::OpportunityItemCommand& item) {
  static constexpr char kService[] = "crm.v1.OpportunityService";
  static const Method assign(kService, "AssignOpportunity");
  static const Method update(kService, "UpdateOpportunity");
  return std::holds_alternative<v1::AssignOpportunityRequest>(item) ? assign : update;
}

}  // namespace crm::services

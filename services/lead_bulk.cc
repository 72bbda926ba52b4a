#include "services/lead_bulk.h"

#include <variant>

namespace crm::services {

v1::ListLeadsRequest LeadBulk::Question(const v1::ApplyLeadActionRequest& command) {
  v1::ListLeadsRequest question;
  *question.mutable_filter() = command.filter();
  return question;
}

const Method& LeadBulk::MethodOf(const domain::LeadItemCommand& item) {
  static constexpr char kService[] = "crm.v1.LeadService";
  static const Method assign(kService, "AssignLead");
  static const Method update(kService, "UpdateLead");
  const bool assigns = std::holds_alternative<v1::AssignLeadRequest>(item) ||
                       std::holds_alternative<v1::RouteLeadRequest>(item);
  return assigns ? assign : update;
}

void LeadBulk::Describe(const domain::LeadState& lead, Result* result) {
  result->set_owner(domain::NameOf(domain::Lead::ScopeOf(lead).owner));
}

}  // namespace crm::services

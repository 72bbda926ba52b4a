#include "services/customer_row.h"

#include <utility>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/customer/customer.h"
#include "domain/lead/lead.h"

namespace crm::services {
namespace {

v1::Customer GreyCustomer(v1::Lead lead) {
  v1::Customer customer;
  customer.set_name(lead.name());
  customer.set_grey(true);
  customer.set_lead(lead.name());
  const bool company = !lead.company_name().empty();
  customer.set_kind(company ? v1::CUSTOMER_KIND_COMPANY : v1::CUSTOMER_KIND_PERSON);
  customer.set_display_name(company ? lead.company_name()
                                    : std::string(absl::StripAsciiWhitespace(absl::StrCat(
                                          lead.given_name(), " ", lead.family_name()))));
  if (!lead.email().empty()) customer.add_emails(lead.email());
  if (!lead.phone().empty()) customer.add_phones(lead.phone());
  customer.set_website(lead.website());
  customer.set_industry(lead.industry());
  if (lead.has_employee_count()) customer.set_employee_count(lead.employee_count());
  customer.set_region_code(lead.region_code());
  customer.set_language_code(lead.language_code());
  customer.set_team(lead.team());
  customer.set_account_manager(lead.owner());
  customer.set_erased(lead.erased());
  *customer.mutable_tags() = std::move(*lead.mutable_tags());
  *customer.mutable_create_time() = lead.create_time();
  *customer.mutable_update_time() = lead.update_time();
  return customer;
}

}  // namespace

absl::StatusOr<v1::Customer> CustomerRow::RenderRow(const projections::CustomerList::RowId& id,
                                                    const domain::Lookup& lookup) {
  if (const auto* customer = std::get_if<domain::CustomerId>(&id)) {
    ASSIGN_OR_RETURN(const auto self, lookup.Get<domain::Customer>(*customer));
    return domain::Customer::Render(self, lookup);
  }
  ASSIGN_OR_RETURN(const auto lead, lookup.Get<domain::Lead>(std::get<domain::LeadId>(id)));
  ASSIGN_OR_RETURN(v1::Lead rendered, domain::Lead::Render(lead, lookup));
  return GreyCustomer(std::move(rendered));
}

}  // namespace crm::services

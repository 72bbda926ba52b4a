#include "domain/lead/lead_details.h"

#include "absl/strings/ascii.h"
#include "base/status_macros.h"
#include "domain/contact/contact.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/types/email.h"

namespace crm::domain {
namespace {

using events::v1::LeadDetails;

std::string Trimmed(const std::string& text) {
  return std::string(absl::StripAsciiWhitespace(text));
}

absl::StatusOr<Money> RevenueFrom(const google::type::Money& proto) {
  ASSIGN_OR_RETURN(const Money revenue, Money::FromProto(proto));
  if (revenue.IsNegative()) {
    return Invalid("AMOUNT_NEGATIVE", "expected revenue is not negative",
                   {{"field", "expected_revenue"}});
  }
  return revenue;
}

}  // namespace

absl::StatusOr<LeadDetails> LeadDetailsFrom(const v1::Lead& lead) {
  LeadDetails details;
  const auto keep = [](const std::string& sent, auto&& set) {
    if (std::string text = Trimmed(sent); !text.empty()) set(std::move(text));
  };
  keep(lead.display_name(), [&](std::string t) { details.set_display_name(std::move(t)); });
  keep(lead.given_name(), [&](std::string t) { details.set_given_name(std::move(t)); });
  keep(lead.family_name(), [&](std::string t) { details.set_family_name(std::move(t)); });
  keep(lead.email(), [&](std::string t) { details.set_email(std::move(t)); });
  keep(lead.phone(), [&](std::string t) { details.set_phone(std::move(t)); });
  keep(lead.company_name(), [&](std::string t) { details.set_company_name(std::move(t)); });
  keep(lead.job_title(), [&](std::string t) { details.set_job_title(std::move(t)); });
  keep(lead.website(), [&](std::string t) { details.set_website(std::move(t)); });
  keep(lead.industry(), [&](std::string t) { details.set_industry(std::move(t)); });
  keep(lead.region_code(), [&](std::string t) { details.set_region_code(std::move(t)); });
  keep(lead.language_code(), [&](std::string t) { details.set_language_code(std::move(t)); });
  keep(lead.source(), [&](std::string t) { details.set_source(std::move(t)); });
  keep(lead.campaign(), [&](std::string t) { details.set_campaign(std::move(t)); });
  if (lead.has_employee_count()) details.set_employee_count(lead.employee_count());
  if (lead.has_expected_revenue()) {
    ASSIGN_OR_RETURN(const Money revenue, RevenueFrom(lead.expected_revenue()));
    *details.mutable_expected_revenue() = StoredAmount(revenue);
  }
  *details.mutable_tags() = lead.tags();
  if (lead.priority() != 0) details.set_priority(lead.priority());
  return details;
}

absl::Status RequireReachable(LeadDetails& details) {
  if (!details.has_email() && !details.has_phone() && !details.has_company_name() &&
      !NamesPerson(details)) {
    return Invalid("NO_CONTACT_DATA", "a lead has an e-mail, a phone, a company or a person");
  }
  if (details.has_email()) {
    ASSIGN_OR_RETURN(*details.mutable_email(), NormalizeEmail(details.email()));
  }
  return absl::OkStatus();
}

void ShowDetails(const LeadDetails& details, v1::Lead& lead) {
  lead.set_display_name(details.display_name());
  lead.set_given_name(details.given_name());
  lead.set_family_name(details.family_name());
  lead.set_email(details.email());
  lead.set_phone(details.phone());
  lead.set_company_name(details.company_name());
  lead.set_job_title(details.job_title());
  lead.set_website(details.website());
  lead.set_industry(details.industry());
  if (details.has_employee_count()) lead.set_employee_count(details.employee_count());
  lead.set_region_code(details.region_code());
  lead.set_language_code(details.language_code());
  lead.set_source(details.source());
  lead.set_campaign(details.campaign());
  if (const auto revenue = AmountFromStored(details.expected_revenue()); revenue.has_value()) {
    *lead.mutable_expected_revenue() = revenue->ToProto();
  }
  *lead.mutable_tags() = details.tags();
  lead.set_priority(details.priority());
}

v1::Lead InputsOf(const LeadState& state) {
  v1::Lead inputs;
  ShowDetails(state.details, inputs);
  inputs.set_team(NameOf(state.ownership.team));
  inputs.set_owner(NameOf(state.ownership.owner));
  inputs.set_stage(NameOf(state.stage));
  return inputs;
}

}  // namespace crm::domain

#include "services/duplicate_report.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace crm::services {
namespace {

std::string FullName(const std::string& given, const std::string& family) {
  return std::string(absl::StripAsciiWhitespace(absl::StrCat(given, " ", family)));
}

}  // namespace

v1::FindDuplicatesRequest DuplicateQuestion(const v1::CreateCustomerRequest& command) {
  v1::FindDuplicatesRequest question;
  *question.mutable_emails() = command.customer().emails();
  *question.mutable_phones() = command.customer().phones();
  question.set_display_name(command.customer().display_name());
  question.set_website(command.customer().website());
  return question;
}

v1::FindDuplicatesRequest DuplicateQuestion(const v1::CreateContactRequest& command) {
  v1::FindDuplicatesRequest question;
  *question.mutable_emails() = command.contact().emails();
  *question.mutable_phones() = command.contact().phones();
  question.set_display_name(
      FullName(command.contact().given_name(), command.contact().family_name()));
  return question;
}

v1::FindDuplicatesRequest DuplicateQuestion(const v1::CaptureLeadRequest& command) {
  const v1::Lead& lead = command.lead();
  v1::FindDuplicatesRequest question;
  if (!lead.email().empty()) question.add_emails(lead.email());
  if (!lead.phone().empty()) question.add_phones(lead.phone());
  question.set_display_name(lead.company_name());
  question.set_person_name(FullName(lead.given_name(), lead.family_name()));
  question.set_website(lead.website());
  return question;
}

}  // namespace crm::services

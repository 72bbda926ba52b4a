// What to ask the record index before a person or company is entered, so that the answer can name
// records that may be the same. Advice, not a rule: nothing is refused, and nothing is recorded.
#pragma once

#include "crm/v1/contact_service.pb.h"
#include "crm/v1/customer_service.pb.h"
#include "crm/v1/lead_service.pb.h"

namespace crm::services {

v1::FindDuplicatesRequest DuplicateQuestion(const v1::CreateCustomerRequest& command);
v1::FindDuplicatesRequest DuplicateQuestion(const v1::CreateContactRequest& command);
v1::FindDuplicatesRequest DuplicateQuestion(const v1::CaptureLeadRequest& command);

}  // namespace crm::services

// What ConsumerGroupService answers about a group at work, in one of its turns: how far it is, and
// what it has put aside. Thread-safe.
#pragma once

#include "absl/status/status.h"
#include "crm/v1/consumer_group_service.pb.h"
#include "services/group_runtime.h"

namespace crm::services {

// A page of what is parked. INVALID_ARGUMENT for a page token of another question.
absl::Status AnswerParkedEvents(const GroupRuntime& group,
                                const v1::ListParkedEventsRequest& request,
                                v1::ListParkedEventsResponse* response);

}  // namespace crm::services

// The answer of AuditService.GetReconciliation; see domain/reconciliation/reconciliation.h. May
// take long and runs on the worker pool. Thread-safe.
#pragma once

#include "absl/status/status.h"
#include "crm/v1/audit_service.pb.h"
#include "services/call.h"
#include "services/log_reads.h"

namespace crm::services {

// Folds the organization's log up to what is durable now, or to the commit of a position. A log
// that does not agree is an answer, not an error. INVALID_ARGUMENT RANGE_INVALID beyond the head.
absl::Status Reconcile(const LogParts& parts, const Call& call,
                       const v1::GetReconciliationRequest& request,
                       v1::GetReconciliationResponse* response);

}  // namespace crm::services

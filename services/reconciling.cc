#include "services/reconciling.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "domain/reconciliation/reconciliation.h"

namespace crm::services {
namespace {

constexpr eventstore::ReadLimits kPage{.max_events = 2048, .max_bytes = 4 << 20};

void Show(const domain::Comparisons& found, v1::GetReconciliationResponse& response) {
  response.set_reconciled(true);
  for (const domain::CheckedInvariant& checked : found.checks()) {
    v1::GetReconciliationResponse::Check& check = *response.add_checks();
    check.set_check(checked.check);
    check.set_compared_count(checked.compared);
    check.set_differing_count(checked.differing);
    if (checked.differing > 0) response.set_reconciled(false);
  }
  for (const domain::Difference& differing : found.differences()) {
    v1::GetReconciliationResponse::Difference& difference = *response.add_differences();
    difference.set_check(differing.check);
    difference.set_stream(
        absl::StrCat(differing.subject.category, "/", differing.subject.id.ToString()));
    difference.set_what(differing.what);
    difference.set_expected(differing.expected);
    difference.set_found(differing.found);
  }
}

}  // namespace

absl::Status Reconcile(const LogParts& parts, const Call& call,
                       const v1::GetReconciliationRequest& request,
                       v1::GetReconciliationResponse* response) {
  const Uuid organization = call.organization().uuid();
  ASSIGN_OR_RETURN(const eventstore::Head head, parts.log.GetHead(organization));
  if (request.to_position() > head.durable) {
    return WithReason(absl::StatusCode::kInvalidArgument, "RANGE_INVALID",
                      "the range lies outside the log",
                      {{"head_position", std::to_string(head.durable)}});
  }
  const Position to = request.to_position() > 0 ? request.to_position() : head.durable;
  domain::Reconciliation reconciliation(parts.keys);
  Position reached = 0;
  bool beyond = false;
  while (reached < to && !beyond) {
    const absl::Status read = parts.log.ReadLog(
        organization, reached + 1, kPage, [&](const log::v1::RecordedEvent& event) -> absl::Status {
          // What is folded ends with a commit.
          beyond = event.position() > to && event.index_in_commit() == 0;
          if (beyond) return absl::CancelledError("beyond what is asked for");
          RETURN_IF_ERROR(reconciliation.Add(event));
          reached = event.position();
          return absl::OkStatus();
        });
    if (!beyond) RETURN_IF_ERROR(read);
  }
  ASSIGN_OR_RETURN(const domain::Comparisons found, reconciliation.Conclude());
  Show(found, *response);
  response->set_position(reached);
  return absl::OkStatus();
}

}  // namespace crm::services

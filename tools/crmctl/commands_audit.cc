// crmctl audit: checks of everything the organization has on record.
#include <memory>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crm/v1/audit_service.pb.h"
#include "tools/crmctl/command_tree.h"
#include "tools/crmctl/render.h"
#include "tools/crmctl/values.h"
#include "tools/crmctl/verbs.h"

namespace crm::ctl {
namespace {

using crm::v1::GetReconciliationResponse;

void PrintChecks(const GetReconciliationResponse& response, std::ostream& out) {
  int64_t compared = 0;
  for (const GetReconciliationResponse::Check& check : response.checks()) {
    compared += check.compared_count();
    out << check.check() << ": " << FormatCount(check.compared_count()) << " compared, "
        << FormatCount(check.differing_count()) << " differ\n";
  }
  for (const GetReconciliationResponse::Difference& difference : response.differences()) {
    out << difference.check() << " " << difference.stream() << ": " << difference.what() << " is "
        << difference.found() << " and should be " << difference.expected() << "\n";
  }
  if (response.reconciled()) {
    out << "everything agrees at position " << response.position() << " (" << FormatCount(compared)
        << " comparisons)\n";
  }
}

absl::Status Reconcile(Session& session, int64_t to_position) {
  crm::v1::GetReconciliationRequest request;
  request.set_to_position(to_position);
  GetReconciliationResponse response;
  RETURN_IF_ERROR(session.Call("GetReconciliation", request, response).status());
  if (session.style().format == Format::kTable) {
    PrintChecks(response, session.environment().out);
  } else {
    RETURN_IF_ERROR(PrintRecord(session.environment().out, session.style(), response));
  }
  if (response.reconciled()) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("the records do not agree at position ", response.position()));
}

}  // namespace

void AddAuditCommands(CommandTree& tree) {
  CLI::App& group = tree.AddGroup(tree.root(), "audit", "Whether what is on record agrees");
  auto to_position = std::make_shared<int64_t>(0);
  tree.AddLeaf(group, "reconcile",
               "Compare invoices, payments, numbers and commissions with what follows from the log",
               [to_position](Session& session) { return Reconcile(session, *to_position); })
      .add_option("--to", *to_position, "As it was recorded up to this position");
}

}  // namespace crm::ctl

// crmctl export: the log of an organization as CloudEvents in JSON lines (evidence/export_line.h),
// and, when asked and allowed, the keys of its persons in a file of their own. crmutil import makes
// a data directory of both.
#include <cstdio>
#include <fstream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crm/v1/event_service.pb.h"
#include "crm/v1/operator_service.pb.h"
#include "evidence/export_line.h"
#include "evidence/signed_anchor.h"
#include "tools/crmctl/command_tree.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/files.h"
#include "tools/crmctl/operator_connection.h"
#include "tools/crmctl/render.h"
#include "tools/crmctl/values.h"

namespace crm::ctl {
namespace {

constexpr int kKeysPerPage = 1000;
constexpr int kSecretFile = 0600;

struct ExportFlags {
  std::string out;
  std::string keys;
  OperatorFlags server;
};

absl::StatusOr<std::string> MyOrganization(Session& session) {
  crm::v1::GetAnchorRequest request;
  request.set_position(1);
  crm::v1::GetAnchorResponse response;
  RETURN_IF_ERROR(session.Call("GetAnchor", request, response).status());
  return response.anchor().organization();
}

// Everything there is when it begins; what follows is for the next export.
absl::Status ExportEvents(Session& session, const std::string& organization,
                          const std::string& path) {
  ASSIGN_OR_RETURN(const Uuid id, evidence::OrganizationOf(organization));
  evidence::LogExporter exporter(id);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  crm::v1::ReadRecordsRequest request;
  request.set_from_position(1);
  do {
    crm::v1::ReadRecordsResponse page;
    RETURN_IF_ERROR(session.Call("ReadRecords", request, page).status());
    if (request.to_position() == 0) request.set_to_position(page.head_position());
    for (const auto& record : page.records()) {
      if (record.position() > request.to_position()) break;
      ASSIGN_OR_RETURN(const std::string line, exporter.Add(record.event(), record.hash()));
      file << line;
    }
    request.set_from_position(exporter.count() + 1);
    if (session.environment().interrupted()) return absl::CancelledError("interrupted");
  } while (exporter.count() < request.to_position());
  file << exporter.Finish();
  file.close();
  if (!file) return absl::FailedPreconditionError(absl::StrCat(path, ": cannot be written"));
  session.environment().err << FormatCount(exporter.count()) << " events\n";
  return absl::OkStatus();
}

// After the events, so that no event is without its key. Those destroyed meanwhile are gone.
absl::Status ExportKeys(Session& session, const std::string& organization,
                        const ExportFlags& flags) {
  ASSIGN_OR_RETURN(const auto connection, ConnectAsOperator(session, flags.server));
  crm::v1::ReadKeysRequest request;
  request.set_organization(organization);
  request.set_page_size(kKeysPerPage);
  crm::v1::ReadKeysResponse all;
  do {
    crm::v1::ReadKeysResponse page;
    RETURN_IF_ERROR(connection->Call(*FindMethod("ReadKeys"), request, page).status());
    request.set_page_token(page.next_page_token());
    page.clear_next_page_token();
    all.MergeFrom(page);
  } while (!request.page_token().empty());
  return WriteWholeFile(flags.keys, absl::StrCat(JsonOf(all, /*indented=*/true), "\n"),
                        kSecretFile);
}

absl::Status Export(Session& session, const ExportFlags& flags) {
  if (!flags.keys.empty() && flags.server.admin_target.empty())
    return UsageError("--keys asks the operator's listener: give --admin-target");
  ASSIGN_OR_RETURN(const std::string organization, MyOrganization(session));
  const std::string fresh = absl::StrCat(flags.out, ".part");
  RETURN_IF_ERROR(ExportEvents(session, organization, fresh));
  if (!flags.keys.empty()) RETURN_IF_ERROR(ExportKeys(session, organization, flags));
  if (std::rename(fresh.c_str(), flags.out.c_str()) == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(flags.out, ": cannot be written"));
}

}  // namespace

void AddExportCommand(CommandTree& tree) {
  auto flags = std::make_shared<ExportFlags>();
  CLI::App& leaf =
      tree.AddLeaf(tree.root(), "export", "The whole log as CloudEvents, for crmutil import",
                   [flags](Session& session) { return Export(session, *flags); });
  leaf.add_option("--out", flags->out, "Where to write the events")->required();
  leaf.add_option("--keys", flags->keys, "Where to write the keys of persons: secrets, mode 0600");
  leaf.add_option("--admin-target", flags->server.admin_target, "For --keys: HOST:PORT");
  leaf.add_option("--operator-token-file", flags->server.token_file, "For --keys: the token");
}

}  // namespace crm::ctl

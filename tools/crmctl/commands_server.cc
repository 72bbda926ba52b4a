// crmctl health, projection lag and compare, operator: for those who run the server.
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/status_macros.h"
#include "crm/v1/operator_service.pb.h"
#include "crm/v1/projection_service.pb.h"
#include "grpc/health/v1/health.pb.h"
#include "tools/crmctl/command_tree.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/operator_connection.h"
#include "tools/crmctl/pause.h"
#include "tools/crmctl/secret.h"
#include "tools/crmctl/text.h"
#include "tools/crmctl/values.h"
#include "tools/crmctl/verbs.h"

namespace crm::ctl {
namespace {

using ::grpc::health::v1::HealthCheckRequest;
using ::grpc::health::v1::HealthCheckResponse;

constexpr char kHealthPath[] = "/grpc.health.v1.Health/Check";
constexpr absl::Duration kPollInterval = absl::Milliseconds(100);

struct HealthFlags {
  std::string service;
  bool wait = false;
  std::string timeout = "60s";
};

absl::Status CheckHealth(Session& session, const HealthFlags& flags) {
  HealthCheckRequest request;
  request.set_service(flags.service);
  HealthCheckResponse response;
  const absl::Status status =
      session.connection().CallPath(kHealthPath, request, response).status();
  const std::string what =
      flags.service.empty() ? "the server" : absl::StrCat("service ", flags.service);
  if (status.code() == absl::StatusCode::kNotFound) {
    return absl::FailedPreconditionError(absl::StrCat(what, " is not known to the server"));
  }
  RETURN_IF_ERROR(status);
  if (response.status() != HealthCheckResponse::SERVING) {
    return absl::FailedPreconditionError(
        absl::StrCat(what, " is ", HealthCheckResponse::ServingStatus_Name(response.status())));
  }
  return absl::OkStatus();
}

absl::Status Health(Session& session, const HealthFlags& flags) {
  const auto timeout = ParseDuration(flags.timeout);
  if (!timeout.ok()) return UsageError(absl::StrCat("--timeout: ", timeout.status().message()));
  const Clock& clock = session.environment().clock;
  const absl::Time end = clock.Now() + *timeout;
  absl::Status status = CheckHealth(session, flags);
  while (!status.ok() && flags.wait && clock.Now() < end && !session.environment().interrupted()) {
    Pause(clock, kPollInterval, session.environment().interrupted);
    status = CheckHealth(session, flags);
  }
  if (status.ok() && session.style().format == Format::kTable) {
    session.environment().out << "SERVING\n";
  } else if (status.ok()) {
    session.environment().out << "{\"status\":\"SERVING\"}\n";
  }
  return status;
}

// Views by how far they are behind; fails when one has stopped.
absl::Status Lag(Session& session) {
  crm::v1::ListProjectionsRequest request;
  crm::v1::ListProjectionsResponse response;
  RETURN_IF_ERROR(session.Call("ListProjections", request, response).status());
  RowPrinter printer(session.environment().out, session.style(), *crm::v1::Projection::descriptor(),
                     {"name", "state", "position", "head_position", "lag_count", "problem"});
  RETURN_IF_ERROR(printer.Begin());
  std::string stopped;
  for (const auto& projection : response.projections()) {
    printer.Add(projection);
    if (projection.state() == crm::v1::PROJECTION_STATE_STOPPED) stopped = projection.name();
  }
  printer.Finish();
  if (stopped.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(stopped, " has stopped"));
}

struct CompareFlags {
  std::string name;
  bool no_wait = false;
};

void PrintComparison(Session& session, const crm::v1::Projection& projection) {
  const crm::v1::ProjectionComparison& found = projection.comparison();
  std::ostream& out = session.environment().out;
  out << FormatCount(found.rows_count()) << " rows compared at position " << found.position()
      << "; digest " << absl::BytesToHexString(found.rows_sha256()) << "\n";
  if (found.state() == crm::v1::COMPARISON_STATE_EQUAL) return;
  out << found.differing_count() << " differ, " << found.missing_count() << " missing, "
      << found.extra_count() << " extra\n";
  RowPrinter printer(out, session.style(), *crm::v1::ProjectionComparison::Difference::descriptor(),
                     {"kind", "table", "key"});
  if (!printer.Begin().ok()) return;
  for (const auto& difference : found.differences()) printer.Add(difference);
  printer.Finish();
}

// Waits for the comparison, which goes on without us too; fails when rows differ.
absl::Status Compare(Session& session, const CompareFlags& flags) {
  crm::v1::CompareProjectionRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), session.names().Resolve({"projections"}, flags.name));
  crm::v1::Projection projection;
  RETURN_IF_ERROR(session.Call("CompareProjection", request, projection).status());
  crm::v1::GetProjectionRequest again;
  again.set_name(request.name());
  while (!flags.no_wait && !session.environment().interrupted() &&
         projection.comparison().state() == crm::v1::COMPARISON_STATE_RUNNING) {
    Pause(session.environment().clock, kPollInterval, session.environment().interrupted);
    RETURN_IF_ERROR(session.Call("GetProjection", again, projection).status());
  }
  const crm::v1::ProjectionComparison& found = projection.comparison();
  if (session.style().format != Format::kTable) {
    RETURN_IF_ERROR(PrintRecord(session.environment().out, session.style(), projection));
  } else if (found.state() == crm::v1::COMPARISON_STATE_EQUAL ||
             found.state() == crm::v1::COMPARISON_STATE_DIFFERENT) {
    PrintComparison(session, projection);
  }
  switch (found.state()) {
    case crm::v1::COMPARISON_STATE_DIFFERENT:
      return absl::DataLossError(absl::StrCat(
          projection.name(), " is not what the log gives; crmctl projection rebuild mends it",
          found.problem().empty() ? "" : ": ", found.problem()));
    case crm::v1::COMPARISON_STATE_FAILED:
      return absl::FailedPreconditionError(found.problem());
    case crm::v1::COMPARISON_STATE_UNSPECIFIED:
      return absl::UnavailableError("the server was restarted and has forgotten the comparison");
    default:
      return absl::OkStatus();
  }
}

void AddCompareCommand(CommandTree& tree) {
  auto flags = std::make_shared<CompareFlags>();
  CLI::App& leaf = tree.AddLeaf(*tree.root().get_subcommand("projection"), "compare",
                                "Fold the log again and compare row by row",
                                [flags](Session& session) { return Compare(session, *flags); });
  leaf.add_option("name", flags->name, "The projection")->required();
  leaf.add_flag("--no-wait", flags->no_wait, "Only begin; projection get shows what came out");
}

struct OrganizationFlags {
  OperatorFlags server;
  std::string save_context;
  crm::v1::CreateOrganizationRequest request;
  std::string request_id;
};

absl::Status CreateOrganization(Session& session, OrganizationFlags& flags) {
  const MethodDescriptor& method = *FindMethod("CreateOrganization");
  ASSIGN_OR_RETURN(const auto connection, ConnectAsOperator(session, flags.server));
  const std::string secret = RandomBytes(kSecretBytes);
  flags.request.set_secret_hash(std::string(AsView(Sha256(secret))));
  RETURN_IF_ERROR(session.FillCommon(method, flags.request));
  if (const absl::Status rules = CheckRules(flags.request); !rules.ok()) {
    return UsageError(rules.message());
  }
  crm::v1::CreateOrganizationResponse response;
  ASSIGN_OR_RETURN(const Outcome outcome, connection->Call(method, flags.request, response));
  if (outcome.replayed) {
    return absl::AlreadyExistsError(
        "the organization was created by an earlier call with this request id; its token was "
        "printed then");
  }
  return HandOver(session, flags.save_context,
                  {response.organization(), response.administrator(), response.token(), secret});
}

absl::Status ListOrganizations(Session& session, const OrganizationFlags& flags) {
  using Entry = crm::v1::ListOrganizationsResponse::Entry;
  ASSIGN_OR_RETURN(const auto connection, ConnectAsOperator(session, flags.server));
  RowPrinter printer(session.environment().out, session.style(), *Entry::descriptor(),
                     UsualFields(Entry::descriptor()->full_name()));
  RETURN_IF_ERROR(printer.Begin());
  crm::v1::ListOrganizationsRequest request;
  do {
    crm::v1::ListOrganizationsResponse response;
    RETURN_IF_ERROR(connection->Call(*FindMethod("ListOrganizations"), request, response).status());
    for (const Entry& entry : response.organizations()) printer.Add(entry);
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  printer.Finish();
  return absl::OkStatus();
}

void AddOperatorCommands(CommandTree& tree) {
  CLI::App& group = tree.AddGroup(tree.root(), "operator", "Organizations of a server");
  auto flags = std::make_shared<OrganizationFlags>();
  CLI::App& create =
      tree.AddLeaf(group, "create-organization", "CreateOrganization (operator)",
                   [flags](Session& session) { return CreateOrganization(session, *flags); });
  CLI::App& list =
      tree.AddLeaf(group, "list-organizations", "ListOrganizations (operator)",
                   [flags](Session& session) { return ListOrganizations(session, *flags); });
  for (CLI::App* leaf : {&create, &list}) AddOperatorOptions(*leaf, flags->server);
  const auto text = [&](const char* name, std::string* value, const char* help) {
    create.add_option(name, *value, help)->required();
  };
  crm::v1::CreateOrganizationRequest& request = flags->request;
  text("--display-name", request.mutable_display_name(), "Name shown to people");
  text("--currency-code", request.mutable_currency_code(), "ISO 4217 currency of its reports");
  text("--time-zone", request.mutable_time_zone(), "IANA time zone of its days");
  text("--administrator-display-name", request.mutable_administrator_display_name(),
       "Name of its administrator");
  text("--administrator-email", request.mutable_administrator_email(),
       "E-mail address of its administrator");
  create.add_option("--save-context", flags->save_context,
                    "Keep the token in this context instead of printing it");
}

}  // namespace

void AddServerCommands(CommandTree& tree) {
  auto health = std::make_shared<HealthFlags>();
  CLI::App& leaf =
      tree.AddLeaf(tree.root(), "health", "Is the server ready? 0 yes, 1 no, 6 unreachable",
                   [health](Session& session) { return Health(session, *health); });
  leaf.add_option("--service", health->service, "For example crm.ready");
  leaf.add_flag("--wait", health->wait, "Ask again until it is");
  leaf.add_option("--timeout", health->timeout, "Longest wait (60s)");
  tree.AddLeaf(*tree.root().get_subcommand("projection"), "lag", "How far views are behind", Lag);
  AddCompareCommand(tree);
  AddOperatorCommands(tree);
}

}  // namespace crm::ctl

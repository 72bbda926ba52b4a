#include "tools/sample/fill.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "crm/v1/organization_service.grpc.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "tools/sample/member_token.h"
#include "tools/sample/plan.h"
#include "tools/sample/progress.h"
#include "tools/sample/runner.h"
#include "tools/sample/sales_department.h"

namespace crm::sample {
namespace {

constexpr absl::Duration kConnectDeadline = absl::Seconds(10);

absl::StatusOr<v1::Organization> ReadOrganization(std::shared_ptr<grpc::Channel> channel,
                                                  const std::string& token, const Clock& clock) {
  grpc::ClientContext context;
  context.AddMetadata("authorization", absl::StrCat("Bearer ", token));
  context.set_wait_for_ready(true);
  context.set_deadline(absl::ToChronoTime(clock.Now() + kConnectDeadline));
  v1::Organization organization;
  const grpc::Status status = v1::OrganizationService::NewStub(std::move(channel))
                                  ->GetOrganization(&context, {}, &organization);
  if (status.ok()) return organization;
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      absl::StrCat("GetOrganization: ", status.error_message()));
}

absl::StatusOr<PlanSettings> SettingsFor(const FillOptions& options,
                                         const v1::Organization& organization, const Clock& clock) {
  PlanSettings settings;
  settings.seed = options.seed;
  settings.scale_percent = options.scale_percent;
  settings.currency_code = organization.currency_code();
  if (!absl::LoadTimeZone(organization.time_zone(), &settings.zone)) {
    return absl::FailedPreconditionError(
        absl::StrCat("this machine has no time zone '", organization.time_zone(), "'"));
  }
  const absl::CivilDay today = absl::ToCivilDay(clock.Now(), settings.zone);
  settings.end_date = options.end_date.value_or(today);
  if (settings.end_date <= today) return settings;
  return absl::FailedPreconditionError("the history cannot end in the future");
}

absl::Status RequireOldEnough(const v1::Organization& organization, const Plan& plan) {
  const absl::Time created = absl::FromUnixSeconds(organization.create_time().seconds());
  if (created <= plan.begin_time()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the organization begins at ", absl::FormatTime(created, absl::UTCTimeZone()),
                   ", the history at ", absl::FormatTime(plan.begin_time(), absl::UTCTimeZone()),
                   "; create it with an earlier effective time (crmd --bootstrap-effective-time)"));
}

int64_t CountOf(const Tally& tally, const std::string& request) {
  const auto found = tally.by_request.find(request);
  return found == tally.by_request.end() ? 0 : found->second;
}

std::string Summary(const v1::Organization& organization, const Tally& tally,
                    absl::Duration elapsed) {
  const auto count = [&](const char* request) { return CountOf(tally, request); };
  std::string text = absl::StrFormat(
      "%s: %d teams, %d members, %d customers, %d contacts, %d leads, %d opportunities "
      "(%d won, %d lost), %d groups, %d comments\n",
      organization.name(), count("CreateTeamRequest"), count("CreateMemberRequest"),
      count("CreateCustomerRequest"), count("CreateContactRequest"), count("CaptureLeadRequest"),
      count("CreateOpportunityRequest") + count("ConvertLeadRequest"),
      count("WinOpportunityRequest"), count("LoseOpportunityRequest"),
      count("CreateOpportunityGroupRequest"), count("CreateCommentRequest"));
  absl::StrAppend(&text, tally.commands, " commands (", tally.replayed, " known already, ",
                  tally.retries, " sent again) in ",
                  absl::FormatDuration(absl::Floor(elapsed, absl::Milliseconds(100))), "\n");
  return text;
}

}  // namespace

absl::Status FillOrganization(const FillOptions& options, const Clock& clock, std::ostream& out,
                              ProgressOutput progress_output) {
  const absl::Time begin = clock.Now();
  ASSIGN_OR_RETURN(std::string token, ReadToken(options.token_file));
  const std::shared_ptr<grpc::Channel> channel =
      grpc::CreateChannel(options.target, grpc::InsecureChannelCredentials());
  ASSIGN_OR_RETURN(const v1::Organization organization, ReadOrganization(channel, token, clock));
  ASSIGN_OR_RETURN(PlanSettings settings, SettingsFor(options, organization, clock));
  const Plan plan(std::move(settings));
  RETURN_IF_ERROR(RequireOldEnough(organization, plan));

  RunnerOptions runner_options;
  runner_options.token = token;
  runner_options.jobs = options.jobs;
  Runner runner(channel, std::move(runner_options), clock);
  int64_t script_count = 0;
  for (const Phase& phase : plan.Phases()) script_count += phase.script_count;
  Progress progress(script_count, progress_output, clock);
  for (const Phase& phase : plan.Phases()) {
    const absl::Status done =
        runner.Run(plan, phase, [&] { progress.Show(phase.display_name, runner.tally()); });
    progress.Clear();
    RETURN_IF_ERROR(done);
  }
  if (!options.member_token_file.empty()) {
    ASSIGN_OR_RETURN(const std::string member,
                     runner.references().NameOf(MemberReference(kHeadOfSales)));
    RETURN_IF_ERROR(ProvideMemberToken({.channel = channel,
                                        .token = token,
                                        .organization = organization.name(),
                                        .member = member,
                                        .file = options.member_token_file},
                                       clock));
  }
  out << Summary(organization, runner.tally(), clock.Now() - begin) << std::flush;
  return absl::OkStatus();
}

}  // namespace crm::sample

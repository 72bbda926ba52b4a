#include "services/process_runner.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "base/this_thread.h"
#include "domain/lead/lead.h"
#include "domain/opportunity/opportunity.h"
#include "domain/pipeline/pipeline.h"
#include "domain/processes/process.h"
#include "projections/lead_board.h"
#include "projections/pipeline_board.h"
#include "services/await.h"

namespace crm::services {
namespace {

constexpr eventstore::ReadLimits kPage{.max_events = 4096, .max_bytes = 4 << 20, .shared = true};
constexpr int kAllRecords = 1 << 20;  // of one stage

}  // namespace

void ProcessRunner::Start() {
  listener_ =
      parts_.log.Listen([this](const Uuid& organization, Position) { line_.Wake(organization); });
  for (const Uuid& organization : parts_.log.ListOrganizations()) line_.Wake(organization);
  thread_ = std::thread([this] { Loop(); });
}

void ProcessRunner::Stop() {
  if (!thread_.joinable()) return;
  parts_.log.Unlisten(*listener_);
  line_.Close();
  thread_.join();
}

void ProcessRunner::Loop() {
  NameThisThread("processes");
  LowerThisThread();
  for (;;) {
    const std::vector<Uuid> round = line_.NextRound();
    if (round.empty()) return;
    for (const Uuid& organization : round) {
      const absl::Status status = Advance(organization);
      if (status.ok() || line_.closed()) continue;
      // Tried again when the log moves on, or at the next start; nothing is skipped.
      subscriptions_.erase(organization);
      log::Error("a process cannot go on", {{"process", domain::Relocation::kName},
                                            {"organization", organization.ToString()},
                                            {"problem", status.message()}});
    }
    line_.Rest();
  }
}

absl::Status ProcessRunner::Advance(const Uuid& organization) {
  std::unique_ptr<eventstore::Subscription>& subscription = subscriptions_[organization];
  if (subscription == nullptr) {
    ASSIGN_OR_RETURN(const Position checkpoint, LoadCheckpoint(organization));
    subscription = std::make_unique<eventstore::Subscription>(
        parts_.hub, organization, checkpoint + 1,
        eventstore::SubscriptionFilter{{events::v1::StageArchived::descriptor()->full_name()}, {}});
  }
  for (;;) {
    // A reaction appends to the log, which must not happen in the middle of reading it.
    std::vector<log::v1::RecordedEvent> causes;
    ASSIGN_OR_RETURN(const eventstore::Scanned scanned,
                     subscription->Next(kPage, [&](const log::v1::RecordedEvent& recorded) {
                       causes.push_back(recorded);
                       return absl::OkStatus();
                     }));
    for (const log::v1::RecordedEvent& cause : causes) RETURN_IF_ERROR(React(organization, cause));
    if (scanned.caught_up) return absl::OkStatus();
  }
}

absl::Status ProcessRunner::React(const Uuid& organization,
                                  const log::v1::RecordedEvent& recorded) {
  RETURN_IF_ERROR(domain::DispatchEvent(
                      std::type_identity<std::variant<events::v1::StageArchived>>{}, recorded,
                      parts_.keys,
                      [&](const events::v1::StageArchived& event,
                          const domain::EventMetadata& metadata) -> absl::Status {
                        return Relocate(organization, domain::Relocation::React(event, metadata));
                      })
                      .status());
  return Checkpoint(organization, recorded.position());
}

absl::Status ProcessRunner::Relocate(const Uuid& organization,
                                     const domain::Relocation& relocation) {
  static const Method move_opportunity("crm.v1.OpportunityService", "MoveStage");
  static const Method move_lead("crm.v1.LeadService", "MoveLeadStage");
  RETURN_IF_ERROR((MoveAll<domain::Opportunity, projections::PipelineBoard>(
      organization, move_opportunity, relocation, v1::ListOpportunitiesRequest())));
  return MoveAll<domain::Lead, projections::LeadBoard>(organization, move_lead, relocation,
                                                       v1::ListLeadsRequest());
}

template <class A, class View, class Question>
absl::Status ProcessRunner::MoveAll(const Uuid& organization, const Method& method,
                                    const domain::Relocation& relocation, Question question) {
  domain::Audience everybody;
  everybody.everything = true;
  projections::QueryContext context(everybody, parts_.clock.Now(), kAllRecords, "");
  question.mutable_filter()->set_stage(domain::NameOf(relocation.from));
  ASSIGN_OR_RETURN(const auto view, ReaderAt<View>(organization, relocation.cause.position));
  ASSIGN_OR_RETURN(const std::vector<typename A::Id> ids,
                   View::Select(question, view->rows(), context));
  for (const typename A::Id& id : ids) {
    RETURN_IF_ERROR(MoveOn<A>(organization, method, relocation, id));
  }
  return absl::OkStatus();
}

template <class View>
absl::StatusOr<std::unique_ptr<projections::ViewSnapshot>> ProcessRunner::ReaderAt(
    const Uuid& organization, Position position) {
  return AwaitRows(parts_.projections, parts_.clock, View::kName, organization, position,
                   [this] { return line_.closed(); });
}

// A refusal is an answer: somebody moved or closed the record meanwhile. But while the command was
// on its way the pipeline may have changed again, its target archived in turn.
template <class A>
absl::Status ProcessRunner::MoveOn(const Uuid& organization, const Method& method,
                                   const domain::Relocation& relocation, const typename A::Id& id) {
  const auto pipeline_now = [&]() -> absl::StatusOr<domain::Ref<domain::Pipeline>> {
    LogStreams streams(parts_.authorizer.streams(), organization);
    return domain::Lookup(streams).Get<domain::Pipeline>(relocation.from.pipeline);
  };
  for (;;) {
    ASSIGN_OR_RETURN(const domain::Ref<domain::Pipeline> pipeline, pipeline_now());
    const auto command = relocation.Onward(pipeline.state()).Move(id);
    const absl::Status status = Send<A>(organization, method, command);
    if (status.ok()) return status;
    if (absl::IsUnavailable(status) || absl::IsAborted(status) || absl::IsDataLoss(status) ||
        absl::IsInternal(status)) {
      return status;
    }
    ASSIGN_OR_RETURN(const domain::Ref<domain::Pipeline> after, pipeline_now());
    if (after.head.version != pipeline.head.version) continue;
    log::Warning("a record stays in an archived stage",
                 {{"record", command.name()}, {"reason", ReasonOf(status)}});
    return absl::OkStatus();
  }
}

template <class A, class Command>
absl::Status ProcessRunner::Send(const Uuid& organization, const Method& method,
                                 const Command& command) {
  if (line_.closed()) return absl::UnavailableError("the server stops");
  Call call;
  call.method = &method;
  // Not before what the log holds, as for any other caller.
  call.now = std::max(parts_.clock.Now(), parts_.authorizer.streams().LastRecordTime(organization));
  ASSIGN_OR_RETURN(call.actor, parts_.authorizer.SystemActor(domain::OrganizationId(organization)));
  typename A::Resource response;
  return Await([&](auto done) {
    parts_.pipeline.Execute<A>(
        call, command, &response,
        [done](const absl::Status& outcome, const Outcome&) { done(outcome); });
  });
}

absl::StatusOr<Position> ProcessRunner::LoadCheckpoint(const Uuid& organization) const {
  LogStreams streams(parts_.authorizer.streams(), organization);
  ASSIGN_OR_RETURN(const domain::Ref<domain::Process> process,
                   domain::Lookup(streams).Find<domain::Process>(
                       domain::ProcessNamed(domain::Relocation::kName)));
  return process->position;
}

absl::Status ProcessRunner::Checkpoint(const Uuid& organization, Position position) {
  LogStreams streams(parts_.authorizer.streams(), organization);
  const domain::ProcessId id = domain::ProcessNamed(domain::Relocation::kName);
  ASSIGN_OR_RETURN(const domain::Ref<domain::Process> process,
                   domain::Lookup(streams).Find<domain::Process>(id));
  events::v1::ProcessAdvanced advanced;
  advanced.set_position(position);
  const StreamId stream = domain::StreamOf(id);
  ASSIGN_OR_RETURN(NewEvent event, domain::EncodeEvent(advanced, organization, stream,
                                                       process.head.version + 1, parts_.keys));
  eventstore::Commit commit;
  commit.organization = organization;
  commit.now = parts_.clock.Now();
  commit.streams.push_back({stream, process.head.version, {std::move(event)}, true});
  return Await([&](auto done) {
    parts_.log.Append(std::move(commit), [done](absl::StatusOr<eventstore::Committed> committed) {
      done(committed.status());
    });
  });
}

}  // namespace crm::services

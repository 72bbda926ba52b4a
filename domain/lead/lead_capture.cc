// How a lead comes in: recorded whatever the rules say, and an opportunity at once where leads are
// not used.
#include <utility>

#include "base/reason.h"
#include "base/status_macros.h"
#include "domain/lead/lead.h"
#include "domain/lead/lead_details.h"
#include "domain/lead/lead_draft.h"
#include "domain/organization/organization.h"
#include "domain/rejection.h"
#include "domain/team/team.h"

namespace crm::domain {
namespace {

using events::v1::LeadCaptured;
using events::v1::LeadCaptureJoined;
using events::v1::LeadCaptureRefused;
using LeadDecision = absl::StatusOr<Decision<Lead::Event>>;

// I1: what the organization's rules refuse is kept as a refused lead, and so is what a stranger
// typed wrong about themselves. What the calling program got wrong (names of nothing, impossible
// amounts) goes back to it instead: it can be corrected and sent again.
bool IsKept(const absl::Status& refusal) {
  const std::string reason = ReasonOf(refusal);
  if (reason == "NO_CONTACT_DATA" || reason == "EMAIL_INVALID" || reason == "STAGE_REQUIRED") {
    return true;
  }
  return refusal.code() == absl::StatusCode::kFailedPrecondition &&
         reason != "REFERENCE_NOT_YET_EFFECTIVE";
}

v1::CaptureChannel ChannelOf(const v1::CaptureLeadRequest& command) {
  return command.channel() == v1::CAPTURE_CHANNEL_UNSPECIFIED ? v1::CAPTURE_CHANNEL_API
                                                              : command.channel();
}

// I4: the stage named, of kind open, or the first of the team's lead pipeline.
absl::StatusOr<StageName> StageFor(const v1::Lead& lead, const v1::Lead& inputs, const TeamId& team,
                                   const DecideContext& context) {
  ASSIGN_OR_RETURN(const StageName named, ParseOptionalStageName(lead.stage()));
  if (named.IsNil()) return FirstStageOf(team, inputs, context);
  ASSIGN_OR_RETURN(const Stage stage, RequireEnterable(named, {}, inputs, context));
  if (stage.kind == v1::STAGE_KIND_OPEN) return named;
  return Refuse("STAGE_CLOSED_KIND", "a lead is captured in an open stage",
                {{"stage", NameOf(named)}});
}

// I13
LeadCaptureJoined Joined(const v1::CaptureLeadRequest& command, events::v1::LeadDetails details,
                         const LeadState& lead) {
  LeadCaptureJoined joined;
  joined.set_channel(ChannelOf(command));
  *joined.mutable_details() = std::move(details);
  joined.set_subject_id(ToBytes(lead.subject));
  *joined.mutable_ownership() = ToEvent(lead.ownership);
  return joined;
}

absl::Status Capture(const v1::CaptureLeadRequest& command, events::v1::LeadDetails details,
                     bool leads_enabled, LeadDraft& draft) {
  const DecideContext& context = draft.context();
  const v1::Lead& lead = command.lead();
  RETURN_IF_ERROR(RequireReachable(details));
  ASSIGN_OR_RETURN(const Ownership ownership, ResolveOwnership(lead.team(), lead.owner(), context));
  RETURN_IF_ERROR(RequireCapacity(ownership, context));

  LeadState captured_state;
  captured_state.details = details;
  captured_state.ownership = ownership;
  StageName stage;
  if (leads_enabled) {
    ASSIGN_OR_RETURN(stage, StageFor(lead, InputsOf(captured_state), ownership.team, context));
  }
  LeadCaptured captured;
  captured.set_channel(ChannelOf(command));
  *captured.mutable_details() = std::move(details);
  *captured.mutable_ownership() = ToEvent(ownership);
  captured.set_pipeline_id(ToBytes(stage.pipeline));
  captured.set_stage_id(ToBytes(stage.stage));
  captured.set_subject_id(ToBytes(draft.state().id));
  captured.set_external_id(ExternalIdOf(command));
  draft.Add(std::move(captured));
  RETURN_IF_ERROR(MoveCount(Ownership(), ownership, draft));

  if (command.route()) RETURN_IF_ERROR(Route(draft));
  if (leads_enabled) return EnterFirstStage(draft);
  // I11
  Conversion conversion;
  ASSIGN_OR_RETURN(conversion.stage, ParseOptionalStageName(lead.stage()));
  return Convert(conversion, draft);
}

}  // namespace

absl::StatusOr<StageName> FirstStageOf(const TeamId& id, const v1::Lead& inputs,
                                       const DecideContext& context) {
  if (id.IsNil()) return StageName();
  ASSIGN_OR_RETURN(const Ref<Team> team, context.Find<Team>(id));
  if (team->lead_pipeline.IsNil()) return StageName();
  ASSIGN_OR_RETURN(const Ref<Pipeline> pipeline, context.Find<Pipeline>(team->lead_pipeline));
  const Stage* first = pipeline->FirstOpen();
  if (first == nullptr) return StageName();
  const StageName name = {pipeline.id, first->id};
  return RequireEnterable(name, {}, inputs, context).ok() ? name : StageName();
}

LeadDecision Lead::Decide(const State& before, const v1::CaptureLeadRequest& command,
                          const DecideContext& context) {
  ASSIGN_OR_RETURN(events::v1::LeadDetails details, LeadDetailsFrom(command.lead()));
  const bool known =
      before.phase != v1::LEAD_STATE_UNSPECIFIED && before.phase != v1::LEAD_STATE_REFUSED;
  if (known) return Joined(command, std::move(details), before);
  ASSIGN_OR_RETURN(const Ref<Organization> organization,
                   context.Find<Organization>(context.caller().organization));
  State state;
  ASSIGN_OR_RETURN(state.id, TargetOf(command, context.caller()));
  LeadDraft draft(state, context);
  const absl::Status outcome = Capture(command, details, organization->leads_enabled, draft);
  if (outcome.ok()) return draft.Take();
  if (!IsKept(outcome)) return outcome;
  LeadCaptureRefused refused;
  refused.set_channel(ChannelOf(command));
  *refused.mutable_details() = std::move(details);
  refused.set_reason(ReasonOf(outcome));
  refused.set_subject_id(ToBytes(state.id));
  refused.set_external_id(ExternalIdOf(command));
  return refused;
}

}  // namespace crm::domain

// What happens to a lead between capture and conversion: revisions, stages, closing.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "domain/details_revision.h"
#include "domain/field_mask.h"
#include "domain/lead/lead.h"
#include "domain/lead/lead_details.h"
#include "domain/lead/lead_draft.h"
#include "domain/organization/organization.h"
#include "domain/rejection.h"

namespace crm::domain {
namespace {

using LeadDecision = absl::StatusOr<Decision<Lead::Event>>;

// Which of the `required` fields are not filled in, in that order.
std::vector<std::string> MissingFields(const std::vector<std::string>& required,
                                       const v1::Lead& inputs) {
  std::vector<const google::protobuf::FieldDescriptor*> filled;
  inputs.GetReflection()->ListFields(inputs, &filled);
  std::vector<std::string> missing;
  for (const std::string& name : required) {
    const auto* field = v1::Lead::descriptor()->FindFieldByName(name);
    if (std::find(filled.begin(), filled.end(), field) == filled.end()) missing.push_back(name);
  }
  return missing;
}

bool TouchesContactData(const FieldChanges& changes) {
  return changes.Has("email") || changes.Has("phone") || changes.Has("company_name") ||
         changes.Has("given_name") || changes.Has("family_name");
}

events::v1::LeadStageMoved Moved(const LeadState& state, const StageName& to) {
  events::v1::LeadStageMoved moved;
  moved.set_from_pipeline_id(ToBytes(state.stage.pipeline));
  moved.set_from_stage_id(ToBytes(state.stage.stage));
  moved.set_to_pipeline_id(ToBytes(to.pipeline));
  moved.set_to_stage_id(ToBytes(to.stage));
  *moved.mutable_ownership() = ToEvent(state.ownership);
  return moved;
}

// What is said of an erased person is not kept: the key that would seal it is gone.
std::string Kept(const LeadState& state, const std::string& text) {
  return state.erased ? std::string() : text;
}

// Closing it once more says what was said then.
bool SaysSame(const LeadState& state, const std::string& text) {
  return state.erased || state.closing_text == text;
}

// I9
absl::StatusOr<events::v1::LossReason> LossReasonOf(const v1::LoseLeadRequest& command,
                                                    const DecideContext& context) {
  ASSIGN_OR_RETURN(const Ref<Organization> organization,
                   context.Get<Organization>(context.caller().organization));
  const LossReason* reason = organization->FindLossReason(command.loss_reason_id());
  if (reason == nullptr || reason->archived) {
    return Refuse("LOSS_REASON_UNKNOWN",
                  absl::StrCat("'", command.loss_reason_id(), "' is not offered as a loss reason"),
                  {{"loss_reason_id", command.loss_reason_id()}});
  }
  if (reason->requires_text && absl::StripAsciiWhitespace(command.text()).empty()) {
    return Invalid("LOSS_TEXT_REQUIRED",
                   absl::StrCat("the loss reason '", reason->id, "' wants a text"),
                   {{"loss_reason_id", reason->id}});
  }
  events::v1::LossReason stored;
  stored.set_reason_id(reason->id);
  stored.set_display_name(reason->display_name);
  stored.set_requires_text(reason->requires_text);
  return stored;
}

}  // namespace

absl::StatusOr<Stage> RequireEnterable(const StageName& name, const StageName& from,
                                       const v1::Lead& inputs, const DecideContext& context) {
  ASSIGN_OR_RETURN(const Stage stage,
                   RequireLiveStage(name, v1::PIPELINE_KIND_LEAD, from.pipeline, context));
  if (stage.kind == v1::STAGE_KIND_LOST) {
    return Refuse("STAGE_CLOSED_KIND",
                  absl::StrCat("'", stage.display_name, "' is a stage of kind lost: lose the lead"),
                  {{"stage", NameOf(name)}});
  }
  if (name.pipeline == from.pipeline) {
    ASSIGN_OR_RETURN(const Ref<Pipeline> pipeline, context.Require<Pipeline>(name.pipeline));
    if (pipeline->Relocates(from.stage, name.stage)) return stage;
  }
  const std::vector<std::string> missing = MissingFields(stage.required_fields, inputs);
  if (missing.empty()) return stage;
  return Refuse("STAGE_FIELDS_MISSING",
                absl::StrCat("'", stage.display_name, "' requires ", absl::StrJoin(missing, ", ")),
                {{"stage", NameOf(name)}, {"fields", absl::StrJoin(missing, ",")}});
}

absl::Status EnterFirstStage(LeadDraft& draft) {
  const LeadState& state = draft.state();
  if (!state.stage.IsNil() || state.ownership.team.IsNil()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const StageName first,
                   FirstStageOf(state.ownership.team, InputsOf(state), draft.context()));
  if (!first.IsNil()) draft.Add(Moved(state, first));
  return absl::OkStatus();
}

LeadDecision Lead::Decide(const State& state, const v1::UpdateLeadRequest& command,
                          const DecideContext&) {
  RETURN_IF_ERROR(RequireOpen(state));
  ASSIGN_OR_RETURN(
      const FieldChanges changes,
      FieldChanges::Resolve(
          command.lead(), command.update_mask(),
          {"display_name", "given_name", "family_name", "email", "phone", "company_name",
           "job_title", "website", "industry", "employee_count", "region_code", "language_code",
           "source", "campaign", "expected_revenue", "tags", "priority"}));
  v1::Lead current;
  ShowDetails(state.details, current);
  ASSIGN_OR_RETURN(events::v1::LeadDetails details,
                   LeadDetailsFrom(changes.Merged(current, command.lead())));
  // An erased lead has nothing left of it; it may still be tagged.
  if (TouchesContactData(changes)) RETURN_IF_ERROR(RequireReachable(details));
  auto revised = RevisionOf<events::v1::LeadDetailsRevised>(state.details, details);
  if (revised.fields().empty()) return Decision<Event>();
  revised.set_subject_id(ToBytes(state.subject));
  *revised.mutable_ownership() = ToEvent(state.ownership);
  return revised;
}

LeadDecision Lead::Decide(const State& state, const v1::MoveLeadStageRequest& command,
                          const DecideContext& context) {
  RETURN_IF_ERROR(RequireOpen(state));
  ASSIGN_OR_RETURN(const StageName to, ParseStageName(command.stage()));
  if (to == state.stage) return Decision<Event>();
  ASSIGN_OR_RETURN(const Stage stage, RequireEnterable(to, state.stage, InputsOf(state), context));
  LeadDraft draft(state, context);
  draft.Add(Moved(state, to));
  if (stage.kind == v1::STAGE_KIND_WON) RETURN_IF_ERROR(Qualify(CustomerId(), draft));
  return draft.Take();
}

LeadDecision Lead::Decide(const State& state, const v1::LoseLeadRequest& command,
                          const DecideContext& context) {
  const bool again = state.phase == v1::LEAD_STATE_LOST &&
                     state.loss_reason.reason_id() == command.loss_reason_id() &&
                     SaysSame(state, command.text());
  if (again) return Decision<Event>();
  RETURN_IF_ERROR(RequireOpen(state));
  events::v1::LeadLost lost;
  ASSIGN_OR_RETURN(*lost.mutable_reason(), LossReasonOf(command, context));
  lost.set_text(Kept(state, command.text()));
  lost.set_subject_id(ToBytes(state.subject));
  *lost.mutable_ownership() = ToEvent(state.ownership);
  return lost;
}

LeadDecision Lead::Decide(const State& state, const v1::JunkLeadRequest& command,
                          const DecideContext&) {
  if (state.phase == v1::LEAD_STATE_JUNK && SaysSame(state, command.reason())) {
    return Decision<Event>();
  }
  RETURN_IF_ERROR(RequireOpen(state));
  if (absl::StripAsciiWhitespace(command.reason()).empty()) {
    return Invalid("JUNK_REASON_REQUIRED", "say why the lead is junk",
                   {{"lead", NameOf(state.id)}});
  }
  events::v1::LeadJunked junked;
  junked.set_reason(Kept(state, command.reason()));
  junked.set_subject_id(ToBytes(state.subject));
  *junked.mutable_ownership() = ToEvent(state.ownership);
  return junked;
}

LeadDecision Lead::Decide(const State& state, const v1::RestoreLeadRequest&,
                          const DecideContext& context) {
  if (state.IsOpen()) return Decision<Event>();
  if (state.phase != v1::LEAD_STATE_LOST && state.phase != v1::LEAD_STATE_JUNK) {
    return RequireOpen(state);
  }
  LeadDraft draft(state, context);
  events::v1::LeadRestored restored;
  *restored.mutable_ownership() = ToEvent(state.ownership);
  draft.Add(std::move(restored));
  if (state.stage.IsNil()) return draft.Take();
  // Its stage may have been archived while the lead was closed: what was in it moved on.
  ASSIGN_OR_RETURN(const Ref<Pipeline> pipeline, context.Get<Pipeline>(state.stage.pipeline));
  const Stage* stage = pipeline->Resolve(state.stage.stage);
  if (stage != nullptr && stage->id != state.stage.stage) {
    draft.Add(Moved(state, {state.stage.pipeline, stage->id}));
  }
  return draft.Take();
}

}  // namespace crm::domain

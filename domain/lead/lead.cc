#include "domain/lead/lead.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "domain/details_revision.h"
#include "domain/lead/lead_details.h"
#include "domain/lead/lead_draft.h"
#include "domain/rejection.h"
#include "domain/render.h"

namespace crm::domain {
namespace {

void NoteCapture(LeadState& state, const EventMetadata& metadata) {
  ++state.capture_count;
  state.last_capture_time = metadata.effective_time;
}

void On(LeadState& state, const events::v1::LeadCaptured& event, const EventMetadata& metadata) {
  state.id = LeadId(metadata.stream.id);
  state.phase = v1::LEAD_STATE_NEW;
  state.refusal_reason.clear();
  state.external_id = event.external_id();
  NoteCapture(state, metadata);
  state.channel = static_cast<v1::CaptureChannel>(event.channel());
  state.details = event.details();
  state.ownership = OwnershipFrom(event.ownership());
  state.stage = {FromBytes<PipelineId>(event.pipeline_id()), FromBytes<StageId>(event.stage_id())};
  state.stage_enter_time = metadata.effective_time;
  state.subject = FromBytes<PersonId>(event.subject_id());
}

void On(LeadState& state, const events::v1::LeadCaptureRefused& event,
        const EventMetadata& metadata) {
  state.id = LeadId(metadata.stream.id);
  state.phase = v1::LEAD_STATE_REFUSED;
  state.channel = static_cast<v1::CaptureChannel>(event.channel());
  state.details = event.details();
  state.refusal_reason = event.reason();
  state.external_id = event.external_id();
  NoteCapture(state, metadata);
  state.subject = FromBytes<PersonId>(event.subject_id());
}

void On(LeadState& state, const events::v1::LeadCaptureJoined&, const EventMetadata& metadata) {
  NoteCapture(state, metadata);
}

void On(LeadState& state, const events::v1::LeadDetailsRevised& event, const EventMetadata&) {
  CopyFields(event.details(), event.fields(), state.details);
}

void On(LeadState& state, const events::v1::LeadStageMoved& event, const EventMetadata& metadata) {
  state.stage = {FromBytes<PipelineId>(event.to_pipeline_id()),
                 FromBytes<StageId>(event.to_stage_id())};
  state.stage_enter_time = metadata.effective_time;
}

void On(LeadState& state, const events::v1::LeadAssigned& event, const EventMetadata&) {
  state.ownership = OwnershipFrom(event.to());
  state.explanation.reset();
  if (event.has_explanation()) state.explanation = event.explanation();
  state.unassigned_reason.clear();
}

void On(LeadState& state, const events::v1::LeadLeftUnassigned& event, const EventMetadata&) {
  state.explanation = event.explanation();
  state.unassigned_reason = event.reason();
}

void On(LeadState& state, const events::v1::LeadQualified& event, const EventMetadata&) {
  state.phase = v1::LEAD_STATE_QUALIFIED;
  state.customer = FromBytes<CustomerId>(event.customer_id());
}

void On(LeadState& state, const events::v1::LeadConverted& event, const EventMetadata&) {
  state.phase = v1::LEAD_STATE_CONVERTED;
  state.customer = FromBytes<CustomerId>(event.customer_id());
  state.contact = FromBytes<ContactId>(event.contact_id());
  state.opportunity = FromBytes<OpportunityId>(event.opportunity_id());
}

void Close(LeadState& state, v1::LeadState phase) {
  if (state.IsOpen()) state.phase_before_close = state.phase;
  state.phase = phase;
}

void On(LeadState& state, const events::v1::LeadLost& event, const EventMetadata&) {
  Close(state, v1::LEAD_STATE_LOST);
  state.loss_reason = event.reason();
  state.closing_text = event.text();
}

void On(LeadState& state, const events::v1::LeadJunked& event, const EventMetadata&) {
  Close(state, v1::LEAD_STATE_JUNK);
  state.closing_text = event.reason();
}

void On(LeadState& state, const events::v1::LeadRestored&, const EventMetadata&) {
  state.phase = state.phase_before_close;
  state.loss_reason.Clear();
  state.closing_text.clear();
}

void ShowAssignment(const LeadState& state, v1::LeadAssignment& shown) {
  shown.set_rule_version(state.explanation->rule_version());
  shown.set_unassigned_reason(state.unassigned_reason);
  for (const events::v1::AssignmentCandidate& stored : state.explanation->candidates()) {
    v1::LeadAssignment::Candidate& candidate = *shown.add_candidates();
    candidate.set_team(NameOf(FromBytes<TeamId>(stored.team_id())));
    candidate.set_member(NameOf(FromBytes<MemberId>(stored.member_id())));
    candidate.set_maximum_leads(stored.maximum_leads());
    candidate.set_remaining_leads(stored.remaining_leads());
    if (stored.last_assign_time_us() != 0) {
      *candidate.mutable_last_assign_time() =
          TimestampOf(absl::FromUnixMicros(stored.last_assign_time_us()));
    }
    candidate.set_ineligible_reason(stored.ineligible_reason());
    candidate.set_preferred(stored.preferred());
    candidate.set_maximum_daily_leads(stored.maximum_daily_leads());
    candidate.set_taken_daily_leads(stored.taken_daily_leads());
    candidate.set_last_assign_ordinal(stored.last_assign_ordinal());
  }
}

void ShowLoss(const LeadState& state, v1::Lead& shown) {
  shown.set_loss_text(state.closing_text);
  if (state.phase != v1::LEAD_STATE_LOST) return;
  v1::LossReason& reason = *shown.mutable_loss_reason();
  reason.set_loss_reason_id(state.loss_reason.reason_id());
  reason.set_display_name(state.loss_reason.display_name());
  reason.set_requires_text(state.loss_reason.requires_text());
  reason.set_archived(state.loss_reason.archived());
}

template <class Id>
Id BornOf(const LeadId& lead, absl::string_view what) {
  return Id(Uuid::FromName(lead.uuid(), what));
}

}  // namespace

LeadState Lead::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  std::visit([&](const auto& e) { On(state, e, metadata); }, event);
  state.erased = state.erased || metadata.erased;
  return state;
}

Scope Lead::ScopeOf(const State& state) {
  return {.team = state.ownership.team,
          .owner = state.ownership.owner,
          .contributors = {},
          .shared = false};
}

absl::StatusOr<v1::Lead> Lead::Render(const Ref<Lead>& lead, const Lookup&) {
  const State& state = lead.state();
  v1::Lead shown = InputsOf(state);
  shown.set_name(NameOf(lead.id));
  shown.set_state(state.phase);
  shown.set_channel(state.channel);
  shown.set_refusal_reason(state.refusal_reason);
  ShowLoss(state, shown);
  if (state.explanation.has_value()) ShowAssignment(state, *shown.mutable_assignment());
  shown.set_customer(NameOf(state.customer));
  shown.set_contact(NameOf(state.contact));
  shown.set_opportunity(NameOf(state.opportunity));
  shown.set_erased(state.erased);
  shown.set_external_id(state.external_id);
  shown.set_capture_count(state.capture_count);
  *shown.mutable_last_capture_time() = TimestampOf(state.last_capture_time);
  if (!state.stage.IsNil()) {
    *shown.mutable_stage_enter_time() = TimestampOf(state.stage_enter_time);
  }
  Stamp(shown, lead.head);
  return shown;
}

absl::StatusOr<LeadId> Lead::TargetOf(const v1::UpdateLeadRequest& command, const Caller&) {
  return ParseName<LeadId>(command.lead().name());
}

absl::StatusOr<LeadId> Lead::TargetOf(const v1::CaptureLeadRequest& command, const Caller& caller) {
  const std::string external_id = ExternalIdOf(command);
  if (external_id.empty()) return LeadId(DerivedId(caller, 0));
  // Programs number what they have from one: the same number of another source is another thing.
  const std::string source =
      absl::AsciiStrToLower(absl::StripAsciiWhitespace(command.lead().source()));
  return LeadId(Uuid::FromName(caller.organization.uuid(),
                               absl::StrCat("lead:", source.size(), ":", source, external_id)));
}

absl::StatusOr<v1::ConvertLeadResponse> Lead::Respond(const v1::ConvertLeadRequest&,
                                                      const Ref<Lead>& lead, const Lookup& lookup) {
  v1::ConvertLeadResponse response;
  ASSIGN_OR_RETURN(*response.mutable_lead(), Render(lead, lookup));
  response.set_customer(response.lead().customer());
  response.set_contact(response.lead().contact());
  response.set_opportunity(response.lead().opportunity());
  return response;
}

std::string ExternalIdOf(const v1::CaptureLeadRequest& command) {
  return std::string(absl::StripAsciiWhitespace(command.lead().external_id()));
}

absl::Status RequireOpen(const LeadState& state) {
  if (state.IsOpen()) return absl::OkStatus();
  absl::string_view phase = v1::LeadState_Name(state.phase);
  absl::ConsumePrefix(&phase, "LEAD_STATE_");
  return Refuse("LEAD_CLOSED", absl::StrCat("the lead is ", absl::AsciiStrToLower(phase)),
                {{"lead", NameOf(state.id)}, {"state", std::string(phase)}});
}

RecordTraits TraitsOf(const events::v1::LeadDetails& details) {
  RecordTraits traits;
  traits.region_code = details.region_code();
  traits.language_code = details.language_code();
  traits.source = details.source();
  traits.campaign = details.campaign();
  traits.tags.assign(details.tags().begin(), details.tags().end());
  traits.expected_revenue = AmountFromStored(details.expected_revenue());
  return traits;
}

CustomerId CustomerBornOf(const LeadId& lead) { return BornOf<CustomerId>(lead, "customer"); }
ContactId ContactBornOf(const LeadId& lead) { return BornOf<ContactId>(lead, "contact"); }
OpportunityId OpportunityBornOf(const LeadId& lead) {
  return BornOf<OpportunityId>(lead, "opportunity");
}

}  // namespace crm::domain

#include "projections/lead_card.h"

#include "projections/personal_details.h"

namespace crm::projections {
namespace {

using domain::EventMetadata;
using events::v1::LeadDetails;
using views::v1::LeadCard;

void Touch(LeadCard& card, const EventMetadata& metadata) {
  card.set_update_time_us(absl::ToUnixMicros(metadata.effective_time));
}

// Takes over the detail fields that `wanted(path)` names; a named field that is absent was cleared.
template <class Wanted>
void SetDetails(LeadCard& card, const LeadDetails& details, Wanted wanted) {
  if (wanted("display_name")) card.set_display_name(details.display_name());
  if (wanted("company_name")) card.set_company_name(details.company_name());
  if (wanted("source")) card.set_source(details.source());
  if (wanted("campaign")) card.set_campaign(details.campaign());
  if (wanted("tags")) *card.mutable_tags() = details.tags();
  if (wanted("priority")) card.set_priority(details.priority());
  if (wanted("region_code")) card.set_region_code(details.region_code());
  if (wanted("website")) card.set_website(details.website());
  if (wanted("expected_revenue")) {
    // Absent is the default instance: no currency, nothing known.
    card.set_currency_code(details.expected_revenue().currency_code());
    card.set_expected_minor(details.expected_revenue().minor());
  }
}

template <class Birth>
void Begin(LeadCard& card, const Birth& event, v1::LeadState state, const EventMetadata& metadata) {
  card.Clear();
  card.set_lead_id(metadata.stream.id.ToBytes());
  card.set_subject_id(domain::ToBytes(SubjectOf(event.subject_id(), metadata)));
  card.set_state(state);
  card.set_create_time_us(absl::ToUnixMicros(metadata.effective_time));
  SetDetails(card, event.details(), [](absl::string_view) { return true; });
  Touch(card, metadata);
}

void Close(LeadCard& card, v1::LeadState state, const EventMetadata& metadata) {
  if (IsWorked(card)) card.set_state_before_close(card.state());
  card.set_state(state);
  Touch(card, metadata);
}

}  // namespace

void FoldLead(LeadCard& card, const events::v1::LeadCaptured& event,
              const EventMetadata& metadata) {
  Begin(card, event, v1::LEAD_STATE_NEW, metadata);
  card.set_team_id(event.ownership().team_id());
  card.set_owner_id(event.ownership().owner_id());
  card.set_pipeline_id(event.pipeline_id());
  card.set_stage_id(event.stage_id());
  card.set_stage_enter_time_us(absl::ToUnixMicros(metadata.effective_time));
}

void FoldLead(LeadCard& card, const events::v1::LeadCaptureRefused& event,
              const EventMetadata& metadata) {
  Begin(card, event, v1::LEAD_STATE_REFUSED, metadata);
}

void FoldLead(LeadCard& card, const events::v1::LeadCaptureJoined&, const EventMetadata& metadata) {
  Touch(card, metadata);
}

void FoldLead(LeadCard& card, const events::v1::LeadDetailsRevised& event,
              const EventMetadata& metadata) {
  SetDetails(card, event.details(),
             [&](absl::string_view path) { return IsNamed(event.fields(), path); });
  Touch(card, metadata);
}

void FoldLead(LeadCard& card, const events::v1::LeadStageMoved& event,
              const EventMetadata& metadata) {
  card.set_pipeline_id(event.to_pipeline_id());
  card.set_stage_id(event.to_stage_id());
  card.set_stage_enter_time_us(absl::ToUnixMicros(metadata.effective_time));
  // Entering the first stage, or being moved by the system, is nobody's doing.
  if (!event.from_stage_id().empty() && metadata.actor != Uuid{}) card.set_contacted(true);
  Touch(card, metadata);
}

void FoldLead(LeadCard& card, const events::v1::LeadAssigned& event,
              const EventMetadata& metadata) {
  card.set_team_id(event.to().team_id());
  card.set_owner_id(event.to().owner_id());
  Touch(card, metadata);
}

void FoldLead(LeadCard& card, const events::v1::LeadLeftUnassigned&,
              const EventMetadata& metadata) {
  Touch(card, metadata);
}

void FoldLead(LeadCard& card, const events::v1::LeadQualified& event,
              const EventMetadata& metadata) {
  card.set_state(v1::LEAD_STATE_QUALIFIED);
  card.set_customer_id(event.customer_id());
  Touch(card, metadata);
}

void FoldLead(LeadCard& card, const events::v1::LeadConverted& event,
              const EventMetadata& metadata) {
  card.set_state(v1::LEAD_STATE_CONVERTED);
  card.set_customer_id(event.customer_id());
  Touch(card, metadata);
}

void FoldLead(LeadCard& card, const events::v1::LeadLost&, const EventMetadata& metadata) {
  Close(card, v1::LEAD_STATE_LOST, metadata);
}

void FoldLead(LeadCard& card, const events::v1::LeadJunked&, const EventMetadata& metadata) {
  Close(card, v1::LEAD_STATE_JUNK, metadata);
}

void FoldLead(LeadCard& card, const events::v1::LeadRestored&, const EventMetadata& metadata) {
  card.set_state(card.state_before_close());
  Touch(card, metadata);
}

bool IsWorked(const LeadCard& card) {
  return card.state() == v1::LEAD_STATE_NEW || card.state() == v1::LEAD_STATE_QUALIFIED;
}

bool IsUncontacted(const LeadCard& card) {
  return card.state() == v1::LEAD_STATE_NEW && !card.contacted();
}

domain::Scope ScopeOf(const LeadCard& card) {
  domain::Scope scope;
  scope.team = domain::FromBytes<domain::TeamId>(card.team_id());
  scope.owner = domain::FromBytes<domain::MemberId>(card.owner_id());
  return scope;
}

std::optional<domain::Money> ExpectedRevenueOf(const LeadCard& card) {
  const std::optional<domain::Currency> currency = domain::Currency::Parse(card.currency_code());
  if (!currency.has_value()) return std::nullopt;
  return domain::Money(*currency, card.expected_minor());
}

std::string PartyOf(const LeadCard& card, const views::v1::PersonalDetails& person) {
  return card.company_name().empty() ? NameOf(person) : card.company_name();
}

}  // namespace crm::projections

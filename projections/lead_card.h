// What a view remembers of a lead, and how each of its events changes that. Views that follow leads
// list LeadEvents among theirs and fold the card; what is personal in the same events goes to
// PersonalDetails (personal_details.h), in a table keyed by the person.
//
// Pure functions.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "crm/events/v1/lead_events.pb.h"
#include "crm/v1/lead_service.pb.h"
#include "crm/views/v1/record_card.pb.h"
#include "domain/event_codec.h"
#include "domain/scope.h"
#include "domain/types/money.h"
#include "projections/opportunity_card.h"

namespace crm::projections {

using LeadEvents = std::variant<
    events::v1::LeadCaptured, events::v1::LeadCaptureRefused, events::v1::LeadCaptureJoined,
    events::v1::LeadDetailsRevised, events::v1::LeadStageMoved, events::v1::LeadAssigned,
    events::v1::LeadLeftUnassigned, events::v1::LeadQualified, events::v1::LeadConverted,
    events::v1::LeadLost, events::v1::LeadJunked, events::v1::LeadRestored>;
template <class E>
concept LeadEvent = IsOneOf<E, LeadEvents>::value;

// The card after an event. LeadCaptured and LeadCaptureRefused make it.
void FoldLead(views::v1::LeadCard& card, const events::v1::LeadCaptured& event,
              const domain::EventMetadata& metadata);
void FoldLead(views::v1::LeadCard& card, const events::v1::LeadCaptureRefused& event,
              const domain::EventMetadata& metadata);
void FoldLead(views::v1::LeadCard& card, const events::v1::LeadCaptureJoined& event,
              const domain::EventMetadata& metadata);
void FoldLead(views::v1::LeadCard& card, const events::v1::LeadDetailsRevised& event,
              const domain::EventMetadata& metadata);
void FoldLead(views::v1::LeadCard& card, const events::v1::LeadStageMoved& event,
              const domain::EventMetadata& metadata);
void FoldLead(views::v1::LeadCard& card, const events::v1::LeadAssigned& event,
              const domain::EventMetadata& metadata);
void FoldLead(views::v1::LeadCard& card, const events::v1::LeadLeftUnassigned& event,
              const domain::EventMetadata& metadata);
void FoldLead(views::v1::LeadCard& card, const events::v1::LeadQualified& event,
              const domain::EventMetadata& metadata);
void FoldLead(views::v1::LeadCard& card, const events::v1::LeadConverted& event,
              const domain::EventMetadata& metadata);
void FoldLead(views::v1::LeadCard& card, const events::v1::LeadLost& event,
              const domain::EventMetadata& metadata);
void FoldLead(views::v1::LeadCard& card, const events::v1::LeadJunked& event,
              const domain::EventMetadata& metadata);
void FoldLead(views::v1::LeadCard& card, const events::v1::LeadRestored& event,
              const domain::EventMetadata& metadata);

// Being worked on: what boards show. Everything else is converted, lost, junk or was refused.
bool IsWorked(const views::v1::LeadCard& card);
// New, and nobody has moved or commented on it yet.
bool IsUncontacted(const views::v1::LeadCard& card);
domain::Scope ScopeOf(const views::v1::LeadCard& card);
// Nullopt when it is not known.
std::optional<domain::Money> ExpectedRevenueOf(const views::v1::LeadCard& card);
// The company, or the person where no company is named; empty when neither is.
std::string PartyOf(const views::v1::LeadCard& card, const views::v1::PersonalDetails& person);

}  // namespace crm::projections

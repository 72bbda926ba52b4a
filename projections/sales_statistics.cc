#include "projections/sales_statistics.h"

#include <algorithm>
#include <utility>

#include "base/status_macros.h"

namespace crm::projections {

using domain::EventMetadata;
using views::v1::CountedFact;
using views::v1::CountedLead;
using views::v1::CountedOpportunity;
using views::v1::DayFigures;
using views::v1::OrganizationShape;

namespace {

absl::StatusOr<int32_t> DayOf(const EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(const OrganizationShape* organization,
                   SalesStatistics::kOrganization.Find(rows, {}));
  const domain::Zone zone = ZoneOf(organization == nullptr ? OrganizationShape() : *organization);
  return static_cast<int32_t>(zone.DayOf(metadata.effective_time) - absl::CivilDay(1970, 1, 1));
}

// `times` is 1 to count the fact, -1 to take it back.
void CountIn(DayFigures& figures, const CountedFact& fact, int times) {
  switch (fact.kind()) {
    case CountedFact::KIND_OPENED:
      return figures.set_opened_count(figures.opened_count() + times);
    case CountedFact::KIND_WON:
      figures.set_won_count(figures.won_count() + times);
      figures.set_cycle_days(figures.cycle_days() + fact.cycle_days() * times);
      return AddAmount(*figures.mutable_won(), fact.amount(), times);
    case CountedFact::KIND_LOST:
      return figures.set_lost_count(figures.lost_count() + times);
    case CountedFact::KIND_LEAD_CAPTURED:
      return figures.set_leads_captured_count(figures.leads_captured_count() + times);
    case CountedFact::KIND_LEAD_ASSIGNED:
      return figures.set_leads_assigned_count(figures.leads_assigned_count() + times);
    case CountedFact::KIND_LEAD_CONVERTED:
      return figures.set_leads_converted_count(figures.leads_converted_count() + times);
    case CountedFact::KIND_LEAD_LOST:
      return figures.set_leads_lost_count(figures.leads_lost_count() + times);
    default:
      return;
  }
}

absl::Status Count(ViewTransaction& rows, const CountedFact& fact, int times) {
  const views::v1::Holder& holder = fact.holder();
  return EditCounter(SalesStatistics::kDays, rows,
                     {absl::CivilDay(1970, 1, 1) + fact.day(), UuidOf(holder.team_id()),
                      UuidOf(holder.owner_id()), holder.contributor_ids()},
                     [&](DayFigures& figures) { CountIn(figures, fact, times); });
}

absl::StatusOr<CountedFact> FactOf(CountedFact::Kind kind, const events::v1::Ownership& ownership,
                                   const EventMetadata& metadata, ViewTransaction& rows) {
  CountedFact fact;
  fact.set_kind(kind);
  ASSIGN_OR_RETURN(const int32_t day, DayOf(metadata, rows));
  fact.set_day(day);
  *fact.mutable_holder() = HolderOf(ownership);
  return fact;
}

absl::Status CountLeadFact(CountedFact::Kind kind, const events::v1::Ownership& ownership,
                           const EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(CountedLead * lead, SalesStatistics::kLeads.Edit(rows, {metadata.stream.id}));
  ASSIGN_OR_RETURN(CountedFact fact, FactOf(kind, ownership, metadata, rows));
  *lead->add_facts() = fact;
  return lead->junk() ? absl::OkStatus() : Count(rows, fact, 1);
}

absl::Status CountAll(ViewTransaction& rows, const CountedLead& lead, int times) {
  if (lead.junk()) return absl::OkStatus();
  for (const CountedFact& fact : lead.facts()) RETURN_IF_ERROR(Count(rows, fact, times));
  return absl::OkStatus();
}

absl::Status CountClosing(CountedFact fact, CountedOpportunity& opportunity,
                          ViewTransaction& rows) {
  RETURN_IF_ERROR(Count(rows, fact, 1));
  *opportunity.mutable_closing() = std::move(fact);
  return absl::OkStatus();
}

template <class T>
absl::Status SetName(const T& table, const Uuid& id, const std::string& name,
                     ViewTransaction& rows) {
  ASSIGN_OR_RETURN(views::v1::SortName * row, table.Edit(rows, {id}));
  row->set_display_name(name);
  return absl::OkStatus();
}

}  // namespace

absl::Status SalesStatistics::Apply(const events::v1::OpportunityOpened& event,
                                    const EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(const CountedFact fact,
                   FactOf(CountedFact::KIND_OPENED, event.opened().ownership(), metadata, rows));
  ASSIGN_OR_RETURN(CountedOpportunity * opportunity,
                   kOpportunities.Edit(rows, {metadata.stream.id}));
  opportunity->set_open_day(fact.day());
  return Count(rows, fact, 1);
}

absl::Status SalesStatistics::Apply(const events::v1::OpportunityWon& event,
                                    const EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(CountedOpportunity * opportunity,
                   kOpportunities.Edit(rows, {metadata.stream.id}));
  ASSIGN_OR_RETURN(CountedFact fact,
                   FactOf(CountedFact::KIND_WON, event.at().ownership(), metadata, rows));
  if (event.at().has_expected_revenue()) *fact.mutable_amount() = event.at().expected_revenue();
  fact.set_cycle_days(fact.day() - opportunity->open_day());
  return CountClosing(std::move(fact), *opportunity, rows);
}

absl::Status SalesStatistics::Apply(const events::v1::OpportunityLost& event,
                                    const EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(CountedOpportunity * opportunity,
                   kOpportunities.Edit(rows, {metadata.stream.id}));
  ASSIGN_OR_RETURN(CountedFact fact,
                   FactOf(CountedFact::KIND_LOST, event.at().ownership(), metadata, rows));
  return CountClosing(std::move(fact), *opportunity, rows);
}

absl::Status SalesStatistics::Apply(const events::v1::OpportunityReopened&,
                                    const EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(CountedOpportunity * opportunity,
                   kOpportunities.Edit(rows, {metadata.stream.id}));
  if (!opportunity->has_closing()) return absl::OkStatus();  // it was superseded
  RETURN_IF_ERROR(Count(rows, opportunity->closing(), -1));
  opportunity->clear_closing();
  return absl::OkStatus();
}

absl::Status SalesStatistics::Apply(const events::v1::LeadCaptured& event,
                                    const EventMetadata& metadata, ViewTransaction& rows) {
  RETURN_IF_ERROR(
      CountLeadFact(CountedFact::KIND_LEAD_CAPTURED, event.ownership(), metadata, rows));
  if (event.ownership().owner_id().empty()) return absl::OkStatus();
  return CountLeadFact(CountedFact::KIND_LEAD_ASSIGNED, event.ownership(), metadata, rows);
}

absl::Status SalesStatistics::Apply(const events::v1::LeadAssigned& event,
                                    const EventMetadata& metadata, ViewTransaction& rows) {
  // Another team alone, or nobody, is no assignment to an owner.
  const std::string& owner = event.to().owner_id();
  if (owner.empty() || owner == event.from().owner_id()) return absl::OkStatus();
  return CountLeadFact(CountedFact::KIND_LEAD_ASSIGNED, event.to(), metadata, rows);
}

absl::Status SalesStatistics::Apply(const events::v1::LeadConverted& event,
                                    const EventMetadata& metadata, ViewTransaction& rows) {
  return CountLeadFact(CountedFact::KIND_LEAD_CONVERTED, event.ownership(), metadata, rows);
}

absl::Status SalesStatistics::Apply(const events::v1::LeadLost& event,
                                    const EventMetadata& metadata, ViewTransaction& rows) {
  return CountLeadFact(CountedFact::KIND_LEAD_LOST, event.ownership(), metadata, rows);
}

absl::Status SalesStatistics::Apply(const events::v1::LeadJunked&, const EventMetadata& metadata,
                                    ViewTransaction& rows) {
  ASSIGN_OR_RETURN(CountedLead * lead, kLeads.Edit(rows, {metadata.stream.id}));
  RETURN_IF_ERROR(CountAll(rows, *lead, -1));
  lead->set_junk(true);
  return absl::OkStatus();
}

absl::Status SalesStatistics::Apply(const events::v1::LeadRestored&, const EventMetadata& metadata,
                                    ViewTransaction& rows) {
  ASSIGN_OR_RETURN(CountedLead * lead, kLeads.Edit(rows, {metadata.stream.id}));
  RETURN_IF_ERROR(CountAll(rows, *lead, -1));
  lead->set_junk(false);
  auto& facts = *lead->mutable_facts();
  facts.erase(std::remove_if(facts.begin(), facts.end(),
                             [](const CountedFact& fact) {
                               return fact.kind() == CountedFact::KIND_LEAD_LOST;
                             }),
              facts.end());
  return CountAll(rows, *lead, 1);
}

absl::Status SalesStatistics::Apply(const events::v1::TeamCreated& event,
                                    const EventMetadata& metadata, ViewTransaction& rows) {
  return SetName(kTeamNames, metadata.stream.id, event.display_name(), rows);
}

absl::Status SalesStatistics::Apply(const events::v1::TeamSettingsRevised& event,
                                    const EventMetadata& metadata, ViewTransaction& rows) {
  if (!event.has_display_name()) return absl::OkStatus();
  return SetName(kTeamNames, metadata.stream.id, event.display_name(), rows);
}

absl::Status SalesStatistics::Apply(const events::v1::MemberCreated& event,
                                    const EventMetadata& metadata, ViewTransaction& rows) {
  return SetName(kMemberNames, metadata.stream.id, event.display_name(), rows);
}

absl::Status SalesStatistics::Apply(const events::v1::MemberDetailsRevised& event,
                                    const EventMetadata& metadata, ViewTransaction& rows) {
  if (!event.has_display_name()) return absl::OkStatus();
  return SetName(kMemberNames, metadata.stream.id, event.display_name(), rows);
}

absl::Status SalesStatistics::Apply(const events::v1::SubjectErased& event, const EventMetadata&,
                                    ViewTransaction& rows) {
  return kMemberNames.PurgePrefix(rows, UuidOf(event.subject_id()));
}

}  // namespace crm::projections

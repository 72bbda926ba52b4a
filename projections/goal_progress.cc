#include "projections/goal_progress.h"

#include <string>
#include <utility>

#include "base/status_macros.h"
#include "projections/counters.h"
#include "projections/goal_facts.h"
#include "projections/stored_day.h"

namespace crm::projections {
namespace {

using domain::EventMetadata;
using domain::GoalId;
using views::v1::GoalFact;
using views::v1::InvoiceMoney;
using views::v1::ListedGoal;

GoalProgress::FactKey KeyOf(const Uuid& origin, const PlacedFact& placed) {
  return {placed.subject, static_cast<uint8_t>(placed.kind), placed.day, origin, placed.index};
}

void Put(const Uuid& origin, std::vector<PlacedFact> facts, ViewTransaction& rows) {
  for (PlacedFact& placed : facts) {
    GoalProgress::kFacts.Put(rows, KeyOf(origin, placed), std::move(placed.fact));
  }
}

void Erase(const Uuid& origin, const std::vector<PlacedFact>& facts, ViewTransaction& rows) {
  for (const PlacedFact& placed : facts) {
    GoalProgress::kFacts.Erase(rows, KeyOf(origin, placed));
  }
}

// A record that counts, whole, on the day of its event.
absl::Status CountRecord(v1::GoalKind kind, const events::v1::Ownership& ownership, GoalFact fact,
                         const EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(const domain::Zone zone, FoldedZone(GoalProgress::kOrganization, rows));
  fact.set_category(metadata.stream.category);
  fact.set_record_id(metadata.stream.id.ToBytes());
  Put(metadata.stream.id,
      WholeFact(kind, zone.DayOf(metadata.effective_time), HolderOf(ownership), fact), rows);
  return absl::OkStatus();
}

GoalFact OneRecord() {
  GoalFact fact;
  fact.set_count(1);
  return fact;
}

absl::Status SetArchived(const EventMetadata& metadata, bool archived, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(ListedGoal * goal,
                   GoalProgress::kGoals.Edit(rows, {GoalId(metadata.stream.id)}));
  goal->set_archived(archived);
  return absl::OkStatus();
}

}  // namespace

absl::Status GoalProgress::Replace(const Uuid& id, const InvoiceMoney& before,
                                   const InvoiceMoney& after, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(const std::vector<PlacedFact> old_facts, FactsOf(id, before));
  ASSIGN_OR_RETURN(std::vector<PlacedFact> new_facts, FactsOf(id, after));
  Erase(id, old_facts, rows);
  Put(id, std::move(new_facts), rows);
  return absl::OkStatus();
}

absl::Status GoalProgress::Apply(const events::v1::GoalCreated& event,
                                 const EventMetadata& metadata, ViewTransaction& rows) {
  ListedGoal goal;
  goal.set_display_name(event.display_name());
  *goal.mutable_terms() = event.terms();
  *goal.mutable_holder() = HolderOf(event.ownership());
  kGoals.Put(rows, {GoalId(metadata.stream.id)}, std::move(goal));
  return absl::OkStatus();
}

absl::Status GoalProgress::Apply(const events::v1::GoalRevised& event,
                                 const EventMetadata& metadata, ViewTransaction& rows) {
  if (!event.has_display_name()) return absl::OkStatus();
  ASSIGN_OR_RETURN(ListedGoal * goal, kGoals.Edit(rows, {GoalId(metadata.stream.id)}));
  goal->set_display_name(event.display_name());
  return absl::OkStatus();
}

absl::Status GoalProgress::Apply(const events::v1::GoalArchived&, const EventMetadata& metadata,
                                 ViewTransaction& rows) {
  return SetArchived(metadata, true, rows);
}

absl::Status GoalProgress::Apply(const events::v1::GoalRestored&, const EventMetadata& metadata,
                                 ViewTransaction& rows) {
  return SetArchived(metadata, false, rows);
}

absl::Status GoalProgress::Apply(const events::v1::CustomerCreated& event,
                                 const EventMetadata& metadata, ViewTransaction& rows) {
  return CountRecord(
      event.lead_id().empty() ? v1::GOAL_KIND_NEW_CUSTOMERS : v1::GOAL_KIND_CONVERTED_LEADS,
      event.ownership(), OneRecord(), metadata, rows);
}

absl::Status GoalProgress::Apply(const events::v1::ContractSigned& event,
                                 const EventMetadata& metadata, ViewTransaction& rows) {
  if (event.value().currency_code().empty()) return absl::OkStatus();
  GoalFact fact;
  *fact.mutable_amount() = event.value();
  fact.set_type(event.contract_type());
  return CountRecord(v1::GOAL_KIND_CONTRACT_VALUE, event.at().ownership(), std::move(fact),
                     metadata, rows);
}

absl::Status GoalProgress::Apply(const events::v1::OpportunityWon& event,
                                 const EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(const domain::Zone zone, FoldedZone(kOrganization, rows));
  views::v1::GoalWin win;
  win.set_day(DayNumber(zone.DayOf(metadata.effective_time)));
  *win.mutable_holder() = HolderOf(event.at().ownership());
  kWins.Put(rows, {metadata.stream.id}, std::move(win));
  return CountRecord(v1::GOAL_KIND_OPPORTUNITIES_WON, event.at().ownership(), OneRecord(), metadata,
                     rows);
}

absl::Status GoalProgress::Apply(const events::v1::OpportunityReopened&,
                                 const EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(const views::v1::GoalWin* win, kWins.Find(rows, {metadata.stream.id}));
  if (win == nullptr) return absl::OkStatus();  // it was lost or superseded
  Erase(metadata.stream.id,
        WholeFact(v1::GOAL_KIND_OPPORTUNITIES_WON, NumberedDay(win->day()), win->holder(),
                  GoalFact()),
        rows);
  kWins.Erase(rows, {metadata.stream.id});
  return absl::OkStatus();
}

absl::Status GoalProgress::Apply(const events::v1::ExchangeRateEntered& event, const EventMetadata&,
                                 ViewTransaction& rows) {
  FoldRate(kRates, event, rows);
  return absl::OkStatus();
}

}  // namespace crm::projections

// Schedule: everything that is due by the clock, in the order it is to be done.
//
// For every record that a rule of domain/schedule/rules.h speaks of it keeps a plan: the day the
// record goes by, what of it is dealt with, and the next instant, which stands among the due rows.
// A plan follows the record's own events: one that was reminded, paid or closed plans anew. So the
// rows are what is still to be done, however long nobody looked, and a rebuild finds the same.
// Notices whose instant had passed when they were planned - by what the record says of itself or by
// the settings - are let go. What could not be done stands where it is tried again.
//
// A recurring invoice goes by the day of its next cycle. One that waits for payment is not due
// until something happens to an invoice that was made of it; a cycle that is given up makes way for
// the next.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "crm/events/v1/contract_events.pb.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "crm/events/v1/opportunity_events.pb.h"
#include "crm/events/v1/organization_events.pb.h"
#include "crm/events/v1/proposal_events.pb.h"
#include "crm/events/v1/recurring_invoice_events.pb.h"
#include "crm/events/v1/schedule_events.pb.h"
#include "crm/v1/schedule_service.pb.h"
#include "crm/views/v1/schedule.pb.h"
#include "domain/schedule/rules.h"
#include "projections/opportunity_card.h"
#include "projections/query.h"
#include "projections/table.h"
#include "projections/view.h"

namespace crm::projections {

// Nothing is due any more of a record that ended so.
using EndingEvents =
    std::variant<events::v1::ProposalAccepted, events::v1::ProposalDeclined,
                 events::v1::ProposalSuperseded, events::v1::OpportunityResumed,
                 events::v1::OpportunityWon, events::v1::OpportunityLost,
                 events::v1::OpportunitySuperseded, events::v1::RecurringInvoiceCancelled,
                 events::v1::RecurringInvoiceCompleted, events::v1::ContractTerminated,
                 events::v1::ContractVoided>;
// Nor of one that is put away, until it is taken back.
using PuttingAwayEvents =
    std::variant<events::v1::ProposalArchived, events::v1::OpportunityArchived,
                 events::v1::RecurringInvoicePaused>;
using TakingBackEvents =
    std::variant<events::v1::ProposalRestored, events::v1::OpportunityRestored>;
// What it was due for was done, for good.
using RemindingEvents = std::variant<events::v1::ProposalReminded, events::v1::OpportunityReminded,
                                     events::v1::ContractExpiryNoticed>;

struct Schedule {
  static constexpr absl::string_view kName = "schedule";
  static constexpr int kVersion = 2;
  using Events = JoinEvents<
      EndingEvents, PuttingAwayEvents, TakingBackEvents, RemindingEvents,
      std::variant<events::v1::OrganizationCreated, events::v1::OrganizationSettingsRevised,
                   events::v1::ProposalDrafted, events::v1::ProposalExtended,
                   events::v1::InvoiceIssued, events::v1::InvoiceReminded,
                   events::v1::InvoiceVoided, events::v1::SettlementPosted,
                   events::v1::OpportunityPlacedOnStandby, events::v1::RecurringInvoiceCreated,
                   events::v1::RecurringInvoiceRevised, events::v1::RecurringCycleInvoiced,
                   events::v1::RecurringInvoiceResumed, events::v1::ContractDrafted,
                   events::v1::ContractDetailsRevised, events::v1::ContractSigned,
                   events::v1::ContractRenewed, events::v1::DueFailed, events::v1::DueRetried,
                   events::v1::DueSettled>>;

  // One row.
  static constexpr Table<std::tuple<bool>, views::v1::ScheduleSettings> kSettings{1};
  // Rule, record.
  using PlanKey = std::tuple<std::string, Uuid>;
  static constexpr Table<PlanKey, views::v1::SchedulePlan> kPlans{2};
  // When it is tried, rule, record.
  using DueKey = std::tuple<int64_t, std::string, Uuid>;
  static constexpr Table<DueKey, views::v1::DueRow> kDue{3};
  // Invoices that were made of recurring ones.
  static constexpr Table<std::tuple<Uuid>, views::v1::CycleInvoice> kCycleInvoices{4};
  static constexpr auto kTables = std::tuple(kSettings, kPlans, kDue, kCycleInvoices);

  template <class E>
  requires IsOneOf<E, EndingEvents>::value static absl::Status Apply(
      const E&, const domain::EventMetadata& metadata, ViewTransaction& rows) {
    return ChangePlans(metadata, rows, [](Plan& plan) { plan.set_live(false); });
  }
  template <class E>
  requires IsOneOf<E, PuttingAwayEvents>::value static absl::Status Apply(
      const E&, const domain::EventMetadata& metadata, ViewTransaction& rows) {
    return ChangePlans(metadata, rows, [](Plan& plan) { plan.set_archived(true); });
  }
  template <class E>
  requires IsOneOf<E, TakingBackEvents>::value static absl::Status Apply(
      const E&, const domain::EventMetadata& metadata, ViewTransaction& rows) {
    return ChangePlans(metadata, rows, [](Plan& plan) { plan.set_archived(false); });
  }
  template <class E>
  requires IsOneOf<E, RemindingEvents>::value static absl::Status Apply(
      const E&, const domain::EventMetadata& metadata, ViewTransaction& rows) {
    return ChangePlans(metadata, rows, [](Plan& plan) { plan.set_settled_us(kForGood); });
  }
  static absl::Status Apply(const events::v1::OrganizationCreated& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::OrganizationSettingsRevised& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::ProposalDrafted& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::ProposalExtended& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::InvoiceIssued& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::InvoiceReminded& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::InvoiceVoided& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::SettlementPosted& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::OpportunityPlacedOnStandby& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::RecurringInvoiceCreated& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::RecurringInvoiceRevised& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::RecurringCycleInvoiced& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::RecurringInvoiceResumed& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::ContractDrafted& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::ContractDetailsRevised& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::ContractSigned& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::ContractRenewed& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::DueFailed& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::DueRetried& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::DueSettled& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);

  // What is to be tried first: everything that stands at one instant, in order of rule and record.
  struct Turn {
    absl::Time time = absl::InfiniteFuture();  // when; InfiniteFuture: nothing is due
    std::vector<domain::DueInstant> work;      // at most kMostAtOnce
  };
  static constexpr size_t kMostAtOnce = 1000;
  static absl::StatusOr<Turn> FirstTurn(const ViewReader& rows);

  static absl::StatusOr<v1::ListDueWorkResponse> Answer(const v1::ListDueWorkRequest& request,
                                                        const ViewReader& rows,
                                                        QueryContext& context);

 private:
  using Plan = views::v1::SchedulePlan;
  // Until the record goes by another day.
  static constexpr int64_t kForGood = INT64_MAX;

  // Changes every plan of the record the event is about.
  static absl::Status ChangePlans(const domain::EventMetadata& metadata, ViewTransaction& rows,
                                  absl::FunctionRef<void(Plan&)> change);
  static absl::StatusOr<domain::ScheduleSettings> SettingsIn(ViewTransaction& rows);
  // The next cycle was given up: the one after it comes at its own day.
  static absl::Status LeaveOutCycle(Plan& plan);
  // Something happened to an invoice: if it was made of a recurring one, that waits no longer.
  static absl::Status Wake(const Uuid& invoice, const domain::EventMetadata& metadata,
                           ViewTransaction& rows);
  // Changes one plan, which is made where there is none, and puts what it says is next among the
  // due rows.
  static absl::Status ChangePlan(const domain::ScheduleRule& rule, const Uuid& record,
                                 absl::Time now, ViewTransaction& rows,
                                 absl::FunctionRef<void(Plan&)> change);
};

}  // namespace crm::projections

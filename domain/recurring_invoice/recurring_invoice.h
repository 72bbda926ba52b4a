// RecurringInvoice: a template of invoices, and the days on which they are made of it.
//
//   Create --> active <-- Pause / Resume --> paused
//                |                             |
//                +--- no cycle is left --------+--> completed
//                +--- Cancel ------------------+--> cancelled
//
// Invariants
//   I1  Cycle k is planned for the k-th day of its recurrence (recurrence.h, T38, T39). It becomes
//       one invoice, which is named after the recurring invoice and k, in the commit that says so:
//       a cycle is invoiced once, however often its day is found due (T40).
//   I2  Cycles are invoiced in order. Between two of them only those have no invoice that a pause
//       left out or an administrator gave up.
//   I3  Where it says so, a cycle waits until every earlier invoice is paid in full; it is neither
//       left out nor counted meanwhile. Void invoices ask for nothing; drafts are not paid.
//   I4  What is made is what the template says then: a change is for cycles from now on. It is true
//       on the planned day, or as early after as the facts about the recurring invoice allow.
//   I5  It has a name (DISPLAY_NAME_REQUIRED), a customer (RECIPIENT_REQUIRED) and at least one
//       cycle left; when none is left it is completed. Completed and cancelled are for good
//       (RECURRENCE_ENDED). No change leaves fewer cycles than were planned until now
//       (CYCLES_BELOW_INVOICED).
//   I6  More than kMostUnasked cycles in the past are invoiced only when that was said
//       (RECURRENCE_BACKLOG).
//   I7  Whoever lets it issue invoices may issue them; others make it draft them.
//   I8  Cancelled in the middle of a cycle, the days since the last one are invoiced as their part
//       of the whole cycle, when asked for (T41).
// Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "crm/events/v1/recurring_invoice_events.pb.h"
#include "crm/v1/recurring_invoice_service.pb.h"
#include "domain/decide_context.h"
#include "domain/document/document.h"
#include "domain/schedule/rules.h"

namespace crm::domain {

inline constexpr int64_t kMostUnasked = 24;  // I6

struct RecurringInvoiceState {
  RecurringInvoiceId id;        // nil before the first event
  OrganizationId organization;  // the same
  v1::RecurrenceState phase = v1::RECURRENCE_STATE_UNSPECIFIED;
  std::string display_name;
  events::v1::RecurrenceRule rule;
  DocumentState document;
  int due_days = 0;
  InvoiceSeriesId series;  // nil: the preferred one
  bool draft_only = false;
  int64_t next_cycle = 1;                  // of an ended one, what would have been next
  std::vector<InvoiceId> invoices;         // of cycles, in order
  InvoiceId last_invoice;                  // nil: none
  std::optional<absl::CivilDay> last_day;  // that is paid for; cancelled only
  std::string cancel_reason;

  bool IsActive() const { return phase == v1::RECURRENCE_STATE_ACTIVE; }
  bool IsEnded() const {
    return phase == v1::RECURRENCE_STATE_COMPLETED || phase == v1::RECURRENCE_STATE_CANCELLED;
  }
};

struct RecurringInvoice {
  using Id = RecurringInvoiceId;
  using State = RecurringInvoiceState;
  using Event =
      std::variant<events::v1::RecurringInvoiceCreated, events::v1::RecurringInvoiceRevised,
                   events::v1::RecurringCycleInvoiced, events::v1::RecurringInvoicePaused,
                   events::v1::RecurringInvoiceResumed, events::v1::RecurringInvoiceCancelled,
                   events::v1::RecurringInvoiceCompleted, events::v1::RecurringInvoiceAssigned>;
  using Resource = v1::RecurringInvoice;
  using Result = absl::StatusOr<Decision<Event>>;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State& state);
  // Waiting or not at the lookup's instant.
  static absl::StatusOr<Resource> Render(const Ref<RecurringInvoice>& self, const Lookup& lookup);

  // The update's target is named inside the resource.
  static absl::StatusOr<RecurringInvoiceId> TargetOf(const v1::UpdateRecurringInvoiceRequest&,
                                                     const Caller&);
  static absl::StatusOr<RecurringInvoiceId> TargetOf(const DueInstant& instant, const Caller&) {
    return RecurringInvoiceId(instant.subject.id);
  }

  // Refuses by I5, I6, I7; RuleFrom, DocumentFrom; SERIES_ARCHIVED, SERIES_KIND_MISMATCH.
  static Result Decide(const State&, const v1::CreateRecurringInvoiceRequest&,
                       const DecideContext&);
  // This and all below refuse RECURRENCE_ENDED (I5). Refuses by I5, I7; RECURRENCE_INVALID,
  // ContentFrom.
  static Result Decide(const State&, const v1::UpdateRecurringInvoiceRequest&,
                       const DecideContext&);
  static Result Decide(const State&, const v1::PauseRecurringInvoiceRequest&, const DecideContext&);
  // Refuses by I7.
  static Result Decide(const State&, const v1::ResumeRecurringInvoiceRequest&,
                       const DecideContext&);
  // Refuses by I7 what is prorated, and what issuing refuses.
  static Result Decide(const State&, const v1::CancelRecurringInvoiceRequest&,
                       const DecideContext&);
  // Refuses what ResolveOwnership refuses.
  static Result Decide(const State&, const v1::AssignRecurringInvoiceRequest&,
                       const DecideContext&);
  // The clock's: the cycle that is planned for that instant, or nothing when it waits, is dealt
  // with or is not to be. Refuses what issuing refuses.
  static Result Decide(const State&, const DueInstant&, const DecideContext&);
};

// I1: the invoice of a cycle.
InvoiceId InvoiceOfCycle(const RecurringInvoiceId& id, int64_t cycle);

// I3: nothing is due of the invoices made until now, as of the lookup's instant.
absl::StatusOr<bool> AreInvoicesPaid(const RecurringInvoiceState& state, const Lookup& lookup);

// What a cycle is worth and whose it is, as events carry it.
events::v1::DocumentSnapshot SnapshotOf(const RecurringInvoiceState& state);

// The organization's day of an instant.
absl::StatusOr<absl::CivilDay> DayIn(const OrganizationId& organization, absl::Time instant,
                                     const Lookup& lookup);

// I5: RECURRENCE_ENDED.
absl::Status RequireNotEnded(const RecurringInvoiceState& state);
// I7: PERMISSION_DENIED where it issues invoices and the caller may not.
absl::Status RequireMayIssue(const RecurringInvoiceState& state, const DecideContext& context);

}  // namespace crm::domain

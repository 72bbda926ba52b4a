// CreditNote: what takes back an invoice, or a part of it. It is issued at once, with everything
// that follows from it, in one commit: the settlement, the money that it sets free, the commissions
// that go back (ADR "A payment pays its commission").
//
// Invariants
//   I1  It credits lines of an invoice that is issued and not void, not before that was issued, and
//       never more than is left of a line or of the whole (CREDIT_EXCEEDS_INVOICE).
//   I2  What is credited with the last of a line's base takes the last of its tax, cost and shares,
//       too: credited to zero, nothing is left anywhere.
//   I3  What was paid beyond the new total becomes credit of the payers: taken from the payments by
//       largest remainder, in the order of their dates.
//   I4  Its number is the next of its series; numbers are gapless in the order of recording.
//   I5  It never changes.
// Of the team, owner and credited members of its invoice. Pure functions; thread-safe.
#pragma once

#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "crm/v1/credit_note_service.pb.h"
#include "domain/decide_context.h"

namespace crm::domain {

struct CreditNoteState {
  events::v1::CreditNoteIssued issued;
  absl::Time issue_time;  // effective
};

struct CreditNote {
  using Id = CreditNoteId;
  using State = CreditNoteState;
  using Event = std::variant<events::v1::CreditNoteIssued>;
  using Resource = v1::CreditNote;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State& state);
  static absl::StatusOr<Resource> Render(const Ref<CreditNote>& self, const Lookup& lookup);

  // Refuses by I1: INVOICE_NOT_ISSUED, INVOICE_VOID, CREDIT_BEFORE_ISSUE, CREDIT_EXCEEDS_INVOICE,
  // AMOUNT_NOT_POSITIVE, CREDIT_LINE_UNKNOWN, CREDIT_AMBIGUOUS when content is given with `full`;
  // what ContentFrom (domain/document/content.h) refuses; SERIES_ARCHIVED, SERIES_KIND_MISMATCH.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::CreateCreditNoteRequest&,
                                                const DecideContext&);
};

}  // namespace crm::domain

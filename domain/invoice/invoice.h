// Invoice: what a customer is asked to pay.
//
//   CreateInvoice, a proposal's conversion, or an order's invoicing
//        |
//        v
//      draft ---- Issue ----> issued
//        |                      |
//        +------- Void ---------+ ----> void
//
// Invariants
//   I1  Only a draft changes what it asks for, of whom, and who is credited (INVOICE_ISSUED).
//   I2  It is issued once, to a customer (RECIPIENT_REQUIRED), with the next number of its series;
//       numbers are gapless in the order of recording. Due is not before issue (DUE_BEFORE_ISSUE).
//   I3  Frozen at issue: number, lines and totals, every credited member's part of every line, the
//       policies that pay and their versions, the leader for overrides. Nothing of it is looked up
//       again.
//   I4  Void is for good (INVOICE_VOID), and only what nothing was ever paid on or credited to
//       (INVOICE_PAID). A number stays used. What it was made of is to invoice again by an order,
//       in the same commit.
//   I5  Settlement and timeliness are not in it: they follow from what was posted (Settlement) and
//       the day asked for (invoice_standing.h).
//   I6  A revision names exactly the fields whose values changed; no change, no event.
//   I7  While something is due of it, its receiver is reminded on planned days, of each once and in
//       order.
// Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "crm/v1/invoice_service.pb.h"
#include "domain/decide_context.h"
#include "domain/document/document.h"
#include "domain/schedule/rules.h"

namespace crm::domain {

struct InvoiceState {
  InvoiceId id;                 // nil before the first event
  OrganizationId organization;  // the same
  events::v1::InvoiceDetails details;
  DocumentState document;
  int64_t cycle = 0;                                // of a recurring invoice, from 1; 0: none
  std::optional<events::v1::InvoiceIssued> issued;  // as it was frozen; nullopt: a draft
  absl::Time issue_time;                            // effective time of that
  std::optional<absl::Time> send_time;              // effective time of the first sending
  std::optional<absl::Time> void_time;              // effective time
  std::string void_reason;
  int reminders = 0;                            // how often its receiver was reminded
  std::optional<absl::CivilDay> last_reminder;  // day the last one was planned for

  bool voided() const { return void_time.has_value(); }
};

struct Invoice {
  using Id = InvoiceId;
  using State = InvoiceState;
  using Event = std::variant<events::v1::InvoiceDrafted, events::v1::InvoiceContentRevised,
                             events::v1::InvoiceDetailsRevised, events::v1::InvoiceReaddressed,
                             events::v1::InvoiceMembersCredited, events::v1::InvoiceIssued,
                             events::v1::InvoiceSent, events::v1::InvoiceReminded,
                             events::v1::InvoiceVoided, events::v1::InvoiceAssigned>;
  using Resource = v1::Invoice;
  using Result = absl::StatusOr<Decision<Event>>;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State& state);
  // As it stands at the lookup's instant.
  static absl::StatusOr<Resource> Render(const Ref<Invoice>& self, const Lookup& lookup);

  // The update's target is named inside the resource.
  static absl::StatusOr<InvoiceId> TargetOf(const v1::UpdateInvoiceRequest&, const Caller&);
  static absl::StatusOr<InvoiceId> TargetOf(const DueInstant& instant, const Caller&) {
    return InvoiceId(instant.subject.id);
  }

  // Refuses by OriginFrom and DocumentFrom (domain/document/document.h).
  static Result Decide(const State&, const v1::CreateInvoiceRequest&, const DecideContext&);
  // This and all below refuse INVOICE_VOID (I4). An issued one still changes its name, tags and
  // opportunity; the rest is INVOICE_ISSUED (I1).
  static Result Decide(const State&, const v1::UpdateInvoiceRequest&, const DecideContext&);
  // Refuses by I1 and ContentFrom.
  static Result Decide(const State&, const v1::ReviseInvoiceContentRequest&, const DecideContext&);
  // Refuses by I1 and AddresseeFrom.
  static Result Decide(const State&, const v1::ReaddressInvoiceRequest&, const DecideContext&);
  // Refuses by I1 and ContributorsFrom.
  static Result Decide(const State&, const v1::CreditInvoiceMembersRequest&, const DecideContext&);
  // Refuses by I1, I2; SERIES_ARCHIVED, SERIES_KIND_MISMATCH.
  static Result Decide(const State&, const v1::IssueInvoiceRequest&, const DecideContext&);
  // Refuses INVOICE_NOT_ISSUED.
  static Result Decide(const State&, const v1::SendInvoiceRequest&, const DecideContext&);
  // Refuses by I4.
  static Result Decide(const State&, const v1::VoidInvoiceRequest&, const DecideContext&);
  // Refuses what ResolveOwnership refuses.
  static Result Decide(const State&, const v1::AssignInvoiceRequest&, const DecideContext&);
  // The clock's (I7); refuses nothing.
  static Result Decide(const State&, const DueInstant&, const DecideContext&);
};

// The birth of an invoice, by a client or as an effect of a conversion or of a recurring invoice,
// whose cycle it then names.
events::v1::InvoiceDrafted DraftInvoice(const DocumentState& document,
                                        const events::v1::InvoiceDetails& details,
                                        int64_t cycle = 0);

// A draft becomes an invoice, with the next number of the named series, of the preferred one when
// it is empty. Refuses what IssueInvoiceRequest is refused.
absl::StatusOr<Decision<Invoice::Event>> IssueDraft(const InvoiceState& state,
                                                    absl::string_view series,
                                                    const DecideContext& context);

// I1, I4: INVOICE_VOID or INVOICE_ISSUED.
absl::Status RequireNotVoid(const InvoiceState& state);
absl::Status RequireDraft(const InvoiceState& state);

// What it is worth and whose it is, as every event carries it.
events::v1::DocumentSnapshot SnapshotOf(const InvoiceState& state);

}  // namespace crm::domain

// Recognition: what a payment or its reversal earns everybody, decided as part of the command that
// records it, so that what is recognised is the commission of what was paid at every position of
// the log. It enters the cause into the books of the agents and, by override, of the leader;
// reckons those books anew in the order of dates; and for each cause that earns something else than
// before adds an entry, dated as that cause.
//
//   R1  Shares, policies, versions and leader are those frozen into the invoice (T23).
//   R2  A book of a period is that of the day of payment as the payment keeps it; a reversal is in
//       the books of its payment, whatever day it is (T18..T21).
//   R3  A leader's book is the invoice's. It holds the shares of all agents under the policy, less
//       what they earned by the same cause when the policy says so (T25).
//   R4  An entry is due a number of waiting days after the day of its cause. What is taken back
//       waits for nothing but what it takes back: a reversal within those days is due together with
//       it, so nothing ever is (T22).
//   R5  A credit note is in every book that its invoice is in, also in those of payments that went
//       back since: it takes from shares and total, and from what was paid what it released. An
//       invoice enters a book with the credit notes there were (T18..T20).
//
//   Recognition recognition(context, settings);
//   RETURN_IF_ERROR(recognition.Enter(invoice, cause));   // for each invoice
//   RETURN_IF_ERROR(recognition.Conclude());
//   recognition.ApplyTo(decision);
//
// Belongs to one decision and its thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "domain/commission/book.h"
#include "domain/commission_book/commission.h"
#include "domain/commission_book/commission_balance.h"
#include "domain/commission_book/commission_book.h"
#include "domain/commission_book/stake.h"
#include "domain/decide_context.h"
#include "domain/organization/organization.h"

namespace crm::domain {

// A credit note on an invoice.
struct FrozenCreditNote {
  CreditNoteId id;
  absl::Time issue_time;
  events::v1::CreditNoteIssued issued;
};

// An invoice as it was frozen at issue, and what was credited to it since.
struct FrozenInvoice {
  InvoiceId id;
  absl::Time issue_time;
  const events::v1::InvoiceIssued& issued;
  std::vector<FrozenCreditNote> credit_notes = {};  // in order of recording
};

// Money that was paid on an invoice, or went back.
struct PaidCause {
  StreamId cause;          // the payment
  bool reversal = false;   // it went back
  absl::Time instant;      // when
  int64_t paid_minor = 0;  // added to what is paid; signed
  // Day of the payment, also of one that goes back, and the fiscal year of then (R2).
  absl::CivilDay paid_day;
  FiscalYearStart fiscal_year_start;
};

class Recognition {
 public:
  // `context` and `settings` must outlive it.
  Recognition(const DecideContext& context, const OrganizationState& settings)
      : context_(context), settings_(settings) {}
  Recognition(const Recognition&) = delete;

  // The cause bears on this invoice.
  absl::Status Enter(const FrozenInvoice& invoice, const PaidCause& cause);
  // So does a credit note that is not among the invoice's yet. `allocations` are all that ever paid
  // the invoice; `paid_minor` of each is what the note releases of it, not negative.
  absl::Status EnterCredit(const FrozenInvoice& invoice, const FrozenCreditNote& note,
                           const std::vector<PaidCause>& allocations);
  // Reckons every book that a cause entered. Once, at the end.
  absl::Status Conclude();

  template <class Event>
  void ApplyTo(Decision<Event>& decision) const {
    for (const auto& [id, book] : books_) {
      for (const size_t place : book.changed) {
        decision.Affect(book.before, book.state.posts[place]);
      }
    }
    for (const Entry& entry : entries_) {
      decision.AffectAt(entry.commission, entry.instant, entry.recognized);
      decision.Affect(entry.balance, Accrued(entry.commission.id, entry.recognized));
    }
  }

 private:
  struct Book {
    BookKey key;
    Ref<CommissionBook> before;
    CommissionBookState state;  // with what this decision changed
    std::set<size_t> changed;   // places of the posts
  };
  struct Entry {
    Ref<Commission> commission;
    absl::Time instant;
    events::v1::CommissionRecognized recognized;
    Ref<CommissionBalance> balance;
  };
  // A policy version as it earns for a role, rounded as a document said.
  struct RuleKey {
    CommissionPolicyId policy;
    int version = 0;
    v1::CommissionRole role = v1::COMMISSION_ROLE_AGENT;
    int rounding = 0;
    friend auto operator<=>(const RuleKey&, const RuleKey&) = default;
  };

  absl::StatusOr<const EarningRule*> RuleOf(const RuleKey& key);
  absl::StatusOr<Book*> Open(const BookKey& key);
  // The stake's book of this cause, which the invoice has entered with what was credited to it.
  absl::StatusOr<Book*> OpenEntered(const FrozenInvoice& invoice, const Stake& stake,
                                    const PaidCause& cause, const GroupShares& shares);
  absl::Status Credit(const FrozenInvoice& invoice, const FrozenCreditNote& note,
                      const Stake& stake, const std::vector<PaidCause>& allocations);
  absl::Status Reckon(Book& book);
  absl::Status Recognise(const Book& book, const events::v1::CommissionBookPosted& post,
                         const BookEntry& entry, const EarningRule& rule, int64_t amount_minor);
  absl::Status SubtractFromLeader(const Book& book, const events::v1::CommissionBookPosted& post,
                                  int64_t amount_minor);
  absl::StatusOr<absl::CivilDay> DueOf(const Book& book, const Ref<Commission>& commission,
                                       const events::v1::CommissionCause& cause) const;

  const DecideContext& context_;
  const OrganizationState& settings_;
  StreamId cause_;                          // that everything is entered for
  std::map<CommissionBookId, Book> books_;  // stable: pointers into it are kept
  std::map<RuleKey, EarningRule> rules_;    // stable: a rule's identity is its address
  std::vector<Entry> entries_;
};

// What a member earned by a cause, in minor units.
struct Earned {
  MemberId agent;
  int64_t amount_minor = 0;
};

// What the cause earned by this invoice so far: agents in the order credited, each policy's leader
// after its first agent. Nobody who earned nothing.
absl::StatusOr<std::vector<Earned>> EarnedBy(const FrozenInvoice& invoice, const PaidCause& cause,
                                             const OrganizationId& organization,
                                             const Lookup& lookup);

}  // namespace crm::domain

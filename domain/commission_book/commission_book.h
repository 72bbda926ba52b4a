// CommissionBook: what one member earns under one policy by one invoice, or in one period: the
// causes (payments, reversals, credit notes) that bear on it, in the order in which they became
// known. domain/commission/book.h reckons them in the order of their dates. One bookkeeping stream
// each. Every cause writes to the books it bears on in its own commit, so what is recognised is
// never behind what was paid, and two causes at once meet here.
//
// Invariants
//   I1  A cause is in a book once; posted again, it replaces itself in its place.
//   I2  An invoice is the first cause of its own in a book: shares and total at its issue.
//   I3  What the posts say is recognised is what the book, reckoned anew, earns by each cause.
// Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/civil_time.h"
#include "crm/events/v1/commission_events.pb.h"
#include "crm/v1/commission_policy.pb.h"
#include "domain/aggregate.h"
#include "domain/types/calendar.h"

namespace crm::domain {

// Days over which a book accumulates: a month, quarter or year.
struct BookPeriod {
  v1::CommissionPeriod kind = v1::COMMISSION_PERIOD_MONTH;
  absl::CivilDay start;

  static BookPeriod Containing(v1::CommissionPeriod kind, absl::CivilDay day,
                               FiscalYearStart fiscal_year_start);
  friend bool operator==(const BookPeriod&, const BookPeriod&) = default;
};

// What a book is about.
struct BookKey {
  MemberId agent;
  v1::CommissionRole role = v1::COMMISSION_ROLE_AGENT;
  CommissionPolicyId policy;
  std::string currency_code;
  std::optional<BookPeriod> period = std::nullopt;  // nullopt: of the invoice
  InvoiceId invoice = {};                           // nil: of the period
};

struct CommissionBookState {
  std::vector<events::v1::CommissionBookPosted> posts;  // one a cause, in order of recording

  // The place of a cause; posts.size() when it is not in the book.
  size_t Find(const events::v1::CommissionCause& cause) const;
  // The post by which an invoice entered; nullptr when it has not.
  const events::v1::CommissionBookPosted* Entered(absl::string_view invoice_id) const;
  // Puts a post in its place; where that is.
  size_t Put(const events::v1::CommissionBookPosted& post);
};

struct CommissionBook {
  using Id = CommissionBookId;
  using State = CommissionBookState;
  using Event = std::variant<events::v1::CommissionBookPosted>;
  static constexpr bool kBookkeeping = true;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
};

// The id is made of it. Stored: never changes.
CommissionBookId CommissionBookOf(const OrganizationId& organization, const BookKey& key);

// By which an invoice enters a book.
events::v1::CommissionCause EntryOf(const InvoiceId& invoice, absl::Time issue_time);

}  // namespace crm::domain

// Stake: who earns by an invoice under a policy version, as it was frozen when the invoice was
// issued - an agent by the own credit, a leader, by override, by the credit of all agents. It says
// in which book its causes are, and which shares of a document are its own. Pure functions;
// thread-safe.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "crm/events/v1/commission_events.pb.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "domain/commission/policy_rules.h"
#include "domain/commission_book/commission_book.h"
#include "domain/lookup.h"
#include "google/protobuf/repeated_field.h"

namespace crm::domain {

struct Stake {
  BookKey key;  // but for the period or the invoice
  int version = 0;
  events::v1::PolicyTerms terms;
  std::set<std::string> members;  // whose shares it holds, as stored
  MemberId subtracted_from;       // whose overrides are less by what is earned here; nil: nobody

  // The book of what was paid on the invoice on this day. An agent's is that of the period where
  // the terms accumulate over periods; a leader's is always the invoice's.
  BookKey KeyOf(const InvoiceId& invoice, absl::CivilDay paid_day,
                FiscalYearStart fiscal_year_start) const;

  // Its shares of an invoice, or of a credit note.
  GroupShares SharesOf(
      const events::v1::DocumentContent& content,
      const google::protobuf::RepeatedPtrField<events::v1::FrozenCredit>& credits) const;
};

// Agents in the order credited, each policy's leader after its first agent. DATA_LOSS when a policy
// lacks a version that the invoice names.
absl::StatusOr<std::vector<Stake>> StakesIn(const events::v1::InvoiceIssued& issued,
                                            const Lookup& lookup);

// A stored version of a policy. DATA_LOSS when it lacks it.
absl::StatusOr<events::v1::PolicyTerms> TermsOf(const CommissionPolicyId& policy, int version,
                                                const Lookup& lookup);

// The book of a leader's overrides by an invoice.
BookKey LeaderKey(const MemberId& leader, const CommissionPolicyId& policy,
                  const std::string& currency_code, const InvoiceId& invoice);

}  // namespace crm::domain

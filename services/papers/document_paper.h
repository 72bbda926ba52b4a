// The words of proposals, invoices and credit notes on paper. Figures are those of the document,
// never computed again; only the sum carried over to the next sheet is added up. Pure; thread-safe.
#pragma once

#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "crm/v1/credit_note_service.pb.h"
#include "crm/v1/invoice.pb.h"
#include "crm/v1/proposal.pb.h"
#include "services/papers/paper.h"

namespace crm::services::papers {

// What a document does not say of itself.
struct Sending {
  std::string sender_name;  // of the organization at `instant`
  std::string letterhead;   // the same
  absl::Time instant;       // when the document became what it is
  absl::CivilDay day;       // of that instant, where the organization is
};

// What a credit note takes from its invoice.
struct CreditedInvoice {
  v1::Recipient recipient;
  std::string number;
  absl::CivilDay issue_day;
};

Paper PaperOf(const v1::Invoice& invoice, const Sending& sending);
Paper PaperOf(const v1::Proposal& proposal, const Sending& sending);
Paper PaperOf(const v1::CreditNote& credit_note, const CreditedInvoice& credited,
              const Sending& sending);

}  // namespace crm::services::papers

// What a credit note takes from the lines of an invoice: bases, taxes, costs, and the credited
// members' shares of them; and what the notes before it left. Used by CreditNote only. Pure
// functions; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/statusor.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "domain/commission_book/recognition.h"

namespace crm::domain {

// What earlier credit notes left of an invoice.
class Uncredited {
 public:
  Uncredited(const events::v1::InvoiceIssued& issued, const std::vector<FrozenCreditNote>& notes);

  // All that is left, line by line.
  events::v1::DocumentContent Everything() const;

  // Checks that `content` takes no more than is left of any line, and brings taxes to what is left
  // where rounding would go beyond (I2). INVALID_ARGUMENT CREDIT_LINE_UNKNOWN, AMOUNT_NOT_POSITIVE;
  // FAILED_PRECONDITION CREDIT_EXCEEDS_INVOICE.
  absl::Status Fit(events::v1::DocumentContent& content) const;

  // What each credited member's shares are reduced by: of every line by what is left of the
  // members' shares, largest remainder, in the order credited.
  absl::StatusOr<std::vector<events::v1::FrozenCredit>> Split(
      const events::v1::DocumentContent& content) const;

 private:
  struct Left {
    int64_t base_minor = 0;
    int64_t tax_minor = 0;
  };
  struct ShareLeft {
    int64_t base_minor = 0;
    int64_t cost_minor = 0;
  };
  using ShareKey = std::pair<std::string, std::string>;  // member, line

  bool CostIsLeft(const std::string& line_id) const;
  events::v1::CreditedShare TakeShare(const ShareKey& key, int64_t base_minor) const;

  const events::v1::InvoiceIssued& issued_;
  const bool untouched_;
  absl::btree_map<std::string, Left> lines_;
  absl::btree_map<ShareKey, ShareLeft> shares_;
};

}  // namespace crm::domain

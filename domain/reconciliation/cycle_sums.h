// CycleSums: the cycles that recurring invoices say they invoiced, beside the invoices that say
// they were made of one. Belongs to one thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "base/stream.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "crm/events/v1/recurring_invoice_events.pb.h"
#include "domain/event_codec.h"
#include "domain/reconciliation/comparisons.h"

namespace crm::domain {

class CycleSums {
 public:
  void On(const events::v1::RecurringCycleInvoiced& event, const EventMetadata& metadata);
  void On(const events::v1::RecurringInvoiceResumed& event, const EventMetadata& metadata);
  void On(const events::v1::RecurringInvoiceCancelled& event, const EventMetadata& metadata);
  void On(const events::v1::InvoiceDrafted& event, const EventMetadata& metadata);

  void Conclude(Comparisons& comparisons) const;

 private:
  // An invoice that stands for a cycle, as the recurring invoice tells and as it tells itself.
  struct CycleInvoice {
    int64_t times_named = 0;
    int64_t named_cycle = 0;
    StreamId named_by;
    int64_t cycle = 0;
    StreamId made_of;
  };
  // A cycle, and which had to come.
  struct Step {
    StreamId recurring;
    int64_t expected = 0;
    int64_t cycle = 0;
  };

  void Name(const std::string& invoice_id, int64_t cycle, const StreamId& recurring);
  // The next cycle of a recurring invoice.
  int64_t& NextOf(const StreamId& recurring);

  absl::btree_map<std::string, CycleInvoice> invoices_;  // by stored id
  absl::btree_map<StreamId, int64_t> next_;              // by recurring invoice
  std::vector<Step> steps_;
};

}  // namespace crm::domain

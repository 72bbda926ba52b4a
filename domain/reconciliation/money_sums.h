// MoneySums: invoices, payments and numbers as the facts tell them, beside what the guards of them
// say (Settlement, PaymentBalance, NumberRegister). Belongs to one thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "base/stream.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "crm/events/v1/payment_events.pb.h"
#include "crm/events/v1/sales_order_events.pb.h"
#include "domain/event_codec.h"
#include "domain/reconciliation/comparisons.h"

namespace crm::domain {

class MoneySums {
 public:
  void On(const events::v1::InvoiceIssued& event, const EventMetadata& metadata);
  void On(const events::v1::CreditNoteIssued& event, const EventMetadata& metadata);
  void On(const events::v1::PaymentRecorded& event, const EventMetadata& metadata);
  void On(const events::v1::CreditApplied& event, const EventMetadata& metadata);
  void On(const events::v1::CreditRefunded& event, const EventMetadata& metadata);
  void On(const events::v1::PaymentReversed& event, const EventMetadata& metadata);
  void On(const events::v1::SettlementPosted& event, const EventMetadata& metadata);
  void On(const events::v1::PaymentBalancePosted& event, const EventMetadata& metadata);
  void On(const events::v1::SalesOrderConfirmed& event, const EventMetadata& metadata);
  void On(const events::v1::NumberAllotted& event, const EventMetadata& metadata);

  void Conclude(Comparisons& comparisons) const;

 private:
  // Minor units of the document's currency.
  struct Invoice {
    int64_t total_minor = 0;
    int64_t base_minor = 0;
    int64_t credited_minor = 0;
    int64_t credited_base_minor = 0;
    int64_t paid_minor = 0;       // as payments, reversals and credit notes tell
    int64_t paid_base_minor = 0;  // the same, of the base
    int64_t posted_paid_minor = 0;
    int64_t posted_credited_minor = 0;
  };
  struct Payment {
    int64_t amount_minor = 0;
    int64_t on_invoices_minor = 0;
    int64_t credit_minor = 0;
    int64_t refunded_minor = 0;
    bool reversed = false;
    int64_t posted_on_invoices_minor = 0;
    int64_t posted_credit_minor = 0;
  };
  // A number that a document bears, or that a register gave it.
  struct Numbers {
    int64_t borne = 0;
    int64_t allotted = 0;
    int64_t times_allotted = 0;
  };
  // A line, as it is asked for and as it is credited.
  struct Share {
    StreamId document;
    int64_t base_minor = 0;
    int64_t credited_minor = 0;
  };

  void Pay(const events::v1::PaymentAllocation& allocation, Payment& payment);
  template <class Document>
  void Split(const Document& document, const StreamId& id);
  void Bear(const StreamId& document, const std::string& series_id, const std::string& number,
            int64_t ordinal);

  absl::btree_map<std::string, Invoice> invoices_;                       // by stored id
  absl::btree_map<std::string, Payment> payments_;                       // by stored id
  absl::btree_map<StreamId, Numbers> numbers_;                           // by document
  absl::btree_map<std::pair<std::string, std::string>, int64_t> texts_;  // series and number
  std::vector<Share> shares_;
};

}  // namespace crm::domain

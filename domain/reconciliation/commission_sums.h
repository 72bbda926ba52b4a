// CommissionSums: what was recognised, beside what the books earn when they are reckoned anew from
// the frozen policies; and what receipts took of it. Belongs to one thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "crm/events/v1/commission_events.pb.h"
#include "crm/events/v1/payment_events.pb.h"
#include "crm/v1/commission_policy.pb.h"
#include "domain/commission_book/commission_book.h"
#include "domain/event_codec.h"
#include "domain/reconciliation/comparisons.h"

namespace crm::domain {

class CommissionSums {
 public:
  void On(const events::v1::CommissionPolicyVersionPublished& event, const EventMetadata& metadata);
  void On(const events::v1::CommissionBookPosted& event, const EventMetadata& metadata);
  void On(const events::v1::CommissionRecognized& event, const EventMetadata& metadata);
  void On(const events::v1::PaymentRecorded& event, const EventMetadata& metadata);
  void On(const events::v1::CreditApplied& event, const EventMetadata& metadata);
  void On(const events::v1::CommissionAccrued& event, const EventMetadata& metadata);
  void On(const events::v1::CommissionSettled& event, const EventMetadata& metadata);
  void On(const events::v1::CommissionReceiptIssued& event, const EventMetadata& metadata);

  // An error of the arithmetic, or of a policy that is damaged.
  absl::Status Conclude(Comparisons& comparisons) const;

 private:
  using CauseKey = std::tuple<std::string, std::string, bool, std::string, int64_t>;
  struct Book {
    CommissionBookState state;
    absl::btree_map<CauseKey, int64_t> entries_minor;
    std::string policy_id;  // empty: nothing was recognised by it, so nobody said
    int role = v1::COMMISSION_ROLE_UNSPECIFIED;
  };

  // A commission as its entries and receipts tell it, and as the balance of its agent does.
  struct Earnings {
    int64_t recognised_minor = 0;
    int64_t accrued_minor = 0;
    int64_t in_receipts_minor = 0;
    int64_t settled_minor = 0;
  };

  static CauseKey KeyOf(const events::v1::CommissionCause& cause);
  absl::Status CompareBook(const StreamId& subject, const Book& book,
                           Comparisons& comparisons) const;
  void Pay(const std::string& payment_id, const events::v1::PaymentAllocation& allocation);

  absl::btree_map<std::string, Book> books_;                              // by stored id
  std::map<std::pair<std::string, int>, events::v1::PolicyTerms> terms_;  // by policy and version
  absl::btree_map<std::pair<std::string, std::string>, int64_t> paid_;    // payment and invoice
  absl::btree_map<std::string, Earnings> earnings_;                       // by stored id
};

}  // namespace crm::domain

#include "domain/reconciliation/commission_sums.h"

#include <algorithm>

#include "base/status_macros.h"
#include "domain/commission/policy_rules.h"
#include "domain/render.h"
#include "domain/types/ids.h"

namespace crm::domain {
namespace {

using events::v1::CommissionBookPosted;
using events::v1::CommissionCause;

BookCause CauseOf(const CommissionBookPosted& post, const EarningRule& rule) {
  BookCause cause;
  cause.rule = &rule;
  cause.instant = absl::FromUnixMicros(post.cause().instant_us());
  cause.invoice = Uuid::FromBytes(post.cause().invoice_id()).value_or(Uuid());
  for (const events::v1::ShareMovement& movement : post.movements()) {
    cause.shares_minor[Uuid::FromBytes(movement.group_id()).value_or(Uuid())] +=
        movement.shares_minor();
  }
  cause.paid_minor = post.paid_minor();
  cause.total_minor = post.total_minor();
  cause.subtracted_minor = post.subtracted_minor();
  return cause;
}

}  // namespace

CommissionSums::CauseKey CommissionSums::KeyOf(const CommissionCause& cause) {
  return {cause.category(), cause.cause_id(), cause.reversal(), cause.invoice_id(),
          cause.instant_us()};
}

void CommissionSums::On(const events::v1::CommissionPolicyVersionPublished& event,
                        const EventMetadata& metadata) {
  terms_[{metadata.stream.id.ToBytes(), event.policy_version()}] = event.terms();
}

void CommissionSums::On(const CommissionBookPosted& event, const EventMetadata& metadata) {
  books_[metadata.stream.id.ToBytes()].state.Put(event);
}

void CommissionSums::On(const events::v1::CommissionRecognized& event,
                        const EventMetadata& metadata) {
  earnings_[metadata.stream.id.ToBytes()].recognised_minor += event.amount_minor();
  Book& book = books_[event.book_id()];
  book.policy_id = event.policy_id();
  book.role = event.role();
  book.entries_minor[KeyOf(event.cause())] += event.amount_minor();
}

void CommissionSums::Pay(const std::string& payment_id,
                         const events::v1::PaymentAllocation& allocation) {
  paid_[{payment_id, allocation.invoice_id()}] += allocation.amount_minor();
}

void CommissionSums::On(const events::v1::PaymentRecorded& event, const EventMetadata& metadata) {
  for (const events::v1::PaymentAllocation& allocation : event.allocations())
    Pay(metadata.stream.id.ToBytes(), allocation);
}

void CommissionSums::On(const events::v1::CreditApplied& event, const EventMetadata& metadata) {
  Pay(metadata.stream.id.ToBytes(), event.allocation());
}

void CommissionSums::On(const events::v1::CommissionAccrued& event, const EventMetadata&) {
  earnings_[event.commission_id()].accrued_minor += event.amount_minor();
}

void CommissionSums::On(const events::v1::CommissionSettled& event, const EventMetadata&) {
  earnings_[event.commission_id()].settled_minor += event.amount_minor();
}

void CommissionSums::On(const events::v1::CommissionReceiptIssued& event, const EventMetadata&) {
  for (const events::v1::CommissionReceiptItem& item : event.items())
    earnings_[item.commission_id()].in_receipts_minor += item.amount_minor();
}

absl::Status CommissionSums::CompareBook(const StreamId& subject, const Book& book,
                                         Comparisons& comparisons) const {
  // By policy version and rounding: a rule's identity is its address.
  std::map<std::pair<int, int>, EarningRule> rules;
  absl::btree_map<std::string, int> rounding;  // by invoice, which enters first
  std::vector<BookCause> causes;
  for (const CommissionBookPosted& post : book.state.posts) {
    const int how = rounding.emplace(post.cause().invoice_id(), post.rounding()).first->second;
    auto rule = rules.find({post.policy_version(), how});
    if (rule == rules.end()) {
      const auto terms = terms_.find({book.policy_id, post.policy_version()});
      if (terms == terms_.end()) {
        comparisons.Compare("commission", subject, "policy version", post.policy_version(), 0);
        return absl::OkStatus();
      }
      const Rounding rounded = RoundingFromStored(how);
      EarningRule made;
      if (book.role == v1::COMMISSION_ROLE_OVERRIDE) {
        made = OverrideRuleOf(terms->second, rounded);
      } else {
        ASSIGN_OR_RETURN(made, RuleOf(terms->second, rounded));
      }
      rule = rules.emplace(std::make_pair(post.policy_version(), how), std::move(made)).first;
    }
    causes.push_back(CauseOf(post, rule->second));
  }
  ASSIGN_OR_RETURN(const std::vector<BookEntry> earned, ReckonBook(causes));
  for (size_t i = 0; i < earned.size(); ++i) {
    const auto entries = book.entries_minor.find(KeyOf(book.state.posts[i].cause()));
    comparisons.Compare("commission", subject, "recognised, as the commission of what was paid",
                        earned[i].earned_minor,
                        entries == book.entries_minor.end() ? 0 : entries->second);
  }
  return absl::OkStatus();
}

absl::Status CommissionSums::Conclude(Comparisons& comparisons) const {
  for (const auto& [id, book] : books_) {
    const StreamId subject = StreamOf(FromBytes<CommissionBookId>(id));
    absl::btree_map<std::pair<std::string, std::string>, int64_t> paid_minor;
    for (const CommissionBookPosted& post : book.state.posts) {
      const CommissionCause& cause = post.cause();
      if (!cause.reversal())
        paid_minor[{cause.cause_id(), cause.invoice_id()}] += post.paid_minor();
      const auto entries = book.entries_minor.find(KeyOf(cause));
      comparisons.Compare("commission", subject, "recognised, as its entries sum",
                          entries == book.entries_minor.end() ? 0 : entries->second,
                          post.recognised_minor());
    }
    // A payment may have paid an invoice on several days, which may be in several books.
    for (const auto& [what, minor] : paid_minor) {
      const auto paid = paid_.find(what);
      if (paid == paid_.end()) continue;  // the invoice itself, or a credit note
      comparisons.Compare("commission", subject, "paid, within what its payment says",
                          std::min(minor, paid->second), minor);
    }
    if (!book.policy_id.empty()) RETURN_IF_ERROR(CompareBook(subject, book, comparisons));
  }
  for (const auto& [id, earnings] : earnings_) {
    const StreamId subject = StreamOf(FromBytes<CommissionId>(id));
    comparisons.Compare("receipt", subject, "recognised, as its agent's balance says",
                        earnings.recognised_minor, earnings.accrued_minor);
    comparisons.Compare("receipt", subject, "in receipts, as its agent's balance says",
                        earnings.in_receipts_minor, earnings.settled_minor);
  }
  return absl::OkStatus();
}

}  // namespace crm::domain

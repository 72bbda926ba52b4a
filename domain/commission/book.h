// A commission book: the causes (payments, reversals, credit notes) that bear on one agent under
// one policy, over an invoice or a period of payment, in the order of their dates. There is one
// rule for ladders, periods, late payments, clawback and reversals (specification, section 12):
//
//   base after a cause    B(i) = sum over invoices of shares x paid / total, exact, per group
//   earned up to a cause  X(i) = X(i-1) + F(B(i)) - F(B(i-1)), F by the policy version that was
//                         frozen into the cause's invoice
//   earned by a cause     round(X(i)) - round(X(i-1))
//
// So what is dated up to any day sums to the commission of that day's base, whatever the order in
// which the causes became known, and nothing is lost to rounding (T6, T7, T20). A cause that
// becomes known late changes what those after it earn; the caller records the differences.
// Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/uuid.h"
#include "domain/commission/ladder.h"
#include "domain/types/money.h"

namespace crm::domain {

// What a policy version makes of a base. Bases are kept per group: a product or category with terms
// of its own, a line of a policy that floors margins per line, or nil for all else.
struct EarningRule {
  // Of the groups that have terms of their own.
  absl::btree_map<Uuid, Ladder> ladders = {};
  // Of every other group; nullopt: those earn nothing.
  std::optional<Ladder> otherwise = std::nullopt;
  // An invoice's shares of a group that are a loss count as zero (T14).
  bool floored = false;
  Rounding rounding = Rounding::kHalfUp;

  // nullptr: the group earns nothing.
  const Ladder* LadderOf(const Uuid& group) const;
};

// A change of an invoice as the book sees it. An invoice enters the book with its shares and total,
// nothing paid; a payment adds to `paid_minor`; a reversal takes away from it; a credit note takes
// from shares, total and what was paid. Every cause names the rule of its invoice.
struct BookCause {
  absl::Time instant = {};  // when it was true; causes of one instant keep the order given
  Uuid invoice = {};
  absl::btree_map<Uuid, int64_t> shares_minor = {};  // added, per group; margins before the floor
  int64_t paid_minor = 0;                            // added
  int64_t total_minor = 0;                           // added
  int64_t subtracted_minor = 0;       // taken from the base: what the agents earned (T25)
  const EarningRule* rule = nullptr;  // of the version frozen into the invoice; one object each
};

// The base of one group before and after a cause, rounded for people; its ladder says what it earns
// (Ladder::Slices).
struct BaseStep {
  Uuid group = {};
  int64_t before_minor = 0;
  int64_t after_minor = 0;
  friend bool operator==(const BaseStep&, const BaseStep&) = default;
};

// What one cause did.
struct BookEntry {
  int64_t base_before_minor = 0;  // of all groups, rounded for people
  int64_t base_after_minor = 0;
  int64_t earned_minor = 0;     // signed
  std::vector<BaseStep> steps;  // of the groups that it moved; what is subtracted moves nil, too
};

// One entry for each cause, in the order given. INVALID_ARGUMENT AMOUNT_OVERFLOW by Fraction. On a
// day on which more is paid of an invoice than it asks for, or less than nothing, all or nothing of
// it counts: causes that became known late may be dated like that.
absl::StatusOr<std::vector<BookEntry>> ReckonBook(const std::vector<BookCause>& causes);

}  // namespace crm::domain

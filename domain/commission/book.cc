#include "domain/commission/book.h"

#include <algorithm>
#include <numeric>

#include "base/status_macros.h"
#include "domain/types/fraction.h"

namespace crm::domain {
namespace {

using Bases = absl::btree_map<Uuid, Fraction>;

// The state of the book between two causes.
class Reckoning {
 public:
  absl::StatusOr<BookEntry> Take(const BookCause& cause);

 private:
  struct Invoice {
    absl::btree_map<Uuid, int64_t> shares_minor;
    int64_t paid_minor = 0;
    int64_t total_minor = 0;
    const EarningRule* rule = nullptr;
    Bases parts;  // of each group's base
  };

  static Bases PartsOf(const Invoice& invoice);
  void Replace(Invoice& invoice);
  Bases CurrentBases() const;
  Fraction Earned(const EarningRule& rule, const Bases& bases) const;
  absl::Status Explain(const BookCause& cause, const Invoice& invoice, const Bases& bases,
                       BookEntry& entry);

  absl::btree_map<Uuid, Invoice> invoices_;
  Bases whole_;  // sums of the parts that are whole numbers, so that most sums stay small
  Fraction subtracted_;

  // Causes of one rule in a row are reckoned from where they began: X = carried + F(B) - F(begin).
  const EarningRule* rule_ = nullptr;
  Fraction carried_;
  Fraction earned_at_begin_;
  Fraction earned_;  // X
  int64_t rounded_minor_ = 0;
  int64_t base_minor_ = 0;
  absl::btree_map<Uuid, int64_t> rounded_bases_;  // per group, less what is subtracted
};

Bases Reckoning::PartsOf(const Invoice& invoice) {
  Bases parts;
  if (invoice.total_minor <= 0) return parts;
  // A credit note that is dated before the payments it releases finds them unpaid as of its day.
  const int64_t paid = std::clamp<int64_t>(invoice.paid_minor, 0, invoice.total_minor);
  for (const auto& [group, shares] : invoice.shares_minor) {
    const int64_t counted = invoice.rule->floored ? std::max<int64_t>(shares, 0) : shares;
    parts[group] = Fraction(static_cast<__int128>(counted) * paid, invoice.total_minor);
  }
  return parts;
}

void Reckoning::Replace(Invoice& invoice) {
  for (const auto& [group, part] : invoice.parts) {
    if (part.IsWhole()) whole_[group] += part.Negated();
  }
  invoice.parts = PartsOf(invoice);
  for (const auto& [group, part] : invoice.parts) {
    if (part.IsWhole()) whole_[group] += part;
  }
}

Bases Reckoning::CurrentBases() const {
  Bases bases = whole_;
  for (const auto& [id, invoice] : invoices_) {
    for (const auto& [group, part] : invoice.parts) {
      if (!part.IsWhole()) bases[group] += part;
    }
  }
  return bases;
}

Fraction Reckoning::Earned(const EarningRule& rule, const Bases& bases) const {
  // What agents earned is not split by group: leaders are paid by a rate, in one group.
  Fraction earned;
  if (rule.otherwise.has_value() && subtracted_ != 0) {
    earned = rule.otherwise->Earned(subtracted_.Negated());
  }
  for (const auto& [group, base] : bases) {
    const Ladder* ladder = rule.LadderOf(group);
    if (ladder != nullptr) earned += ladder->Earned(base);
  }
  return earned;
}

absl::Status Reckoning::Explain(const BookCause& cause, const Invoice& invoice, const Bases& bases,
                                BookEntry& entry) {
  Bases moved;
  for (const auto& [group, shares] : invoice.shares_minor) {
    const auto base = bases.find(group);
    moved[group] = base == bases.end() ? Fraction() : base->second;
  }
  if (cause.subtracted_minor != 0 && !moved.contains(Uuid())) {
    const auto base = bases.find(Uuid());
    moved[Uuid()] = base == bases.end() ? Fraction() : base->second;
  }
  for (auto& [group, base] : moved) {
    if (group == Uuid()) base += subtracted_.Negated();
    int64_t& rounded = rounded_bases_[group];
    ASSIGN_OR_RETURN(const int64_t after, base.Rounded(rule_->rounding));
    if (after != rounded) entry.steps.push_back({group, rounded, after});
    rounded = after;
  }
  return absl::OkStatus();
}

absl::StatusOr<BookEntry> Reckoning::Take(const BookCause& cause) {
  if (cause.rule != rule_) {
    rule_ = cause.rule;
    carried_ = earned_;
    earned_at_begin_ = Earned(*rule_, CurrentBases());
  }
  Invoice& invoice = invoices_[cause.invoice];
  if (invoice.rule == nullptr) invoice.rule = cause.rule;
  for (const auto& [group, shares] : cause.shares_minor) invoice.shares_minor[group] += shares;
  invoice.paid_minor += cause.paid_minor;
  invoice.total_minor += cause.total_minor;
  Replace(invoice);
  subtracted_ += cause.subtracted_minor;

  const Bases bases = CurrentBases();
  earned_ = carried_ + Earned(*rule_, bases) - earned_at_begin_;
  Fraction base = subtracted_.Negated();
  for (const auto& [group, part] : bases) base += part;

  BookEntry entry;
  entry.base_before_minor = base_minor_;
  ASSIGN_OR_RETURN(base_minor_, base.Rounded(rule_->rounding));
  entry.base_after_minor = base_minor_;
  RETURN_IF_ERROR(Explain(cause, invoice, bases, entry));
  ASSIGN_OR_RETURN(const int64_t rounded, earned_.Rounded(rule_->rounding));
  entry.earned_minor = rounded - rounded_minor_;
  rounded_minor_ = rounded;
  return entry;
}

}  // namespace

const Ladder* EarningRule::LadderOf(const Uuid& group) const {
  const auto found = ladders.find(group);
  if (found != ladders.end()) return &found->second;
  return otherwise.has_value() ? &*otherwise : nullptr;
}

absl::StatusOr<std::vector<BookEntry>> ReckonBook(const std::vector<BookCause>& causes) {
  std::vector<size_t> by_date(causes.size());
  std::iota(by_date.begin(), by_date.end(), size_t{0});
  std::stable_sort(by_date.begin(), by_date.end(),
                   [&](size_t a, size_t b) { return causes[a].instant < causes[b].instant; });
  Reckoning reckoning;
  std::vector<BookEntry> entries(causes.size());
  for (const size_t i : by_date) {
    ASSIGN_OR_RETURN(entries[i], reckoning.Take(causes[i]));
  }
  return entries;
}

}  // namespace crm::domain

#include "domain/commission_book/what_if.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "base/status_macros.h"
#include "domain/commission/book.h"
#include "domain/commission/policy_rules.h"
#include "domain/commission_book/commission_book.h"
#include "domain/commission_book/stake.h"
#include "domain/render.h"

namespace crm::domain {
namespace {

using events::v1::FrozenCredit;
using events::v1::InvoiceIssued;
using events::v1::PolicyTerms;

constexpr size_t kEntry = SIZE_MAX;  // the place of an invoice's own entry among its causes

// A cause by invoice and place.
using Place = std::pair<size_t, size_t>;

struct Entered {
  std::pair<int64_t, int> recorded;
  Place place;
  BookCause cause;
};

struct Book {
  Stake stake;
  std::vector<Entered> causes = {};
  size_t last_invoice = kEntry;  // that entered it; invoices come one after the other
};

template <class Ids>
bool Names(const Ids& ids, const std::string& id) {
  return ids.empty() || std::find(ids.begin(), ids.end(), id) != ids.end();
}

// W1.
bool Pays(const PolicyTerms& terms, const InvoiceIssued& issued) {
  return (terms.currency_code().empty() ||
          terms.currency_code() == issued.content().currency_code()) &&
         Names(terms.team_ids(), issued.at().ownership().team_id()) &&
         (terms.recurring_cycles() == 0 || issued.cycle() <= terms.recurring_cycles());
}

// As StakesIn (stake.h) has them of frozen terms.
std::vector<Stake> StakesUnder(const PolicyTerms& terms, const InvoiceIssued& issued) {
  std::vector<Stake> stakes;
  if (!Pays(terms, issued)) return stakes;
  const auto leader = FromBytes<MemberId>(issued.override_leader_id());
  Stake over;
  over.key = LeaderKey(leader, CommissionPolicyId(), issued.content().currency_code(), InvoiceId());
  over.terms = terms;
  for (const FrozenCredit& credit : issued.credits()) {
    if (!Names(terms.member_ids(), credit.member_id())) continue;
    Stake& agent = stakes.emplace_back();
    agent.key = {.agent = FromBytes<MemberId>(credit.member_id()),
                 .policy = CommissionPolicyId(),
                 .currency_code = issued.content().currency_code()};
    agent.terms = terms;
    agent.members = {credit.member_id()};
    if (terms.override().agent_commission_subtracted()) agent.subtracted_from = leader;
    over.members.insert(credit.member_id());
  }
  if (!leader.IsNil() && terms.has_override() && !stakes.empty()) {
    stakes.push_back(std::move(over));
  }
  return stakes;
}

class WhatIf {
 public:
  explicit WhatIf(const PolicyTerms& terms) : terms_(terms) {}

  absl::Status Enter(size_t place, const WhatIfInvoice& invoice) {
    for (const Stake& stake : StakesUnder(terms_, *invoice.issued)) {
      RETURN_IF_ERROR(Enter(place, invoice, stake));
    }
    return absl::OkStatus();
  }

  // Agents first: leaders' books subtract what they earn.
  absl::StatusOr<std::vector<WhatIfEarning>> Conclude() {
    std::vector<WhatIfEarning> earnings;
    for (auto& [id, book] : books_) {
      if (book.stake.key.role == v1::COMMISSION_ROLE_AGENT) {
        RETURN_IF_ERROR(Reckon(book, earnings));
      }
    }
    for (auto& [id, book] : books_) {
      if (book.stake.key.role == v1::COMMISSION_ROLE_AGENT) continue;
      for (Entered& entered : book.causes) {
        const auto earned = subtracted_.find(entered.place);
        if (earned != subtracted_.end()) entered.cause.subtracted_minor = earned->second;
      }
      RETURN_IF_ERROR(Reckon(book, earnings));
    }
    return earnings;
  }

 private:
  absl::Status Enter(size_t place, const WhatIfInvoice& invoice, const Stake& stake) {
    const GroupShares shares = stake.SharesOf(invoice.issued->content(), invoice.issued->credits());
    if (shares.empty()) return absl::OkStatus();  // no line is commissionable
    const Rounding rounding = RoundingFromStored(invoice.issued->content().profile().rounding());
    ASSIGN_OR_RETURN(const EarningRule* rule, RuleFor(stake.key.role, rounding));
    std::vector<Book*> entered;
    for (size_t i = 0; i < invoice.causes.size(); ++i) {
      const WhatIfCause& cause = invoice.causes[i];
      if (cause.note != nullptr) {
        for (Book* book : entered) AddNote(*book, {place, i}, invoice, rule);
        continue;
      }
      Book& book = BookOf(stake, invoice, cause.paid_day, cause.fiscal_year_start);
      if (book.last_invoice != place) {
        book.last_invoice = place;
        entered.push_back(&book);
        Add(book, {place, kEntry},
            {.instant = invoice.issue_time,
             .shares_minor = shares,
             .total_minor = invoice.issued->content().total_minor()},
            invoice, rule);
        for (size_t before = 0; before < i; ++before) {
          // They released nothing of what is paid by this book.
          if (invoice.causes[before].note == nullptr) continue;
          AddNote(book, {place, before}, invoice, rule);
        }
      }
      Add(book, {place, i}, {.instant = cause.instant, .paid_minor = cause.paid_minor}, invoice,
          rule);
    }
    return absl::OkStatus();
  }

  static void Add(Book& book, const Place& place, BookCause cause, const WhatIfInvoice& invoice,
                  const EarningRule* rule) {
    cause.invoice = invoice.id.uuid();
    cause.rule = rule;
    // An invoice comes before its causes, and by itself changes nothing.
    const auto recorded =
        place.second == kEntry ? std::pair<int64_t, int>() : invoice.causes[place.second].recorded;
    book.causes.push_back({recorded, place, std::move(cause)});
  }

  // W3: what it released of the payments that are in the book is no longer paid.
  static void AddNote(Book& book, const Place& place, const WhatIfInvoice& invoice,
                      const EarningRule* rule) {
    const WhatIfCause& cause = invoice.causes[place.second];
    BookCause credit = {.instant = cause.instant,
                        .total_minor = -cause.note->content().total_minor()};
    for (const auto& [group, minor] :
         book.stake.SharesOf(cause.note->content(), cause.note->credits())) {
      credit.shares_minor[group] -= minor;
    }
    for (const events::v1::ReleasedPayment& released : cause.note->released()) {
      const auto year = FiscalYearStart::FromMonth(released.fiscal_year_start_month());
      const BookKey paid = book.stake.KeyOf(invoice.id, DayFromStored(released.paid()),
                                            year.value_or(FiscalYearStart()));
      if (paid.period == book.stake.key.period) credit.paid_minor -= released.amount_minor();
    }
    Add(book, place, std::move(credit), invoice, rule);
  }

  // The book of what was paid on the day; its stake's key is the whole key.
  Book& BookOf(const Stake& stake, const WhatIfInvoice& invoice, absl::CivilDay paid_day,
               FiscalYearStart fiscal_year_start) {
    const BookKey key = stake.KeyOf(invoice.id, paid_day, fiscal_year_start);
    const auto [found, added] = books_.try_emplace(CommissionBookOf(OrganizationId(), key));
    if (added) {
      found->second.stake = stake;
      found->second.stake.key = key;
    }
    return found->second;
  }

  absl::StatusOr<const EarningRule*> RuleFor(v1::CommissionRole role, Rounding rounding) {
    const auto [found, added] = rules_.try_emplace(std::pair(role, rounding));
    if (added && role == v1::COMMISSION_ROLE_OVERRIDE) {
      found->second = OverrideRuleOf(terms_, rounding);
    } else if (added) {
      ASSIGN_OR_RETURN(found->second, RuleOf(terms_, rounding));
    }
    return &found->second;
  }

  absl::Status Reckon(Book& book, std::vector<WhatIfEarning>& earnings) {
    std::stable_sort(book.causes.begin(), book.causes.end(),
                     [](const Entered& a, const Entered& b) { return a.recorded < b.recorded; });
    std::vector<BookCause> causes;
    for (const Entered& entered : book.causes) causes.push_back(entered.cause);
    ASSIGN_OR_RETURN(const std::vector<BookEntry> entries, ReckonBook(causes));
    for (size_t i = 0; i < entries.size(); ++i) {
      const int64_t minor = entries[i].earned_minor;
      if (minor == 0) continue;
      earnings.push_back({.agent = book.stake.key.agent,
                          .role = book.stake.key.role,
                          .invoice = book.causes[i].place.first,
                          .cause = book.causes[i].place.second,
                          .amount_minor = minor});
      if (!book.stake.subtracted_from.IsNil()) subtracted_[book.causes[i].place] += minor;
    }
    return absl::OkStatus();
  }

  const PolicyTerms& terms_;
  std::map<CommissionBookId, Book> books_;  // stable: pointers into it are kept
  // Stable: a rule's identity is its address.
  std::map<std::pair<v1::CommissionRole, Rounding>, EarningRule> rules_;
  std::map<Place, int64_t> subtracted_;
};

}  // namespace

absl::StatusOr<std::vector<WhatIfEarning>> ReckonWhatIf(
    const PolicyTerms& terms, const std::vector<WhatIfInvoice>& invoices) {
  WhatIf what_if(terms);
  for (size_t i = 0; i < invoices.size(); ++i) RETURN_IF_ERROR(what_if.Enter(i, invoices[i]));
  return what_if.Conclude();
}

}  // namespace crm::domain

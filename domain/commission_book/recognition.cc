#include "domain/commission_book/recognition.h"

#include <algorithm>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/render.h"

namespace crm::domain {
namespace {

using events::v1::CommissionBookPosted;
using events::v1::CommissionCause;
using events::v1::PolicyTerms;

CommissionCause CauseOn(const InvoiceId& invoice, const PaidCause& paid) {
  CommissionCause cause;
  cause.set_category(paid.cause.category);
  cause.set_cause_id(paid.cause.id.ToBytes());
  cause.set_reversal(paid.reversal);
  cause.set_invoice_id(ToBytes(invoice));
  cause.set_instant_us(absl::ToUnixMicros(paid.instant));
  return cause;
}

void AddMovements(const GroupShares& shares, int sign, CommissionBookPosted& post) {
  for (const auto& [group, shares_minor] : shares) {
    events::v1::ShareMovement& movement = *post.add_movements();
    if (group != Uuid()) movement.set_group_id(group.ToBytes());
    movement.set_shares_minor(sign * shares_minor);
  }
}

CommissionBookPosted EntryPost(const FrozenInvoice& invoice, const Stake& stake,
                               const GroupShares& shares) {
  CommissionBookPosted post;
  *post.mutable_cause() = EntryOf(invoice.id, invoice.issue_time);
  post.set_policy_version(stake.version);
  AddMovements(shares, /*sign=*/1, post);
  post.set_total_minor(invoice.issued.content().total_minor());
  post.set_team_id(invoice.issued.at().ownership().team_id());
  post.set_rounding(invoice.issued.content().profile().rounding());
  post.set_leader_id(ToBytes(stake.subtracted_from));
  return post;
}

// A cause that is entered again adds to itself: credit of one payment may pay twice at once.
CommissionBookPosted CausePost(const CommissionBookState& book, const InvoiceId& invoice,
                               const PaidCause& paid, int version) {
  CommissionBookPosted post;
  *post.mutable_cause() = CauseOn(invoice, paid);
  const size_t place = book.Find(post.cause());
  if (place < book.posts.size()) post = book.posts[place];
  post.set_policy_version(version);
  post.set_paid_minor(post.paid_minor() + paid.paid_minor);
  return post;
}

// Instants are not compared: what was decided at one is recorded at it or just after.
int64_t RecognisedBy(const CommissionBookState& book, const CommissionCause& cause) {
  int64_t minor = 0;
  for (const CommissionBookPosted& post : book.posts) {
    const CommissionCause& posted = post.cause();
    const bool same =
        posted.category() == cause.category() && posted.cause_id() == cause.cause_id() &&
        posted.reversal() == cause.reversal() && posted.invoice_id() == cause.invoice_id();
    if (same) minor += post.recognised_minor();
  }
  return minor;
}

// R5.
CommissionBookPosted CreditPost(const InvoiceId& invoice, const FrozenCreditNote& note,
                                const Stake& stake, int64_t released_minor) {
  CommissionBookPosted post;
  CommissionCause& cause = *post.mutable_cause();
  cause.set_category(StreamOf(note.id).category);
  cause.set_cause_id(ToBytes(note.id));
  cause.set_invoice_id(ToBytes(invoice));
  cause.set_instant_us(absl::ToUnixMicros(note.issue_time));
  post.set_policy_version(stake.version);
  AddMovements(stake.SharesOf(note.issued.content(), note.issued.credits()), /*sign=*/-1, post);
  post.set_paid_minor(-released_minor);
  post.set_total_minor(-note.issued.content().total_minor());
  return post;
}

// R2.
BookKey BookKeyOf(const Stake& stake, const InvoiceId& invoice, const PaidCause& cause) {
  return stake.KeyOf(invoice, cause.paid_day, cause.fiscal_year_start);
}

bool IsCredit(const CommissionCause& cause) { return cause.category() == CreditNoteTag::kCategory; }

}  // namespace

absl::StatusOr<const EarningRule*> Recognition::RuleOf(const RuleKey& key) {
  const auto found = rules_.find(key);
  if (found != rules_.end()) return &found->second;
  ASSIGN_OR_RETURN(const PolicyTerms terms, TermsOf(key.policy, key.version, context_));
  const Rounding rounding = RoundingFromStored(key.rounding);
  EarningRule rule;
  if (key.role == v1::COMMISSION_ROLE_OVERRIDE) {
    rule = OverrideRuleOf(terms, rounding);
  } else {
    ASSIGN_OR_RETURN(rule, domain::RuleOf(terms, rounding));
  }
  return &rules_.emplace(key, std::move(rule)).first->second;
}

absl::StatusOr<Recognition::Book*> Recognition::Open(const BookKey& key) {
  const CommissionBookId id = CommissionBookOf(context_.caller().organization, key);
  const auto found = books_.find(id);
  if (found != books_.end()) return &found->second;
  ASSIGN_OR_RETURN(const Ref<CommissionBook> before, context_.Find<CommissionBook>(id));
  return &books_.emplace(id, Book{key, before, before.state(), {}}).first->second;
}

absl::StatusOr<Recognition::Book*> Recognition::OpenEntered(const FrozenInvoice& invoice,
                                                            const Stake& stake,
                                                            const PaidCause& cause,
                                                            const GroupShares& shares) {
  ASSIGN_OR_RETURN(Book * book, Open(BookKeyOf(stake, invoice.id, cause)));
  if (book->state.Entered(ToBytes(invoice.id)) != nullptr) return book;
  book->changed.insert(book->state.Put(EntryPost(invoice, stake, shares)));
  for (const FrozenCreditNote& note : invoice.credit_notes) {
    // They released nothing of what is paid by this book.
    book->changed.insert(book->state.Put(CreditPost(invoice.id, note, stake, 0)));
  }
  return book;
}

absl::Status Recognition::Enter(const FrozenInvoice& invoice, const PaidCause& cause) {
  cause_ = cause.cause;
  ASSIGN_OR_RETURN(const std::vector<Stake> stakes, StakesIn(invoice.issued, context_));
  for (const Stake& stake : stakes) {
    const GroupShares shares = stake.SharesOf(invoice.issued.content(), invoice.issued.credits());
    if (shares.empty()) continue;  // no line is commissionable
    ASSIGN_OR_RETURN(Book * book, OpenEntered(invoice, stake, cause, shares));
    book->changed.insert(book->state.Put(CausePost(book->state, invoice.id, cause, stake.version)));
  }
  return absl::OkStatus();
}

absl::Status Recognition::Credit(const FrozenInvoice& invoice, const FrozenCreditNote& note,
                                 const Stake& stake, const std::vector<PaidCause>& allocations) {
  std::map<Book*, int64_t> released_minor;
  for (const PaidCause& allocation : allocations) {
    ASSIGN_OR_RETURN(Book * book, Open(BookKeyOf(stake, invoice.id, allocation)));
    if (book->state.Entered(ToBytes(invoice.id)) == nullptr) continue;  // nothing commissionable
    released_minor[book] += allocation.paid_minor;
  }
  for (const auto& [book, minor] : released_minor) {
    book->changed.insert(book->state.Put(CreditPost(invoice.id, note, stake, minor)));
  }
  return absl::OkStatus();
}

absl::Status Recognition::EnterCredit(const FrozenInvoice& invoice, const FrozenCreditNote& note,
                                      const std::vector<PaidCause>& allocations) {
  cause_ = StreamOf(note.id);
  ASSIGN_OR_RETURN(const std::vector<Stake> stakes, StakesIn(invoice.issued, context_));
  for (const Stake& stake : stakes) RETURN_IF_ERROR(Credit(invoice, note, stake, allocations));
  return absl::OkStatus();
}

absl::Status Recognition::Conclude() {
  std::vector<CommissionBookId> agents;
  for (const auto& [id, book] : books_) {
    if (book.key.role == v1::COMMISSION_ROLE_AGENT) agents.push_back(id);
  }
  // Agents first: leaders' books subtract what they earn (R3), which may open others of them.
  for (const CommissionBookId& id : agents) RETURN_IF_ERROR(Reckon(books_.at(id)));
  for (auto& [id, book] : books_) {
    if (book.key.role == v1::COMMISSION_ROLE_OVERRIDE) RETURN_IF_ERROR(Reckon(book));
  }
  return absl::OkStatus();
}

absl::Status Recognition::Reckon(Book& book) {
  std::vector<BookCause> causes;
  absl::flat_hash_map<std::string, const EarningRule*> rules;  // by invoice, which enters first
  for (const CommissionBookPosted& post : book.state.posts) {
    const EarningRule*& rule = rules[post.cause().invoice_id()];
    if (rule == nullptr) {
      ASSIGN_OR_RETURN(rule, RuleOf({.policy = book.key.policy,
                                     .version = post.policy_version(),
                                     .role = book.key.role,
                                     .rounding = post.rounding()}));
    }
    BookCause& cause = causes.emplace_back();
    cause.rule = rule;
    cause.instant = absl::FromUnixMicros(post.cause().instant_us());
    cause.invoice = FromBytes<InvoiceId>(post.cause().invoice_id()).uuid();
    for (const events::v1::ShareMovement& movement : post.movements()) {
      cause.shares_minor[Uuid::FromBytes(movement.group_id()).value_or(Uuid())] +=
          movement.shares_minor();
    }
    cause.paid_minor = post.paid_minor();
    cause.total_minor = post.total_minor();
    cause.subtracted_minor = post.subtracted_minor();
  }
  ASSIGN_OR_RETURN(const std::vector<BookEntry> entries, ReckonBook(causes));
  for (size_t place = 0; place < entries.size(); ++place) {
    CommissionBookPosted& post = book.state.posts[place];
    const int64_t amount_minor = entries[place].earned_minor - post.recognised_minor();
    if (amount_minor == 0) continue;
    post.set_recognised_minor(entries[place].earned_minor);
    book.changed.insert(place);
    RETURN_IF_ERROR(Recognise(book, post, entries[place], *causes[place].rule, amount_minor));
    RETURN_IF_ERROR(SubtractFromLeader(book, post, amount_minor));
  }
  return absl::OkStatus();
}

absl::Status Recognition::Recognise(const Book& book, const CommissionBookPosted& post,
                                    const BookEntry& entry, const EarningRule& rule,
                                    int64_t amount_minor) {
  const BookKey& key = book.key;
  ASSIGN_OR_RETURN(const Ref<Commission> commission,
                   context_.Find<Commission>(CommissionOf(book.before.id, post.cause())));
  events::v1::CommissionRecognized recognized;
  recognized.set_agent_id(ToBytes(key.agent));
  recognized.set_role(key.role);
  *recognized.mutable_cause() = post.cause();
  recognized.set_policy_id(ToBytes(key.policy));
  recognized.set_policy_version(post.policy_version());
  recognized.set_book_id(ToBytes(book.before.id));
  if (key.period.has_value()) {
    *recognized.mutable_period_start() = StoredDay(key.period->start);
  }
  recognized.set_currency_code(key.currency_code);
  recognized.set_paid_minor(post.paid_minor());
  recognized.set_base_before_minor(entry.base_before_minor);
  recognized.set_base_after_minor(entry.base_after_minor);
  for (const BaseStep& step : entry.steps) {
    const Ladder* ladder = rule.LadderOf(step.group);
    if (ladder == nullptr) continue;
    for (const LadderSlice& slice : ladder->Slices(step.before_minor, step.after_minor)) {
      events::v1::CommissionSlice& shown = *recognized.add_slices();
      if (step.group != Uuid()) shown.set_group_id(step.group.ToBytes());
      shown.set_from_minor(slice.from_minor);
      shown.set_to_minor(slice.to_minor);
      shown.set_rate_ppm(slice.rate_ppm);
      shown.set_fixed_minor(slice.fixed_minor);
    }
  }
  recognized.set_amount_minor(amount_minor);
  recognized.set_recognised_minor(post.recognised_minor());
  if (post.cause().cause_id() != cause_.id.ToBytes()) {
    recognized.set_corrected_by_category(cause_.category);
    recognized.set_corrected_by_id(cause_.id.ToBytes());
  }
  ASSIGN_OR_RETURN(const absl::CivilDay due, DueOf(book, commission, post.cause()));
  *recognized.mutable_due() = StoredDay(due);
  recognized.mutable_ownership()->set_owner_id(ToBytes(key.agent));
  recognized.mutable_ownership()->set_team_id(
      book.state.Entered(post.cause().invoice_id())->team_id());
  ASSIGN_OR_RETURN(Ref<CommissionBalance> balance,
                   context_.Find<CommissionBalance>(CommissionBalanceOf(
                       context_.caller().organization, key.agent, key.currency_code)));
  entries_.push_back({commission, absl::FromUnixMicros(post.cause().instant_us()),
                      std::move(recognized), std::move(balance)});
  return absl::OkStatus();
}

// R3.
absl::Status Recognition::SubtractFromLeader(const Book& book, const CommissionBookPosted& post,
                                             int64_t amount_minor) {
  const CommissionBookPosted& entered = *book.state.Entered(post.cause().invoice_id());
  const auto leader = FromBytes<MemberId>(entered.leader_id());
  if (leader.IsNil()) return absl::OkStatus();
  ASSIGN_OR_RETURN(Book * overrides,
                   Open(LeaderKey(leader, book.key.policy, book.key.currency_code,
                                  FromBytes<InvoiceId>(post.cause().invoice_id()))));
  const size_t place = overrides->state.Find(post.cause());
  if (place == overrides->state.posts.size()) {
    return absl::DataLossError("a cause that is not in the book of the override");
  }
  CommissionBookPosted& overridden = overrides->state.posts[place];
  overridden.set_subtracted_minor(overridden.subtracted_minor() + amount_minor);
  overrides->changed.insert(place);
  return absl::OkStatus();
}

// R4.
absl::StatusOr<absl::CivilDay> Recognition::DueOf(const Book& book,
                                                  const Ref<Commission>& commission,
                                                  const CommissionCause& cause) const {
  if (commission->due.has_value()) return *commission->due;
  const absl::CivilDay day = settings_.zone().DayOf(absl::FromUnixMicros(cause.instant_us()));
  const bool credit = IsCredit(cause);
  if (!cause.reversal() && !credit) return day + settings_.commission_waiting_days;
  absl::CivilDay due = day;
  for (const CommissionBookPosted& post : book.state.posts) {
    const CommissionCause& other = post.cause();
    const bool taken_from =
        credit ? other.invoice_id() == cause.invoice_id() : other.cause_id() == cause.cause_id();
    if (!taken_from || other.reversal() || IsCredit(other)) continue;
    ASSIGN_OR_RETURN(const Ref<Commission> taken_back,
                     context_.Find<Commission>(CommissionOf(book.before.id, post.cause())));
    due = std::max(due, taken_back->due.value_or(due));
  }
  return due;
}

absl::StatusOr<std::vector<Earned>> EarnedBy(const FrozenInvoice& invoice, const PaidCause& cause,
                                             const OrganizationId& organization,
                                             const Lookup& lookup) {
  std::vector<Earned> earned;
  const auto add = [&](const BookKey& key) -> absl::Status {
    ASSIGN_OR_RETURN(const Ref<CommissionBook> book,
                     lookup.Find<CommissionBook>(CommissionBookOf(organization, key)));
    const int64_t minor = RecognisedBy(book.state(), CauseOn(invoice.id, cause));
    if (minor != 0) earned.push_back({key.agent, minor});
    return absl::OkStatus();
  };
  ASSIGN_OR_RETURN(const std::vector<Stake> stakes, StakesIn(invoice.issued, lookup));
  for (const Stake& stake : stakes) {
    RETURN_IF_ERROR(add(BookKeyOf(stake, invoice.id, cause)));
  }
  return earned;
}

}  // namespace crm::domain

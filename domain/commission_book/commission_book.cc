#include "domain/commission_book/commission_book.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace crm::domain {
namespace {

using events::v1::CommissionBookPosted;
using events::v1::CommissionCause;

bool IsSame(const CommissionCause& a, const CommissionCause& b) {
  return a.cause_id() == b.cause_id() && a.invoice_id() == b.invoice_id() &&
         a.instant_us() == b.instant_us() && a.reversal() == b.reversal() &&
         a.category() == b.category();
}

PeriodKind KindFrom(v1::CommissionPeriod kind) {
  switch (kind) {
    case v1::COMMISSION_PERIOD_FISCAL_QUARTER:
      return PeriodKind::kFiscalQuarter;
    case v1::COMMISSION_PERIOD_FISCAL_YEAR:
      return PeriodKind::kFiscalYear;
    default:
      return PeriodKind::kMonth;
  }
}

}  // namespace

BookPeriod BookPeriod::Containing(v1::CommissionPeriod kind, absl::CivilDay day,
                                  FiscalYearStart fiscal_year_start) {
  return {kind, Period::Containing(KindFrom(kind), day, fiscal_year_start).start};
}

size_t CommissionBookState::Find(const CommissionCause& cause) const {
  const auto found =
      std::find_if(posts.begin(), posts.end(),
                   [&](const CommissionBookPosted& post) { return IsSame(post.cause(), cause); });
  return static_cast<size_t>(found - posts.begin());
}

const CommissionBookPosted* CommissionBookState::Entered(absl::string_view invoice_id) const {
  const auto found =
      std::find_if(posts.begin(), posts.end(), [&](const CommissionBookPosted& post) {
        return post.cause().category() == InvoiceTag::kCategory &&
               post.cause().cause_id() == invoice_id;
      });
  return found == posts.end() ? nullptr : &*found;
}

size_t CommissionBookState::Put(const CommissionBookPosted& post) {
  const size_t place = Find(post.cause());
  if (place == posts.size()) {
    posts.push_back(post);
  } else {
    posts[place] = post;
  }
  return place;
}

CommissionBook::State CommissionBook::Evolve(State state, const Event& event,
                                             const EventMetadata&) {
  std::visit([&](const auto& post) { state.Put(post); }, event);
  return state;
}

CommissionBookId CommissionBookOf(const OrganizationId& organization, const BookKey& key) {
  const std::string span = key.period.has_value()
                               ? absl::StrCat(static_cast<int>(key.period->kind), "/",
                                              absl::FormatCivilTime(key.period->start))
                               : key.invoice.ToString();
  return CommissionBookId(Uuid::FromName(
      organization.uuid(),
      absl::StrCat("commission_book/", key.agent.ToString(), "/", static_cast<int>(key.role), "/",
                   key.policy.ToString(), "/", key.currency_code, "/", span)));
}

CommissionCause EntryOf(const InvoiceId& invoice, absl::Time issue_time) {
  CommissionCause entry;
  entry.set_category(std::string(InvoiceTag::kCategory));
  entry.set_cause_id(ToBytes(invoice));
  entry.set_invoice_id(ToBytes(invoice));
  entry.set_instant_us(absl::ToUnixMicros(issue_time));
  return entry;
}

}  // namespace crm::domain

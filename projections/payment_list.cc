#include "projections/payment_list.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "base/status_macros.h"
#include "domain/rejection.h"
#include "domain/types/calendar.h"
#include "projections/counters.h"
#include "projections/stored_day.h"

namespace crm::projections {
namespace {

using domain::CustomerId;
using domain::EventMetadata;
using domain::InvoiceId;
using domain::PaymentId;
using domain::TeamId;
using views::v1::PaymentCard;

// Changes a card and keeps the index of what is left over.
template <class Change>
absl::Status EditCard(const PaymentId& id, ViewTransaction& rows, Change change) {
  ASSIGN_OR_RETURN(PaymentCard * card, PaymentList::kPayments.Edit(rows, {id}));
  change(*card);
  const auto customer = domain::FromBytes<CustomerId>(card->customer_id());
  if (customer.IsNil()) return absl::OkStatus();
  if (card->credit_minor() == 0) {
    PaymentList::kCredits.Erase(rows, {customer, id});
  } else {
    PaymentList::kCredits.Put(rows, {customer, id}, {});
  }
  return absl::OkStatus();
}

void AddInvoice(PaymentCard& card, const std::string& invoice_id) {
  if (!absl::c_linear_search(card.invoice_ids(), invoice_id)) card.add_invoice_ids(invoice_id);
}

struct PaymentFilter {
  std::string invoice_id, team_id;  // 16 bytes; empty: any
  CustomerId customer;
  bool credit_left = false;
  absl::CivilDay from = kFirstDay;
  absl::CivilDay to = kLastDay;

  bool Matches(const PaymentCard& card) const {
    return (invoice_id.empty() || absl::c_linear_search(card.invoice_ids(), invoice_id)) &&
           (team_id.empty() || team_id == card.holder().team_id()) &&
           (!credit_left || card.credit_minor() != 0);
  }
};

absl::StatusOr<PaymentFilter> FilterOf(const v1::ListPaymentsRequest& request) {
  PaymentFilter filter;
  ASSIGN_OR_RETURN(const auto invoice, domain::ParseOptionalName<InvoiceId>(request.invoice()));
  ASSIGN_OR_RETURN(const auto team, domain::ParseOptionalName<TeamId>(request.team()));
  ASSIGN_OR_RETURN(filter.customer, domain::ParseOptionalName<CustomerId>(request.customer()));
  filter.invoice_id = domain::ToBytes(invoice);
  filter.team_id = domain::ToBytes(team);
  filter.credit_left = request.credit_left();
  if (request.has_payment_date_from()) {
    ASSIGN_OR_RETURN(filter.from, domain::DayFromProto(request.payment_date_from()));
  }
  if (request.has_payment_date_to()) {
    ASSIGN_OR_RETURN(filter.to, domain::DayFromProto(request.payment_date_to()));
  }
  return filter;
}

// A page of ids while cards are read from the newest on.
class PaymentPage {
 public:
  PaymentPage(const PaymentFilter& filter, const ViewReader& rows, QueryContext& context)
      : filter_(filter), rows_(rows), context_(context) {}

  // Returns whether there may be more on this page.
  absl::StatusOr<bool> Add(const PaymentList::Newest& day, const PaymentId& id) {
    ASSIGN_OR_RETURN(const PaymentCard card, PaymentList::kPayments.GetOrEmpty(rows_, {id}));
    if (!filter_.Matches(card) || !context_.Sees(ScopeOf(card.holder()))) return true;
    if (static_cast<int>(ids_.size()) == context_.page_size()) {
      context_.ContinueAfter(place_);
      return false;
    }
    ids_.push_back(id);
    place_.clear();
    AppendKey(place_, std::make_tuple(day, id));
    return true;
  }

  std::vector<PaymentId> Take() && { return std::move(ids_); }

 private:
  const PaymentFilter& filter_;
  const ViewReader& rows_;
  QueryContext& context_;
  std::vector<PaymentId> ids_;
  std::string place_;
};

absl::Status NoPlace() {
  return domain::Invalid("PAGE_TOKEN_INVALID", "the page token is not one of this list");
}

// The range of an index whose keys begin with `leading` and go on with day and payment.
template <class T, class... Leading>
absl::StatusOr<KeyRange<typename T::Key>> RangeOf(const T& index, const PaymentFilter& filter,
                                                  const std::string& place,
                                                  const Leading&... leading) {
  KeyRange<typename T::Key> range =
      index.Prefix(leading...)
          .From(std::make_tuple(leading..., PaymentList::Newest{filter.to}))
          .Until(std::make_tuple(leading..., PaymentList::Newest{filter.from - 1}));
  if (place.empty()) return range;
  std::tuple<PaymentList::Newest, PaymentId> last;
  if (!ParseKey(place, last)) return NoPlace();
  return std::move(range).After(std::tuple_cat(std::make_tuple(leading...), last));
}

}  // namespace

absl::Status PaymentList::Apply(const events::v1::PaymentRecorded& event,
                                const EventMetadata& metadata, ViewTransaction& rows) {
  const PaymentId id(metadata.stream.id);
  const auto customer = domain::FromBytes<CustomerId>(event.customer_id());
  const Newest day = {NumberedDay(event.received().days())};
  kByDay.Put(rows, {day, id}, {});
  if (!customer.IsNil()) kOfCustomer.Put(rows, {customer, day, id}, {});
  return EditCard(id, rows, [&](PaymentCard& card) {
    card.set_day(event.received().days());
    *card.mutable_holder() = HolderOf(event.ownership());
    card.set_customer_id(event.customer_id());
    card.set_currency_code(event.amount().currency_code());
    card.set_credit_minor(event.credit_minor());
    for (const auto& allocation : event.allocations()) AddInvoice(card, allocation.invoice_id());
    for (const auto& excess : event.excesses()) AddInvoice(card, excess.invoice_id());
  });
}

absl::Status PaymentList::Apply(const events::v1::CreditApplied& event,
                                const EventMetadata& metadata, ViewTransaction& rows) {
  return EditCard(PaymentId(metadata.stream.id), rows, [&](PaymentCard& card) {
    AddInvoice(card, event.allocation().invoice_id());
    card.set_credit_minor(card.credit_minor() - event.allocation().amount_minor());
  });
}

absl::Status PaymentList::Apply(const events::v1::CreditRefunded& event,
                                const EventMetadata& metadata, ViewTransaction& rows) {
  return EditCard(PaymentId(metadata.stream.id), rows, [&](PaymentCard& card) {
    card.set_credit_minor(card.credit_minor() - event.amount_minor());
  });
}

absl::Status PaymentList::Apply(const events::v1::PaymentReversed&, const EventMetadata& metadata,
                                ViewTransaction& rows) {
  return EditCard(PaymentId(metadata.stream.id), rows, [](PaymentCard& card) {
    card.set_reversed(true);
    card.set_credit_minor(0);
  });
}

absl::Status PaymentList::Apply(const events::v1::CreditNoteIssued& event, const EventMetadata&,
                                ViewTransaction& rows) {
  for (const events::v1::ReleasedPayment& released : event.released()) {
    RETURN_IF_ERROR(
        EditCard(domain::FromBytes<PaymentId>(released.payment_id()), rows, [&](PaymentCard& card) {
          card.set_credit_minor(card.credit_minor() + released.amount_minor());
        }));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PaymentId>> PaymentList::Select(const v1::ListPaymentsRequest& request,
                                                           const ViewReader& rows,
                                                           QueryContext& context) {
  ASSIGN_OR_RETURN(const PaymentFilter filter, FilterOf(request));
  PaymentPage page(filter, rows, context);
  if (filter.customer.IsNil()) {
    ASSIGN_OR_RETURN(const auto range, RangeOf(kByDay, filter, context.after()));
    RETURN_IF_ERROR(kByDay.Scan(rows, range, [&](const auto& key, const views::v1::Mark&) {
      return page.Add(std::get<0>(key), std::get<1>(key));
    }));
  } else {
    ASSIGN_OR_RETURN(const auto range,
                     RangeOf(kOfCustomer, filter, context.after(), filter.customer));
    RETURN_IF_ERROR(kOfCustomer.Scan(rows, range, [&](const auto& key, const views::v1::Mark&) {
      return page.Add(std::get<1>(key), std::get<2>(key));
    }));
  }
  return std::move(page).Take();
}

absl::StatusOr<v1::ListCustomerCreditsResponse> PaymentList::Answer(
    const v1::ListCustomerCreditsRequest& request, const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(const auto wanted, domain::ParseOptionalName<CustomerId>(request.customer()));
  std::tuple<CustomerId> last;  // nil on the first page
  if (!context.after().empty() && !ParseKey(context.after(), last)) return NoPlace();
  const KeyRange<std::tuple<CustomerId, PaymentId>> range =
      wanted.IsNil() ? kCredits.All().From(last) : kCredits.Prefix(wanted);
  v1::ListCustomerCreditsResponse response;
  AmountSums sums;
  CustomerId customer;  // of the sums
  const auto finish = [&]() -> absl::Status {
    if (sums.empty()) return absl::OkStatus();
    return WriteSums(sums, response.mutable_credits()->rbegin()->mutable_amounts());
  };
  RETURN_IF_ERROR(kCredits.Scan(
      rows, range, [&](const auto& key, const views::v1::Mark&) -> absl::StatusOr<bool> {
        const auto& [owner, payment] = key;
        if (owner == std::get<0>(last)) return true;
        ASSIGN_OR_RETURN(const PaymentCard card, kPayments.GetOrEmpty(rows, {payment}));
        if (!context.Sees(ScopeOf(card.holder()))) return true;
        if (owner != customer) {
          if (response.credits_size() == context.page_size()) {
            std::string place;
            AppendKey(place, std::make_tuple(customer));
            context.ContinueAfter(std::move(place));
            return false;
          }
          RETURN_IF_ERROR(finish());
          sums.Clear();
          customer = owner;
          response.add_credits()->set_customer(domain::NameOf(owner));
        }
        events::v1::Amount amount;
        amount.set_currency_code(card.currency_code());
        amount.set_minor(card.credit_minor());
        AddAmount(sums, amount, 1);
        v1::CustomerCredit& credit = *response.mutable_credits()->rbegin();
        credit.set_payment_count(credit.payment_count() + 1);
        return true;
      }));
  RETURN_IF_ERROR(finish());
  return response;
}

}  // namespace crm::projections

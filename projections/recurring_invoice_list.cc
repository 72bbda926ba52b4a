#include "projections/recurring_invoice_list.h"

#include <string>
#include <utility>

#include "absl/container/btree_set.h"
#include "base/status_macros.h"
#include "domain/rejection.h"
#include "projections/counters.h"
#include "projections/stored_day.h"

namespace crm::projections {
namespace {

using domain::CustomerId;
using domain::EventMetadata;
using domain::MemberId;
using domain::RecurringInvoiceId;
using domain::TeamId;
using views::v1::RecurringInvoiceCard;

RecurringInvoiceList::Place PlaceOf(const RecurringInvoiceId& id,
                                    const RecurringInvoiceCard& card) {
  return {card.has_next_day() ? NumberedDay(card.next_day()) : kLastDay, id};
}

template <class Event>
void GoByNext(const Event& event, RecurringInvoiceCard& card) {
  card.clear_next_day();
  if (event.has_next()) card.set_next_day(event.next().days());
}

void End(v1::RecurrenceState state, RecurringInvoiceCard& card) {
  card.set_state(state);
  card.clear_next_day();
}

struct RecurringFilter {
  absl::btree_set<int> states;                 // empty: any
  std::string team_id, owner_id, customer_id;  // 16 bytes; empty: any

  bool Matches(const RecurringInvoiceCard& card) const {
    const auto is = [](const std::string& wanted, const std::string& value) {
      return wanted.empty() || wanted == value;
    };
    return (states.empty() || states.contains(card.state())) &&
           is(team_id, card.holder().team_id()) && is(owner_id, card.holder().owner_id()) &&
           is(customer_id, card.customer_id());
  }
};

absl::StatusOr<RecurringFilter> FilterOf(const v1::ListRecurringInvoicesRequest& request) {
  RecurringFilter filter;
  filter.states.insert(request.states().begin(), request.states().end());
  ASSIGN_OR_RETURN(const auto team, domain::ParseOptionalName<TeamId>(request.team()));
  ASSIGN_OR_RETURN(const auto owner, domain::ParseOptionalName<MemberId>(request.owner()));
  ASSIGN_OR_RETURN(const auto customer, domain::ParseOptionalName<CustomerId>(request.customer()));
  filter.team_id = domain::ToBytes(team);
  filter.owner_id = domain::ToBytes(owner);
  filter.customer_id = domain::ToBytes(customer);
  return filter;
}

absl::StatusOr<KeyRange<RecurringInvoiceList::Place>> PageOf(const std::string& place) {
  if (place.empty()) return RecurringInvoiceList::kByNext.All();
  RecurringInvoiceList::Place last;
  if (!ParseKey(place, last)) {
    return domain::Invalid("PAGE_TOKEN_INVALID", "the page token is not one of this list");
  }
  return RecurringInvoiceList::kByNext.All().After(last);
}

}  // namespace

absl::Status RecurringInvoiceList::EditCard(const EventMetadata& metadata, ViewTransaction& rows,
                                            absl::FunctionRef<void(Card&)> change) {
  const RecurringInvoiceId id(metadata.stream.id);
  ASSIGN_OR_RETURN(Card * card, kCards.Edit(rows, {id}));
  if (card->state() != v1::RECURRENCE_STATE_UNSPECIFIED) kByNext.Erase(rows, PlaceOf(id, *card));
  change(*card);
  kByNext.Put(rows, PlaceOf(id, *card), {});
  return absl::OkStatus();
}

absl::Status RecurringInvoiceList::Apply(const events::v1::RecurringInvoiceCreated& event,
                                         const EventMetadata& metadata, ViewTransaction& rows) {
  return EditCard(metadata, rows, [&](Card& card) {
    card.set_state(v1::RECURRENCE_STATE_ACTIVE);
    *card.mutable_holder() = HolderOf(event.at().ownership());
    card.set_customer_id(event.recipient().customer_id());
    card.set_next_day(event.rule().anchor().days());
  });
}

// Who is credited with a line sees it; the snapshot says who was, the new content who is.
absl::Status RecurringInvoiceList::Apply(const events::v1::RecurringInvoiceRevised& event,
                                         const EventMetadata& metadata, ViewTransaction& rows) {
  if (!event.has_to()) return absl::OkStatus();
  return EditCard(metadata, rows,
                  [&](Card& card) { *card.mutable_holder() = HolderOf(event.to()); });
}

absl::Status RecurringInvoiceList::Apply(const events::v1::RecurringCycleInvoiced& event,
                                         const EventMetadata& metadata, ViewTransaction& rows) {
  return EditCard(metadata, rows, [&](Card& card) { GoByNext(event, card); });
}

absl::Status RecurringInvoiceList::Apply(const events::v1::RecurringInvoicePaused&,
                                         const EventMetadata& metadata, ViewTransaction& rows) {
  return EditCard(metadata, rows, [](Card& card) { End(v1::RECURRENCE_STATE_PAUSED, card); });
}

absl::Status RecurringInvoiceList::Apply(const events::v1::RecurringInvoiceResumed& event,
                                         const EventMetadata& metadata, ViewTransaction& rows) {
  return EditCard(metadata, rows, [&](Card& card) {
    card.set_state(v1::RECURRENCE_STATE_ACTIVE);
    GoByNext(event, card);
  });
}

absl::Status RecurringInvoiceList::Apply(const events::v1::RecurringInvoiceCancelled&,
                                         const EventMetadata& metadata, ViewTransaction& rows) {
  return EditCard(metadata, rows, [](Card& card) { End(v1::RECURRENCE_STATE_CANCELLED, card); });
}

absl::Status RecurringInvoiceList::Apply(const events::v1::RecurringInvoiceCompleted&,
                                         const EventMetadata& metadata, ViewTransaction& rows) {
  return EditCard(metadata, rows, [](Card& card) { End(v1::RECURRENCE_STATE_COMPLETED, card); });
}

absl::Status RecurringInvoiceList::Apply(const events::v1::RecurringInvoiceAssigned& event,
                                         const EventMetadata& metadata, ViewTransaction& rows) {
  return EditCard(metadata, rows,
                  [&](Card& card) { *card.mutable_holder() = HolderOf(event.to()); });
}

absl::StatusOr<std::vector<RecurringInvoiceId>> RecurringInvoiceList::Select(
    const v1::ListRecurringInvoicesRequest& request, const ViewReader& rows,
    QueryContext& context) {
  ASSIGN_OR_RETURN(const RecurringFilter filter, FilterOf(request));
  ASSIGN_OR_RETURN(const KeyRange<Place> range, PageOf(context.after()));
  std::vector<RecurringInvoiceId> ids;
  std::string place;
  RETURN_IF_ERROR(kByNext.Scan(
      rows, range, [&](const Place& key, const views::v1::Mark&) -> absl::StatusOr<bool> {
        const RecurringInvoiceId& id = std::get<1>(key);
        ASSIGN_OR_RETURN(const Card card, kCards.GetOrEmpty(rows, {id}));
        if (!filter.Matches(card) || !context.Sees(ScopeOf(card.holder()))) return true;
        if (static_cast<int>(ids.size()) == context.page_size()) {
          context.ContinueAfter(place);
          return false;
        }
        ids.push_back(id);
        place.clear();
        AppendKey(place, key);
        return true;
      }));
  return ids;
}

}  // namespace crm::projections

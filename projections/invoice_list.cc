#include "projections/invoice_list.h"

#include <string>
#include <tuple>

#include "absl/algorithm/container.h"
#include "absl/container/btree_set.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "crm/v1/invoice.pb.h"
#include "projections/counters.h"
#include "projections/stored_day.h"

namespace crm::projections {

using domain::EventMetadata;
using views::v1::InvoiceCard;
using views::v1::InvoiceMoney;

namespace {

InvoiceList::Newest DayOf(const InvoiceCard& card) {
  return {card.has_issue_day() ? NumberedDay(card.issue_day()) : kLastDay};
}

// Calls `use(table, key)` for every index the invoice is in.
template <class Use>
void ForEachIndex(const Uuid& id, const InvoiceCard& card, Use use) {
  if (card.state() == v1::INVOICE_STATE_UNSPECIFIED) return;  // not born yet
  use(InvoiceList::kByDay, std::make_tuple(DayOf(card), id));
  if (!card.customer_id().empty()) {
    use(InvoiceList::kOfCustomer,
        std::make_tuple(domain::FromBytes<domain::CustomerId>(card.customer_id()), DayOf(card),
                        id));
  }
  if (!card.number().empty()) {
    use(InvoiceList::kByNumber, std::make_tuple(card.number(), DayOf(card), id));
  }
}

void SetCredited(InvoiceCard& card,
                 const google::protobuf::RepeatedPtrField<events::v1::CreditedMember>& credited) {
  card.clear_credited_ids();
  for (const events::v1::CreditedMember& member : credited) {
    card.add_credited_ids(member.member_id());
  }
}

void SetLinesCredited(InvoiceCard& card, const events::v1::DocumentContent& content) {
  card.clear_line_credited_ids();
  for (const events::v1::DocumentLine& line : content.lines()) {
    for (const events::v1::CreditedMember& member : line.credited()) {
      card.add_line_credited_ids(member.member_id());
    }
  }
}

// Whoever is credited with an invoice, or with a line of it, sees it.
void SetContributors(InvoiceCard& card) {
  absl::btree_set<std::string> ids(card.credited_ids().begin(), card.credited_ids().end());
  ids.insert(card.line_credited_ids().begin(), card.line_credited_ids().end());
  card.mutable_holder()->set_contributor_ids(absl::StrJoin(ids, ""));
}

}  // namespace

void InvoiceList::List(const Uuid& id, const InvoiceCard& card, ViewTransaction& rows) {
  ForEachIndex(id, card, [&](const auto& table, const auto& key) { table.Put(rows, key, {}); });
}

void InvoiceList::Unlist(const Uuid& id, const InvoiceCard& card, ViewTransaction& rows) {
  ForEachIndex(id, card, [&](const auto& table, const auto& key) { table.Erase(rows, key); });
}

absl::Status InvoiceList::IndexDue(const Uuid& id, const InvoiceMoney& money,
                                   ViewTransaction& rows) {
  if (IsAsked(money) && !StandingOf(money).settled()) {
    kDue.Put(rows, {id}, {});
  } else {
    kDue.Erase(rows, {id});
  }
  return absl::OkStatus();
}

void InvoiceList::Fold(InvoiceCard& card, const events::v1::InvoiceDrafted& event,
                       const EventMetadata&) {
  card.set_state(v1::INVOICE_STATE_DRAFT);
  *card.mutable_holder() = HolderOf(event.at().ownership());
  card.set_customer_id(event.recipient().customer_id());
  card.set_opportunity_id(event.details().opportunity_id());
  card.set_channel(event.at().channel());
  SetCredited(card, event.credited());
  SetLinesCredited(card, event.content());
  SetContributors(card);
}

void InvoiceList::Fold(InvoiceCard& card, const events::v1::InvoiceContentRevised& event,
                       const EventMetadata&) {
  SetLinesCredited(card, event.content());
  SetContributors(card);
}

void InvoiceList::Fold(InvoiceCard& card, const events::v1::InvoiceMembersCredited& event,
                       const EventMetadata&) {
  SetCredited(card, event.credited());
  SetContributors(card);
}

void InvoiceList::Fold(InvoiceCard& card, const events::v1::InvoiceDetailsRevised& event,
                       const EventMetadata&) {
  if (!absl::c_linear_search(event.fields(), "opportunity")) return;
  card.set_opportunity_id(event.details().opportunity_id());
}

void InvoiceList::Fold(InvoiceCard& card, const events::v1::InvoiceReaddressed& event,
                       const EventMetadata&) {
  card.set_customer_id(event.recipient().customer_id());
}

void InvoiceList::Fold(InvoiceCard& card, const events::v1::InvoiceIssued& event,
                       const EventMetadata&) {
  card.set_state(v1::INVOICE_STATE_ISSUED);
  *card.mutable_holder() = HolderOf(event.at().ownership());
  card.set_customer_id(event.at().customer_id());
  card.set_number(event.number());
  card.set_channel(event.at().channel());
  card.set_issue_day(event.issued().days());
  card.set_due_day(event.due().days());
}

void InvoiceList::Fold(InvoiceCard& card, const events::v1::InvoiceVoided&, const EventMetadata&) {
  card.set_state(v1::INVOICE_STATE_VOID);
}

void InvoiceList::Fold(InvoiceCard& card, const events::v1::InvoiceAssigned& event,
                       const EventMetadata&) {
  // Contributors stay: `to` names team and owner.
  const std::string contributors = card.holder().contributor_ids();
  *card.mutable_holder() = HolderOf(event.to());
  card.mutable_holder()->set_contributor_ids(contributors);
}

}  // namespace crm::projections

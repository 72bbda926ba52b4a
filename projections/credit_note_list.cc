#include "projections/credit_note_list.h"

#include <string>
#include <utility>

#include "base/status_macros.h"
#include "projections/counters.h"

namespace crm::projections {

using domain::CreditNoteId;
using domain::CustomerId;
using domain::InvoiceId;
using domain::TeamId;
using views::v1::CreditNoteCard;
using views::v1::Mark;

absl::Status CreditNoteList::Apply(const events::v1::CreditNoteIssued& event,
                                   const domain::EventMetadata& metadata, ViewTransaction& rows) {
  const Uuid& id = metadata.stream.id;
  const NewestDay day = {NumberedDay(event.issued().days())};
  CreditNoteCard card;
  *card.mutable_holder() = HolderOf(event.at().ownership());
  card.set_invoice_id(event.invoice_id());
  card.set_customer_id(event.at().customer_id());
  kByDay.Put(rows, {day, id}, {});
  kOfInvoice.Put(rows, {domain::FromBytes<InvoiceId>(card.invoice_id()), day, id}, {});
  if (!card.customer_id().empty()) {
    kOfCustomer.Put(rows, {domain::FromBytes<CustomerId>(card.customer_id()), day, id}, {});
  }
  kCards.Put(rows, {id}, std::move(card));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<CreditNoteId>> CreditNoteList::Select(
    const v1::ListCreditNotesRequest& request, const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(const auto invoice, domain::ParseOptionalName<InvoiceId>(request.invoice()));
  ASSIGN_OR_RETURN(const auto customer, domain::ParseOptionalName<CustomerId>(request.customer()));
  ASSIGN_OR_RETURN(const auto team, domain::ParseOptionalName<TeamId>(request.team()));
  ASSIGN_OR_RETURN(
      const ListedDays days,
      ReadListedDays(request.has_issue_date_from() ? &request.issue_date_from() : nullptr,
                     request.has_issue_date_to() ? &request.issue_date_to() : nullptr));
  const std::string team_id = domain::ToBytes(team);
  const std::string customer_id = domain::ToBytes(customer);
  NewestPage<CreditNoteId> page(context);
  const auto add = [&](const NewestDay& day, const Uuid& id) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const CreditNoteCard card, kCards.GetOrEmpty(rows, {id}));
    const bool matches = (team_id.empty() || team_id == card.holder().team_id()) &&
                         (customer_id.empty() || customer_id == card.customer_id());
    if (!matches || !context.Sees(ScopeOf(card.holder()))) return true;
    return page.Add({day, id});
  };
  const auto add_led = [&](const auto& key, const Mark&) {
    return add(std::get<1>(key), std::get<2>(key));
  };
  if (!invoice.IsNil()) {
    ASSIGN_OR_RETURN(const auto range, NewestRange(kOfInvoice, days, context.after(), invoice));
    RETURN_IF_ERROR(kOfInvoice.Scan(rows, range, add_led));
  } else if (!customer.IsNil()) {
    ASSIGN_OR_RETURN(const auto range, NewestRange(kOfCustomer, days, context.after(), customer));
    RETURN_IF_ERROR(kOfCustomer.Scan(rows, range, add_led));
  } else {
    ASSIGN_OR_RETURN(const auto range, NewestRange(kByDay, days, context.after()));
    RETURN_IF_ERROR(kByDay.Scan(rows, range, [&](const DayPlace& place, const Mark&) {
      return add(std::get<0>(place), std::get<1>(place));
    }));
  }
  return std::move(page).Take();
}

}  // namespace crm::projections

#include "projections/receipt_list.h"

#include <utility>

#include "base/status_macros.h"
#include "projections/counters.h"

namespace crm::projections {

using domain::CommissionReceiptId;
using domain::MemberId;
using views::v1::Mark;
using views::v1::ReceiptCard;

absl::Status ReceiptList::Apply(const events::v1::CommissionReceiptIssued& event,
                                const domain::EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(const domain::Zone zone, FoldedZone(kOrganization, rows));
  const Uuid& id = metadata.stream.id;
  const NewestDay day = {zone.DayOf(metadata.effective_time)};
  ReceiptCard card;
  *card.mutable_holder() = HolderOf(event.ownership());
  kByDay.Put(rows, {day, id}, {});
  kOfAgent.Put(rows, {domain::FromBytes<MemberId>(event.agent_id()), day, id}, {});
  kCards.Put(rows, {id}, std::move(card));
  return absl::OkStatus();
}

absl::Status ReceiptList::Apply(const events::v1::CommissionReceiptPaid&,
                                const domain::EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(ReceiptCard * card, kCards.Edit(rows, {metadata.stream.id}));
  card->set_paid(true);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<CommissionReceiptId>> ReceiptList::Select(
    const v1::ListCommissionReceiptsRequest& request, const ViewReader& rows,
    QueryContext& context) {
  ASSIGN_OR_RETURN(auto agent, domain::ParseOptionalName<MemberId>(request.agent()));
  ASSIGN_OR_RETURN(
      const ListedDays days,
      ReadListedDays(request.has_issue_date_from() ? &request.issue_date_from() : nullptr,
                     request.has_issue_date_to() ? &request.issue_date_to() : nullptr));
  const domain::Audience& audience = context.audience();
  if (agent.IsNil() && !audience.everything && audience.teams.empty()) {
    agent = audience.member;  // nothing else is shown, so nothing else need be read
  }
  NewestPage<CommissionReceiptId> page(context);
  const auto add = [&](const NewestDay& day, const Uuid& id) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const ReceiptCard card, kCards.GetOrEmpty(rows, {id}));
    if (request.unpaid() && card.paid()) return true;
    if (!context.Sees(ScopeOf(card.holder()))) return true;
    return page.Add({day, id});
  };
  if (agent.IsNil()) {
    ASSIGN_OR_RETURN(const auto range, NewestRange(kByDay, days, context.after()));
    RETURN_IF_ERROR(kByDay.Scan(rows, range, [&](const DayPlace& place, const Mark&) {
      return add(std::get<0>(place), std::get<1>(place));
    }));
  } else {
    ASSIGN_OR_RETURN(const auto range, NewestRange(kOfAgent, days, context.after(), agent));
    RETURN_IF_ERROR(kOfAgent.Scan(rows, range, [&](const auto& key, const Mark&) {
      return add(std::get<1>(key), std::get<2>(key));
    }));
  }
  return std::move(page).Take();
}

}  // namespace crm::projections

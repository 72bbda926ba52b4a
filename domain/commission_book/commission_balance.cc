#include "domain/commission_book/commission_balance.h"

#include "absl/strings/str_cat.h"
#include "domain/render.h"

namespace crm::domain {
namespace {

using State = CommissionBalanceState;

State Added(State state, const std::string& commission_id, int64_t amount_minor) {
  const auto commission = FromBytes<CommissionId>(commission_id);
  State::Open& open = state.open[commission];
  open.amount_minor += amount_minor;
  if (open.amount_minor == 0) state.open.erase(commission);
  return state;
}

State On(State state, const events::v1::CommissionAccrued& event) {
  State::Open& open = state.open[FromBytes<CommissionId>(event.commission_id())];
  open.due = DayFromStored(event.due());
  open.team = FromBytes<TeamId>(event.team_id());
  return Added(std::move(state), event.commission_id(), event.amount_minor());
}

State On(State state, const events::v1::CommissionSettled& event) {
  return Added(std::move(state), event.commission_id(), -event.amount_minor());
}

}  // namespace

State CommissionBalance::Evolve(State state, const Event& event, const EventMetadata&) {
  return std::visit([&](const auto& e) { return On(std::move(state), e); }, event);
}

CommissionBalanceId CommissionBalanceOf(const OrganizationId& organization, const MemberId& agent,
                                        const std::string& currency_code) {
  return CommissionBalanceId(
      Uuid::FromName(organization.uuid(),
                     absl::StrCat("commission_balance/", agent.ToString(), "/", currency_code)));
}

events::v1::CommissionAccrued Accrued(const CommissionId& commission,
                                      const events::v1::CommissionRecognized& entry) {
  events::v1::CommissionAccrued accrued;
  accrued.set_commission_id(ToBytes(commission));
  accrued.set_amount_minor(entry.amount_minor());
  *accrued.mutable_due() = entry.due();
  accrued.set_team_id(entry.ownership().team_id());
  return accrued;
}

}  // namespace crm::domain

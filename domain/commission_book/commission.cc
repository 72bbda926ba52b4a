#include "domain/commission_book/commission.h"

#include "absl/strings/str_cat.h"
#include "domain/render.h"

namespace crm::domain {
namespace {

CommissionState On(CommissionState state, const events::v1::CommissionRecognized& event) {
  state.agent = FromBytes<MemberId>(event.agent_id());
  state.recognised_minor += event.amount_minor();
  if (!state.due.has_value()) state.due = DayFromStored(event.due());
  return state;
}

}  // namespace

Commission::State Commission::Evolve(State state, const Event& event, const EventMetadata&) {
  return std::visit([&](const auto& e) { return On(state, e); }, event);
}

CommissionId CommissionOf(const CommissionBookId& book, const events::v1::CommissionCause& cause) {
  return CommissionId(Uuid::FromName(
      book.uuid(), absl::StrCat(cause.category(), cause.cause_id(), cause.reversal() ? "-" : "+",
                                cause.invoice_id(), cause.instant_us())));
}

}  // namespace crm::domain

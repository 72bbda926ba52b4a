#include "domain/settlement/settlement.h"

#include <utility>

#include "domain/rejection.h"

namespace crm::domain {
namespace {

using Amounts = SettlementState::Amounts;

Amounts operator+(const Amounts& a, const Amounts& b) {
  return {.paid_minor = a.paid_minor + b.paid_minor,
          .credited_minor = a.credited_minor + b.credited_minor,
          .overpaid_minor = a.overpaid_minor + b.overpaid_minor};
}

SettlementState On(SettlementState state, const events::v1::SettlementPosted& event) {
  const Amounts amounts = {.paid_minor = event.paid_minor(),
                           .credited_minor = event.credited_minor(),
                           .overpaid_minor = event.overpaid_minor()};
  const StreamId cause = {event.cause_category(),
                          Uuid::FromBytes(event.cause_id()).value_or(Uuid{})};
  state.posts.push_back({cause, absl::FromUnixMicros(event.instant_us()), amounts});
  state.sum = state.sum + amounts;
  return state;
}

}  // namespace

Amounts SettlementState::AsOf(absl::Time instant) const {
  Amounts amounts;
  for (const Post& post : posts) {
    if (post.instant <= instant) amounts = amounts + post.amounts;
  }
  return amounts;
}

Settlement::State Settlement::Evolve(State state, const Event& event, const EventMetadata&) {
  return std::visit([&](const auto& e) { return On(std::move(state), e); }, event);
}

absl::StatusOr<events::v1::SettlementPosted> PostSettlement(const Ref<Settlement>& settlement,
                                                            int64_t total_minor,
                                                            const StreamId& cause,
                                                            absl::Time instant,
                                                            const Amounts& amounts) {
  const Amounts after = settlement->sum + amounts;
  if (after.paid_minor < 0 || after.paid_minor > total_minor - after.credited_minor) {
    return Refuse("PAYMENT_EXCEEDS_DUE", "more than what is due of the invoice",
                  {{"invoice", NameOf(InvoiceId(settlement.id.uuid()))},
                   {"due_minor", absl::StrCat(settlement->DueMinor(total_minor))},
                   {"total_minor", absl::StrCat(total_minor)}});
  }
  events::v1::SettlementPosted posted;
  posted.set_cause_category(cause.category);
  posted.set_cause_id(cause.id.ToBytes());
  posted.set_instant_us(absl::ToUnixMicros(instant));
  posted.set_paid_minor(amounts.paid_minor);
  posted.set_credited_minor(amounts.credited_minor);
  posted.set_overpaid_minor(amounts.overpaid_minor);
  return posted;
}

}  // namespace crm::domain

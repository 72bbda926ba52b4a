// CommissionReceipt: due commissions of one agent and currency that are paid together.
//
//   issued -> paid
//
// Invariants
//   I1  It takes entries that are due and that no receipt took: each is in one receipt, once (T28).
//   I2  Its sum is more than zero (RECEIPT_NOT_PAYABLE): what was clawed back is carried over to
//       the next one.
//   I3  It never changes but for being paid, which happens once (RECEIPT_PAID).
// Of the agent, in the team of the newest commission. Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "crm/events/v1/commission_events.pb.h"
#include "crm/v1/commission_receipt_service.pb.h"
#include "domain/decide_context.h"
#include "domain/types/money.h"

namespace crm::domain {

// In one receipt; of everything due the rest waits for the next.
inline constexpr size_t kMaxReceiptItems = 1'000;

struct CommissionReceiptState {
  CommissionReceiptId id;  // nil before the first event
  events::v1::CommissionReceiptIssued issued;
  std::optional<absl::CivilDay> paid;  // the organization's day
  std::string reference;
  std::optional<Money> expense;
};

struct CommissionReceipt {
  using Id = CommissionReceiptId;
  using State = CommissionReceiptState;
  using Event =
      std::variant<events::v1::CommissionReceiptIssued, events::v1::CommissionReceiptPaid>;
  using Resource = v1::CommissionReceipt;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State& state);
  static absl::StatusOr<Resource> Render(const Ref<CommissionReceipt>& self, const Lookup& lookup);

  // Refuses by I1 and I2: COMMISSION_NOT_OPEN, RECEIPT_NOT_PAYABLE, ITEM_REPEATED; DUE_DATE_AHEAD,
  // CURRENCY_UNKNOWN, and REFERENCE_NOT_FOUND of the agent.
  static absl::StatusOr<Decision<Event>> Decide(const State&,
                                                const v1::CreateCommissionReceiptRequest&,
                                                const DecideContext&);
  // Refuses by I3; AMOUNT_NOT_POSITIVE of the expense.
  static absl::StatusOr<Decision<Event>> Decide(const State&,
                                                const v1::PayCommissionReceiptRequest&,
                                                const DecideContext&);
};

}  // namespace crm::domain

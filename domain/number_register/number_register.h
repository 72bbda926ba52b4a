// NumberRegister: the numbers a series has given out, in one fiscal year where it begins anew. An
// event is a number: the version it has in its stream. Whoever takes a number appends to the
// register in the commit that issues the document, expecting the version it read.
//
// Invariants
//   I1  Numbers are gapless from 1: a commit that fails takes none, and of two that want the same
//       only one commits; the other is decided again with the next.
//
// The state is nothing and the stream long, so it is never folded. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <variant>

#include "absl/status/statusor.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "domain/decide_context.h"

namespace crm::domain {

struct NumberRegisterState {};

struct NumberRegister {
  using Id = NumberRegisterId;
  using State = NumberRegisterState;
  using Event = std::variant<events::v1::NumberAllotted>;
  static constexpr bool kBookkeeping = true;
  static constexpr bool kStateless = true;

  static State Evolve(State state, const Event&, const EventMetadata&) { return state; }
};

// The register of a series; `fiscal_year` is 0 for one that never begins anew.
NumberRegisterId NumberRegisterOf(const InvoiceSeriesId& series, int fiscal_year);

// The next number, given to `holder` as an effect of the decision.
template <class Event>
absl::StatusOr<int64_t> AllotNumber(const NumberRegisterId& id, const StreamId& holder,
                                    const DecideContext& context, Decision<Event>& decision) {
  const absl::StatusOr<Ref<NumberRegister>> numbers = context.Find<NumberRegister>(id);
  if (!numbers.ok()) return numbers.status();
  events::v1::NumberAllotted allotted;
  allotted.set_holder_category(holder.category);
  allotted.set_holder_id(holder.id.ToBytes());
  decision.Affect(*numbers, std::move(allotted));
  return numbers->head.version + 1;
}

}  // namespace crm::domain

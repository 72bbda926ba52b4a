// Counters that answer "how many, and how much" for whoever asks: keyed by whose the records were
// (team, owner, contributors), so that a total is the sum of the counters the caller may see.
//
// A counter that comes back to nothing has no row, so rows depend on the facts alone, not on the
// way there. Sums are kept in 128 bits: a view never stops at an amount, only a report of a sum
// beyond 64 bits is refused. Pure functions.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "base/uuid.h"
#include "crm/events/v1/types.pb.h"
#include "crm/views/v1/figures.pb.h"
#include "domain/scope.h"
#include "domain/types/money.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "projections/table.h"

namespace crm::projections {

using AmountSums = google::protobuf::RepeatedPtrField<views::v1::AmountSum>;

// Contributors are sorted: whoever holds the same record has the same key.
views::v1::Holder HolderOf(const events::v1::Ownership& ownership);
domain::Scope ScopeOf(const Uuid& team, const Uuid& owner, const std::string& contributor_ids);
domain::Scope ScopeOf(const views::v1::Holder& holder);
domain::Scope ScopeOf(const events::v1::Ownership& ownership);

// Adds the amount to the sum of its currency (`times` 1) or takes it out again (-1). An amount
// without a currency is not known and changes nothing.
void AddAmount(AmountSums& sums, const events::v1::Amount& amount, int times);
// Adds every sum of `more`.
void AddSums(AmountSums& sums, const AmountSums& more);
// OUT_OF_RANGE SUM_OVERFLOW when it leaves 64 bits.
absl::StatusOr<domain::Money> MoneyOf(const views::v1::AmountSum& sum);
// One amount a currency, by code.
absl::Status WriteSums(const AmountSums& sums,
                       google::protobuf::RepeatedPtrField<google::type::Money>* amounts);

// Changes a counter's row with `change(Row&)` and drops it when nothing is left of it.
template <class T, class Change>
absl::Status EditCounter(const T& table, ViewTransaction& rows, const typename T::Key& key,
                         Change change) {
  ASSIGN_OR_RETURN(typename T::Row * row, table.Edit(rows, key));
  change(*row);
  if (row->ByteSizeLong() == 0) table.Erase(rows, key);
  return absl::OkStatus();
}

}  // namespace crm::projections

// RenderRow: how one row of a list becomes a message. A view selects ids only; what they look like
// comes from the streams, so that a list shows a record as Get does.
//
// Pure but for what `lookup` reads.
#pragma once

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "domain/audience.h"
#include "domain/lookup.h"

namespace crm::services {

// The resource, with totals of what the caller sees where it has any.
template <class A>
absl::StatusOr<typename A::Resource> RenderFor(const domain::Ref<A>& self,
                                               const domain::Lookup& lookup,
                                               const domain::Audience& audience) {
  ASSIGN_OR_RETURN(typename A::Resource shown, A::Render(self, lookup));
  if constexpr (requires { A::AddTotals(self.state(), lookup, audience, shown); }) {
    RETURN_IF_ERROR(A::AddTotals(self.state(), lookup, audience, shown));
  }
  return shown;
}

template <class A>
absl::StatusOr<typename A::Resource> RenderRecord(const typename A::Id& id,
                                                  const domain::Lookup& lookup,
                                                  const domain::Audience& audience) {
  ASSIGN_OR_RETURN(const domain::Ref<A> self, lookup.Find<A>(id));
  return RenderFor<A>(self, lookup, audience);
}

// An aggregate's own rendering, or that of a row type which is no aggregate but has a RenderRow.
template <class A, class RowId>
auto RenderRow(const RowId& id, const domain::Lookup& lookup, const domain::Audience& audience) {
  if constexpr (requires { A::RenderRow(id, lookup); }) {
    return A::RenderRow(id, lookup);
  } else {
    return RenderRecord<A>(id, lookup, audience);
  }
}

}  // namespace crm::services

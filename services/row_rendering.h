// RenderRow: how one row of a list becomes a message. A view selects ids only; what they look like
// comes from the streams, so that a list shows a record as Get does.
//
// Pure but for what `lookup` reads.
#pragma once

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "domain/lookup.h"

namespace crm::services {

template <class A>
absl::StatusOr<typename A::Resource> RenderRecord(const typename A::Id& id,
                                                  const domain::Lookup& lookup) {
  ASSIGN_OR_RETURN(const domain::Ref<A> self, lookup.Find<A>(id));
  return A::Render(self, lookup);
}

// An aggregate's own rendering, or that of a row type which is no aggregate but has a RenderRow.
template <class A, class RowId>
auto RenderRow(const RowId& id, const domain::Lookup& lookup) {
  if constexpr (requires { A::RenderRow(id, lookup); }) {
    return A::RenderRow(id, lookup);
  } else {
    return RenderRecord<A>(id, lookup);
  }
}

}  // namespace crm::services

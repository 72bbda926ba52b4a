// Erasures: the persons of an organization whose data was erased. What the eraser reads to destroy
// keys that a crash, or a restored backup, left behind.
//
// Ids only, so there is nothing to purge here. Everyone listed stays listed: destroying a key twice
// is harmless, forgetting one is not. Threading: as every view (view.h).
#pragma once

#include <tuple>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crm/events/v1/member_events.pb.h"
#include "crm/views/v1/erasures.pb.h"
#include "domain/event_codec.h"
#include "domain/types/ids.h"
#include "projections/table.h"

namespace crm::projections {

struct Erasures {
  static constexpr absl::string_view kName = "erasures";
  static constexpr int kVersion = 1;
  using Events = std::variant<events::v1::SubjectErased>;

  static constexpr Table<std::tuple<domain::PersonId>, views::v1::ErasedSubject> kErased{1};
  static constexpr auto kTables = std::tuple(kErased);

  static absl::Status Apply(const events::v1::SubjectErased& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);

  // Every person erased so far, by id, each once.
  static absl::StatusOr<std::vector<Uuid>> Subjects(const ViewReader& rows);
};

}  // namespace crm::projections

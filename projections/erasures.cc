#include "projections/erasures.h"

#include "base/status_macros.h"

namespace crm::projections {

absl::Status Erasures::Apply(const events::v1::SubjectErased& event, const domain::EventMetadata&,
                             ViewTransaction& rows) {
  kErased.Put(rows, {domain::FromBytes<domain::PersonId>(event.subject_id())}, {});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Uuid>> Erasures::Subjects(const ViewReader& rows) {
  std::vector<Uuid> subjects;
  RETURN_IF_ERROR(kErased.Scan(rows, kErased.All(), [&](const auto& key, const auto&) {
    subjects.push_back(std::get<0>(key).uuid());
    return true;
  }));
  return subjects;
}

}  // namespace crm::projections

#include "tools/crmutil/erased_subject.h"

#include "crm/events/v1/member_events.pb.h"

namespace crm::util {

std::optional<Uuid> ErasedSubjectIn(const log::v1::RecordedEvent& event) {
  if (event.type() != events::v1::SubjectErased::descriptor()->full_name()) return std::nullopt;
  events::v1::SubjectErased erased;
  if (!erased.ParseFromString(event.data())) return std::nullopt;
  return Uuid::FromBytes(erased.subject_id());
}

}  // namespace crm::util

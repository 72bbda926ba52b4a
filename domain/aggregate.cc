#include "domain/aggregate.h"

#include <algorithm>

namespace crm::domain {

void StreamHead::Advance(const EventMetadata& metadata) {
  if (version == 0) first_effective_time = metadata.effective_time;
  version = metadata.version;
  position = metadata.position;
  commit_end = metadata.commit_end;
  last_effective_time = std::max(last_effective_time, metadata.effective_time);
  last_record_time = metadata.record_time;
  erased = erased || metadata.erased;
}

}  // namespace crm::domain

// Whose erasure an event records: what a restore must know of events, which the log does not.
// Pure, thread-safe.
#pragma once

#include <optional>

#include "base/uuid.h"
#include "crm/log/v1/log.pb.h"

namespace crm::util {

// nullopt for every other event.
std::optional<Uuid> ErasedSubjectIn(const log::v1::RecordedEvent& event);

}  // namespace crm::util

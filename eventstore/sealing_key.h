// What every key ring says and does alike: making a key and the two refusals.
//
// Thread-safe.
#pragma once

#include "absl/status/status.h"
#include "base/key_ring.h"

namespace crm::eventstore {

// A key from the operating system's random source.
SealingKey NewSealingKey();

// FAILED_PRECONDITION with reason SUBJECT_ERASED.
absl::Status SubjectErased(const Uuid& subject);

// DATA_LOSS with reason KEY_MISSING.
absl::Status KeyMissing(const Uuid& subject);

}  // namespace crm::eventstore

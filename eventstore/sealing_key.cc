#include "eventstore/sealing_key.h"

#include <algorithm>

#include "base/hash.h"
#include "base/reason.h"

namespace crm::eventstore {

SealingKey NewSealingKey() {
  SealingKey key;
  const std::string bytes = RandomBytes(key.size());
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

absl::Status SubjectErased(const Uuid& subject) {
  return WithReason(absl::StatusCode::kFailedPrecondition, "SUBJECT_ERASED",
                    "the person's data was erased and cannot be added to",
                    {{"subject", subject.ToString()}});
}

absl::Status KeyMissing(const Uuid& subject) {
  return WithReason(absl::StatusCode::kDataLoss, "KEY_MISSING",
                    "the person's key should exist and does not: the key ring does not belong to "
                    "this log, or lost data",
                    {{"subject", subject.ToString()}});
}

}  // namespace crm::eventstore

// MemoryKeyRing: the keys of persons, in memory, for tests that need no store. A key is a function
// of its subject, so sealed events differ between runs only by their nonce. Thread-safe.
#pragma once

#include <map>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "base/key_ring.h"
#include "base/mutex.h"
#include "base/reason.h"

namespace crm::testing {

class MemoryKeyRing : public KeyRing {
 public:
  absl::StatusOr<SealingKey> FindOrCreate(const Uuid& organization, const Uuid& subject) override {
    MutexLock lock(mutex_);
    const SealingKey fresh = Sha256(organization.ToBytes(), subject.ToBytes());
    const auto entry = keys_.try_emplace({organization, subject}, fresh).first;
    if (!entry->second.has_value()) {
      return WithReason(absl::StatusCode::kFailedPrecondition, "SUBJECT_ERASED",
                        "the person has been erased");
    }
    return *entry->second;
  }

  absl::StatusOr<std::optional<SealingKey>> Find(const Uuid& organization,
                                                 const Uuid& subject) override {
    MutexLock lock(mutex_);
    const auto found = keys_.find({organization, subject});
    if (found == keys_.end()) return absl::DataLossError("no key was ever made for this subject");
    return found->second;
  }

  absl::Status Destroy(const Uuid& organization, const Uuid& subject) override {
    MutexLock lock(mutex_);
    keys_[{organization, subject}] = std::nullopt;
    return absl::OkStatus();
  }

 private:
  Mutex mutex_;
  // nullopt: destroyed.
  std::map<std::pair<Uuid, Uuid>, std::optional<SealingKey>> keys_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::testing

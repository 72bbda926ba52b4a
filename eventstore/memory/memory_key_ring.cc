#include "eventstore/memory/memory_key_ring.h"

#include "eventstore/sealing_key.h"

namespace crm::eventstore {

absl::StatusOr<SealingKey> MemoryKeyRing::FindOrCreate(const Uuid& organization,
                                                       const Uuid& subject) {
  MutexLock lock(mutex_);
  const auto [place, made] = keys_.try_emplace({organization, subject}, std::nullopt);
  if (made) place->second = NewSealingKey();
  if (!place->second) return SubjectErased(subject);
  return *place->second;
}

absl::StatusOr<std::optional<SealingKey>> MemoryKeyRing::Find(const Uuid& organization,
                                                              const Uuid& subject) {
  MutexLock lock(mutex_);
  const auto found = keys_.find({organization, subject});
  if (found == keys_.end()) return KeyMissing(subject);
  return found->second;
}

absl::Status MemoryKeyRing::Destroy(const Uuid& organization, const Uuid& subject) {
  MutexLock lock(mutex_);
  keys_[{organization, subject}] = std::nullopt;
  return absl::OkStatus();
}

}  // namespace crm::eventstore

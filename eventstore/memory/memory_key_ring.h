// MemoryKeyRing: a KeyRing that forgets everything with the process, for tests and scratch copies.
//
// Thread-safe.
#pragma once

#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/key_ring.h"
#include "base/mutex.h"

namespace crm::eventstore {

class MemoryKeyRing final : public KeyRing {
 public:
  absl::StatusOr<SealingKey> FindOrCreate(const Uuid& organization, const Uuid& subject) override;
  absl::StatusOr<std::optional<SealingKey>> Find(const Uuid& organization,
                                                 const Uuid& subject) override;
  absl::Status Destroy(const Uuid& organization, const Uuid& subject) override;

 private:
  Mutex mutex_;
  // nullopt marks a destroyed key.
  absl::flat_hash_map<std::pair<Uuid, Uuid>, std::optional<SealingKey>> keys_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::eventstore

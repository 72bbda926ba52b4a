// KeyRing: one 256-bit key per person ("subject"); destroying it erases everything sealed with it,
// for ever. Used by domain/event_codec.h, implemented in eventstore. All methods are thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/uuid.h"

namespace crm {

using SealingKey = std::array<uint8_t, 32>;

class KeyRing {
 public:
  virtual ~KeyRing() = default;

  // The subject's key, made when there was none; durable at the latest before the log writes what
  // it sealed (SequencedLogOptions::before_write). FAILED_PRECONDITION with reason SUBJECT_ERASED
  // once it has been destroyed: an erased person stays erased.
  virtual absl::StatusOr<SealingKey> FindOrCreate(const Uuid& organization,
                                                  const Uuid& subject) = 0;

  // The subject's key; nullopt when it has been destroyed. DATA_LOSS when it should exist and does
  // not.
  virtual absl::StatusOr<std::optional<SealingKey>> Find(const Uuid& organization,
                                                         const Uuid& subject) = 0;

  // Destroys the key; durable before this returns; idempotent.
  virtual absl::Status Destroy(const Uuid& organization, const Uuid& subject) = 0;
};

}  // namespace crm

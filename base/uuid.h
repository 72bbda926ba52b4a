// Uuid: 16 bytes, ordered as bytes, hashable; the id of everything that is stored. Strong types
// over it (OpportunityId, TeamId, ...) are made with StrongId<Tag> in base/strong_id.h.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace crm {

struct Uuid {
  std::array<uint8_t, 16> bytes{};

  // The 36-character lower-case form with hyphens.
  std::string ToString() const;
  // The 16 raw bytes, as stored in keys and envelopes.
  std::string ToBytes() const;
  bool IsNil() const { return *this == Uuid{}; }

  // Accepts the 36-character form in either case; anything else is nullopt.
  static std::optional<Uuid> Parse(absl::string_view text);
  // Exactly 16 bytes; anything else is nullopt.
  static std::optional<Uuid> FromBytes(absl::string_view bytes);
  // Version 5 (RFC 9562): a pure function of its inputs.
  static Uuid FromName(const Uuid& name_space, absl::string_view name);
  // Version 4 from the operating system's random source; never used by domain code.
  static Uuid Random();

  friend auto operator<=>(const Uuid&, const Uuid&) = default;
  template <class H>
  friend H AbslHashValue(H h, const Uuid& id) {
    return H::combine_contiguous(std::move(h), id.bytes.data(), id.bytes.size());
  }
};

}  // namespace crm

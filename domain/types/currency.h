// Currency: one of the currencies of ISO 4217 that have a minor unit, as a one-byte value. A
// Currency in hand is always valid: the only way to get one is Parse().
//
// The table in currency.cc is frozen source, not read from the machine, because stored amounts
// are counts of minor units: a system update that changed a currency's digits would silently
// multiply history. Codes withdrawn in the last years (BGN, HRK, SLL, ZWL ...) stay, so that
// imported history can be read. Codes without a minor unit (gold, XXX, XTS ...) are not money here.
//
// Immutable and thread-safe.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/string_view.h"

namespace crm::domain {

class Currency {
 public:
  // The currency with this three-letter code in upper case; nullopt for anything else.
  static std::optional<Currency> Parse(absl::string_view code);

  // The three-letter code; valid for the life of the program.
  absl::string_view code() const;

  // Decimal digits of the minor unit: 0 (JPY) to 4 (CLF).
  int minor_digits() const;

  // Minor units in one whole unit: 10 to the power of minor_digits().
  int64_t minor_per_unit() const;

  // Ordered by code.
  friend auto operator<=>(const Currency&, const Currency&) = default;
  template <class H>
  friend H AbslHashValue(H h, const Currency& currency) {
    return H::combine(std::move(h), currency.index_);
  }

 private:
  explicit constexpr Currency(uint8_t index) : index_(index) {}

  // Row of the table, which is sorted by code. In memory only: stored money names its code.
  uint8_t index_;
};

}  // namespace crm::domain

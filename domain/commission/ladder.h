// Ladder: what a base earns, in steps. A step reaches from its lower bound, exclusive, to its
// upper, inclusive: exactly 10,000.00 still earns the rate of the step that ends there (T1).
//
//   marginal    each slice of the base earns the rate of its own step; continuous
//   whole       all of the base earns the rate of the step that it is in; jumps at the bounds
//   step fixed  every step that is reached earns its amount (T3)
//
// What is earned is exact; whoever sums it rounds it, once. A base below zero (a margin that is a
// loss) earns as the first step does, so that a flat rate is a ladder of one step. Immutable and
// thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "domain/types/fraction.h"

namespace crm::domain {

enum class LadderMode { kMarginal, kWhole, kStepFixed };

struct LadderStep {
  int64_t lower_minor = 0;                            // minor units
  std::optional<int64_t> upper_minor = std::nullopt;  // nullopt: no end
  int64_t rate_ppm = 0;                               // of marginal and whole; 0..1,000,000
  int64_t amount_minor = 0;                           // of step fixed; not negative
};

// A part of the way from one base to another, and what it earns: (to - from) x rate + fixed. It is
// taken back where `to` is less than `from`.
struct LadderSlice {
  int64_t from_minor = 0;
  int64_t to_minor = 0;
  int64_t rate_ppm = 0;
  int64_t fixed_minor = 0;  // of step fixed; negative when taken back
  friend bool operator==(const LadderSlice&, const LadderSlice&) = default;
};

class Ladder {
 public:
  // INVALID_ARGUMENT
  //   LADDER_EMPTY       no step
  //   LADDER_GAP         a step does not begin where the one before ends, or the first not at 0
  //   LADDER_OVERLAP     a step begins before the one before ends, or ends where it begins
  //   LADDER_NOT_CAPPED  the last step ends, which must be said: what lies beyond earns nothing
  //   RATE_INVALID       a rate beyond 0..1,000,000, or a negative amount
  // with the index of the step in the metadata.
  static absl::StatusOr<Ladder> Make(LadderMode mode, std::vector<LadderStep> steps, bool capped);
  // Every base earns this rate. Requires 0..1,000,000.
  static Ladder Flat(int64_t rate_ppm);

  // In minor units, exact.
  Fraction Earned(const Fraction& base) const;
  // Why the way from one base to another earns what it does; what the slices earn sums to
  // Earned(to) - Earned(from). Parts that earn nothing, being beyond a cap, are left out.
  std::vector<LadderSlice> Slices(int64_t from_minor, int64_t to_minor) const;

 private:
  Ladder(LadderMode mode, std::vector<LadderStep> steps) : mode_(mode), steps_(std::move(steps)) {}
  Fraction Marginal(const Fraction& base) const;
  Fraction Whole(const Fraction& base) const;
  Fraction StepFixed(const Fraction& base) const;
  std::vector<LadderSlice> Climbed(int64_t from_minor, int64_t to_minor) const;
  std::vector<LadderSlice> Jumped(int64_t from_minor, int64_t to_minor) const;

  LadderMode mode_;
  std::vector<LadderStep> steps_;
};

}  // namespace crm::domain

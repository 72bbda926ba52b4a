#include "domain/commission/ladder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "domain/rejection.h"

namespace crm::domain {
namespace {

constexpr int64_t kMillion = 1'000'000;

absl::Status RefuseStep(absl::string_view reason, absl::string_view message, size_t index) {
  return WithReason(absl::StatusCode::kInvalidArgument, reason,
                    absl::StrCat("step ", index + 1, ": ", message),
                    {{"step_index", absl::StrCat(index)}});
}

// A step against the one before it, which ends at `begin`.
absl::Status CheckStep(size_t index, const LadderStep& step, const std::optional<int64_t>& begin) {
  if (step.rate_ppm < 0 || step.rate_ppm > kMillion || step.amount_minor < 0) {
    return RefuseStep("RATE_INVALID", "a rate is 0 to 100 %, an amount not negative", index);
  }
  if (!begin.has_value() || step.lower_minor < *begin) {
    return RefuseStep("LADDER_OVERLAP", "it begins before the step before it ends", index);
  }
  if (step.lower_minor > *begin) {
    return RefuseStep("LADDER_GAP", "what lies before it belongs to no step", index);
  }
  if (step.upper_minor.has_value() && *step.upper_minor <= step.lower_minor) {
    return RefuseStep("LADDER_OVERLAP", "it ends where it begins, or before", index);
  }
  return absl::OkStatus();
}

Fraction AtRate(const Fraction& base, int64_t rate_ppm) {
  return base * Fraction(rate_ppm, kMillion);
}

}  // namespace

absl::StatusOr<Ladder> Ladder::Make(LadderMode mode, std::vector<LadderStep> steps, bool capped) {
  if (steps.empty()) return Invalid("LADDER_EMPTY", "a ladder needs a step");
  std::optional<int64_t> begin = 0;
  for (size_t i = 0; i < steps.size(); ++i) {
    const absl::Status checked = CheckStep(i, steps[i], begin);
    if (!checked.ok()) return checked;
    begin = steps[i].upper_minor;
  }
  if (begin.has_value() && !capped) {
    return RefuseStep("LADDER_NOT_CAPPED",
                      "say that what lies beyond it earns nothing, or let it have no end",
                      steps.size() - 1);
  }
  return Ladder(mode, std::move(steps));
}

Ladder Ladder::Flat(int64_t rate_ppm) {
  return Ladder(LadderMode::kMarginal, {{.rate_ppm = rate_ppm}});
}

Fraction Ladder::Earned(const Fraction& base) const {
  switch (mode_) {
    case LadderMode::kMarginal:
      return Marginal(base);
    case LadderMode::kWhole:
      return Whole(base);
    case LadderMode::kStepFixed:
      return StepFixed(base);
  }
  return Fraction();
}

Fraction Ladder::Marginal(const Fraction& base) const {
  if (base < 0) return AtRate(base, steps_.front().rate_ppm);
  Fraction earned;
  for (const LadderStep& step : steps_) {
    if (base <= step.lower_minor) break;
    const bool beyond = step.upper_minor.has_value() && base > *step.upper_minor;
    const Fraction reached = beyond ? Fraction(*step.upper_minor) : base;
    earned += AtRate(reached - step.lower_minor, step.rate_ppm);
  }
  return earned;
}

Fraction Ladder::Whole(const Fraction& base) const {
  for (const LadderStep& step : steps_) {
    if (!step.upper_minor.has_value() || base <= *step.upper_minor) {
      return AtRate(base, step.rate_ppm);
    }
  }
  // Capped: as much as the whole ladder earns, and no more.
  return AtRate(*steps_.back().upper_minor, steps_.back().rate_ppm);
}

Fraction Ladder::StepFixed(const Fraction& base) const {
  Fraction earned;
  for (const LadderStep& step : steps_) {
    if (base > step.lower_minor) earned += step.amount_minor;
  }
  return earned;
}

}  // namespace crm::domain

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

std::vector<LadderSlice> Ladder::Slices(int64_t from_minor, int64_t to_minor) const {
  if (from_minor == to_minor) return {};
  if (mode_ == LadderMode::kWhole) return Jumped(from_minor, to_minor);
  std::vector<LadderSlice> slices =
      Climbed(std::min(from_minor, to_minor), std::max(from_minor, to_minor));
  if (to_minor > from_minor) return slices;
  // Downhill: the same way back.
  std::reverse(slices.begin(), slices.end());
  for (LadderSlice& slice : slices) {
    std::swap(slice.from_minor, slice.to_minor);
    slice.fixed_minor = -slice.fixed_minor;
  }
  return slices;
}

// Requires from <= to.
std::vector<LadderSlice> Ladder::Climbed(int64_t from_minor, int64_t to_minor) const {
  std::vector<LadderSlice> slices;
  for (const LadderStep& step : steps_) {
    // Losses earn as the first step does.
    const bool first = &step == &steps_.front();
    const int64_t begin = first && mode_ == LadderMode::kMarginal
                              ? from_minor
                              : std::max(from_minor, step.lower_minor);
    const int64_t end = std::min(to_minor, step.upper_minor.value_or(to_minor));
    if (begin >= end) continue;
    if (mode_ == LadderMode::kMarginal) {
      slices.push_back({begin, end, step.rate_ppm, 0});
    } else if (from_minor <= step.lower_minor) {
      slices.push_back({begin, end, 0, step.amount_minor});
    }
  }
  return slices;
}

std::vector<LadderSlice> Ladder::Jumped(int64_t from_minor, int64_t to_minor) const {
  const auto step_of = [this](int64_t base) {
    return std::find_if(steps_.begin(), steps_.end() - 1, [&](const LadderStep& step) {
      return !step.upper_minor.has_value() || base <= *step.upper_minor;
    });
  };
  const auto old_step = step_of(from_minor);
  const auto new_step = step_of(to_minor);
  const int64_t from = std::min(from_minor, old_step->upper_minor.value_or(from_minor));
  const int64_t to = std::min(to_minor, new_step->upper_minor.value_or(to_minor));
  if (from == to) return {};
  if (old_step == new_step) return {{from, to, new_step->rate_ppm, 0}};
  // All of the base earns another rate: what it earned goes back first.
  std::vector<LadderSlice> slices;
  if (from != 0) slices.push_back({from, 0, old_step->rate_ppm, 0});
  if (to != 0) slices.push_back({0, to, new_step->rate_ppm, 0});
  return slices;
}

}  // namespace crm::domain

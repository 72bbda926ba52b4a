#include "projections/work_line.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"

namespace crm::projections {

absl::Duration RestAfter(absl::Duration worked) {
  return std::clamp(kRestPerWork * worked, kRest, kLongestRest);
}

void WorkLine::Wake(const Uuid& organization) {
  MutexLock lock(mutex_);
  if (!in_line_.insert(organization).second) return;
  line_.push_back(organization);
  if (!resting_) changed_.NotifyAll();
}

void WorkLine::Hurry() {
  MutexLock lock(mutex_);
  hurried_ = true;
  changed_.NotifyAll();
}

void WorkLine::Close() {
  MutexLock lock(mutex_);
  closed_ = true;
  changed_.NotifyAll();
}

std::vector<Uuid> WorkLine::NextRound() {
  MutexLock lock(mutex_);
  while (line_.empty() && !closed_) changed_.Wait(mutex_);
  hurried_ = false;
  if (!began_.has_value()) began_ = SystemClock().Now();
  // Out of line before their turn: what becomes durable during it puts them there again.
  in_line_.clear();
  std::vector<Uuid> round = std::exchange(line_, {});
  return closed_ ? std::vector<Uuid>() : round;
}

void WorkLine::Rest() {
  MutexLock lock(mutex_);
  resting_ = true;
  const absl::Time now = SystemClock().Now();
  const absl::Duration rest = RestAfter(now - std::exchange(began_, std::nullopt).value_or(now));
  if (!hurried_ && !closed_) changed_.WaitFor(mutex_, absl::ToChronoMicroseconds(rest));
  resting_ = false;
}

bool WorkLine::closed() {
  MutexLock lock(mutex_);
  return closed_;
}

}  // namespace crm::projections

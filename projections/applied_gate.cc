#include "projections/applied_gate.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "base/reason.h"

namespace crm::projections {
namespace {

absl::Status Lagging(absl::string_view view, Position position) {
  return WithReason(absl::StatusCode::kUnavailable, "VIEW_LAGGING",
                    absl::StrCat("view ", view, " has not reached the asked position"),
                    {{"view", std::string(view)}, {"position", absl::StrCat(position)}});
}

absl::Status Stopped(absl::string_view view, Position position) {
  return WithReason(absl::StatusCode::kUnavailable, "VIEW_STOPPED",
                    absl::StrCat("view ", view, " has stopped and needs an operator"),
                    {{"view", std::string(view)}, {"position", absl::StrCat(position)}});
}

}  // namespace

AppliedGate::AppliedGate(const Clock& clock) : clock_(clock), timer_([this] { RunTimer(); }) {}

AppliedGate::~AppliedGate() {
  {
    MutexLock lock(mutex_);
    closing_ = true;
    changed_.NotifyAll();
  }
  timer_.join();
  std::vector<std::pair<Callback, absl::Status>> due;
  {
    MutexLock lock(mutex_);
    while (!waiting_.empty()) {
      const auto& [id, waiting] = *waiting_.begin();
      const absl::Status status = Lagging(waiting.key.first, places_[waiting.key].position);
      due.emplace_back(Take(id), status);
    }
  }
  for (auto& [callback, status] : due) std::move(callback)(status);
}

AppliedGate::Callback AppliedGate::Take(int64_t id) {
  auto node = waiting_.extract(id);
  Waiting& waiting = node.mapped();
  auto& waiters = places_[waiting.key].waiters;
  const auto [begin, end] = waiters.equal_range(waiting.waiter.position);
  waiters.erase(std::find_if(begin, end, [id](const auto& entry) { return entry.second == id; }));
  const auto [first, last] = deadlines_.equal_range(waiting.waiter.deadline);
  deadlines_.erase(
      std::find_if(first, last, [id](const auto& entry) { return entry.second == id; }));
  return std::move(waiting.waiter.callback);
}

bool AppliedGate::WhenApplied(absl::string_view view, const Uuid& organization, Position position,
                              absl::Time deadline, Callback callback) {
  const Key key(view, organization);
  absl::Status status;
  {
    MutexLock lock(mutex_);
    Place& place = places_[key];
    if (place.stopped) {
      status = Stopped(view, place.position);
    } else if (!place.serving || place.position < position) {
      if (deadline <= clock_.Now() || closing_) {
        status = Lagging(view, place.position);
      } else {
        const int64_t id = next_id_++;
        place.waiters.emplace(position, id);
        deadlines_.emplace(deadline, id);
        waiting_.emplace(id, Waiting{key, {position, deadline, std::move(callback)}});
        changed_.NotifyAll();
        return true;
      }
    }
  }
  std::move(callback)(status);
  return false;
}

void AppliedGate::Advance(absl::string_view view, const Uuid& organization, Position position) {
  std::vector<Callback> due;
  {
    MutexLock lock(mutex_);
    Place& place = places_[Key(view, organization)];
    place.serving = true;
    place.stopped = false;
    place.position = position;
    while (!place.waiters.empty() && place.waiters.begin()->first <= position) {
      due.push_back(Take(place.waiters.begin()->second));
    }
  }
  for (Callback& callback : due) std::move(callback)(absl::OkStatus());
}

void AppliedGate::Stop(absl::string_view view, const Uuid& organization) {
  std::vector<Callback> due;
  absl::Status status;
  {
    MutexLock lock(mutex_);
    Place& place = places_[Key(view, organization)];
    place.stopped = true;
    status = Stopped(view, place.position);
    while (!place.waiters.empty()) due.push_back(Take(place.waiters.begin()->second));
  }
  for (Callback& callback : due) std::move(callback)(status);
}

void AppliedGate::ExpireNow() {
  std::vector<std::pair<Callback, absl::Status>> due;
  {
    MutexLock lock(mutex_);
    const absl::Time now = clock_.Now();
    while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
      const int64_t id = deadlines_.begin()->second;
      const Key key = waiting_.find(id)->second.key;
      due.emplace_back(Take(id), Lagging(key.first, places_[key].position));
    }
  }
  for (auto& [callback, status] : due) std::move(callback)(status);
}

void AppliedGate::RunTimer() {
  for (;;) {
    {
      MutexLock lock(mutex_);
      if (closing_) return;
      if (deadlines_.empty()) {
        changed_.Wait(mutex_);
        continue;
      }
      const absl::Duration wait = deadlines_.begin()->first - clock_.Now();
      if (wait > absl::ZeroDuration()) {
        changed_.WaitFor(mutex_, absl::ToChronoMicroseconds(std::min(wait, absl::Seconds(60))));
        continue;
      }
    }
    ExpireNow();
  }
}

}  // namespace crm::projections

#include "eventstore/subscription_hub.h"

#include <utility>
#include <vector>

namespace crm::eventstore {

SubscriptionHub::SubscriptionHub(EventLog& log) : log_(log) {
  listener_ = log_.Listen(
      [this](const Uuid& organization, Position durable) { OnDurable(organization, durable); });
}

SubscriptionHub::~SubscriptionHub() { log_.Unlisten(listener_); }

int64_t SubscriptionHub::NewHandle() { return next_handle_.fetch_add(1); }

void SubscriptionHub::WakeAt(int64_t handle, const Uuid& organization, Position position,
                             Wake wake) {
  {
    MutexLock lock(mutex_);
    waiters_.emplace(handle, Waiter{organization, position, std::move(wake)});
    by_organization_[organization].emplace(position, handle);
  }
  // Looked at after registering: an advance in between wakes through the listener.
  const absl::StatusOr<Head> head = log_.GetHead(organization);
  if (!head.ok() || head->durable < position) return;
  Wake taken;
  {
    MutexLock lock(mutex_);
    taken = Take(handle);
  }
  if (taken) Run(handle, std::move(taken));
}

void SubscriptionHub::Cancel(int64_t handle) {
  Wake dropped;  // destroyed outside the lock: it may own anything
  MutexLock lock(mutex_);
  dropped = Take(handle);
  if (dropped) {
    running_.erase(handle);
    return;
  }
  for (;;) {
    const auto found = running_.find(handle);
    if (found == running_.end() || found->second == std::this_thread::get_id()) return;
    finished_.Wait(mutex_);
  }
}

void SubscriptionHub::OnDurable(const Uuid& organization, Position durable) {
  std::vector<int64_t> due;
  {
    MutexLock lock(mutex_);
    const auto found = by_organization_.find(organization);
    if (found == by_organization_.end()) return;
    for (const auto& [position, handle] : found->second) {
      if (position > durable) break;
      due.push_back(handle);
    }
  }
  for (const int64_t handle : due) {
    // Taken one by one: a wake may cancel one that is due after it.
    Wake wake;
    {
      MutexLock lock(mutex_);
      wake = Take(handle);
    }
    if (wake) Run(handle, std::move(wake));
  }
}

SubscriptionHub::Wake SubscriptionHub::Take(int64_t handle) {
  const auto found = waiters_.find(handle);
  if (found == waiters_.end()) return nullptr;
  Waiter waiter = std::move(found->second);
  waiters_.erase(found);
  const auto organization = by_organization_.find(waiter.organization);
  auto& positions = organization->second;
  for (auto it = positions.lower_bound(waiter.position); it != positions.end(); ++it) {
    if (it->second != handle) continue;
    positions.erase(it);
    break;
  }
  if (positions.empty()) by_organization_.erase(organization);
  running_.emplace(handle, std::this_thread::get_id());
  return std::move(waiter.wake);
}

void SubscriptionHub::Run(int64_t handle, Wake wake) {
  std::move(wake)();
  wake = nullptr;  // what it owns is gone before Cancel returns
  MutexLock lock(mutex_);
  running_.erase(handle);
  finished_.NotifyAll();
}

}  // namespace crm::eventstore

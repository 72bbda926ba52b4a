#include "services/health_board.h"

#include "absl/strings/str_cat.h"

namespace crm::services {

std::string HealthNameOf(const std::string& view) { return absl::StrCat("crm.view.", view); }

HealthBoard::HealthBoard(const std::vector<std::string>& views) {
  for (const std::string& view : views) stopped_[view];
}

void HealthBoard::Attach(Tell tell) {
  MutexLock lock(mutex_);
  tell_ = std::move(tell);
  for (const auto& [view, organizations] : stopped_)
    tell_(HealthNameOf(view), organizations.empty());
  if (ready_) tell_(kReadyName, true);
}

void HealthBoard::Detach() {
  MutexLock lock(mutex_);
  tell_ = nullptr;
}

void HealthBoard::SetReady() {
  MutexLock lock(mutex_);
  ready_ = true;
  if (tell_) tell_(kReadyName, true);
}

void HealthBoard::SetStopped(const std::string& view, const Uuid& organization, bool stopped) {
  MutexLock lock(mutex_);
  auto& organizations = stopped_[view];
  if (stopped) {
    organizations.insert(organization);
  } else {
    organizations.erase(organization);
  }
  if (tell_) tell_(HealthNameOf(view), organizations.empty());
}

}  // namespace crm::services

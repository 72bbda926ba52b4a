#include "services/connections.h"

#include <sys/stat.h>

namespace crm::services {
namespace {

// Looking at ten thousand sockets takes some milliseconds; a crowd at the door must not make that
// all there is to do.
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(100);

// 0: no socket.
ino_t InodeOf(int descriptor) {
  struct stat status = {};
  return fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode) ? status.st_ino : 0;
}

}  // namespace

bool Connections::Admit(int socket) {
  MutexLock lock(mutex_);
  // One that had this descriptor before is closed, or it would not be free.
  inodes_.erase(socket);
  if (IsFull()) {
    ++refused_;
    return false;
  }
  inodes_[socket] = InodeOf(socket);
  return true;
}

bool Connections::IsFull() {
  if (inodes_.size() < static_cast<size_t>(most_)) return false;
  const absl::Time now = clock_.Now();
  if (now >= looked_ && now - looked_ < kBetweenLooks) return true;
  looked_ = now;
  ForgetClosed();
  return inodes_.size() >= static_cast<size_t>(most_);
}

void Connections::ForgetClosed() {
  for (auto entry = inodes_.begin(); entry != inodes_.end();) {
    if (InodeOf(entry->first) == entry->second) {
      ++entry;
    } else {
      inodes_.erase(entry++);
    }
  }
}

int Connections::open() {
  MutexLock lock(mutex_);
  ForgetClosed();
  return static_cast<int>(inodes_.size());
}

int64_t Connections::refused() const {
  MutexLock lock(mutex_);
  return refused_;
}

}  // namespace crm::services

// Connections: how many connections a listener has open, and whether it may take one more.
//
// gRPC closes connections without telling anybody. A socket is therefore remembered by descriptor
// and inode: a descriptor that is no such socket any more has been closed. They are looked at again
// when the listener is full, at most once in a while, and when somebody asks how many there are.
//
// Thread-safe.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/mutex.h"

namespace crm::services {

class Connections {
 public:
  // `most` may be open at a time.
  explicit Connections(int most) : most_(most) {}

  // Counts the socket and returns true, or false when there are as many as may be: the caller then
  // closes it.
  bool Admit(int socket);

  // Open now.
  int open();
  // Turned away so far.
  int64_t refused() const;
  int most() const { return most_; }

 private:
  void ForgetClosed() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsFull() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const int most_;
  const SystemClock clock_;
  mutable Mutex mutex_;
  absl::flat_hash_map<int, ino_t> inodes_ ABSL_GUARDED_BY(mutex_);  // by descriptor
  absl::Time looked_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  int64_t refused_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace crm::services

// What any server pays that may answer only after a sync: requests are appended to a file and
// synced by one thread, as many at a time as there are, and answered from it. No decision, no
// index, no view: the rest of a command's cost is crmd's own.
//
// Thread-safe.
#pragma once

#include <grpcpp/grpcpp.h>

#include <string>
#include <thread>
#include <vector>

#include "base/mutex.h"

namespace crm::bench {

class SyncedAnswers {
 public:
  // Appends to `path`; exits the process when that cannot be done, as there is nothing to measure.
  explicit SyncedAnswers(const std::string& path);
  ~SyncedAnswers();

  // Finishes the call once `bytes` are synced.
  void Finish(std::string bytes, grpc::ServerUnaryReactor* reactor);

 private:
  void WriteLoop();

  const int file_;
  Mutex mutex_;
  CondVar work_;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  std::string bytes_ ABSL_GUARDED_BY(mutex_);
  std::vector<grpc::ServerUnaryReactor*> waiting_ ABSL_GUARDED_BY(mutex_);
  std::thread writer_;
};

}  // namespace crm::bench

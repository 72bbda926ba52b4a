#include "tools/crm_bench/synced_answers.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

namespace crm::bench {

SyncedAnswers::SyncedAnswers(const std::string& path)
    : file_(open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600)) {
  if (file_ < 0) std::exit(1);
  writer_ = std::thread([this] { WriteLoop(); });
}

SyncedAnswers::~SyncedAnswers() {
  {
    MutexLock lock(mutex_);
    closing_ = true;
    work_.NotifyOne();
  }
  writer_.join();
  close(file_);
}

void SyncedAnswers::Finish(std::string bytes, grpc::ServerUnaryReactor* reactor) {
  {
    MutexLock lock(mutex_);
    bytes_ += bytes;
    waiting_.push_back(reactor);
  }
  work_.NotifyOne();
}

void SyncedAnswers::WriteLoop() {
  for (;;) {
    std::string bytes;
    std::vector<grpc::ServerUnaryReactor*> answered;
    {
      MutexLock lock(mutex_);
      while (waiting_.empty() && !closing_) work_.Wait(mutex_);
      if (waiting_.empty()) return;
      bytes.swap(bytes_);
      answered.swap(waiting_);
    }
    if (write(file_, bytes.data(), bytes.size()) < 0 || fdatasync(file_) != 0) std::exit(1);
    for (grpc::ServerUnaryReactor* reactor : answered) reactor->Finish(grpc::Status::OK);
  }
}

}  // namespace crm::bench

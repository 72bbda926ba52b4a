// Runner: sends the scripts of a plan to a server. The commands of one script run in order, scripts
// of a phase side by side, at most `jobs` at a time; nothing is kept of a script once it is done.
//
// What the server could not do for now (UNAVAILABLE, RESOURCE_EXHAUSTED, ABORTED,
// DEADLINE_EXCEEDED) is sent again after a growing pause, under the same request id, so nothing is
// recorded twice. Anything else ends the run. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "tools/sample/plan.h"
#include "tools/sample/script.h"

namespace crm::sample {

struct RunnerOptions {
  std::string token;
  int jobs = 64;
  int most_attempts = 12;
  absl::Duration deadline = absl::Seconds(30);  // of one attempt
  absl::Duration first_pause = absl::Milliseconds(40);
  absl::Duration longest_pause = absl::Seconds(4);
};

// What has been done so far.
struct Tally {
  int64_t scripts = 0;  // begun
  int64_t commands = 0;
  int64_t replayed = 0;  // of the commands: known to the server already
  int64_t retries = 0;
  std::map<std::string, int64_t> by_request;  // commands by type of request: "CaptureLeadRequest"
};

class Runner {
 public:
  Runner(std::shared_ptr<grpc::Channel> channel, RunnerOptions options, const Clock& clock);
  ~Runner();

  // Sends the scripts of a phase; returns when all are done, or with what went wrong first, once
  // nothing is under way any more. One phase at a time. `tick` is called now and then meanwhile.
  template <class Tick>
  absl::Status Run(const Plan& plan, const Phase& phase, const Tick& tick) {
    Begin(plan, phase);
    while (!WaitForEnd(absl::Milliseconds(200))) tick();
    return status();
  }

  Tally tally() const;
  // What scripts have named so far, and what they may name.
  ReferenceTable& references() { return references_; }

 private:
  class Lane;
  friend class Lane;

  void Begin(const Plan& plan, const Phase& phase);
  bool WaitForEnd(absl::Duration at_most);
  absl::Status status() const;
  // The next script of the phase; nullopt: none is left, or the run has failed.
  std::optional<Script> Next();
  void CountDone(const Step& step, bool replayed);
  void CountRetry();
  void Fail(absl::Status status);
  void EndLane();

  const std::shared_ptr<grpc::Channel> channel_;
  const RunnerOptions options_;
  const Clock& clock_;
  grpc::TemplatedGenericStub<google::protobuf::MessageLite, google::protobuf::MessageLite> stub_;
  ReferenceTable references_;

  mutable Mutex mutex_;
  CondVar changed_;
  const Plan* plan_ ABSL_GUARDED_BY(mutex_) = nullptr;
  Phase phase_ ABSL_GUARDED_BY(mutex_){};
  int64_t next_index_ ABSL_GUARDED_BY(mutex_) = 0;
  int active_lanes_ ABSL_GUARDED_BY(mutex_) = 0;
  Tally tally_ ABSL_GUARDED_BY(mutex_);
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::sample

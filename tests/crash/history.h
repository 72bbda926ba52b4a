// What clients asked of a server that was killed, how each attempt ended, and whether the log that
// came back agrees with it. Attempts end as ok, failed (refused, with a reason) or unknown (nobody
// answered); only the unknown may be either way.
//
// Time is a counter of beginnings and ends: an attempt that ended before another began has smaller
// numbers. RequestLog is thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "crm/v1/event_service.pb.h"
#include "tests/support/api_caller.h"

namespace crm::testing {

enum class Outcome { kOk, kFailed, kUnknown };

// How a call ended; its response without what is found and not recorded.
struct Reply {
  Ending ending;
  std::string response;

  Outcome outcome() const;
};

// Sends a request, always the same.
using Send = std::function<Reply(const ApiCaller&)>;

// A request that writes when it succeeds; its request id is drawn here.
template <class Stub, class Request, class Response>
Send Sending(grpc::Status (Stub::*rpc)(grpc::ClientContext*, const Request&, Response*),
             Request request) {
  return [rpc, request](const ApiCaller& caller) {
    auto answer = caller.Try(rpc, request);
    const auto* found = Response::descriptor()->FindFieldByName("duplicates");
    if (found != nullptr) answer.response.GetReflection()->ClearField(&answer.response, found);
    return Reply{answer, answer.response.SerializeAsString()};
  };
}

struct Attempt {
  int64_t start = 0;
  int64_t end = std::numeric_limits<int64_t>::max();  // unknown: never
  Reply reply;
};

struct Asked {
  Send send;
  std::vector<Attempt> attempts;

  bool any(Outcome outcome) const;
  int64_t start() const { return attempts.front().start; }
  // When somebody first heard that it is done.
  int64_t done() const;
};

class RequestLog {
 public:
  // Sends the request once more, or for the first time, and notes how that went.
  Reply Try(const std::string& request_id, const Send& send, const ApiCaller& caller);

  // By request id.
  std::map<std::string, Asked> Take();

 private:
  std::atomic<int64_t> now_{0};
  Mutex mutex_;
  std::map<std::string, Asked> asked_ ABSL_GUARDED_BY(mutex_);
};

// The commits of the log by the request that caused them.
struct CommitPlace {
  int64_t first = 0;
  int64_t last = 0;
  int commits = 0;
};
using Commits = std::map<std::string, CommitPlace>;

// Adds the events, which follow those that were added before; fails the test on a hole or a commit
// that is not whole.
void AddCommits(const std::vector<v1::Event>& events, int64_t& position, Commits& commits);

// Every ok once, no failed one, none twice, and in an order that could have been seen. Empty when
// all is well, else what is wrong.
std::string FindContradiction(const std::map<std::string, Asked>& asked, const Commits& commits);

}  // namespace crm::testing

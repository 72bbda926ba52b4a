// What clients of the crash test have in common: each request is drawn an id, noted with how it
// ended, and may be sent again. One thread each.
#pragma once

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/crash/history.h"
#include "tests/support/seed.h"

namespace crm::testing {

class Requester {
 public:
  // Requests go to `requests`, which must outlive this.
  Requester(ApiCaller caller, RequestLog& requests, uint64_t seed)
      : caller_(std::move(caller)), requests_(requests), random_(seed) {}

  const ApiCaller& caller() const { return caller_; }
  std::mt19937_64& random() { return random_; }

  template <class Rpc, class Request>
  Reply Ask(Rpc rpc, Request request) {
    DrawRequestId(request);
    const std::string id = request.request_id();
    return Try(id, Sending(rpc, std::move(request)));
  }

  // Some earlier request once more, the last one as often as all others. False: nobody answered.
  bool Repeat() {
    if (sent_.empty()) return true;
    const auto last = static_cast<int64_t>(sent_.size()) - 1;
    const auto chosen = static_cast<size_t>(OneIn(random_, 2) ? last : Between(random_, 0, last));
    const auto [id, send] = sent_[chosen];
    return Try(id, send).outcome() != Outcome::kUnknown;
  }

 private:
  Reply Try(const std::string& id, const Send& send) {
    Reply reply = requests_.Try(id, send, caller_);
    // What was refused may be right later, and is another request then.
    if (reply.outcome() != Outcome::kFailed) sent_.emplace_back(id, send);
    return reply;
  }

  const ApiCaller caller_;
  RequestLog& requests_;
  std::mt19937_64 random_;
  std::vector<std::pair<std::string, Send>> sent_;
};

}  // namespace crm::testing

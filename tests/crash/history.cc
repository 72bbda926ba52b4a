#include "tests/crash/history.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace crm::testing {

Outcome Reply::outcome() const {
  if (ending.status.ok()) return Outcome::kOk;
  // A refusal names its reason; what gRPC itself reports, and a log that stopped, say nothing.
  if (ending.reason.empty() || ending.reason == "LOG_STOPPED") return Outcome::kUnknown;
  return Outcome::kFailed;
}

bool Asked::any(Outcome outcome) const {
  return std::any_of(attempts.begin(), attempts.end(), [outcome](const Attempt& attempt) {
    return attempt.reply.outcome() == outcome;
  });
}

int64_t Asked::done() const {
  int64_t done = std::numeric_limits<int64_t>::max();
  for (const Attempt& attempt : attempts) {
    if (attempt.reply.outcome() == Outcome::kOk) done = std::min(done, attempt.end);
  }
  return done;
}

Reply RequestLog::Try(const std::string& request_id, const Send& send, const ApiCaller& caller) {
  Attempt attempt;
  attempt.start = ++now_;
  attempt.reply = send(caller);
  if (attempt.reply.outcome() != Outcome::kUnknown) attempt.end = ++now_;
  MutexLock lock(mutex_);
  Asked& asked = asked_[request_id];
  asked.send = send;
  asked.attempts.push_back(attempt);
  return attempt.reply;
}

std::map<std::string, Asked> RequestLog::Take() {
  MutexLock lock(mutex_);
  return asked_;
}

void AddCommits(const std::vector<v1::Event>& events, int64_t& position, Commits& commits) {
  for (size_t i = 0; i < events.size(); ++i) {
    const v1::Event& event = events[i];
    ASSERT_EQ(event.position(), ++position);
    const bool ends = event.index_in_commit() + 1 == event.commit_size();
    if (!ends) {
      ASSERT_LT(i + 1, events.size()) << "a commit is cut at position " << position;
      ASSERT_EQ(events[i + 1].index_in_commit(), event.index_in_commit() + 1);
      ASSERT_EQ(events[i + 1].causation_id(), event.causation_id());
    }
    CommitPlace& place = commits[event.causation_id()];
    if (event.index_in_commit() == 0) {
      ++place.commits;
      place.first = event.position();
    }
    place.last = event.position();
  }
}

namespace {

std::string FindWrongPresence(const std::string& id, const Asked& asked, int commits) {
  if (commits > 1) return absl::StrCat("request ", id, " is recorded ", commits, " times");
  const std::string* first = nullptr;
  for (const Attempt& attempt : asked.attempts) {
    if (attempt.reply.outcome() != Outcome::kOk) continue;
    if (commits == 0) return absl::StrCat("request ", id, " was acknowledged and is not recorded");
    if (first != nullptr && *first != attempt.reply.response) {
      return absl::StrCat("request ", id, " was answered in two ways");
    }
    first = &attempt.reply.response;
  }
  if (commits > 0 && asked.any(Outcome::kFailed)) {
    return absl::StrCat("request ", id, " was refused and is recorded");
  }
  return "";
}

}  // namespace

std::string FindContradiction(const std::map<std::string, Asked>& asked, const Commits& commits) {
  struct Placed {
    int64_t start, done;
    CommitPlace place;
    std::string id;
  };
  std::vector<Placed> placed;
  for (const auto& [id, request] : asked) {
    const auto found = commits.find(id);
    const CommitPlace place = found == commits.end() ? CommitPlace() : found->second;
    std::string wrong = FindWrongPresence(id, request, place.commits);
    if (!wrong.empty()) return wrong;
    if (place.commits == 1) placed.push_back({request.start(), request.done(), place, id});
  }
  // Whatever was done before a request began lies before it. Requests in the order in which they
  // began, and beside that those that were done, in the order in which they were.
  std::vector<const Placed*> by_start, by_done;
  for (const Placed& one : placed) by_start.push_back(&one), by_done.push_back(&one);
  std::sort(by_start.begin(), by_start.end(),
            [](const Placed* a, const Placed* b) { return a->start < b->start; });
  std::sort(by_done.begin(), by_done.end(),
            [](const Placed* a, const Placed* b) { return a->done < b->done; });
  const Placed* latest = nullptr;  // of those done, the one with the highest position
  auto next = by_done.begin();
  for (const Placed* one : by_start) {
    for (; next != by_done.end() && (*next)->done < one->start; ++next) {
      if (latest == nullptr || (*next)->place.last > latest->place.last) latest = *next;
    }
    if (latest != nullptr && latest->place.last >= one->place.first) {
      return absl::StrCat("request ", one->id, " at position ", one->place.first,
                          " began after request ", latest->id, " at position ", latest->place.last,
                          " was done");
    }
  }
  return "";
}

}  // namespace crm::testing

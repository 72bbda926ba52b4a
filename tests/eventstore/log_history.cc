#include "tests/eventstore/log_history.h"

#include <algorithm>
#include <future>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"

namespace crm::eventstore {
namespace {

StreamId StreamOf(const RecordedEvent& event) {
  return {event.category(), Uuid::FromBytes(event.stream_id()).value_or(Uuid{})};
}

absl::Status Wrong(absl::string_view what, int64_t position) {
  return absl::InternalError(absl::StrCat(what, ", position ", position));
}

// The final log, and who wrote it.
class Explanation {
 public:
  Explanation(const std::vector<DoneAppend>& appends, const std::vector<RecordedEvent>& log)
      : appends_(appends), log_(log) {}

  absl::Status CheckLog() {
    for (size_t i = 0; i < log_.size(); ++i) {
      const RecordedEvent& event = log_[i];
      std::vector<Position>& stream = streams_[StreamOf(event)];
      stream.push_back(static_cast<Position>(i) + 1);
      if (event.position() != stream.back())
        return Wrong("a hole or a repetition", event.position());
      if (event.version() != static_cast<Version>(stream.size())) {
        return Wrong("versions are not dense", event.position());
      }
      const bool begins = i == 0 || log_[i - 1].index_in_commit() + 1 == log_[i - 1].commit_size();
      if (event.index_in_commit() != (begins ? 0 : log_[i - 1].index_in_commit() + 1)) {
        return Wrong("a commit is not whole", event.position());
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckAppends() {
    for (const DoneAppend& append : appends_) {
      if (append.wrote()) RETURN_IF_ERROR(Claim(append));
    }
    if (writers_.size() != log_.size()) {
      return absl::InternalError(absl::StrCat(writers_.size(), " events were acknowledged, and ",
                                              log_.size(), " are in the log"));
    }
    for (const DoneAppend& append : appends_) {
      if (append.wrote()) RETURN_IF_ERROR(CheckRead(append));
      if (append.outcome.status().code() == absl::StatusCode::kAborted) {
        RETURN_IF_ERROR(CheckConflict(append));
      }
    }
    return CheckRequests();
  }

  // Whoever ended before another began wrote before it.
  absl::Status CheckOrder() const {
    std::vector<const DoneAppend*> by_start, by_end;
    for (const DoneAppend& append : appends_) {
      if (append.wrote()) by_start.push_back(&append), by_end.push_back(&append);
    }
    std::sort(by_start.begin(), by_start.end(),
              [](const auto* a, const auto* b) { return a->start < b->start; });
    std::sort(by_end.begin(), by_end.end(),
              [](const auto* a, const auto* b) { return a->end < b->end; });
    Position done = 0;
    auto next = by_end.begin();
    for (const DoneAppend* append : by_start) {
      for (; next != by_end.end() && (*next)->end < append->start; ++next) {
        done = std::max<Position>(done, (*next)->outcome->record.last_position());
      }
      const Position first = append->outcome->record.first_position();
      if (first <= done) return Wrong("written before what was done before it began", first);
    }
    return absl::OkStatus();
  }

  absl::Status CheckRead(const DoneRead& read) const {
    std::vector<Position> expected;
    if (!read.stream.has_value()) {
      for (Position at = read.from; at <= static_cast<Position>(log_.size()); ++at) {
        expected.push_back(at);
      }
    } else if (const auto found = streams_.find(*read.stream); found != streams_.end()) {
      const auto skipped = std::min<int64_t>(read.from - 1, std::ssize(found->second));
      expected.assign(found->second.begin() + skipped, found->second.end());
    }
    for (size_t i = 0; i < read.events.size(); ++i) {
      const Position at = read.events[i].position();
      if (i >= expected.size() || expected[i] != at ||
          read.events[i].SerializeAsString() != EventAt(at).SerializeAsString()) {
        return Wrong("a read saw what is not in the log", at);
      }
      if (WriterOf(at).start > read.end) return Wrong("a read saw the future", at);
    }
    if (!read.to_the_end || read.events.size() == expected.size()) return absl::OkStatus();
    const Position missed = expected[read.events.size()];
    if (WriterOf(missed).end > read.start) return absl::OkStatus();
    return Wrong("a read missed what was acknowledged before it", missed);
  }

 private:
  const RecordedEvent& EventAt(Position position) const {
    return log_[static_cast<size_t>(position) - 1];
  }
  const DoneAppend& WriterOf(Position position) const { return *writers_.at(position); }

  // The events are where the outcome says, on top of what was expected.
  absl::Status Claim(const DoneAppend& append) {
    Position at = append.outcome->record.first_position();
    for (const StreamAppend& written : append.commit.streams) {
      Version version = written.expected;
      for (const NewEvent& event : written.events) {
        if (at < 1 || at > static_cast<Position>(log_.size()) || EventAt(at).data() != event.data ||
            StreamOf(EventAt(at)) != written.stream || EventAt(at).version() != ++version) {
          return Wrong("an acknowledged event is not there", at);
        }
        if (!writers_.emplace(at, &append).second) return Wrong("written twice", at);
        ++at;
      }
    }
    if (at == append.outcome->record.last_position() + 1) return absl::OkStatus();
    return Wrong("a commit is of another size than it says", at);
  }

  // Streams that were only read stood where they were expected when the commit was written.
  absl::Status CheckRead(const DoneAppend& append) const {
    const Position before = append.outcome->record.first_position();
    std::vector<StreamExpectation> read = append.commit.unchanged;
    for (const StreamAppend& written : append.commit.streams) {
      if (written.events.empty()) read.push_back({written.stream, written.expected});
    }
    for (const StreamExpectation& expectation : read) {
      const auto found = streams_.find(expectation.stream);
      Version version = 0;
      if (found != streams_.end()) {
        version = std::lower_bound(found->second.begin(), found->second.end(), before) -
                  found->second.begin();
      }
      if (version != expectation.version) return Wrong("an expectation did not hold", before);
    }
    return absl::OkStatus();
  }

  // Some stream of the commit was at the version that the refusal names, at some time during it.
  absl::Status CheckConflict(const DoneAppend& append) const {
    Version actual = 0, expected = 0;
    if (!absl::SimpleAtoi(ReasonMetadataValue(append.outcome.status(), "actual_version"),
                          &actual) ||
        !absl::SimpleAtoi(ReasonMetadataValue(append.outcome.status(), "expected_version"),
                          &expected)) {
      return absl::InternalError("a conflict without versions");
    }
    std::vector<StreamExpectation> named = append.commit.unchanged;
    for (const StreamAppend& written : append.commit.streams) {
      named.push_back({written.stream, written.expected});
    }
    for (const StreamExpectation& expectation : named) {
      if (expectation.version != expected || expected == actual) continue;
      if (StoodAt(expectation.stream, actual, append)) return absl::OkStatus();
    }
    return absl::InternalError(absl::StrCat("a conflict at version ", actual,
                                            " that no stream of the commit was at then"));
  }

  bool StoodAt(const StreamId& stream, Version version, const DoneAppend& during) const {
    const auto found = streams_.find(stream);
    const auto size = found == streams_.end() ? 0 : std::ssize(found->second);
    if (version > size) return false;
    const auto at = [&](Version v) { return found->second[static_cast<size_t>(v) - 1]; };
    if (version > 0 && WriterOf(at(version)).start > during.end) return false;
    return version == size || WriterOf(at(version + 1)).end > during.start;
  }

  // Of all attempts with one request id one decided, and the others heard the same.
  absl::Status CheckRequests() const {
    std::map<Uuid, const DoneAppend*> decided;
    for (const DoneAppend& append : appends_) {
      if (!append.commit.request.has_value() || !append.outcome.ok()) continue;
      if (append.outcome->replayed) continue;
      if (!decided.emplace(append.commit.request->request_id, &append).second) {
        return Wrong("a request was decided twice", append.outcome->record.first_position());
      }
    }
    for (const DoneAppend& append : appends_) {
      if (!append.outcome.ok() || !append.outcome->replayed) continue;
      const auto found = decided.find(append.commit.request->request_id);
      if (found == decided.end() || found->second->outcome->record.SerializeAsString() !=
                                        append.outcome->record.SerializeAsString()) {
        return Wrong("a repetition heard something else", append.outcome->record.first_position());
      }
    }
    return absl::OkStatus();
  }

  const std::vector<DoneAppend>& appends_;
  const std::vector<RecordedEvent>& log_;
  std::map<StreamId, std::vector<Position>> streams_;
  std::map<Position, const DoneAppend*> writers_;
};

}  // namespace

size_t DoneAppend::events() const {
  size_t events = 0;
  for (const StreamAppend& append : commit.streams) events += append.events.size();
  return events;
}

void History::Append(Commit commit, bool exclusively) {
  DoneAppend done;
  done.commit = commit;
  done.start = ++now_;
  if (exclusively) {
    std::promise<Outcome> outcome;
    log_.AppendExclusively([&]() -> absl::StatusOr<Commit> { return std::move(commit); },
                           [&](Outcome result) { outcome.set_value(std::move(result)); });
    done.outcome = outcome.get_future().get();
  } else {
    done.outcome = AppendNow(log_, std::move(commit));
  }
  done.end = ++now_;
  MutexLock lock(mutex_);
  appends_.push_back(std::move(done));
}

std::vector<RecordedEvent> History::ReadStream(const StreamId& stream, Version from) {
  DoneRead read;
  read.stream = stream;
  read.from = from;
  read.start = ++now_;
  read.events = ReadStreamOf(log_, stream, from);
  read.end = ++now_;
  MutexLock lock(mutex_);
  reads_.push_back(read);
  return read.events;
}

void History::ReadLog(Position from, const ReadLimits& limits) {
  DoneRead read;
  read.from = from;
  read.to_the_end = limits.max_events > 1'000'000;
  read.start = ++now_;
  read.events = ReadLogOf(log_, from, limits);
  read.end = ++now_;
  MutexLock lock(mutex_);
  reads_.push_back(std::move(read));
}

std::string FindContradiction(const std::vector<DoneAppend>& appends,
                              const std::vector<DoneRead>& reads,
                              const std::vector<RecordedEvent>& log) {
  Explanation explanation(appends, log);
  const auto check = [&]() -> absl::Status {
    RETURN_IF_ERROR(explanation.CheckLog());
    RETURN_IF_ERROR(explanation.CheckAppends());
    RETURN_IF_ERROR(explanation.CheckOrder());
    for (const DoneRead& read : reads) RETURN_IF_ERROR(explanation.CheckRead(read));
    return absl::OkStatus();
  };
  return std::string(check().message());
}

}  // namespace crm::eventstore

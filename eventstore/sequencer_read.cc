// The reading half of SequencedLog: storage, with what is not durable yet laid over it.
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "eventstore/record.h"
#include "eventstore/sequencer.h"

namespace crm::eventstore {
namespace {

absl::Status OrganizationNotFound(const Uuid& organization) {
  return WithReason(absl::StatusCode::kNotFound, "ORGANIZATION_NOT_FOUND",
                    "there is no such organization", {{"organization", organization.ToString()}});
}

// Checks that the records of a stream follow one another, and passes them on.
class StreamReader {
 public:
  StreamReader(const Uuid& organization, const StreamId& stream, Version from,
               EventLog::Visitor visit)
      : organization_(organization),
        stream_(stream),
        stream_id_(stream.id.ToBytes()),
        next_(from),
        visit_(visit) {}

  absl::Status Take(Position position, absl::string_view record) {
    RETURN_IF_ERROR(DecodeRecord(record, organization_, position, event_));
    if (event_.version() != next_ || event_.category() != stream_.category ||
        event_.stream_id() != stream_id_) {
      return UnreadableRecord(
          organization_, position, StreamName(stream_),
          absl::StrCat("is not version ", next_, " of its stream but version ", event_.version(),
                       " of a stream of category ", event_.category()));
    }
    ++next_;
    return visit_(event_);
  }

  Version next() const { return next_; }

 private:
  const Uuid& organization_;
  const StreamId& stream_;
  const std::string stream_id_;
  Version next_;
  EventLog::Visitor visit_;
  RecordedEvent event_;
};

}  // namespace

// Cuts a page of the log between commits.
class PageReader {
 public:
  PageReader(const Uuid& organization, Position from, const ReadLimits& limits,
             EventLog::Visitor visit)
      : organization_(organization), next_(from), limits_(limits), visit_(visit) {}

  absl::Status Take(Position position, absl::string_view record) {
    if (position != next_) return Missing();
    RETURN_IF_ERROR(DecodeRecord(record, organization_, position, event_));
    return Take(event_, static_cast<int64_t>(record.size()));
  }

  // The event at next().
  absl::Status Take(const RecordedEvent& event, int64_t bytes) {
    if (event.index_in_commit() == 0 && events_ > 0 &&
        (bytes_ >= limits_.max_bytes || events_ + event.commit_size() > limits_.max_events)) {
      full_ = true;
      return absl::CancelledError("the page is full");
    }
    ++next_;
    ++events_;
    bytes_ += bytes;
    return visit_(event);
  }

  absl::Status Missing() const { return Missing(next_); }
  absl::Status Missing(Position position) const {
    return UnreadableRecord(organization_, position, "", "is missing");
  }

  const Uuid& organization() const { return organization_; }

  bool full() const { return full_; }
  Position next() const { return next_; }

 private:
  const Uuid& organization_;
  Position next_;
  const ReadLimits& limits_;
  EventLog::Visitor visit_;
  RecordedEvent event_;
  int64_t events_ = 0;
  int64_t bytes_ = 0;
  bool full_ = false;
};

absl::Status SequencedLog::ReadStream(const Uuid& organization, const StreamId& stream,
                                      Version from, Visitor visit) {
  ASSIGN_OR_RETURN(const Place place, Locate(organization));
  if (!place.exists) return absl::OkStatus();
  const OrganizationOrdinal ordinal = place.ordinal;
  ASSIGN_OR_RETURN(const StreamHead head, HeadOf({ordinal, stream}));
  if (head.version < from) return absl::OkStatus();
  std::vector<PendingEvents> pending;
  {
    // Taken before storage is read: what leaves the tail meanwhile is found there.
    MutexLock lock(state_mutex_);
    pending = tail_.EventsOf({ordinal, stream}, from);
  }
  const Version end =
      pending.empty() ? std::numeric_limits<Version>::max() : pending.front().first_version();
  StreamReader reader(organization, stream, std::max<Version>(from, 1), visit);
  if (reader.next() < end) {
    RETURN_IF_ERROR(storage_.ReadStream(ordinal, stream, reader.next(), end - 1,
                                        [&](Position position, absl::string_view record) {
                                          return reader.Take(position, record);
                                        }));
  }
  for (const PendingEvents& events : pending) {
    for (size_t i = events.begin; i < events.end; ++i) {
      const EventRow& row = events.commit->rows.events[i];
      if (row.version >= from) RETURN_IF_ERROR(reader.Take(row.position, row.record));
    }
  }
  if (reader.next() > head.version) return absl::OkStatus();
  return UnreadableRecord(organization, head.position, StreamName(stream),
                          absl::StrCat("is missing in the index of its stream, which ends at ",
                                       reader.next() - 1, " and not at ", head.version));
}

absl::StatusOr<Version> SequencedLog::GetVersion(const Uuid& organization, const StreamId& stream) {
  ASSIGN_OR_RETURN(const Place place, Locate(organization));
  if (!place.exists) return 0;
  ASSIGN_OR_RETURN(const StreamHead head, HeadOf({place.ordinal, stream}));
  return head.version;
}

absl::Status SequencedLog::ReadLog(const Uuid& organization, Position from,
                                   const ReadLimits& limits, Visitor visit) {
  OrganizationOrdinal ordinal = 0;
  Position durable = 0;
  {
    MutexLock lock(state_mutex_);
    const Organization* found = Find(organization);
    if (found == nullptr) return OrganizationNotFound(organization);
    ordinal = found->ordinal;
    durable = found->durable.position;
  }
  PageReader page(organization, std::max<Position>(from, 1), limits, visit);
  if (page.next() > durable) return absl::OkStatus();
  const absl::Status status =
      limits.shared ? ReadShared(ordinal, durable, page)
                    : storage_.ReadLog(ordinal, page.next(), durable,
                                       [&](Position position, absl::string_view record) {
                                         return page.Take(position, record);
                                       });
  if (page.full()) return absl::OkStatus();
  RETURN_IF_ERROR(status);
  return page.next() <= durable ? page.Missing() : absl::OkStatus();
}

absl::Status SequencedLog::ReadShared(OrganizationOrdinal ordinal, Position durable,
                                      PageReader& page) {
  const auto fetch = [&](Position from, Position to,
                         absl::FunctionRef<void(RecordCache::Record)> take) -> absl::Status {
    Position next = from;
    RETURN_IF_ERROR(storage_.ReadLog(
        ordinal, from, to, [&](Position position, absl::string_view bytes) -> absl::Status {
          if (position != next) return page.Missing(next);
          RecordCache::Record record{{}, static_cast<int64_t>(bytes.size())};
          RETURN_IF_ERROR(DecodeRecord(bytes, page.organization(), position, record.event));
          take(std::move(record));
          ++next;
          return absl::OkStatus();
        }));
    return next <= to ? page.Missing(next) : absl::OkStatus();
  };
  while (page.next() <= durable) {
    ASSIGN_OR_RETURN(const RecordCache::Run run,
                     records_.Read(ordinal, page.next(), durable, fetch));
    for (const RecordCache::Record& record : run.records)
      RETURN_IF_ERROR(page.Take(record.event, record.bytes));
  }
  return absl::OkStatus();
}

absl::StatusOr<Head> SequencedLog::GetHead(const Uuid& organization) {
  MutexLock lock(state_mutex_);
  const Organization* found = Find(organization);
  if (found == nullptr) return OrganizationNotFound(organization);
  Head head;
  head.sequenced = found->sequenced.position;
  head.durable = found->durable.position;
  head.hash = found->durable.hash;
  if (head.sequenced > 0) head.record_time = absl::FromUnixMicros(found->sequenced.record_time_us);
  return head;
}

std::vector<Uuid> SequencedLog::ListOrganizations() {
  MutexLock lock(state_mutex_);
  std::vector<Uuid> ids;
  ids.reserve(organizations_.size());
  for (const auto& organization : organizations_)
    if (organization->durable_exists) ids.push_back(organization->id);
  return ids;
}

void SequencedLog::WhenDurable(const Uuid& organization, Position position, Ready ready) {
  absl::Status status;
  {
    MutexLock lock(state_mutex_);
    Organization* found = Find(organization);
    if (found == nullptr) {
      status = OrganizationNotFound(organization);
    } else if (found->durable.position < position) {
      status = stopped_;
      if (status.ok()) {
        found->waiters.emplace(position, std::move(ready));
        return;
      }
    }
  }
  std::move(ready)(std::move(status));
}

int64_t SequencedLog::Listen(Listener listener) {
  MutexLock lock(listeners_mutex_);
  const int64_t handle = next_handle_++;
  listeners_.emplace(handle, std::move(listener));
  return handle;
}

void SequencedLog::Unlisten(int64_t handle) {
  MutexLock lock(listeners_mutex_);
  listeners_.erase(handle);
}

}  // namespace crm::eventstore

#include "projections/as_of.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace crm::projections {
namespace {

constexpr eventstore::ReadLimits kPage{.max_events = 4096, .max_bytes = 8 << 20};

bool Counts(const RecordedEvent& event, const AsOfCut& cut) {
  return !cut.effective_before.has_value() ||
         absl::FromUnixMicros(event.effective_time_us()) < *cut.effective_before;
}

bool IsBeyond(const RecordedEvent& event, const AsOfCut& cut) {
  return cut.known_at.has_value() && absl::FromUnixMicros(event.record_time_us()) > *cut.known_at;
}

}  // namespace

AsOfCache::AsOfCache(eventstore::EventLog& log, KeyRing& keys, int64_t max_bytes)
    : log_(log), keys_(keys), max_bytes_(max_bytes) {}

absl::Status AsOfCache::Read(const ViewDefinition& view, const Uuid& organization,
                             const AsOfCut& cut, Query query) {
  const Key key{organization, view.name, cut};
  std::shared_ptr<Scratch> scratch;
  absl::Status status;
  int64_t bytes = 0;
  for (;;) {
    scratch = FindOrMake(key);
    MutexLock lock(scratch->mutex);
    // Somebody else's fold failed while this one waited for it: begin anew.
    if (scratch->failed) continue;
    status = Extend(view, key, *scratch);
    if (status.ok()) {
      status = query(scratch->rows, scratch->folded_to);
    } else {
      scratch->failed = true;
      Discard(key, scratch);
    }
    bytes = scratch->rows.memory_bytes();
    break;
  }
  Count(key, scratch, bytes);
  return status;
}

absl::Status AsOfCache::Extend(const ViewDefinition& view, const Key& key, Scratch& scratch) {
  ASSIGN_OR_RETURN(const eventstore::Head head, log_.GetHead(key.organization));
  EventDecoder decoder(keys_);
  while (!scratch.complete && scratch.folded_to < head.durable) {
    const Position before = scratch.folded_to;
    const absl::Status read =
        log_.ReadLog(key.organization, before + 1, kPage,
                     [&](const RecordedEvent& event)
                         ABSL_EXCLUSIVE_LOCKS_REQUIRED(scratch.mutex) -> absl::Status {
                           if (event.position() != scratch.folded_to + 1) {
                             return absl::DataLossError(absl::StrCat(
                                 "the log has a hole before position ", event.position()));
                           }
                           if (IsBeyond(event, key.cut)) {
                             scratch.complete = true;
                             return absl::CancelledError();
                           }
                           if (Counts(event, key.cut)) {
                             RETURN_IF_ERROR(view.ApplyIfHeard(event, decoder, scratch.rows));
                           }
                           scratch.folded_to = event.position();
                           return absl::OkStatus();
                         });
    if (scratch.complete) break;
    RETURN_IF_ERROR(read);
    if (scratch.folded_to == before) {
      return absl::DataLossError(absl::StrCat("the log gives nothing after position ", before));
    }
  }
  scratch.rows.Settle();
  return absl::OkStatus();
}

std::shared_ptr<AsOfCache::Scratch> AsOfCache::FindOrMake(const Key& key) {
  MutexLock lock(mutex_);
  if (const auto found = kept_.find(key); found != kept_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second.place);
    return found->second.scratch;
  }
  recent_.push_front(key);
  Kept kept{std::make_shared<Scratch>(), 0, recent_.begin()};
  return kept_.emplace(key, std::move(kept)).first->second.scratch;
}

void AsOfCache::Count(const Key& key, const std::shared_ptr<Scratch>& scratch, int64_t bytes) {
  MutexLock lock(mutex_);
  const auto found = kept_.find(key);
  if (found != kept_.end() && found->second.scratch == scratch) {
    bytes_ += bytes - found->second.bytes;
    found->second.bytes = bytes;
  }
  while (bytes_ > max_bytes_ && !recent_.empty()) Erase(Key(recent_.back()));
}

void AsOfCache::Discard(const Key& key, const std::shared_ptr<Scratch>& scratch) {
  MutexLock lock(mutex_);
  const auto found = kept_.find(key);
  if (found != kept_.end() && found->second.scratch == scratch) Erase(key);
}

void AsOfCache::Erase(const Key& key) {
  const auto found = kept_.find(key);
  bytes_ -= found->second.bytes;
  recent_.erase(found->second.place);
  kept_.erase(found);
}

void AsOfCache::Forget(const Uuid& organization) {
  MutexLock lock(mutex_);
  std::vector<Key> keys;
  for (const Key& key : recent_) {
    if (key.organization == organization) keys.push_back(key);
  }
  for (const Key& key : keys) Erase(key);
}

int64_t AsOfCache::bytes() const {
  MutexLock lock(mutex_);
  return bytes_;
}

size_t AsOfCache::size() const {
  MutexLock lock(mutex_);
  return kept_.size();
}

}  // namespace crm::projections

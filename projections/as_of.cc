#include "projections/as_of.h"

#include <algorithm>
#include <iterator>

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

AsOfCache::AsOfCache(eventstore::EventLog& log, KeyRing& keys, ViewStore& store,
                     const Options& options)
    : log_(log), keys_(keys), store_(store), options_(options) {}

absl::Status AsOfCache::Read(const ViewDefinition& view, const Uuid& organization,
                             const AsOfCut& cut, Query query) {
  const Key key{organization, view.name, cut};
  std::shared_ptr<Scratch> scratch;
  absl::Status status;
  Weight weight;
  for (;;) {
    scratch = FindOrMake(key);
    MutexLock lock(scratch->mutex);
    // Somebody else's fold failed while this one waited for it: begin anew.
    if (scratch->failed) continue;
    status = Extend(view, key, *scratch);
    if (status.ok()) {
      status = query(scratch->rows.rows(), scratch->folded_to);
    } else {
      scratch->failed = true;
      Discard(key, scratch);
    }
    weight = {scratch->rows.memory_bytes(), scratch->rows.stored() ? size_t{1} : 0};
    break;
  }
  Weigh(key, scratch, weight);
  return status;
}

absl::Status AsOfCache::Extend(const ViewDefinition& view, const Key& key, Scratch& scratch) {
  ASSIGN_OR_RETURN(const eventstore::Head head, log_.GetHead(key.organization));
  EventDecoder decoder(keys_);
  if (scratch.complete || scratch.folded_to >= head.durable) return absl::OkStatus();
  while (!scratch.complete && scratch.folded_to < head.durable) {
    const Position before = scratch.folded_to;
    ViewTransaction& rows = scratch.rows.rows();
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
                             RETURN_IF_ERROR(view.ApplyIfHeard(event, decoder, rows));
                           }
                           scratch.folded_to = event.position();
                           return absl::OkStatus();
                         });
    if (scratch.complete) break;
    RETURN_IF_ERROR(read);
    if (scratch.folded_to == before) {
      return absl::DataLossError(absl::StrCat("the log gives nothing after position ", before));
    }
    RETURN_IF_ERROR(scratch.rows.Bound());
  }
  return scratch.rows.Settle();
}

std::shared_ptr<AsOfCache::Scratch> AsOfCache::FindOrMake(const Key& key) {
  MutexLock lock(mutex_);
  if (const auto found = kept_.find(key); found != kept_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second.place);
    return found->second.scratch;
  }
  recent_.push_front(key);
  const int64_t max_bytes = std::min(options_.max_bytes_each, options_.max_bytes);
  Kept kept{std::make_shared<Scratch>(store_, key, max_bytes), {}, recent_.begin()};
  return kept_.emplace(key, std::move(kept)).first->second.scratch;
}

void AsOfCache::Weigh(const Key& key, const std::shared_ptr<Scratch>& scratch,
                      const Weight& weight) {
  Dropped dropped;
  MutexLock lock(mutex_);
  const auto found = kept_.find(key);
  if (found != kept_.end() && found->second.scratch == scratch) {
    weight_.bytes += weight.bytes - found->second.weight.bytes;
    weight_.stored += weight.stored - found->second.weight.stored;
    found->second.weight = weight;
  }
  const auto too_many = [&](bool stored) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stored ? weight_.stored > options_.max_stored : weight_.bytes > options_.max_bytes;
  };
  for (auto end = recent_.end(); end != recent_.begin() && (too_many(true) || too_many(false));) {
    const auto oldest = std::prev(end);
    if (too_many(kept_.at(*oldest).weight.stored > 0)) {
      Erase(Key(*oldest), dropped);
    } else {
      end = oldest;
    }
  }
}

void AsOfCache::Discard(const Key& key, const std::shared_ptr<Scratch>& scratch) {
  Dropped dropped;
  MutexLock lock(mutex_);
  const auto found = kept_.find(key);
  if (found != kept_.end() && found->second.scratch == scratch) Erase(key, dropped);
}

void AsOfCache::Erase(const Key& key, Dropped& dropped) {
  const auto found = kept_.find(key);
  weight_.bytes -= found->second.weight.bytes;
  weight_.stored -= found->second.weight.stored;
  dropped.push_back(std::move(found->second.scratch));
  recent_.erase(found->second.place);
  kept_.erase(found);
}

void AsOfCache::Forget(const Uuid& organization) {
  Dropped dropped;
  MutexLock lock(mutex_);
  std::vector<Key> keys;
  for (const Key& key : recent_) {
    if (key.organization == organization) keys.push_back(key);
  }
  for (const Key& key : keys) Erase(key, dropped);
}

int64_t AsOfCache::bytes() const {
  MutexLock lock(mutex_);
  return weight_.bytes;
}

size_t AsOfCache::size() const {
  MutexLock lock(mutex_);
  return kept_.size();
}

size_t AsOfCache::stored() const {
  MutexLock lock(mutex_);
  return weight_.stored;
}

}  // namespace crm::projections

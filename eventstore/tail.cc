#include "eventstore/tail.h"

#include <cstddef>
#include <iterator>
#include <utility>

namespace crm::eventstore {

void Tail::Add(std::shared_ptr<PendingCommit> commit) {
  const CommitRows& rows = commit->rows;
  for (size_t begin = 0; begin < rows.events.size();) {
    const size_t stream = rows.events[begin].stream;
    size_t end = begin + 1;
    while (end < rows.events.size() && rows.events[end].stream == stream) ++end;
    streams_[StreamAddress{rows.organization, rows.heads[stream].stream}].events.push_back(
        PendingEvents{commit, begin, end});
    begin = end;
  }
  if (commit->request) requests_.emplace(*commit->request, std::move(commit));
}

void Tail::Settle(std::shared_ptr<const PendingCommit> commit) {
  if (commit->request) requests_.erase(*commit->request);
  settled_bytes_ += commit->bytes;
  settled_.push_back(std::move(commit));
  while (settled_bytes_ > recent_bytes_) {
    Drop(*settled_.front());
    settled_bytes_ -= settled_.front()->bytes;
    settled_.pop_front();
  }
}

void Tail::Drop(const PendingCommit& commit) {
  for (const HeadRow& row : commit.rows.heads) {
    const auto found = streams_.find(StreamAddress{commit.rows.organization, row.stream});
    if (found == streams_.end()) continue;
    Stream& stream = found->second;
    while (stream.dropped < stream.events.size() &&
           stream.events[stream.dropped].commit.get() == &commit) {
      stream.events[stream.dropped++].commit.reset();
    }
    if (stream.dropped == stream.events.size()) {
      streams_.erase(found);
    } else if (2 * stream.dropped > stream.events.size()) {
      stream.events.erase(stream.events.begin(),
                          stream.events.begin() + static_cast<std::ptrdiff_t>(stream.dropped));
      stream.dropped = 0;
    }
  }
}

std::vector<PendingEvents> Tail::EventsOf(const StreamAddress& address, Version from) const {
  const auto found = streams_.find(address);
  if (found == streams_.end()) return {};
  const auto oldest =
      found->second.events.begin() + static_cast<std::ptrdiff_t>(found->second.dropped);
  auto first = found->second.events.end();
  while (first != oldest && std::prev(first)->last_version() >= from) --first;
  return {first, found->second.events.end()};
}

std::optional<StreamHead> Tail::HeadOf(const StreamAddress& address) const {
  const auto found = streams_.find(address);
  if (found == streams_.end()) return std::nullopt;
  const PendingEvents& last = found->second.events.back();
  const EventRow& event = last.commit->rows.events[last.end - 1];
  return StreamHead{event.version, event.position};
}

PendingCommit* Tail::FindRequest(const RequestAddress& address) const {
  const auto found = requests_.find(address);
  return found == requests_.end() ? nullptr : found->second.get();
}

}  // namespace crm::eventstore

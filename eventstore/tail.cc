#include "eventstore/tail.h"

#include <algorithm>

namespace crm::eventstore {

void Tail::Add(std::shared_ptr<PendingCommit> commit) {
  const CommitRows& rows = commit->rows;
  for (size_t begin = 0; begin < rows.events.size();) {
    const size_t stream = rows.events[begin].stream;
    size_t end = begin + 1;
    while (end < rows.events.size() && rows.events[end].stream == stream) ++end;
    streams_[StreamAddress{rows.organization, rows.heads[stream].stream}].push_back(
        PendingEvents{commit, begin, end});
    begin = end;
  }
  if (commit->request) requests_.emplace(*commit->request, std::move(commit));
}

void Tail::Remove(const PendingCommit& commit) {
  for (const HeadRow& row : commit.rows.heads) {
    const auto found = streams_.find(StreamAddress{commit.rows.organization, row.stream});
    if (found == streams_.end()) continue;
    // Everything up to this commit is durable, so a hot stream is trimmed once per batch and not
    // once per commit.
    auto& pending = found->second;
    const auto keep =
        std::find_if(pending.begin(), pending.end(), [&](const PendingEvents& events) {
          return events.commit->end.position > commit.end.position;
        });
    pending.erase(pending.begin(), keep);
    if (pending.empty()) streams_.erase(found);
  }
  if (commit.request) requests_.erase(*commit.request);
}

std::vector<PendingEvents> Tail::EventsOf(const StreamAddress& address) const {
  const auto found = streams_.find(address);
  if (found == streams_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

std::optional<StreamHead> Tail::HeadOf(const StreamAddress& address) const {
  const auto found = streams_.find(address);
  if (found == streams_.end()) return std::nullopt;
  const PendingEvents& last = found->second.back();
  const EventRow& event = last.commit->rows.events[last.end - 1];
  return StreamHead{event.version, event.position};
}

PendingCommit* Tail::FindRequest(const RequestAddress& address) const {
  const auto found = requests_.find(address);
  return found == requests_.end() ? nullptr : found->second.get();
}

}  // namespace crm::eventstore

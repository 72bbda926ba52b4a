#include "services/consumer_groups.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/log.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "services/command_pipeline.h"
#include "services/limits.h"

namespace crm::services {

absl::Status ConsumerGroups::Start() {
  ASSIGN_OR_RETURN(const std::vector<eventstore::GroupKey> keys, parts_.store.List());
  for (const eventstore::GroupKey& key : keys) {
    const absl::StatusOr<std::shared_ptr<GroupRuntime>> group = Take(key);
    if (!group.ok()) {
      log::Error("some consumer groups are not at work", {{"cause", group.status().message()}});
      break;
    }
    (*group)->Poke();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<GroupRuntime>> ConsumerGroups::Find(const Uuid& organization,
                                                                   absl::string_view name,
                                                                   Position& seen) {
  ASSIGN_OR_RETURN(const auto id, domain::ParseName<domain::ConsumerGroupId>(name));
  LogStreams streams(parts_.streams, organization);
  const auto group = domain::Lookup(streams).Find<domain::ConsumerGroup>(id);
  seen = std::max(seen, streams.seen());
  RETURN_IF_ERROR(group.status());
  RETURN_IF_ERROR(CheckExistence(/*creates=*/false, std::string(name), group->head));
  return Take({organization, id.uuid()});
}

absl::StatusOr<std::shared_ptr<GroupRuntime>> ConsumerGroups::Take(
    const eventstore::GroupKey& key) {
  MutexLock lock(mutex_);
  const auto found = groups_.find(key);
  if (found != groups_.end()) return found->second;
  if (groups_.size() >= kMaxConsumerGroups) {
    return WithReason(absl::StatusCode::kResourceExhausted, "TOO_MANY_CONSUMER_GROUPS",
                      "the server has as many consumer groups at work as it may");
  }
  return groups_.emplace(key, std::make_shared<GroupRuntime>(parts_, key)).first->second;
}

void ConsumerGroups::Poke(const Uuid& organization, absl::string_view name) {
  Position seen = 0;
  const auto group = Find(organization, name, seen);
  if (group.ok()) (*group)->Poke();
}

std::vector<ConsumerGroups::Sample> ConsumerGroups::Samples() {
  std::vector<Sample> samples;
  MutexLock lock(mutex_);
  for (auto it = groups_.begin(); it != groups_.end();) {
    const auto& [key, group] = *it;
    Sample sample{key, group->figures(), 0, absl::ZeroDuration()};
    if (sample.figures.ended) {
      it = groups_.erase(it);
      continue;
    }
    const auto head = parts_.log.GetHead(key.organization);
    if (head.ok()) {
      sample.lag_events = sample.figures.unsettled +
                          std::max<int64_t>(0, head->durable - sample.figures.scanned_to);
      if (sample.figures.oldest != absl::InfiniteFuture()) {
        sample.lag = std::max(absl::ZeroDuration(), parts_.clock.Now() - sample.figures.oldest);
      }
      samples.push_back(sample);
    }
    group->Poke();
    ++it;
  }
  return samples;
}

void ConsumerGroups::Stop() {
  MutexLock lock(mutex_);
  for (const auto& [key, group] : groups_) group->Stop();
}

}  // namespace crm::services

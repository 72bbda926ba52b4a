// ConsumerGroups: the consumer groups of all organizations that are at work in this process. A
// group is at work from its creation, or from the start of the server on, consumers or not: what
// nobody consumes must show in the metrics.
//
// Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "services/group_runtime.h"

namespace crm::services {

class ConsumerGroups {
 public:
  explicit ConsumerGroups(const GroupRuntime::Parts& parts) : parts_(parts) {}

  // Takes up every group something is stored of, and forgets what is stored of deleted ones.
  absl::Status Start();

  // The group at work. NOT_FOUND when there is none of this name, INVALID_ARGUMENT INVALID_NAME,
  // RESOURCE_EXHAUSTED TOO_MANY_CONSUMER_GROUPS. `seen` is raised to what the answer rests on.
  absl::StatusOr<std::shared_ptr<GroupRuntime>> Find(const Uuid& organization,
                                                     absl::string_view name, Position& seen);

  // Has the group look at its stream again, for a command changed it. Nothing if there is none.
  void Poke(const Uuid& organization, absl::string_view name);

  // Of every group, and lag against the head as it is now; brings them up to date for next time.
  struct Sample {
    eventstore::GroupKey key;
    GroupRuntime::Figures figures;
    int64_t lag_events = 0;
    absl::Duration lag;
  };
  std::vector<Sample> Samples();

  // After the workers have stopped.
  void Stop();

 private:
  absl::StatusOr<std::shared_ptr<GroupRuntime>> Take(const eventstore::GroupKey& key);

  const GroupRuntime::Parts parts_;
  Mutex mutex_;
  std::map<eventstore::GroupKey, std::shared_ptr<GroupRuntime>> groups_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::services

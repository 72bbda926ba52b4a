// ConsumerStore: where the progress of consumer groups lies: apart from the log, which it must not
// slow down, and apart from the views, which may be deleted. Whoever deletes it makes every group
// begin anew.
//
// Threading: calls for one group come one at a time, those for different groups from any thread.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/uuid.h"
#include "crm/log/v1/consumer_group.pb.h"
#include "eventstore/group_delivery.h"

namespace crm::eventstore {

// A group of an organization.
struct GroupKey {
  Uuid organization;
  Uuid group;

  friend auto operator<=>(const GroupKey&, const GroupKey&) = default;
};

struct StoredGroup {
  std::optional<log::v1::ConsumerProgress> progress;  // nullopt: nothing was stored yet
  std::vector<log::v1::ParkedDelivery> parked;        // by position
};

class ConsumerStore {
 public:
  virtual ~ConsumerStore() = default;

  // Every group of which something is stored.
  virtual absl::StatusOr<std::vector<GroupKey>> List() const = 0;
  // DATA_LOSS CONSUMER_GROUP_UNREADABLE when a row is damaged.
  virtual absl::StatusOr<StoredGroup> Load(const GroupKey& key) const = 0;
  // All of the changes or none, durable when it returns. After an error the outcome is unknown:
  // load again.
  virtual absl::Status Store(const GroupKey& key, const GroupChanges& changes) = 0;
  // Forgets the group, durably.
  virtual absl::Status Remove(const GroupKey& key) = 0;
};

}  // namespace crm::eventstore

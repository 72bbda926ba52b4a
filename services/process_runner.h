// ProcessRunner: runs reactions across aggregates. It follows every organization's log from the
// process's checkpoint, hands each event the process hears to it, and sends the commands that come
// out down the one road, as the system. The checkpoint is stored in the log after each reaction;
// commands repeated after a crash are answered as replays.
//
// One thread of its own; Start and Stop on one thread.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "absl/container/flat_hash_map.h"
#include "base/clock.h"
#include "base/key_ring.h"
#include "domain/processes/relocation.h"
#include "eventstore/subscription.h"
#include "eventstore/subscription_hub.h"
#include "projections/projection_set.h"
#include "projections/work_line.h"
#include "services/authorizer.h"
#include "services/command_pipeline.h"

namespace crm::services {

class ProcessRunner {
 public:
  struct Parts {
    eventstore::EventLog& log;
    eventstore::SubscriptionHub& hub;
    KeyRing& keys;
    const Authorizer& authorizer;
    CommandPipeline& pipeline;
    projections::ProjectionSet& projections;
    const Clock& clock;
  };
  explicit ProcessRunner(Parts parts) : parts_(parts) {}
  ~ProcessRunner() { Stop(); }
  ProcessRunner(const ProcessRunner&) = delete;
  ProcessRunner& operator=(const ProcessRunner&) = delete;

  void Start();
  // Ends after the command under way.
  void Stop();

 private:
  void Loop();
  // Takes up what is new in one organization's log.
  absl::Status Advance(const Uuid& organization);
  absl::Status React(const Uuid& organization, const log::v1::RecordedEvent& recorded);
  absl::Status Relocate(const Uuid& organization, const domain::Relocation& relocation);
  absl::Status Checkpoint(const Uuid& organization, Position position);
  absl::StatusOr<Position> LoadCheckpoint(const Uuid& organization) const;
  template <class View>
  absl::StatusOr<std::unique_ptr<projections::ViewSnapshot>> ReaderAt(const Uuid& organization,
                                                                      Position position);
  template <class A, class Command>
  absl::Status Send(const Uuid& organization, const Method& method, const Command& command);
  // The records of one kind; `question` is the request of the list that names them.
  template <class A, class View, class Question>
  absl::Status MoveAll(const Uuid& organization, const Method& method,
                       const domain::Relocation& relocation, Question question);
  // One record of a relocation.
  template <class A>
  absl::Status MoveOn(const Uuid& organization, const Method& method,
                      const domain::Relocation& relocation, const typename A::Id& id);

  Parts parts_;
  absl::flat_hash_map<Uuid, std::unique_ptr<eventstore::Subscription>> subscriptions_;
  std::optional<int64_t> listener_;
  std::thread thread_;

  projections::WorkLine line_;
};

}  // namespace crm::services

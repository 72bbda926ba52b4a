// Crmd: everything one server process consists of, built top-down: log and keys, views, rights, the
// two roads, the services, the listeners. Tests build the same thing in a scratch directory.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/signing.h"
#include "eventstore/data_directory.h"
#include "eventstore/log_tree.h"
#include "eventstore/rocksdb/durable_stores.h"
#include "eventstore/sequencer.h"
#include "eventstore/subscription_hub.h"
#include "projections/projection_set.h"
#include "services/authorizer.h"
#include "services/backup_desk.h"
#include "services/bootstrap.h"
#include "services/call.h"
#include "services/call_gate.h"
#include "services/command_pipeline.h"
#include "services/config.h"
#include "services/drain_signal.h"
#include "services/eraser.h"
#include "services/health_board.h"
#include "services/metrics.h"
#include "services/process_runner.h"
#include "services/provider_secrets.h"
#include "services/query_gate.h"
#include "services/rpc.h"
#include "services/schedule_runner.h"
#include "services/server.h"
#include "services/stream_cache.h"
#include "services/stream_seats.h"
#include "services/validator.h"
#include "services/worker_pool.h"

namespace crm::eventstore {
class ConsumerStore;
}

namespace crm::services {

class ConsumerGroups;

class Crmd {
 public:
  // Opens the data directory, listens, and makes the first organization when there is none, whose
  // administrator's token goes to `hand_over`. Ready once every view serves. `clock` must outlive
  // it. Fails with the reasons of its parts; nothing listens then.
  static absl::StatusOr<std::unique_ptr<Crmd>> Start(const Config& config, const Clock& clock,
                                                     const HandOver& hand_over);
  ~Crmd();

  // Blocks until RequestStop, then ends in order.
  void Run();
  void RequestStop() { server_->RequestStop(); }

  const Server& server() const { return *server_; }
  const Metrics& metrics() const { return *metrics_; }

 private:
  Crmd(const Config& config, const Clock& clock);
  absl::Status Open(const HandOver& hand_over);
  absl::Status OpenStores();
  eventstore::SequencedLogOptions LogOptions();
  eventstore::RocksDbKeyRing& keys() { return stores_->keys(); }
  absl::Status MakeServices();
  absl::Status MakeFirstOrganization(const HandOver& hand_over);
  absl::StatusOr<std::string> OperatorTokenHash() const;
  absl::Status Listen();
  void AddGauges();
  void AddLoadGauges();
  void AddConsumerGauges();
  // Calls are welcome once no view but those that have stopped is behind what was there at the
  // start.
  void AnnounceReadiness();

  const Config config_;
  const Clock& clock_;
  DrainSignal drain_;
  StreamSeats seats_;
  CallGate gate_;

  std::unique_ptr<eventstore::DataDirectory> directory_;
  std::unique_ptr<eventstore::DurableStores> stores_;
  std::unique_ptr<eventstore::SequencedLog> log_;
  std::unique_ptr<eventstore::LogTree> tree_;
  std::optional<SigningPair> signing_pair_;
  std::unique_ptr<eventstore::SubscriptionHub> hub_;
  std::unique_ptr<eventstore::ConsumerStore> consumer_store_;
  std::unique_ptr<projections::ViewStore> view_store_;
  std::unique_ptr<projections::ProjectionSet> projections_;
  std::unique_ptr<StreamCache> streams_;
  std::unique_ptr<Authorizer> authorizer_;
  std::unique_ptr<Validator> validator_;
  std::unique_ptr<Metrics> metrics_;
  std::unique_ptr<HealthBoard> health_;
  std::unique_ptr<WorkerPool> workers_;
  std::unique_ptr<WorkerPool> stream_workers_;    // room for a turn of every subscription
  std::unique_ptr<WorkerPool> consumer_workers_;  // room for a turn of every consumer group
  std::unique_ptr<ConsumerGroups> consumer_groups_;
  std::unique_ptr<Authenticator> authenticator_;
  std::unique_ptr<CommandPipeline> pipeline_;
  std::unique_ptr<QueryGate> queries_;
  std::unique_ptr<Eraser> eraser_;
  std::unique_ptr<BackupDesk> backups_;
  std::unique_ptr<ProviderSecrets> provider_secrets_;
  std::unique_ptr<Rpc> rpc_;
  std::unique_ptr<ProcessRunner> processes_;
  std::unique_ptr<ScheduleRunner> schedule_;
  std::vector<std::unique_ptr<grpc::Service>> owned_;
  std::vector<ServedService> api_;
  std::vector<ServedService> admin_;
  std::unique_ptr<Server> server_;
};

}  // namespace crm::services

#include "services/crmd.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "eventstore/rocksdb/rocksdb_consumer_store.h"
#include "services/consumer_groups.h"
#include "services/secret_file.h"
#include "services/service_list.h"
#include "services/signing_key.h"
#include "services/view_list.h"

namespace crm::services {
namespace {

using eventstore::DurableStores;
using eventstore::SequencedLog;

constexpr char kOperatorTokenPrefix[] = "crm_operator_";

// A log that could not write must not go on: what callers are told would not be true. The next
// start recovers.
void ExitOnFatal(const absl::Status& cause) {
  log::Error("a disk failed; the process ends", {{"cause", cause.message()}});
  std::_Exit(1);
}

eventstore::RequestRetention Retention(const Config& config, const Clock& clock) {
  if (config.request_retention_days == 0) return {};
  return {absl::Hours(24) * config.request_retention_days, &clock};
}

}  // namespace

Crmd::Crmd(const Config& config, const Clock& clock)
    : config_(config),
      clock_(clock),
      seats_(config.limits.max_subscriptions, config.limits.max_subscriptions_per_member,
             absl::Seconds(config.limits.subscriber_timeout_s)),
      gate_(config.limits.max_calls) {}

absl::StatusOr<std::unique_ptr<Crmd>> Crmd::Start(const Config& config, const Clock& clock,
                                                  const HandOver& hand_over) {
  std::unique_ptr<Crmd> crmd(new Crmd(config, clock));
  RETURN_IF_ERROR(crmd->Open(hand_over));
  return crmd;
}

absl::Status Crmd::Open(const HandOver& hand_over) {
  RETURN_IF_ERROR(OpenStores());
  RETURN_IF_ERROR(MakeServices());
  RETURN_IF_ERROR(projections_->Start());
  RETURN_IF_ERROR(Listen());
  RETURN_IF_ERROR(MakeFirstOrganization(hand_over));
  eraser_->Resume();
  processes_->Start();
  schedule_->Start();
  RETURN_IF_ERROR(consumer_groups_->Start());
  AnnounceReadiness();
  return absl::OkStatus();
}

absl::Status Crmd::OpenStores() {
  ASSIGN_OR_RETURN(directory_, eventstore::DataDirectory::Open(config_.data_dir));
  ASSIGN_OR_RETURN(stores_, DurableStores::Open(eventstore::FoldersOf(*directory_),
                                                {.anchor = config_.anchor == "sync"
                                                               ? eventstore::AnchorMode::kSync
                                                               : eventstore::AnchorMode::kInterval,
                                                 .requests = Retention(config_, clock_),
                                                 .on_failure = ExitOnFatal}));
  ASSIGN_OR_RETURN(log_, SequencedLog::Open(stores_->storage(), LogOptions()));
  tree_ = std::make_unique<eventstore::LogTree>(stores_->storage());
  ASSIGN_OR_RETURN(signing_pair_, OpenSigningKey(directory_->signing_key_path()));
  hub_ = std::make_unique<eventstore::SubscriptionHub>(*log_);
  ASSIGN_OR_RETURN(consumer_store_,
                   eventstore::RocksDbConsumerStore::Open(directory_->consumers_path()));
  ASSIGN_OR_RETURN(view_store_, projections::ViewStore::Open(directory_->views_path()));
  projections_ = std::make_unique<projections::ProjectionSet>(
      *log_, keys(), *view_store_, clock_,
      projections::ProjectionSet::Options{
          .as_of = {.max_bytes = config_.limits.scratch_bytes},
          .on_answers = [this](const projections::ProjectionStatus& status) {
            health_->SetStopped(status.view, status.organization, !status.answers);
          }});
  for (projections::ViewDefinition& view : AllViews()) projections_->Add(std::move(view));
  health_ = std::make_unique<HealthBoard>(projections_->Names());
  streams_ = std::make_unique<StreamCache>(*log_, keys(), kCachedStreams);
  return absl::OkStatus();
}

eventstore::SequencedLogOptions Crmd::LogOptions() {
  eventstore::SequencedLogOptions options;
  // Both run on the one writer thread.
  auto began = std::make_shared<absl::Time>();
  stores_->AttachTo(options);
  options.before_write = [this, began, prepare = std::move(options.before_write)] {
    *began = clock_.Now();
    return prepare();
  };
  options.on_durable = [this, began](int64_t events) {
    metrics_->OnAppended(events, clock_.Now() - *began);
  };
  options.on_fatal = ExitOnFatal;
  return options;
}

absl::Status Crmd::MakeServices() {
  ASSIGN_OR_RETURN(std::string operator_hash, OperatorTokenHash());
  authorizer_ = std::make_unique<Authorizer>(*streams_);
  authenticator_ =
      std::make_unique<Authenticator>(*authorizer_, clock_, std::move(operator_hash),
                                      absl::Seconds(config_.limits.default_deadline_s));
  const auto threads = static_cast<size_t>(config_.limits.worker_threads);
  workers_ =
      std::make_unique<WorkerPool>(threads, static_cast<size_t>(config_.limits.worker_queue));
  stream_workers_ =
      std::make_unique<WorkerPool>(threads, static_cast<size_t>(config_.limits.max_subscriptions));
  consumer_workers_ = std::make_unique<WorkerPool>(threads, kMaxConsumerGroups);
  consumer_groups_ = std::make_unique<ConsumerGroups>(GroupRuntime::Parts{
      *log_, *hub_, keys(), *streams_, *consumer_store_, *consumer_workers_, clock_});
  const std::vector<const google::protobuf::ServiceDescriptor*> described = DescribedServices();
  ASSIGN_OR_RETURN(validator_, Validator::Create(RequestsOf(described)));
  metrics_ = std::make_unique<Metrics>(MethodsOf(described));
  pipeline_ = std::make_unique<CommandPipeline>(
      CommandPipeline::Parts{*log_, keys(), *authorizer_, *validator_});
  queries_ = std::make_unique<QueryGate>(
      QueryGate::Parts{*log_, *authorizer_, *validator_, *projections_, *workers_, clock_,
                       absl::Milliseconds(config_.limits.query_wait_ms)});
  eraser_ = std::make_unique<Eraser>(
      Eraser::Parts{*log_, keys(), *streams_, *projections_, *workers_, clock_});
  processes_ = std::make_unique<ProcessRunner>(
      ProcessRunner::Parts{*log_, *hub_, keys(), *authorizer_, *pipeline_, *projections_, clock_});
  schedule_ = std::make_unique<ScheduleRunner>(ScheduleRunner::Parts{
      *log_, keys(), *authorizer_, *projections_, clock_, AllScheduledWork(*pipeline_)});
  rpc_ = std::make_unique<Rpc>(Rpc::Parts{*authenticator_, *pipeline_, *queries_,
                                          Reply::Parts{*log_, clock_, *metrics_, gate_}});
  backups_ = std::make_unique<BackupDesk>(BackupDesk::Parts{
      {config_.backup_dir, config_.keys_backup_dir}, stores_->storage(), keys(), clock_});
  provider_secrets_ = std::make_unique<ProviderSecrets>(config_.provider_secrets_dir);
  owned_ = services::MakeServices(
      {*rpc_, *log_, stores_->storage(), *tree_, *signing_pair_, *backups_, *validator_, keys(),
       *hub_, *projections_, *eraser_, *consumer_groups_, *stream_workers_, drain_, clock_, seats_,
       *provider_secrets_},
      api_, admin_);
  return absl::OkStatus();
}

absl::Status Crmd::MakeFirstOrganization(const HandOver& hand_over) {
  if (!log_->ListOrganizations().empty()) return absl::OkStatus();
  v1::CreateOrganizationRequest command;
  command.set_display_name(config_.bootstrap_display_name);
  command.set_currency_code(config_.bootstrap_currency);
  command.set_time_zone(config_.bootstrap_time_zone);
  command.set_administrator_display_name(config_.bootstrap_administrator_display_name);
  command.set_administrator_email(config_.bootstrap_administrator_email);
  if (!config_.bootstrap_effective_time.empty()) {
    absl::Time effective;
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, config_.bootstrap_effective_time, &effective,
                         &error)) {
      return WithReason(absl::StatusCode::kInvalidArgument, "CONFIG_INVALID",
                        absl::StrCat("bootstrap_effective_time: ", error));
    }
    command.mutable_effective_time()->set_seconds(absl::ToUnixSeconds(effective));
  }
  return CreateFirstOrganization(*pipeline_, clock_, std::move(command), hand_over);
}

absl::StatusOr<std::string> Crmd::OperatorTokenHash() const {
  const std::string& path = config_.operator_token_file;
  if (path.empty()) return std::string();
  if (!std::filesystem::exists(path)) {
    const std::string made =
        absl::StrCat(kOperatorTokenPrefix, absl::BytesToHexString(RandomBytes(32)));
    RETURN_IF_ERROR(WriteSecretFile(path, kOperatorTokenPrefix, made));
    log::Info("the operator's token was made", {{"file", path}});
  }
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  const std::string token(absl::StripAsciiWhitespace(content.str()));
  if (!file || token.size() < 32) {
    return WithReason(absl::StatusCode::kFailedPrecondition, "OPERATOR_TOKEN_INVALID",
                      "operator_token_file must hold a token of at least 32 characters");
  }
  return std::string(AsView(Sha256(token)));
}

absl::Status Crmd::Listen() {
  ASSIGN_OR_RETURN(server_, Server::Start(Server::OptionsOf(config_), api_, admin_, drain_));
  AddGauges();
  RETURN_IF_ERROR(metrics_->Expose(config_.metrics_listen));
  log::Info("serving metrics",
            {{"address", config_.metrics_listen}, {"metrics_port", metrics_->port()}});
  health_->Attach([server = server_.get()](const std::string& name, bool serving) {
    if (name == kReadyName) return server->SetReady(serving);
    server->SetHealth(name, serving);
  });
  return absl::OkStatus();
}

void Crmd::AddGauges() {
  metrics_->AddGauge(
      "crm_log_head_position", "Last durable position of each organization's log.", [this] {
        std::vector<Metrics::Sample> samples;
        for (const Uuid& organization : log_->ListOrganizations()) {
          const auto head = log_->GetHead(organization);
          if (!head.ok()) continue;
          samples.push_back(
              {{{"organization", organization.ToString()}}, static_cast<double>(head->durable)});
        }
        return samples;
      });
  metrics_->AddGauge("crm_projection_lag_events", "Events a view is behind the log.", [this] {
    std::vector<Metrics::Sample> samples;
    for (const projections::ProjectionStatus& status : projections_->Status()) {
      samples.push_back({{{"view", status.view}, {"organization", status.organization.ToString()}},
                         static_cast<double>(status.lag)});
    }
    return samples;
  });
  metrics_->AddGauge(
      "crm_projection_stopped", "1 while a view is stopped at an event it cannot apply.", [this] {
        std::vector<Metrics::Sample> samples;
        for (const projections::ProjectionStatus& status : projections_->Status()) {
          const bool stopped = status.state == projections::ProjectionState::kStopped;
          samples.push_back(
              {{{"view", status.view}, {"organization", status.organization.ToString()}},
               stopped ? 1.0 : 0.0});
        }
        return samples;
      });
  metrics_->AddGauge("crm_projection_differing_rows",
                     "Rows that were not what the log gives, by the last comparison or rebuild.",
                     [this] {
                       std::vector<Metrics::Sample> samples;
                       for (const projections::ProjectionStatus& status : projections_->Status()) {
                         const auto add = [&](const char* found_by, const auto& report) {
                           if (!report.has_value() || IsRunning(report)) return;
                           samples.push_back({{{"view", status.view},
                                               {"organization", status.organization.ToString()},
                                               {"found_by", found_by}},
                                              static_cast<double>(report->found.total())});
                         };
                         add("comparison", status.comparison);
                         add("cut_over", status.cut_over);
                       }
                       return samples;
                     });
  AddLoadGauges();
  AddConsumerGauges();
}

void Crmd::AddLoadGauges() {
  const auto add = [this](const char* name, const char* help, auto value) {
    metrics_->AddGauge(name, help, [value] {
      return std::vector<Metrics::Sample>{{{}, static_cast<double>(value())}};
    });
  };
  add("crm_connections_open", "Connections to the API open now.",
      [this] { return server_->connections().open(); });
  add("crm_connections_limit", "How many connections to the API may be open.",
      [this] { return server_->connections().most(); });
  add("crm_connections_refused", "Connections closed so far because there were too many.",
      [this] { return server_->connections().refused(); });
  add("crm_calls_open", "Unary calls under way, those waiting for the disk or a view included.",
      [this] { return gate_.open(); });
  add("crm_long_reads_waiting", "Long reads that wait for a thread.",
      [this] { return workers_->queued(); });
  add("crm_subscriptions_open", "Event subscriptions and consumers open now.",
      [this] { return seats_.taken(); });
  add("crm_subscriptions_cut", "Subscribers cut off so far because they took nothing.",
      [this] { return seats_.cut(); });
}

void Crmd::AddConsumerGauges() {
  using Group = ConsumerGroups::Sample;
  const auto add = [this](const char* name, const char* help, auto value) {
    metrics_->AddGauge(name, help, [this, value] {
      std::vector<Metrics::Sample> samples;
      for (const Group& group : consumer_groups_->Samples()) {
        samples.push_back({{{"consumer_group", group.key.group.ToString()},
                            {"organization", group.key.organization.ToString()}},
                           static_cast<double>(value(group))});
      }
      return samples;
    });
  };
  add("crm_consumer_group_lag_events", "Events a consumer group has still to settle.",
      [](const Group& group) { return group.lag_events; });
  add("crm_consumer_group_lag_seconds", "Age of the oldest event a consumer group has to settle.",
      [](const Group& group) { return absl::ToDoubleSeconds(group.lag); });
  add("crm_consumer_group_in_flight", "Events that the consumers of a group hold.",
      [](const Group& group) { return group.figures.in_flight; });
  add("crm_consumer_group_parked", "Events that a consumer group has put aside.",
      [](const Group& group) { return group.figures.parked; });
  add("crm_consumer_group_redelivered", "Deliveries so far that were not the first of their event.",
      [](const Group& group) { return group.figures.redelivered; });
}

void Crmd::AnnounceReadiness() {
  // Counts the views that are still behind, and itself; whoever is last announces. A view that has
  // stopped is not waited for: the others go on, and its own health says so.
  auto waiting = std::make_shared<std::atomic<int>>(1);
  const auto arrived = [this, waiting](const absl::Status& status) {
    if (!status.ok() && ReasonOf(status) != "VIEW_STOPPED") return;  // the server ends before
    if (waiting->fetch_sub(1) == 1) health_->SetReady();
  };
  for (const Uuid& organization : log_->ListOrganizations()) {
    const auto head = log_->GetHead(organization);
    if (!head.ok()) continue;
    for (const std::string& view : projections_->Names()) {
      waiting->fetch_add(1);
      projections_->WhenApplied(view, organization, head->durable, absl::InfiniteFuture(), arrived);
    }
  }
  arrived(absl::OkStatus());
}

void Crmd::Run() { server_->Run(); }

Crmd::~Crmd() {
  if (health_ != nullptr) health_->Detach();
  if (metrics_ != nullptr) metrics_->StopExposing();
  server_.reset();
  processes_.reset();
  schedule_.reset();
  backups_.reset();
  if (workers_ != nullptr) workers_->Stop();
  if (stream_workers_ != nullptr) stream_workers_->Stop();
  if (consumer_workers_ != nullptr) consumer_workers_->Stop();
  if (consumer_groups_ != nullptr) consumer_groups_->Stop();
  projections_.reset();
  hub_.reset();
  log_.reset();
}

}  // namespace crm::services

#include "services/command_pipeline.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "base/reason.h"

namespace crm::services {
namespace {

using eventstore::Commit;
using eventstore::Committed;
using eventstore::EventLog;
using eventstore::RequestRecord;

constexpr int kOptimisticAttempts = 3;

// Two things must happen before a caller is told: the commit is durable, and the response is
// filled. They happen on different threads; whichever comes second finishes.
class Pending {
 public:
  explicit Pending(std::shared_ptr<CommandSteps> steps) : steps_(std::move(steps)) {}

  // Called once by the log. A conflict found while sequencing is left to the caller of Append, who
  // decides again.
  void Appended(absl::StatusOr<Committed> committed) {
    MutexLock lock(mutex_);
    if (finished_) return;
    if (!answered_.has_value() && absl::IsAborted(committed.status())) {
      conflicted_ = true;
      return;
    }
    committed_ = std::move(committed);
    FinishWhenComplete();
  }

  void Answered(absl::Status status) {
    MutexLock lock(mutex_);
    answered_ = std::move(status);
    FinishWhenComplete();
  }

  // Nothing will be appended after all; whatever the log says is ignored.
  void Abandon() {
    MutexLock lock(mutex_);
    finished_ = true;
  }

  bool conflicted() {
    MutexLock lock(mutex_);
    return conflicted_;
  }
  // The append failed or found a replay: the response must not be filled from the versions it was
  // to reach.
  bool settled() {
    MutexLock lock(mutex_);
    return finished_;
  }

 private:
  void FinishWhenComplete() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (finished_ || !committed_.has_value()) return;
    if (!committed_->ok()) return Finish(committed_->status(), {});
    const Outcome outcome{(*committed_)->record.last_position(), (*committed_)->replayed};
    if (outcome.replayed) return Finish(steps_->answer((*committed_)->record), outcome);
    if (answered_.has_value()) Finish(*answered_, outcome);
  }
  void Finish(const absl::Status& status, const Outcome& outcome)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    finished_ = true;
    std::move(steps_->finish)(status, outcome);
  }

  Mutex mutex_;
  std::shared_ptr<CommandSteps> steps_;
  std::optional<absl::StatusOr<Committed>> committed_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> answered_ ABSL_GUARDED_BY(mutex_);
  bool conflicted_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

Commit Complete(const Call& call, const eventstore::RequestKey& key, Commit commit) {
  commit.request = key;
  commit.correlation_id = call.correlation_id;
  commit.create_organization = call.method->operator_only;
  return commit;
}

void FinishWhenDurable(EventLog& log, const Uuid& organization, Outcome outcome,
                       absl::Status status, std::shared_ptr<CommandSteps> steps) {
  if (outcome.position == 0) return std::move(steps->finish)(status, outcome);
  log.WhenDurable(organization, outcome.position,
                  [steps, status = std::move(status), outcome](absl::Status durable) mutable {
                    std::move(steps->finish)(durable.ok() ? status : durable, outcome);
                  });
}

}  // namespace

absl::StatusOr<CommandOptions> CommandPipeline::Admit(
    const Call& call, const google::protobuf::Message& command) const {
  RETURN_IF_ERROR(parts_.authorizer.CheckPermission(*call.actor, call.method->permission));
  RETURN_IF_ERROR(parts_.validator.Check(command));
  ASSIGN_OR_RETURN(CommandOptions options, ReadCommandOptions(call, command));
  if (options.effective_time.has_value()) {
    RETURN_IF_ERROR(parts_.authorizer.CheckPermission(*call.actor, "history.backdate"));
  }
  return options;
}

void CommandPipeline::Run(const Call& call, const CommandOptions& options,
                          CommandSteps typed_steps) {
  auto steps = std::make_shared<CommandSteps>(std::move(typed_steps));
  const Uuid organization = call.organization().uuid();
  const eventstore::RequestKey key{call.actor->member.uuid(), options.request_id, options.digest};
  absl::StatusOr<std::optional<RequestRecord>> known = parts_.log.FindRequest(organization, key);
  if (!known.ok()) return std::move(steps->finish)(known.status(), {});
  if (known->has_value()) {
    const Outcome outcome{(*known)->last_position(), true};
    return FinishWhenDurable(parts_.log, organization, outcome, steps->answer(**known), steps);
  }
  for (int attempt = 1;; ++attempt) {
    auto pending = std::make_shared<Pending>(steps);
    auto done = [pending](absl::StatusOr<Committed> committed) {
      pending->Appended(std::move(committed));
    };
    Attempt decided;
    bool append = true;
    // Runs before Append or AppendExclusively returns.
    auto decide = [&]() -> absl::StatusOr<Commit> {
      decided = steps->decide();
      append = decided.commit.has_value();
      if (!append) {
        pending->Abandon();
        return absl::CancelledError("nothing to append");
      }
      return Complete(call, key, *std::move(decided.commit));
    };
    if (attempt <= kOptimisticAttempts) {
      absl::StatusOr<Commit> commit = decide();
      if (commit.ok()) parts_.log.Append(*std::move(commit), std::move(done));
    } else {
      // Three lost races: decide while nobody else may append.
      parts_.log.AppendExclusively(decide, std::move(done));
    }
    if (!append) {
      return FinishWhenDurable(parts_.log, organization, {decided.seen, false}, decided.status,
                               steps);
    }
    if (pending->conflicted()) continue;
    if (!pending->settled()) pending->Answered(steps->answer(decided.reached));
    return;
  }
}

absl::Status CheckEtag(absl::string_view etag, const domain::StreamHead& head) {
  const std::string current = absl::StrCat("\"", head.version, "\"");
  if (etag.empty() || etag == current) return absl::OkStatus();
  return WithReason(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                    "the record changed since it was read; read it again", {{"etag", current}});
}

absl::Status CheckExistence(bool creates, const std::string& name, const domain::StreamHead& head) {
  if (creates == !head.exists()) return absl::OkStatus();
  if (creates) {
    return WithReason(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS",
                      absl::StrCat(name, " exists already"), {{"resource", name}});
  }
  return WithReason(absl::StatusCode::kNotFound, "NOT_FOUND", absl::StrCat(name, " does not exist"),
                    {{"resource", name}});
}

}  // namespace crm::services

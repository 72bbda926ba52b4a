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

constexpr int kOptimisticAttempts = 3;

// Two things must happen before a caller is told: the commit is durable, and the thread that
// decided is done with the response. Whichever comes second finishes; until then nobody else
// touches the response.
class Pending {
 public:
  // Unless it `may_race`, nobody else can append meanwhile: a conflict is an answer then, for the
  // log contradicts itself and would do so for ever.
  Pending(std::shared_ptr<CommandSteps> steps, bool may_race)
      : steps_(std::move(steps)), may_race_(may_race) {}

  // Called once by the log. A conflict found while sequencing is left to the caller of Append, who
  // decides again.
  void Appended(absl::StatusOr<Committed> committed) {
    {
      MutexLock lock(mutex_);
      if (abandoned_) return;
      if (may_race_ && !answered_.has_value() && absl::IsAborted(committed.status())) {
        conflicted_ = true;
        return;
      }
      committed_ = std::move(committed);
      if (!answered_.has_value()) return;
    }
    Finish();
  }

  // The deciding thread is done with the response: it is filled, or could not be.
  void Answered(absl::Status status) {
    {
      MutexLock lock(mutex_);
      answered_ = std::move(status);
      if (!committed_.has_value()) return;
    }
    Finish();
  }

  // Nothing will be appended after all; whatever the log says is ignored.
  void Abandon() {
    MutexLock lock(mutex_);
    abandoned_ = true;
  }

  bool conflicted() {
    MutexLock lock(mutex_);
    return conflicted_;
  }
  // Whether the response is still to be filled from the versions the commit was to reach: not when
  // the append failed already, or found that the request had been answered before.
  bool needs_answer() {
    MutexLock lock(mutex_);
    return !committed_.has_value() || (committed_->ok() && !(*committed_)->replayed);
  }

 private:
  // Both have happened, so no other thread is here.
  void Finish() {
    absl::StatusOr<Committed> committed = absl::UnknownError("");
    absl::Status status;
    {
      MutexLock lock(mutex_);
      committed = *std::move(committed_);
      status = *std::move(answered_);
    }
    if (!committed.ok()) return std::move(steps_->finish)(committed.status(), {});
    const Outcome outcome{.position = committed->record.last_position(),
                          .replayed = committed->replayed};
    if (outcome.replayed) status = steps_->answer(committed->record);
    std::move(steps_->finish)(status, outcome);
  }

  const std::shared_ptr<CommandSteps> steps_;
  const bool may_race_;
  Mutex mutex_;
  std::optional<absl::StatusOr<Committed>> committed_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> answered_ ABSL_GUARDED_BY(mutex_);
  bool conflicted_ ABSL_GUARDED_BY(mutex_) = false;
  bool abandoned_ ABSL_GUARDED_BY(mutex_) = false;
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

eventstore::RequestKey CommandPipeline::KeyOf(const Call& call, const CommandOptions& options) {
  return {call.requester(), options.request_id, options.digest};
}

bool CommandPipeline::AnswerKnown(const Call& call, const CommandOptions& options,
                                  const std::shared_ptr<CommandSteps>& steps) {
  EventLog::Done done = [steps](absl::StatusOr<Committed> committed) {
    if (!committed.ok()) return std::move(steps->finish)(committed.status(), {});
    const absl::Status answered = steps->answer(committed->record);
    std::move(steps->finish)(answered,
                             {.position = committed->record.last_position(), .replayed = true});
  };
  return parts_.log.JoinRequest(call.organization().uuid(), KeyOf(call, options), done);
}

void CommandPipeline::Run(const Call& call, const CommandOptions& options,
                          std::shared_ptr<CommandSteps> steps) {
  for (int attempt = 1;; ++attempt) {
    const bool may_race = attempt <= kOptimisticAttempts;
    auto pending = std::make_shared<Pending>(steps, may_race);
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
      return Complete(call, KeyOf(call, options), *std::move(decided.commit));
    };
    if (may_race) {
      absl::StatusOr<Commit> commit = decide();
      if (commit.ok()) parts_.log.Append(*std::move(commit), std::move(done));
    } else {
      // Three lost races: decide while nobody else may append.
      parts_.log.AppendExclusively(decide, std::move(done));
    }
    if (!append) {
      // What refuses may be what this very request did, sent twice and sequenced meanwhile.
      if (AnswerKnown(call, options, steps)) return;
      return FinishWhenDurable(parts_.log, call.organization().uuid(), {.position = decided.seen},
                               decided.status, steps);
    }
    if (pending->conflicted()) continue;
    pending->Answered(pending->needs_answer() ? steps->answer(decided.reached) : absl::OkStatus());
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

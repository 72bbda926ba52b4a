// CommandPipeline: the one road every command takes. Role, shape, load, scope, etag, decide, scope
// again, append, answer. A request that was answered before is noticed where the log puts commits
// in order, or when its repetition is refused. Everything is synchronous and short but the append,
// which completes when the commit is durable; no outcome - success, refusal, no-op, replay - is
// told before the facts it rests on are durable.
//
// Thread-safe. `finish` runs exactly once, on the calling thread or on one that writes the log;
// `*response` is filled before it and must live until then.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "base/key_ring.h"
#include "base/status_macros.h"
#include "domain/aggregate.h"
#include "domain/decide_context.h"
#include "domain/lookup.h"
#include "eventstore/event_log.h"
#include "services/authorizer.h"
#include "services/call.h"
#include "services/command_options.h"
#include "services/commit_builder.h"
#include "services/stream_cache.h"
#include "services/validator.h"

namespace crm::services {

// How an answer came about, besides its content.
struct Outcome {
  Position position = 0;  // what the answer reflects; 0: no more than the caller's rights
  bool replayed = false;  // the request had been answered before
  Position rests_on = 0;  // what must be durable too before anybody is told
};
using Finish = absl::AnyInvocable<void(const absl::Status&, const Outcome&) &&>;

// A command on its way, without its types.
struct CommandSteps {
  absl::AnyInvocable<Attempt()> decide;
  // Fills the response from the streams at the versions of the record; the same for the first
  // answer and a replay.
  absl::AnyInvocable<absl::Status(const eventstore::RequestRecord&)> answer;
  Finish finish;
};

class CommandPipeline {
 public:
  struct Parts {
    eventstore::EventLog& log;
    KeyRing& keys;
    const Authorizer& authorizer;
    const Validator& validator;
  };
  explicit CommandPipeline(Parts parts) : parts_(parts) {}

  // Decides `command` on aggregate A and answers with A's resource, or with what A::Respond makes
  // of it.
  template <class A, class Command, class Response>
  requires domain::Decides<A, Command>
  void Execute(const Call& call, const Command& command, Response* response, Finish finish);

  // Role, shape and common fields, in this order; the first steps of every command.
  absl::StatusOr<CommandOptions> Admit(const Call& call,
                                       const google::protobuf::Message& command) const;

  // Role alone, for the items of a bulk.
  absl::Status CheckPermission(const Call& call) const {
    return parts_.authorizer.CheckPermission(*call.actor, call.method->permission);
  }

  // Decides and appends: a known request is answered again; a lost race is decided again, at last
  // alone.
  void Run(const Call& call, const CommandOptions& options, std::shared_ptr<CommandSteps> steps);

  // Answers a request that was answered before or is in flight, once its first outcome is durable;
  // false when it is neither.
  bool AnswerKnown(const Call& call, const CommandOptions& options,
                   const std::shared_ptr<CommandSteps>& steps);

  // An aggregate as a decision found it and as it leaves it.
  template <class A>
  struct Change {
    domain::Ref<A> before;
    domain::Ref<A> after;
  };
  // One decision on one stream, with scope checked before and after. Used by Execute and for each
  // item of a bulk.
  template <class A, class Command>
  absl::StatusOr<Change<A>> DecideOn(const Call& call, const CommandOptions& options,
                                     const Command& command, CommitBuilder& builder) const;

  CommitBuilder BuilderFor(const Call& call, const CommandOptions& options) const {
    return CommitBuilder(parts_.authorizer.streams(), parts_.keys, CallerOf(call, options),
                         call.now, options.effective_time);
  }
  StreamCache& streams() const { return parts_.authorizer.streams(); }

 private:
  static eventstore::RequestKey KeyOf(const Call& call, const CommandOptions& options);

  template <class A, class Command, class Response>
  static absl::Status Respond(const Command& command, const domain::Ref<A>& self,
                              const domain::Lookup& lookup, Response* response);

  Parts parts_;
};

// OK when `etag` is empty or names this version; else ABORTED ETAG_MISMATCH.
absl::Status CheckEtag(absl::string_view etag, const domain::StreamHead& head);
// NOT_FOUND, or ALREADY_EXISTS for a birth, when the stream is not as the command needs it.
absl::Status CheckExistence(bool creates, const std::string& name, const domain::StreamHead& head);

template <class A, class Command>
absl::StatusOr<CommandPipeline::Change<A>> CommandPipeline::DecideOn(const Call& call,
                                                                     const CommandOptions& options,
                                                                     const Command& command,
                                                                     CommitBuilder& builder) const {
  ActorRights rights(parts_.authorizer, *call.actor);
  const domain::DecideContext context(CallerOf(call, options), call.now, options.effective_time,
                                      builder, rights);
  ASSIGN_OR_RETURN(const auto id, (domain::TargetOf<A>(command, context.caller())));
  ASSIGN_OR_RETURN(domain::Ref<A> before, context.Find<A>(id));
  if (!domain::CreatesIfAbsent<A, Command>()) {
    RETURN_IF_ERROR(CheckExistence(domain::Creates<A, Command>(), domain::NameOf(id), before.head));
  }
  const domain::Scope scope = A::ScopeOf(before.state());
  if (before.head.exists()) {
    RETURN_IF_ERROR(parts_.authorizer.CheckBefore(*call.actor, call.method->permission, scope));
    RETURN_IF_ERROR(CheckEtag(options.etag, before.head));
  }
  ASSIGN_OR_RETURN(const auto decision, A::Decide(before.state(), command, context));
  RETURN_IF_ERROR(builder.Write(before, decision));
  ASSIGN_OR_RETURN(domain::Ref<A> after, context.Find<A>(id));
  RETURN_IF_ERROR(parts_.authorizer.CheckAfter(*call.actor, call.method->permission,
                                               before.head.exists() ? &scope : nullptr,
                                               A::ScopeOf(after.state())));
  return Change<A>{std::move(before), std::move(after)};
}

template <class A, class Command, class Response>
absl::Status CommandPipeline::Respond(const Command& command, const domain::Ref<A>& self,
                                      const domain::Lookup& lookup, Response* response) {
  if constexpr (requires { A::Respond(command, self, lookup); }) {
    ASSIGN_OR_RETURN(*response, A::Respond(command, self, lookup));
  } else {
    ASSIGN_OR_RETURN(*response, A::Render(self, lookup));
  }
  return absl::OkStatus();
}

template <class A, class Command, class Response>
requires domain::Decides<A, Command>
void CommandPipeline::Execute(const Call& call, const Command& command, Response* response,
                              Finish finish) {
  absl::StatusOr<CommandOptions> admitted = Admit(call, command);
  if (!admitted.ok()) return std::move(finish)(admitted.status(), {});
  const CommandOptions options = *std::move(admitted);

  // What was decided on: the answer is folded from there, however far the stream has gone since.
  auto before = std::make_shared<domain::StreamSource::Loaded>();
  auto decide = [this, call, options, before, &command, response]() -> Attempt {
    CommitBuilder builder = BuilderFor(call, options);
    absl::StatusOr<Change<A>> change = DecideOn<A>(call, options, command, builder);
    if (!change.ok()) return builder.Answered(change.status());
    *before = {change->before.head, change->before.shared_state};
    if (!options.validate_only) return builder.Decided();
    return builder.Answered(Respond<A>(command, change->after, domain::Lookup(builder), response));
  };
  auto answer = [this, call, before, &command,
                 response](const eventstore::RequestRecord& record) -> absl::Status {
    const typename A::Id id(Uuid::FromBytes(record.streams(0).stream_id()).value_or(Uuid{}));
    const Uuid organization = call.organization().uuid();
    ASSIGN_OR_RETURN(domain::StreamSource::Loaded own,
                     streams().LoadAt(organization, domain::StreamOf(id), domain::TypeOf<A>(),
                                      {.version = record.streams(0).version()}, before.get()));
    // Other streams as they were when the command was committed.
    const Position at = record.last_position() > 0 ? record.last_position() : own.head.commit_end;
    // Of when it was answered first, however late it is asked again.
    const absl::Time answered =
        record.record_time_us() > 0 ? absl::FromUnixMicros(record.record_time_us()) : call.now;
    LogStreams then(streams(), organization, {.position = at},
                    std::max(answered, own.head.last_record_time));
    return Respond<A>(
        command,
        domain::Ref<A>{id, own.head, std::static_pointer_cast<const typename A::State>(own.state)},
        domain::Lookup(then), response);
  };
  Run(call, options,
      std::make_shared<CommandSteps>(
          CommandSteps{std::move(decide), std::move(answer), std::move(finish)}));
}

}  // namespace crm::services

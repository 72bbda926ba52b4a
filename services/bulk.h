// Bulk commands: one action on many records, one commit or none, a result per record. Names are
// resolved once; every item is decided like a command of its own, on streams that already carry the
// items before it (a roster fills up within the bulk). A refusal is an answer, not an error:
// nothing is committed and each item says why.
//
// A bulk is described by a struct:
//
//   struct LeadBulk {
//     using Aggregate = domain::Lead;
//     using View = projections::LeadBoard;
//     // Which records a filter names.
//     static v1::ListLeadsRequest Question(const v1::ApplyLeadActionRequest&);
//     // Whose permission an item needs.
//     static const Method& MethodOf(const domain::LeadItemCommand&);
//     static void Describe(const domain::Ref<domain::Lead>&,
//                          v1::ApplyLeadActionResponse::Result*);
//   };
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "services/command_pipeline.h"
#include "services/limits.h"
#include "services/query_gate.h"

namespace crm::services {

// INVALID_ARGUMENT unless either names or a filter is given, and an action.
absl::Status CheckSelection(bool has_names, bool has_filter, bool has_action);
absl::Status BulkTooLarge();
absl::Status BulkEmpty();

template <class B, class Command, class Response>
class BulkRun : public std::enable_shared_from_this<BulkRun<B, Command, Response>> {
 public:
  using A = typename B::Aggregate;
  using Id = typename A::Id;

  BulkRun(CommandPipeline& pipeline, QueryGate& queries, Call call, const Command& command,
          Response* response)
      : pipeline_(pipeline),
        queries_(queries),
        call_(std::move(call)),
        command_(command),
        response_(response) {}

  void Start(Finish finish) {
    absl::StatusOr<CommandOptions> admitted = pipeline_.Admit(call_, command_);
    if (!admitted.ok()) return std::move(finish)(admitted.status(), {});
    options_ = *std::move(admitted);
    const absl::Status selection =
        CheckSelection(command_.names_size() > 0, command_.has_filter(),
                       command_.action_case() != Command::ACTION_NOT_SET);
    if (!selection.ok()) return std::move(finish)(selection, {});
    auto self = this->shared_from_this();
    const Steps steps = std::make_shared<CommandSteps>(CommandSteps{
        [self] { return self->Decide(); },
        [self](const eventstore::RequestRecord& record) { return self->Answer(record); },
        std::move(finish)});
    // Before the filter is asked: it need not name what it named when the request came first.
    if (pipeline_.AnswerKnown(call_, options_, steps)) return;
    if (!command_.has_filter()) return Submit(steps, NamedIds());
    auto ids = std::make_shared<std::vector<Id>>();
    queries_.ReadView(
        call_, B::View::kName, std::nullopt,
        [self, ids](const QueryGate::Rows& rows) -> absl::Status {
          const domain::Audience audience = self->queries_.AudienceOf(self->call_);
          projections::QueryContext context(audience, self->call_.now, kMaxBulkItems + 1, "");
          ASSIGN_OR_RETURN(*ids,
                           B::View::Select(B::Question(self->command_), rows.reader, context));
          return ids->size() > kMaxBulkItems ? BulkTooLarge() : absl::OkStatus();
        },
        [self, steps, ids](const absl::Status& status, const Outcome& outcome) {
          if (!status.ok()) return std::move(steps->finish)(status, outcome);
          self->Submit(steps, *ids);
        });
  }

 private:
  using Steps = std::shared_ptr<CommandSteps>;

  absl::StatusOr<std::vector<Id>> NamedIds() const {
    std::vector<Id> ids;
    for (const std::string& name : command_.names()) {
      ASSIGN_OR_RETURN(const Id id, domain::ParseName<Id>(name));
      ids.push_back(id);
    }
    return ids;
  }

  // A thousand decisions take longer than a reaction may.
  void Submit(const Steps& steps, absl::StatusOr<std::vector<Id>> ids) {
    if (ids.ok() && ids->empty()) ids = BulkEmpty();
    if (!ids.ok()) return std::move(steps->finish)(ids.status(), {});
    ids_ = *std::move(ids);
    queries_.RunOnWorkers(call_,
                          [self = this->shared_from_this(), steps](const absl::Status& begun) {
                            if (!begun.ok()) return std::move(steps->finish)(begun, {});
                            self->pipeline_.Run(self->call_, self->options_, steps);
                          });
  }

  Attempt Decide() {
    response_->Clear();
    CommitBuilder builder = pipeline_.BuilderFor(call_, options_);
    bool refused = false;
    for (const Id& id : ids_) {
      const absl::Status status = DecideItem(id, builder);
      if (!status.ok() && !IsRefusal(status)) return builder.Answered(status);
      refused = refused || !status.ok();
      auto* result = response_->add_results();
      B::SetName(domain::NameOf(id), result);
      result->set_reason(ReasonOf(status));
      result->set_message(std::string(status.message()));
    }
    if (refused || options_.validate_only) return builder.Answered(absl::OkStatus());
    return builder.Decided();
  }

  absl::Status DecideItem(const Id& id, CommitBuilder& builder) {
    const domain::Lookup lookup(builder);
    ASSIGN_OR_RETURN(const domain::Ref<A> before, lookup.template Find<A>(id));
    ASSIGN_OR_RETURN(const auto settings,
                     lookup.template Find<domain::Organization>(call_.organization()));
    ASSIGN_OR_RETURN(const auto item, ItemCommand(command_, before, settings.state()));
    CommandOptions options = options_;
    // Ids born by an item must differ from those of the others.
    options.request_id = Uuid::FromName(options_.request_id, id.ToString());
    Call call = call_;
    call.method = &B::MethodOf(item);
    RETURN_IF_ERROR(pipeline_.CheckPermission(call));
    return std::visit(
        [&](const auto& typed) {
          return pipeline_.template DecideOn<A>(call, options, typed, builder).status();
        },
        item);
  }

  // A rule said no; anything else is trouble and ends the whole command.
  static bool IsRefusal(const absl::Status& status) {
    return !ReasonOf(status).empty() && !absl::IsDataLoss(status) && !absl::IsUnavailable(status) &&
           !absl::IsInternal(status);
  }

  absl::Status Answer(const eventstore::RequestRecord& record) {
    response_->Clear();
    response_->set_committed(true);
    for (const auto& stream : record.streams()) {
      if (stream.category() != domain::StreamOf(Id()).category) continue;
      const Id id(Uuid::FromBytes(stream.stream_id()).value_or(Uuid{}));
      ASSIGN_OR_RETURN(
          const domain::StreamSource::Loaded loaded,
          pipeline_.streams().LoadAt(call_.organization().uuid(), domain::StreamOf(id),
                                     domain::TypeOf<A>(), {.version = stream.version()}));
      auto* result = response_->add_results();
      B::SetName(domain::NameOf(id), result);
      result->set_etag(absl::StrCat("\"", stream.version(), "\""));
      B::Describe(*std::static_pointer_cast<const typename A::State>(loaded.state), result);
    }
    return absl::OkStatus();
  }

  CommandPipeline& pipeline_;
  QueryGate& queries_;
  const Call call_;
  const Command& command_;
  Response* const response_;
  CommandOptions options_;
  std::vector<Id> ids_;
};

}  // namespace crm::services

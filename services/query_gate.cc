#include "services/query_gate.h"

#include <algorithm>

#include "projections/record_index.h"
#include "services/page_token.h"

namespace crm::services {

absl::Status QueryGate::Admit(const Call& call, const google::protobuf::Message& request) const {
  RETURN_IF_ERROR(parts_.authorizer.CheckPermission(*call.actor, call.method->permission));
  return parts_.validator.Check(request);
}

absl::StatusOr<std::string> QueryGate::PlaceOf(const google::protobuf::Message& request,
                                               int view_version) const {
  if (request.GetDescriptor()->FindFieldByName("page_token") == nullptr) return std::string();
  ASSIGN_OR_RETURN(const std::optional<PageCursor> cursor, PageCursorOf(request, view_version));
  return cursor.has_value() ? cursor->last_key : std::string();
}

absl::Time QueryGate::SecondOf(const Call& call) const {
  const absl::Time second = absl::FromUnixSeconds(absl::ToUnixSeconds(call.now));
  return std::max(second, parts_.authorizer.streams().LastRecordTime(call.organization().uuid()));
}

LogStreams QueryGate::StreamsAt(const Call& call, const std::optional<Past>& past) const {
  const Uuid organization = call.organization().uuid();
  if (!past.has_value()) {
    return LogStreams(parts_.authorizer.streams(), organization, {}, call.now);
  }
  return LogStreams(
      parts_.authorizer.streams(), organization,
      {.effective_before = past->cut.effective_before, .known_at = past->cut.known_at}, past->at);
}

void QueryGate::RunOnWorkers(const Call& call,
                             std::function<void(const absl::Status& begun)> work) {
  const absl::Status accepted = parts_.workers.Submit([this, deadline = call.deadline, work] {
    const bool late = deadline <= parts_.clock.Now();
    work(late ? absl::DeadlineExceededError("the deadline passed while the request waited")
              : absl::OkStatus());
  });
  if (!accepted.ok()) work(accepted);
}

void QueryGate::ReadView(const Call& call, absl::string_view view, const std::optional<Past>& past,
                         Read read, Finish finish) {
  // The step that answers; shared because either the work or its refusal finishes.
  struct Step {
    Read read;
    Finish finish;

    absl::Status Fill(const projections::ViewReader& rows, Position position, Outcome& outcome) {
      outcome.position = position;
      return read({rows, position, outcome.rests_on});
    }
    void Answer(const absl::Status& status, const Outcome& outcome) {
      std::move(finish)(status, outcome);
    }
  };
  auto step = std::make_shared<Step>(Step{std::move(read), std::move(finish)});
  const Uuid organization = call.organization().uuid();
  if (past.has_value()) {
    return RunOnWorkers(call, [this, step, organization, view = std::string(view),
                               cut = past->cut](const absl::Status& begun) {
      if (!begun.ok()) return step->Answer(begun, {});
      Outcome outcome;
      const absl::Status status = parts_.projections.ReadAsOf(
          view, organization, cut, [&](const projections::ViewReader& rows, Position position) {
            return step->Fill(rows, position, outcome);
          });
      step->Answer(status, outcome);
    });
  }
  const absl::Time deadline = std::min(call.deadline, call.now + parts_.longest_wait);
  parts_.projections.WhenApplied(
      view, organization, call.min_position, deadline,
      [this, step, organization, view = std::string(view)](absl::Status applied) {
        if (!applied.ok()) return step->Answer(applied, {});
        auto snapshot = parts_.projections.Reader(view, organization);
        if (!snapshot.ok()) return step->Answer(snapshot.status(), {});
        Outcome outcome;
        const absl::Status status =
            step->Fill((*snapshot)->rows(), (*snapshot)->position(), outcome);
        step->Answer(status, outcome);
      });
}

void QueryGate::FindDuplicates(const Call& call, const v1::FindDuplicatesRequest& question,
                               std::function<void(v1::FindDuplicatesResponse)> found) {
  auto response = std::make_shared<v1::FindDuplicatesResponse>();
  Call now = call;
  now.min_position = 0;  // advice must not wait
  now.deadline = absl::InfinitePast();
  ReadView(
      now, projections::RecordIndex::kName, std::nullopt,
      [this, now, question, response](const Rows& rows) -> absl::Status {
        const domain::Audience audience = parts_.authorizer.AudienceOf(*now.actor, "customer.view");
        const domain::RecordAudiences records =
            parts_.authorizer.RecordAudiencesOf(*now.actor, "customer.view");
        projections::QueryContext context(audience, now.now, 0, "");
        context.WithRecords(records, rows.position);
        ASSIGN_OR_RETURN(*response,
                         projections::RecordIndex::Answer(question, rows.reader, context));
        return absl::OkStatus();
      },
      [response, found = std::move(found)](const absl::Status& status, const Outcome&) {
        found(status.ok() ? std::move(*response) : v1::FindDuplicatesResponse());
      });
}

}  // namespace crm::services

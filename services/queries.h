// Queries: what a method that reads does, from the request to the answer, put together from the
// steps of a QueryGate. A record comes from its stream; lists and reports from a view, which says
// with Select or Answer what it makes of its rows.
//
// Thread-safe. `finish` runs exactly once; `*response` is filled before it, and it and the request
// must live until then.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "domain/lookup.h"
#include "projections/query.h"
#include "services/call.h"
#include "services/command_pipeline.h"
#include "services/page_token.h"
#include "services/past.h"
#include "services/query_gate.h"
#include "services/row_rendering.h"

namespace crm::services {

// One record, by name.
template <class A, class Request, class Response>
void AnswerRecord(QueryGate& gate, const Call& call, const Request& request, Response* response,
                  Finish finish) {
  Outcome outcome;
  auto get = [&]() -> absl::Status {
    RETURN_IF_ERROR(gate.Admit(call, request));
    ASSIGN_OR_RETURN(const std::optional<Past> past, PastOf(call, request));
    ASSIGN_OR_RETURN(const auto id,
                     (domain::TargetOf<A>(request, {call.organization(), call.actor->member, {}})));
    LogStreams streams = gate.StreamsAt(call, past);
    const absl::Status status = [&]() -> absl::Status {
      const domain::Lookup lookup(streams);
      ASSIGN_OR_RETURN(const domain::Ref<A> self, lookup.Find<A>(id));
      RETURN_IF_ERROR(CheckExistence(false, domain::NameOf(id), self.head));
      RETURN_IF_ERROR(gate.CheckVisible(call, A::ScopeOf(self.state())));
      ASSIGN_OR_RETURN(*response, RenderFor<A>(self, lookup, gate.AudienceOf(call)));
      return absl::OkStatus();
    }();
    outcome.position = streams.seen();
    return status;
  };
  const absl::Status status = get();
  std::move(finish)(status, outcome);
}

// What an answer is made of.
enum class MadeOf {
  kRows,  // the view's rows alone: the same question of the same second has the same answer
  kRowsAndStreams,  // records rendered from their streams besides
};

// What a view answers: `body` fills the response from its rows; position and next page are added.
template <class View, MadeOf kMadeOf, class Request, class Response, class Body>
void AnswerFromView(QueryGate& gate, const Call& call, const Request& request, Response* response,
                    Body body, Finish finish) {
  const absl::Status admitted = gate.Admit(call, request);
  if (!admitted.ok()) return std::move(finish)(admitted, {});
  absl::StatusOr<std::optional<Past>> past = PastOf(call, request);
  if (!past.ok()) return std::move(finish)(past.status(), {});
  absl::StatusOr<std::string> place = gate.PlaceOf(request, View::kVersion);
  if (!place.ok()) return std::move(finish)(place.status(), {});
  constexpr bool kRows = kMadeOf == MadeOf::kRows;
  std::optional<AnswerCache::Question> question;
  if (kRows && !past->has_value()) {
    question = {call.method, request.SerializeAsString(), call.actor};
    const std::optional<Position> told =
        gate.answers().RecallRecent(*question, call.min_position, call.now, *response);
    if (told.has_value()) return std::move(finish)(absl::OkStatus(), {.position = *told});
  }
  gate.ReadView(
      call, View::kName, *past,
      [&gate, call, &request, response, body, question, past = *past,
       place = *place](const QueryGate::Rows& rows) -> absl::Status {
        const absl::Time now = kRows ? gate.SecondOf(call) : call.now;
        const AnswerCache::Basis basis{rows.position, now};
        if (question.has_value() && gate.answers().Recall(*question, basis, *response))
          return absl::OkStatus();
        const domain::Audience audience = gate.AudienceOf(call);
        projections::QueryContext context(audience, past.has_value() ? past->at : now,
                                          PageSizeOf(request), place);
        const domain::RecordAudiences records = gate.RecordAudiencesOf(call);
        context.WithRecords(records, rows.position);
        RETURN_IF_ERROR(body(rows, context, past));
        if constexpr (requires { response->set_position(Position{}); }) {
          response->set_position(rows.position);
        }
        if constexpr (requires { response->set_next_page_token(std::string()); }) {
          if (!context.next().empty()) {
            response->set_next_page_token(
                NextPageToken(request, {context.next(), View::kVersion, rows.position}));
          }
        }
        if (question.has_value()) gate.answers().Remember(*question, basis, call.now, *response);
        return absl::OkStatus();
      },
      std::move(finish));
}

// A page of records: View::Select names them, their streams render them. `rows` is the accessor of
// the response's repeated field.
template <class View, class A, class Request, class Response, class RowsOf>
void AnswerList(QueryGate& gate, const Call& call, const Request& request, Response* response,
                RowsOf rows, Finish finish) {
  AnswerFromView<View, MadeOf::kRowsAndStreams>(
      gate, call, request, response,
      [&gate, call, &request, response, rows](const QueryGate::Rows& view,
                                              projections::QueryContext& context,
                                              const std::optional<Past>& past) -> absl::Status {
        ASSIGN_OR_RETURN(const auto ids, View::Select(request, view.reader, context));
        LogStreams streams = gate.StreamsAt(call, past);
        const domain::Lookup lookup(streams);
        const domain::Audience audience = gate.AudienceOf(call);
        for (const auto& id : ids) {
          auto row = RenderRow<A>(id, lookup, audience);
          view.rests_on = streams.seen();
          ASSIGN_OR_RETURN(*rows(*response)->Add(), std::move(row));
        }
        return absl::OkStatus();
      },
      std::move(finish));
}

// A report: View::Answer makes it of its rows.
template <class View, class Request, class Response>
void AnswerReport(QueryGate& gate, const Call& call, const Request& request, Response* response,
                  Finish finish) {
  AnswerFromView<View, MadeOf::kRows>(
      gate, call, request, response,
      [&request, response](const QueryGate::Rows& view, projections::QueryContext& context,
                           const std::optional<Past>&) -> absl::Status {
        ASSIGN_OR_RETURN(*response, View::Answer(request, view.reader, context));
        return absl::OkStatus();
      },
      std::move(finish));
}

// A report that holds one whole record besides: the one the request names, in the field whose
// accessor is `record`.
template <class View, class A, class Request, class Response, class Record>
void AnswerReportWith(QueryGate& gate, const Call& call, const Request& request, Response* response,
                      Record record, Finish finish) {
  AnswerFromView<View, MadeOf::kRowsAndStreams>(
      gate, call, request, response,
      [&gate, call, &request, response, record](const QueryGate::Rows& view,
                                                projections::QueryContext& context,
                                                const std::optional<Past>& past) -> absl::Status {
        ASSIGN_OR_RETURN(const auto id, domain::ParseName<typename A::Id>(request.name()));
        LogStreams streams = gate.StreamsAt(call, past);
        const absl::Status status = [&]() -> absl::Status {
          const domain::Lookup lookup(streams);
          ASSIGN_OR_RETURN(const domain::Ref<A> self, lookup.Find<A>(id));
          RETURN_IF_ERROR(CheckExistence(false, request.name(), self.head));
          RETURN_IF_ERROR(gate.CheckVisible(call, A::ScopeOf(self.state())));
          ASSIGN_OR_RETURN(*response, View::Answer(request, view.reader, context));
          ASSIGN_OR_RETURN(*record(*response), A::Render(self, lookup));
          return absl::OkStatus();
        }();
        view.rests_on = streams.seen();
        return status;
      },
      std::move(finish));
}

}  // namespace crm::services

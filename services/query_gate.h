// QueryGate: the road of every query. Role, shape, wait until the view has passed the position the
// caller wrote at (holding no thread), then read: a record from its stream, a list or report from
// its view. A query of the past folds the same view into a scratch store on the worker pool.
//
// Thread-safe. `finish` runs exactly once; `*response` is filled before it and must live until
// then.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/key_ring.h"
#include "base/status_macros.h"
#include "crm/v1/customer_service.pb.h"
#include "crm/v1/types.pb.h"
#include "domain/aggregate.h"
#include "eventstore/event_log.h"
#include "projections/as_of.h"
#include "projections/projection_set.h"
#include "projections/query.h"
#include "services/authorizer.h"
#include "services/call.h"
#include "services/command_pipeline.h"
#include "services/page_token.h"
#include "services/validator.h"
#include "services/worker_pool.h"

namespace crm::services {

// The past a query asks for.
struct Past {
  projections::AsOfCut cut;
  absl::Time at;  // the last instant that counts: "today" of the answer
};

// Nullopt for an empty message. INVALID_ARGUMENT AS_OF_AMBIGUOUS when both time and date are given.
absl::StatusOr<std::optional<Past>> ReadAsOf(const v1::AsOf& as_of, const domain::Zone& zone,
                                             absl::Time now);

class QueryGate {
 public:
  struct Parts {
    eventstore::EventLog& log;
    const Authorizer& authorizer;
    const Validator& validator;
    projections::ProjectionSet& projections;
    WorkerPool& workers;
    absl::Duration longest_wait;  // for a view, when the caller set no deadline
  };
  explicit QueryGate(Parts parts) : parts_(parts) {}

  // One record, by name.
  template <class A, class Request, class Response>
  void Get(const Call& call, const Request& request, Response* response, Finish finish);

  // A page of records: View::Select names them, their streams render them.
  template <class View, class A, class Request, class Response, class RowsOf>
  void List(const Call& call, const Request& request, Response* response, RowsOf rows,
            Finish finish);

  // A report that holds one whole record besides: the one the request names.
  template <class View, class A, class Request, class Response, class Record>
  void ReportWith(const Call& call, const Request& request, Response* response, Record record,
                  Finish finish);

  // Records that may be the same as what is about to be entered; empty when nobody can tell right
  // now.
  void FindDuplicates(const Call& call, const v1::FindDuplicatesRequest& question,
                      std::function<void(v1::FindDuplicatesResponse)> found);

  // A report: View::Answer makes it of its rows.
  template <class View, class Request, class Response>
  void Report(const Call& call, const Request& request, Response* response, Finish finish);

  // Runs `read` with the view's rows at the instant the call asks for.
  struct Rows {
    const projections::ViewReader& reader;
    Position position;
  };
  using Read = std::function<absl::Status(const Rows&)>;
  void ReadView(const Call& call, absl::string_view view, const std::optional<Past>& past,
                Read read, Finish finish);

  // Role and shape, the first steps of every query.
  absl::Status Admit(const Call& call, const google::protobuf::Message& request) const;
  domain::Audience AudienceOf(const Call& call) const {
    return parts_.authorizer.AudienceOf(*call.actor, call.method->permission);
  }
  // Streams as the call asks for them.
  LogStreams StreamsAt(const Call& call, const std::optional<Past>& past) const;
  absl::Status CheckVisible(const Call& call, const domain::Scope& scope) const {
    return parts_.authorizer.CheckBefore(*call.actor, call.method->permission, scope);
  }
  StreamCache& streams() { return parts_.authorizer.streams(); }
  eventstore::EventLog& log() { return parts_.log; }
  WorkerPool& workers() { return parts_.workers; }

 private:
  template <class Request>
  static absl::StatusOr<std::optional<Past>> PastOf(const Call& call, const Request& request) {
    if constexpr (requires { request.as_of(); }) {
      return ReadAsOf(request.as_of(), call.actor->settings->zone(), call.now);
    }
    return std::nullopt;
  }
  // One row of a list: an aggregate's own rendering, or that of a row type which is no aggregate.
  template <class A, class RowId>
  static auto RenderRow(const RowId& id, const domain::Lookup& lookup,
                        const domain::Audience& audience) {
    if constexpr (requires { A::RenderRow(id, lookup); }) {
      return A::RenderRow(id, lookup);
    } else {
      return RenderRecord<A>(id, lookup, audience);
    }
  }
  template <class A>
  static absl::StatusOr<typename A::Resource> RenderRecord(const typename A::Id& id,
                                                           const domain::Lookup& lookup,
                                                           const domain::Audience& audience) {
    ASSIGN_OR_RETURN(const domain::Ref<A> self, lookup.Find<A>(id));
    return RenderFor<A>(self, lookup, audience);
  }
  // The resource, with totals of what the caller sees where it has any.
  template <class A>
  static absl::StatusOr<typename A::Resource> RenderFor(const domain::Ref<A>& self,
                                                        const domain::Lookup& lookup,
                                                        const domain::Audience& audience) {
    ASSIGN_OR_RETURN(typename A::Resource shown, A::Render(self, lookup));
    if constexpr (requires { A::AddTotals(self.state(), lookup, audience, shown); }) {
      RETURN_IF_ERROR(A::AddTotals(self.state(), lookup, audience, shown));
    }
    return shown;
  }
  // The page the request asks for, and after the query the token of the next one.
  absl::StatusOr<std::string> PlaceOf(const google::protobuf::Message& request,
                                      int view_version) const;
  template <class View, class Request, class Response, class Body>
  void Query(const Call& call, const Request& request, Response* response, Body body,
             Finish finish);

  Parts parts_;
};

template <class A, class Request, class Response>
void QueryGate::Get(const Call& call, const Request& request, Response* response, Finish finish) {
  Outcome outcome;
  auto get = [&]() -> absl::Status {
    RETURN_IF_ERROR(Admit(call, request));
    ASSIGN_OR_RETURN(const std::optional<Past> past, PastOf(call, request));
    ASSIGN_OR_RETURN(const auto id,
                     (domain::TargetOf<A>(request, {call.organization(), call.actor->member, {}})));
    LogStreams streams = StreamsAt(call, past);
    const domain::Lookup lookup(streams);
    ASSIGN_OR_RETURN(const domain::Ref<A> self, lookup.Find<A>(id));
    RETURN_IF_ERROR(CheckExistence(false, domain::NameOf(id), self.head));
    RETURN_IF_ERROR(CheckVisible(call, A::ScopeOf(self.state())));
    ASSIGN_OR_RETURN(*response, RenderFor<A>(self, lookup, AudienceOf(call)));
    outcome.position = streams.seen();
    return absl::OkStatus();
  };
  absl::Status status = get();
  if (outcome.position == 0) return std::move(finish)(status, outcome);
  // What is shown must not be lost again.
  parts_.log.WhenDurable(
      call.organization().uuid(), outcome.position,
      [status, outcome, finish = std::move(finish)](absl::Status durable) mutable {
        std::move(finish)(durable.ok() ? status : durable, outcome);
      });
}

template <class View, class Request, class Response, class Body>
void QueryGate::Query(const Call& call, const Request& request, Response* response, Body body,
                      Finish finish) {
  const absl::Status admitted = Admit(call, request);
  if (!admitted.ok()) return std::move(finish)(admitted, {});
  absl::StatusOr<std::optional<Past>> past = PastOf(call, request);
  if (!past.ok()) return std::move(finish)(past.status(), {});
  absl::StatusOr<std::string> place = PlaceOf(request, View::kVersion);
  if (!place.ok()) return std::move(finish)(place.status(), {});
  ReadView(
      call, View::kName, *past,
      [this, call, &request, response, body, past = *past,
       place = *place](const Rows& rows) -> absl::Status {
        const domain::Audience audience = AudienceOf(call);
        projections::QueryContext context(audience, past.has_value() ? past->at : call.now,
                                          PageSizeOf(request), place);
        RETURN_IF_ERROR(body(rows.reader, context, past));
        if constexpr (requires { response->set_position(Position{}); }) {
          response->set_position(rows.position);
        }
        if constexpr (requires { response->set_next_page_token(std::string()); }) {
          if (!context.next().empty()) {
            response->set_next_page_token(
                NextPageToken(request, {context.next(), View::kVersion, rows.position}));
          }
        }
        return absl::OkStatus();
      },
      std::move(finish));
}

template <class View, class A, class Request, class Response, class RowsOf>
void QueryGate::List(const Call& call, const Request& request, Response* response, RowsOf rows,
                     Finish finish) {
  Query<View>(
      call, request, response,
      [this, call, &request, response, rows](const projections::ViewReader& reader,
                                             projections::QueryContext& context,
                                             const std::optional<Past>& past) -> absl::Status {
        ASSIGN_OR_RETURN(const auto ids, View::Select(request, reader, context));
        LogStreams streams = StreamsAt(call, past);
        const domain::Lookup lookup(streams);
        const domain::Audience audience = AudienceOf(call);
        for (const auto& id : ids) {
          ASSIGN_OR_RETURN(*rows(*response)->Add(), RenderRow<A>(id, lookup, audience));
        }
        return absl::OkStatus();
      },
      std::move(finish));
}

template <class View, class Request, class Response>
void QueryGate::Report(const Call& call, const Request& request, Response* response,
                       Finish finish) {
  Query<View>(
      call, request, response,
      [&request, response](const projections::ViewReader& reader,
                           projections::QueryContext& context,
                           const std::optional<Past>&) -> absl::Status {
        ASSIGN_OR_RETURN(*response, View::Answer(request, reader, context));
        return absl::OkStatus();
      },
      std::move(finish));
}

template <class View, class A, class Request, class Response, class Record>
void QueryGate::ReportWith(const Call& call, const Request& request, Response* response,
                           Record record, Finish finish) {
  Query<View>(
      call, request, response,
      [this, call, &request, response, record](const projections::ViewReader& reader,
                                               projections::QueryContext& context,
                                               const std::optional<Past>& past) -> absl::Status {
        ASSIGN_OR_RETURN(const auto id, domain::ParseName<typename A::Id>(request.name()));
        LogStreams streams = StreamsAt(call, past);
        const domain::Lookup lookup(streams);
        ASSIGN_OR_RETURN(const domain::Ref<A> self, lookup.Find<A>(id));
        RETURN_IF_ERROR(CheckExistence(false, request.name(), self.head));
        RETURN_IF_ERROR(CheckVisible(call, A::ScopeOf(self.state())));
        ASSIGN_OR_RETURN(*response, View::Answer(request, reader, context));
        ASSIGN_OR_RETURN(*record(*response), A::Render(self, lookup));
        return absl::OkStatus();
      },
      std::move(finish));
}

}  // namespace crm::services

// QueryGate: the steps of every query. Role, shape, wait until the view has passed the position the
// caller wrote at (holding no thread), then read: a record from its stream, rows from a view. A
// query of the past folds the same view into a scratch store on the worker pool. queries.h puts the
// steps together.
//
// Thread-safe. `finish` runs exactly once.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "crm/v1/customer_service.pb.h"
#include "domain/aggregate.h"
#include "domain/lookup.h"
#include "eventstore/event_log.h"
#include "projections/projection_set.h"
#include "projections/query.h"
#include "services/answer_cache.h"
#include "services/authorizer.h"
#include "services/call.h"
#include "services/command_pipeline.h"
#include "services/past.h"
#include "services/validator.h"
#include "services/worker_pool.h"

namespace crm::services {

class QueryGate {
 public:
  struct Parts {
    eventstore::EventLog& log;
    const Authorizer& authorizer;
    const Validator& validator;
    projections::ProjectionSet& projections;
    WorkerPool& workers;
    const Clock& clock;
    absl::Duration longest_wait;  // for a view, when the deadline would allow longer
  };
  explicit QueryGate(Parts parts) : parts_(parts) {}

  // Records that may be the same as what is about to be entered; empty when nobody can tell right
  // now.
  void FindDuplicates(const Call& call, const v1::FindDuplicatesRequest& question,
                      std::function<void(v1::FindDuplicatesResponse)> found);

  // Runs `read` with the view's rows at the instant the call asks for. What it reads from streams
  // besides may not be durable yet: it says in `rests_on` how far it looked.
  struct Rows {
    const projections::ViewReader& reader;
    Position position;
    Position& rests_on;
  };
  using Read = std::function<absl::Status(const Rows&)>;
  void ReadView(const Call& call, absl::string_view view, const std::optional<Past>& past,
                Read read, Finish finish);

  // Role and shape, the first steps of every query.
  absl::Status Admit(const Call& call, const google::protobuf::Message& request) const;
  domain::Audience AudienceOf(const Call& call) const {
    return parts_.authorizer.AudienceOf(*call.actor, call.method->permission);
  }
  domain::RecordAudiences RecordAudiencesOf(const Call& call) const {
    return parts_.authorizer.RecordAudiencesOf(*call.actor, call.method->permission);
  }
  // PERMISSION_DENIED unless a role of the caller grants it at all, besides the call's own.
  absl::Status CheckPermission(const Call& call, absl::string_view permission) const {
    return parts_.authorizer.CheckPermission(*call.actor, permission);
  }
  // "Now" of a report: to the second, and not before the newest fact. Reports of one second are of
  // one instant.
  absl::Time SecondOf(const Call& call) const;
  // Streams as the call asks for them.
  LogStreams StreamsAt(const Call& call, const std::optional<Past>& past) const;
  // The same for a permission that is not the call's own.
  absl::Status CheckMayView(const Call& call, absl::string_view permission,
                            const domain::Scope& scope) const {
    return parts_.authorizer.CheckBefore(*call.actor, permission, scope);
  }
  absl::Status CheckVisible(const Call& call, const domain::Scope& scope) const {
    return parts_.authorizer.CheckBefore(*call.actor, call.method->permission, scope);
  }
  StreamCache& streams() { return parts_.authorizer.streams(); }
  AnswerCache& answers() { return answers_; }
  eventstore::EventLog& log() { return parts_.log; }
  eventstore::Head HeadOf(const Call& call) const {
    return parts_.log.GetHead(call.organization().uuid()).value_or(eventstore::Head());
  }

  // Runs `work` on the workers; with the status on this thread when they take no more, and with
  // DEADLINE_EXCEEDED when nobody waits for the answer any more by the time it is its turn.
  void RunOnWorkers(const Call& call, std::function<void(const absl::Status& begun)> work);

  // The row after which the page starts that the request asks for; empty: the first.
  absl::StatusOr<std::string> PlaceOf(const google::protobuf::Message& request,
                                      int view_version) const;

 private:
  Parts parts_;
  AnswerCache answers_;
};

}  // namespace crm::services

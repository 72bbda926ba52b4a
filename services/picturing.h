// Picturing: reports as pictures. A report is asked for as it is without one, so rights, past and
// position are the same; then it is drawn on the workers.
//
// Thread-safe.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "crm/v1/dashboard_service.pb.h"
#include "crm/v1/goal_service.pb.h"
#include "crm/v1/paper.pb.h"
#include "crm/v1/report_service.pb.h"
#include "domain/lookup.h"
#include "services/papers/picture.h"
#include "services/queries.h"
#include "services/query_gate.h"

namespace crm::services {

// What a picture says besides the report's figures.
struct Surroundings {
  const domain::Lookup& lookup;  // names, at the instant asked for
  absl::CivilDay today;          // of that instant
};

// The report that is asked for.
v1::GetStageFlowRequest AskedOf(const v1::GetStageFlowPictureRequest& request);
v1::GetTeamDashboardRequest AskedOf(const v1::GetTeamDashboardPictureRequest& request);
v1::GetGoalProgressRequest AskedOf(const v1::GetGoalProgressPictureRequest& request);

absl::StatusOr<papers::Picture> PictureOf(const v1::GetStageFlowPictureRequest& request,
                                          const v1::StageFlow& flow, const Surroundings& around);
absl::StatusOr<papers::Picture> PictureOf(const v1::GetTeamDashboardPictureRequest& request,
                                          const v1::TeamDashboard& tile,
                                          const Surroundings& around);
absl::StatusOr<papers::Picture> PictureOf(const v1::GetGoalProgressPictureRequest& request,
                                          const v1::GoalProgress& progress,
                                          const Surroundings& around);

// Writes the picture down in this format.
absl::Status FillPicture(const papers::Picture& picture, v1::PictureFormat format,
                         v1::Picture& response);

// Draws a report that was read. The names beside it may be newer than what is durable.
template <class Request, class Report>
absl::Status DrawReport(const QueryGate& gate, const Call& call, const Request& request,
                        const Report& report, v1::Picture& response, Outcome& outcome) {
  ASSIGN_OR_RETURN(const std::optional<Past> past, PastOf(call, request.report()));
  LogStreams streams = gate.StreamsAt(call, past);
  const domain::Lookup lookup(streams);
  const absl::Time instant = past.has_value() ? past->at : gate.SecondOf(call);
  const Surroundings around = {lookup, call.actor->settings->zone().DayOf(instant)};
  const absl::StatusOr<papers::Picture> picture = PictureOf(request, report, around);
  outcome.rests_on = std::max(outcome.rests_on, streams.seen());
  RETURN_IF_ERROR(picture.status());
  RETURN_IF_ERROR(FillPicture(*picture, request.format(), response));
  response.set_position(report.position());
  return absl::OkStatus();
}

// The report, then the picture of it.
template <class View, class Report, class Request>
void AnswerPicture(QueryGate& gate, const Call& call, const Request& request, v1::Picture* response,
                   Finish finish) {
  struct Work {
    decltype(AskedOf(request)) asked;
    Report report;
    Finish finish;
  };
  const absl::Status admitted = gate.Admit(call, request);
  if (!admitted.ok()) return std::move(finish)(admitted, {});
  auto work = std::make_shared<Work>();
  work->asked = AskedOf(request);
  work->finish = std::move(finish);
  auto draw = [&gate, call, &request, response, work](const absl::Status& status,
                                                      const Outcome& outcome) {
    if (!status.ok()) return std::move(work->finish)(status, outcome);
    gate.RunOnWorkers(
        call, [&gate, call, &request, response, work, outcome](const absl::Status& begun) {
          Outcome drawn = outcome;
          const absl::Status told =
              begun.ok() ? DrawReport(gate, call, request, work->report, *response, drawn) : begun;
          std::move(work->finish)(told, drawn);
        });
  };
  AnswerReport<View>(gate, call, work->asked, &work->report, std::move(draw));
}

}  // namespace crm::services

// A long history: written in bulk, replayed, folded into views again, and read as of the past.
#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "tools/crm_bench/calls.h"
#include "tools/crm_bench/measures.h"
#include "tools/crm_bench/raw_rocksdb.h"

namespace crm::bench {
namespace {

constexpr int64_t kReplayed = 1'000'000;  // at most
constexpr int64_t kBareUpTo = 2'000'000;  // events whose rows fit into memory
constexpr int64_t kLong = 2'000'000;      // events from which on a rebuild is measured once

struct EventBytes {
  double record = 0;  // as it lies in the log, hash included
  double json = 0;    // its content as others are told
};

// The mean of the last events, which are those that are written most.
absl::StatusOr<EventBytes> MeanBytes(Client& client) {
  constexpr int64_t kSample = 500;
  ASSIGN_OR_RETURN(const int64_t head, HeadPosition(client));
  v1::ReadRecordsRequest stored;
  stored.set_from_position(std::max<int64_t>(head - kSample, 1));
  ASSIGN_OR_RETURN(const v1::ReadRecordsResponse records,
                   client.Ask(client.events(), &v1::EventService::Stub::ReadRecords, stored));
  v1::ReadEventsRequest told;
  told.set_from_position(stored.from_position());
  ASSIGN_OR_RETURN(const v1::ReadEventsResponse events,
                   client.Ask(client.events(), &v1::EventService::Stub::ReadEvents, told));
  if (records.records().empty() || events.events().empty())
    return absl::InternalError("cannot read the log");
  EventBytes mean;
  for (const auto& record : records.records())
    mean.record += static_cast<double>(record.hash().size() + record.event().size());
  for (const v1::Event& event : events.events())
    mean.json += static_cast<double>(event.data_json().size());
  mean.record /= records.records_size();
  mean.json /= events.events_size();
  return mean;
}

// Events a second from `from` on, until `events` have come.
absl::StatusOr<double> Replay(Client& client, int64_t from, int64_t events) {
  grpc::ClientContext context;
  client.Authorize(context);
  v1::SubscribeEventsRequest request;
  request.set_from_position(from);
  request.set_encoding(v1::EVENT_ENCODING_PROTOBUF);
  const absl::Time begin = absl::Now();
  const auto stream = client.events().SubscribeEvents(&context, request);
  v1::SubscribeEventsResponse message;
  int64_t received = 0;
  while (received < events && stream->Read(&message)) received += message.batch().events_size();
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  context.TryCancel();
  stream->Finish();
  if (received < events) return absl::InternalError("the replay ended early");
  return static_cast<double>(received) / seconds;
}

absl::StatusOr<double> BoardSeconds(const Bench& bench, absl::Time as_of) {
  v1::GetPipelineBoardRequest request;
  request.set_pipeline(bench.office.pipeline);
  request.set_cards_per_column(kBoardCards / static_cast<int>(bench.office.stages.size()));
  request.mutable_as_of()->mutable_as_of_time()->set_seconds(absl::ToUnixSeconds(as_of));
  const absl::Time begin = absl::Now();
  RETURN_IF_ERROR(
      bench.crmd
          .Ask(bench.crmd.opportunities(), &v1::OpportunityService::Stub::GetPipelineBoard, request)
          .status());
  return absl::ToDoubleSeconds(absl::Now() - begin);
}

// All views at a time; seconds until the last has taken over.
absl::StatusOr<double> RebuildSeconds(Client& client, const std::vector<v1::Projection>& views) {
  const absl::Time begin = absl::Now();
  for (const v1::Projection& view : views) {
    v1::RebuildProjectionRequest request;
    request.set_name(view.name());
    RETURN_IF_ERROR(
        client.Ask(client.projections(), &v1::ProjectionService::Stub::RebuildProjection, request)
            .status());
  }
  for (;;) {
    absl::SleepFor(absl::Milliseconds(10));
    ASSIGN_OR_RETURN(const std::vector<v1::Projection> all, Projections(client));
    bool building = false;
    for (const v1::Projection& one : all) {
      if (!one.problem().empty()) return absl::InternalError(one.problem());
      building = building || one.state() != v1::PROJECTION_STATE_LIVE;
    }
    if (!building) return absl::ToDoubleSeconds(absl::Now() - begin);
  }
}

}  // namespace

absl::Status MeasureBulk(const Bench& bench, int64_t events, bool as_history) {
  const int laps = std::max(
      1, static_cast<int>(std::llround(static_cast<double>(events) / bench.rounds /
                                       static_cast<double>(bench.office.opportunities.size()))));
  std::vector<double> limits, rates, ratios;
  for (int round = 0; round < bench.rounds; ++round) {
    ASSIGN_OR_RETURN(const int64_t before, HeadPosition(bench.crmd));
    const absl::Time begin = absl::Now();
    RETURN_IF_ERROR(MoveAll(bench.office, laps, round, as_history ? bench.rounds : 0));
    const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
    ASSIGN_OR_RETURN(const int64_t after, HeadPosition(bench.crmd));
    RETURN_IF_ERROR(AwaitViews(bench.crmd));
    ASSIGN_OR_RETURN(const EventBytes bytes, MeanBytes(bench.crmd));
    ASSIGN_OR_RETURN(
        const double raw,
        MeasureRawLog(bench.folder, static_cast<size_t>(bytes.record), bench.slice / 2));
    limits.push_back(raw);
    rates.push_back(static_cast<double>(after - before) / seconds);
    ratios.push_back(rates.back() / raw);
    bench.report.Measured("record_bytes", bytes.record);
    bench.report.Measured("event_json_bytes", bytes.json);
  }
  bench.report.Measured("raw_records_per_s", Median(limits));
  bench.report.Ratio("bulk_events_per_s", Median(rates));
  bench.report.Ratio("bulk_vs_raw", Median(ratios));
  return absl::OkStatus();
}

absl::Status MeasureReplay(const Bench& bench) {
  ASSIGN_OR_RETURN(const int64_t head, HeadPosition(bench.crmd));
  const int64_t events = std::min(head, kReplayed);
  std::vector<double> limits, rates, ratios;
  for (int round = 0; round < bench.rounds; ++round) {
    ASSIGN_OR_RETURN(const double rate, Replay(bench.crmd, 1, events));
    // The echo server takes the position for the number of events to send.
    ASSIGN_OR_RETURN(const double limit, Replay(bench.echo, events, events));
    limits.push_back(limit);
    rates.push_back(rate);
    ratios.push_back(rate / limit);
  }
  bench.report.Measured("replayed_events", static_cast<double>(events));
  bench.report.Measured("echo_events_per_s", Median(limits));
  bench.report.Ratio("replay_events_per_s", Median(rates));
  bench.report.Ratio("replay_vs_echo", Median(ratios));
  return absl::OkStatus();
}

absl::Status MeasureRebuild(const Bench& bench) {
  ASSIGN_OR_RETURN(const std::vector<v1::Projection> views, Projections(bench.crmd));
  const int64_t head = views.front().head_position();
  // Before anything is rebuilt: what a rebuild replaces goes away some time after it.
  std::optional<BareRows> bare;
  if (head <= kBareUpTo) {
    ASSIGN_OR_RETURN(bare, MeasureBareRows(absl::StrCat(bench.office.folder, "/data/views"),
                                           bench.folder, bench.rounds));
    bench.report.Measured("view_rows", static_cast<double>(bare->rows));
    bench.report.Measured("view_rows_mb", bare->bytes / (1 << 20));
    bench.report.Measured("bare_rows_s", bare->seconds);
  }
  const int rounds = head > kLong ? 1 : bench.rounds;
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    ASSIGN_OR_RETURN(const double seconds, RebuildSeconds(bench.crmd, views));
    times.push_back(seconds);
  }
  bench.report.Ratio("rebuild_events_per_s", static_cast<double>(head) / Median(times));
  if (bare) bench.report.Ratio("rebuild_vs_bare", bare->seconds / Median(times));
  return absl::OkStatus();
}

absl::Status MeasureAsOf(const Bench& bench) {
  ASSIGN_OR_RETURN(const int64_t head, HeadPosition(bench.crmd));
  const auto millions = static_cast<double>(head) / 1e6;
  std::vector<double> cold, warm;
  for (int round = 0; round < bench.rounds; ++round) {
    // Another second each time: nobody has asked for it before.
    const absl::Time then = bench.office.middle + absl::Seconds(bench.office.asked++);
    ASSIGN_OR_RETURN(const double first, BoardSeconds(bench, then));
    ASSIGN_OR_RETURN(const double again, BoardSeconds(bench, then));
    cold.push_back(first);
    warm.push_back(again);
  }
  bench.report.Measured("asof_cold_s", Median(cold));
  bench.report.Ratio("asof_cold_s_per_million", Median(cold) / millions);
  bench.report.Ratio("asof_warm_ms", Median(warm) * 1000);
  return absl::OkStatus();
}

}  // namespace crm::bench

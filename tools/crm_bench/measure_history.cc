// A long history: written in bulk, replayed, folded into views again, read as of the past, and
// followed live.
#include <algorithm>
#include <limits>
#include <map>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "base/mutex.h"
#include "base/status_macros.h"
#include "base/uuid.h"
#include "tools/crm_bench/measures.h"
#include "tools/crm_bench/raw_log.h"

namespace crm::bench {
namespace {

constexpr double kLagCommandsPerSecond = 3000;
constexpr absl::Duration kPollGap = absl::Milliseconds(1);

absl::StatusOr<std::vector<v1::Projection>> Projections(Client& client) {
  v1::ListProjectionsRequest request;
  request.set_page_size(1000);
  ASSIGN_OR_RETURN(
      const v1::ListProjectionsResponse all,
      client.Ask(client.projections(), &v1::ProjectionService::Stub::ListProjections, request));
  return std::vector<v1::Projection>(all.projections().begin(), all.projections().end());
}

// What every view serves at least.
absl::StatusOr<int64_t> SlowestView(Client& client, int64_t& head) {
  ASSIGN_OR_RETURN(const std::vector<v1::Projection> all, Projections(client));
  int64_t slowest = std::numeric_limits<int64_t>::max();
  for (const v1::Projection& one : all) {
    slowest = std::min(slowest, one.position());
    head = one.head_position();
  }
  return slowest;
}

absl::Status AwaitViews(Client& client) {
  for (;;) {
    int64_t head = 0;
    ASSIGN_OR_RETURN(const int64_t slowest, SlowestView(client, head));
    if (slowest >= head) return absl::OkStatus();
    absl::SleepFor(kPollGap);
  }
}

// Events a second, from `from` until the server says that there are no more.
absl::StatusOr<double> Replay(Client& client, int64_t from, int64_t& events) {
  grpc::ClientContext context;
  client.Authorize(context);
  v1::SubscribeEventsRequest request;
  request.set_from_position(from);
  request.set_encoding(v1::EVENT_ENCODING_PROTOBUF);
  const absl::Time begin = absl::Now();
  const auto stream = client.events().SubscribeEvents(&context, request);
  v1::SubscribeEventsResponse message;
  events = 0;
  bool caught_up = false;
  while (!caught_up && stream->Read(&message)) {
    events += message.batch().events_size();
    caught_up = message.has_caught_up();
  }
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  context.TryCancel();
  stream->Finish();
  if (!caught_up || events == 0) return absl::InternalError("the replay ended early");
  return static_cast<double>(events) / seconds;
}

absl::StatusOr<double> BoardSeconds(const Bench& bench, absl::Time as_of) {
  v1::GetPipelineBoardRequest request;
  request.set_pipeline(bench.office.pipeline);
  request.set_cards_per_column(50);
  request.mutable_as_of()->mutable_as_of_time()->set_seconds(absl::ToUnixSeconds(as_of));
  const absl::Time begin = absl::Now();
  RETURN_IF_ERROR(
      bench.crmd
          .Ask(bench.crmd.opportunities(), &v1::OpportunityService::Stub::GetPipelineBoard, request)
          .status());
  return absl::ToDoubleSeconds(absl::Now() - begin);
}

// Positions that were answered and wait for the slowest view, and how long those took that it has
// reached.
class Lags {
 public:
  void Answered(int64_t position) {
    const absl::Time now = absl::Now();
    MutexLock lock(mutex_);
    waiting_.emplace(position, now);
  }
  void Reached(int64_t position) {
    const absl::Time now = absl::Now();
    MutexLock lock(mutex_);
    const auto end = waiting_.upper_bound(position);
    for (auto it = waiting_.begin(); it != end; ++it)
      lags_us_.push_back(absl::ToInt64Microseconds(now - it->second));
    waiting_.erase(waiting_.begin(), end);
  }
  bool empty() {
    MutexLock lock(mutex_);
    return waiting_.empty();
  }
  std::vector<int64_t> Sorted() {
    MutexLock lock(mutex_);
    std::sort(lags_us_.begin(), lags_us_.end());
    return lags_us_;
  }

 private:
  Mutex mutex_;
  std::multimap<int64_t, absl::Time> waiting_ ABSL_GUARDED_BY(mutex_);
  std::vector<int64_t> lags_us_ ABSL_GUARDED_BY(mutex_);
};

StartCall MovesNoting(const Bench& bench, Lags& lags) {
  return [&bench, &lags](int number, std::function<void(bool)> done) {
    const Office& office = bench.office;
    const auto turn = static_cast<size_t>(number);
    v1::MoveStageRequest request;
    request.set_request_id(Uuid::Random().ToString());
    request.set_name(office.opportunities[turn % office.opportunities.size()]);
    request.set_stage(office.stages[(turn / office.opportunities.size() + 1) % 2]);
    bench.crmd.Call<v1::OpportunityService::Stub, v1::MoveStageRequest, v1::Opportunity>(
        bench.crmd.opportunities(), &v1::OpportunityService::Stub::async_interface::MoveStage,
        std::move(request),
        [&lags, done = std::move(done)](const grpc::Status& status,
                                        const grpc::ClientContext& context,
                                        const v1::Opportunity&) {
          if (status.ok()) lags.Answered(PositionOf(context));
          done(status.ok());
        });
  };
}

}  // namespace

absl::Status MeasureBulk(const Bench& bench, int64_t events) {
  constexpr size_t kTypicalRecordBytes = 300;
  ASSIGN_OR_RETURN(const double raw,
                   MeasureRawLog(bench.folder, kTypicalRecordBytes, absl::Seconds(1)));
  ASSIGN_OR_RETURN(const double rate, FillHistory(bench.crmd, bench.office, events));
  bench.report.Measured("raw_records_per_s", raw);
  bench.report.Ratio("bulk_events_per_s", rate);
  bench.report.Ratio("bulk_vs_raw", rate / raw);
  return AwaitViews(bench.crmd);
}

absl::Status MeasureReplay(const Bench& bench) {
  std::vector<double> rates, ratios;
  for (int round = 0; round < bench.rounds; ++round) {
    int64_t events = 0, echoed = 0;
    ASSIGN_OR_RETURN(const double rate, Replay(bench.crmd, 1, events));
    // The echo server takes the position for the number of events to send.
    ASSIGN_OR_RETURN(const double limit, Replay(bench.echo, events, echoed));
    rates.push_back(rate);
    ratios.push_back(rate / limit);
  }
  bench.report.Ratio("replay_events_per_s", Median(rates));
  bench.report.Ratio("replay_vs_echo", Median(ratios));
  return absl::OkStatus();
}

absl::Status MeasureRebuild(const Bench& bench) {
  ASSIGN_OR_RETURN(const std::vector<v1::Projection> views, Projections(bench.crmd));
  const absl::Time begin = absl::Now();
  for (const v1::Projection& view : views) {
    v1::RebuildProjectionRequest request;
    request.set_name(view.name());
    RETURN_IF_ERROR(
        bench.crmd
            .Ask(bench.crmd.projections(), &v1::ProjectionService::Stub::RebuildProjection, request)
            .status());
  }
  // Building is seen before it is over: the first look comes at once, and a build takes pages.
  for (bool building = true; building;) {
    absl::SleepFor(absl::Milliseconds(20));
    ASSIGN_OR_RETURN(const std::vector<v1::Projection> all, Projections(bench.crmd));
    building = std::any_of(all.begin(), all.end(), [](const v1::Projection& one) {
      return one.state() != v1::PROJECTION_STATE_LIVE;
    });
  }
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  bench.report.Ratio("rebuild_events_per_s",
                     static_cast<double>(views.front().head_position()) / seconds);
  return absl::OkStatus();
}

absl::Status MeasureAsOf(const Bench& bench) {
  ASSIGN_OR_RETURN(const std::vector<v1::Projection> views, Projections(bench.crmd));
  const auto millions = static_cast<double>(views.front().head_position()) / 1e6;
  std::vector<double> cold, warm;
  for (int round = 0; round < bench.rounds; ++round) {
    // Another second each time: nobody has asked for it before.
    const absl::Time then = bench.office.middle + absl::Seconds(round);
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

absl::Status MeasureLag(const Bench& bench) {
  Lags lags;
  LoadResult load;
  {
    // Commands come from one thread, looks at the views from this one.
    Mutex mutex;
    bool over = false;
    std::thread commands([&] {
      load = RunOpenLoop(kLagCommandsPerSecond, bench.slice * bench.rounds * 2,
                         MovesNoting(bench, lags));
      MutexLock lock(mutex);
      over = true;
    });
    const auto running = [&] {
      MutexLock lock(mutex);
      return !over;
    };
    absl::Status status;
    while (status.ok() && (running() || !lags.empty())) {
      int64_t head = 0;
      const absl::StatusOr<int64_t> slowest = SlowestView(bench.crmd, head);
      status = slowest.status();
      if (status.ok()) lags.Reached(*slowest);
      absl::SleepFor(kPollGap);
    }
    commands.join();
    RETURN_IF_ERROR(status);
  }
  if (load.failures > 0) return absl::InternalError("commands failed under an open load");
  const std::vector<int64_t> sorted = lags.Sorted();
  bench.report.Measured("open_load_commands_per_s", load.PerSecond());
  bench.report.Measured("open_load_p99_us", static_cast<double>(Percentile(load.latencies_us, 99)));
  bench.report.Measured("lag_p50_ms", static_cast<double>(Percentile(sorted, 50)) / 1000);
  bench.report.Ratio("lag_p99_ms", static_cast<double>(Percentile(sorted, 99)) / 1000);
  return absl::OkStatus();
}

}  // namespace crm::bench

// What goes on at a time: views that follow commands, and calls of all kinds together.
#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/mutex.h"
#include "base/status_macros.h"
#include "tools/crm_bench/calls.h"
#include "tools/crm_bench/lags.h"
#include "tools/crm_bench/measures.h"

namespace crm::bench {
namespace {

constexpr double kCommandsPerSecond = 3000;
constexpr double kTooManyPerSecond = 9000;
constexpr absl::Duration kLookGap = absl::Milliseconds(1);

double Milliseconds(int64_t microseconds) { return static_cast<double>(microseconds) / 1000; }

struct LagResult {
  LoadResult load;
  std::vector<int64_t> lags_us;  // sorted
  absl::Duration recovery;       // from the last answer until the views had everything
};

// Commands come from one thread, looks at the views from this one.
absl::StatusOr<LagResult> LagAt(const Bench& bench, double per_second) {
  Lags lags;
  LagResult result;
  Mutex mutex;
  absl::Time ended = absl::InfiniteFuture();
  std::thread commands([&] {
    result.load =
        RunOpenLoop(per_second, bench.slice * 2,
                    Moves(bench.office, bench.crmd, [&](int64_t at) { lags.Answered(at); }));
    MutexLock lock(mutex);
    ended = absl::Now();
  });
  const auto running = [&] {
    MutexLock lock(mutex);
    return ended == absl::InfiniteFuture();
  };
  absl::Status status;
  while (status.ok() && (running() || !lags.empty())) {
    const absl::StatusOr<int64_t> slowest = SlowestView(bench.crmd);
    status = slowest.status();
    if (status.ok()) lags.Reached(*slowest);
    absl::SleepFor(kLookGap);
  }
  const absl::Time recovered = absl::Now();
  commands.join();
  RETURN_IF_ERROR(status);
  result.recovery = std::max(recovered - ended, absl::ZeroDuration());
  result.lags_us = lags.Sorted();
  return result;
}

// More commands than the lag is promised for: some may be refused, none that was answered is lost.
absl::Status MeasureRecovery(const Bench& bench) {
  ASSIGN_OR_RETURN(const int64_t before, HeadPosition(bench.crmd));
  ASSIGN_OR_RETURN(const LagResult burst, LagAt(bench, kTooManyPerSecond));
  ASSIGN_OR_RETURN(const int64_t after, HeadPosition(bench.crmd));
  if (after - before < burst.load.answered) {
    return absl::InternalError(absl::StrCat(burst.load.answered, " commands were answered, and ",
                                            after - before, " events are there"));
  }
  bench.report.Measured("burst_commands_per_s", burst.load.PerSecond());
  bench.report.Measured("burst_refused", static_cast<double>(burst.load.failures));
  bench.report.Latencies("burst_commands", {burst.load});
  bench.report.Measured("burst_lag_p99_ms", Milliseconds(Percentile(burst.lags_us, 99)));
  bench.report.Measured("burst_recovery_ms", absl::ToDoubleMilliseconds(burst.recovery));
  return absl::OkStatus();
}

// One kind of call among others.
struct Kind {
  std::string name;
  int callers;        // of a closed loop
  double per_second;  // of an open one
  StartCall start;
};

// What people do all day: most look, some change.
std::vector<Kind> Mix(const Bench& bench, Lags& lags) {
  const Office& office = bench.office;
  Client& crmd = bench.crmd;
  return {{"move", 16, 500, Moves(office, crmd, [&lags](int64_t at) { lags.Answered(at); })},
          {"get", 16, 500, Gets(office, crmd)},
          {"board", 12, 400, Boards(office, crmd)},
          {"list", 12, 400, Lists(office, crmd)},
          {"dashboard", 8, 200, Dashboards(office, crmd)}};
}

// Follows the log live from `from` on, until it is destroyed.
class Subscriber {
 public:
  Subscriber(Client& client, int64_t from, Lags* lags) {
    client.Authorize(context_);
    v1::SubscribeEventsRequest request;
    request.set_from_position(from);
    request.set_encoding(v1::EVENT_ENCODING_PROTOBUF);
    stream_ = client.events().SubscribeEvents(&context_, request);
    reader_ = std::thread([this, lags] {
      v1::SubscribeEventsResponse message;
      while (stream_->Read(&message)) {
        if (lags != nullptr && message.batch().events_size() > 0)
          lags->Reached(message.batch().events().rbegin()->position());
      }
      stream_->Finish();
    });
  }
  ~Subscriber() {
    context_.TryCancel();
    reader_.join();
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::SubscribeEventsResponse>> stream_;
  std::thread reader_;
};

// All kinds at a time, each with a loop of its own, while four subscribers follow.
absl::Status MeasureMix(const Bench& bench, const std::string& name,
                        const std::function<LoadResult(const Kind&)>& run) {
  constexpr int kSubscribers = 4;
  Lags lags;
  ASSIGN_OR_RETURN(const int64_t head, HeadPosition(bench.crmd));
  std::vector<std::unique_ptr<Subscriber>> subscribers;
  for (int i = 0; i < kSubscribers; ++i) {
    subscribers.push_back(
        std::make_unique<Subscriber>(bench.crmd, head + 1, i == 0 ? &lags : nullptr));
  }
  const std::vector<Kind> kinds = Mix(bench, lags);
  std::vector<LoadResult> results(kinds.size());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < kinds.size(); ++i)
    threads.emplace_back([&, i] { results[i] = run(kinds[i]); });
  for (std::thread& thread : threads) thread.join();
  double together = 0;
  for (size_t i = 0; i < kinds.size(); ++i) {
    if (results[i].failures > 0)
      return absl::InternalError(absl::StrCat("calls failed among others: ", kinds[i].name));
    together += results[i].PerSecond();
    bench.report.Latencies(absl::StrCat(name, "_", kinds[i].name), {results[i]});
  }
  bench.report.Measured(absl::StrCat(name, "_calls_per_s"), together);
  bench.report.Percentiles(absl::StrCat(name, "_delivery"), lags.Sorted());
  return absl::OkStatus();
}

}  // namespace

absl::Status MeasureLag(const Bench& bench) {
  std::vector<double> medians, tails;
  std::vector<LoadResult> loads;
  for (int round = 0; round < bench.rounds; ++round) {
    ASSIGN_OR_RETURN(const LagResult result, LagAt(bench, kCommandsPerSecond));
    if (result.load.failures > 0) return absl::InternalError("commands failed under an open load");
    medians.push_back(Milliseconds(Percentile(result.lags_us, 50)));
    tails.push_back(Milliseconds(Percentile(result.lags_us, 99)));
    loads.push_back(result.load);
  }
  bench.report.Latencies("open_commands", loads);
  bench.report.Measured("lag_p50_ms", Median(medians));
  bench.report.Ratio("lag_p99_ms", Median(tails));
  return MeasureRecovery(bench);
}

absl::Status MeasureMixed(const Bench& bench) {
  RETURN_IF_ERROR(MeasureMix(bench, "mixed_closed", [&](const Kind& kind) {
    return RunClosedLoop({.in_flight = kind.callers, .duration = bench.slice * 2}, kind.start);
  }));
  return MeasureMix(bench, "mixed_open", [&](const Kind& kind) {
    return RunOpenLoop(kind.per_second, bench.slice * 2, kind.start);
  });
}

}  // namespace crm::bench

// Calls one by one: commands and reports against the echo server.
#include <memory>
#include <vector>

#include "base/status_macros.h"
#include "base/uuid.h"
#include "tools/crm_bench/disk.h"
#include "tools/crm_bench/measures.h"

namespace crm::bench {
namespace {

constexpr int kManyInFlight = 64;

using Done = std::function<void(bool ok)>;

// Moves of opportunities of their own (or one for all), to and fro.
StartCall Moves(const Bench& bench, Client& client, int in_flight, bool hot) {
  auto turns = std::make_shared<std::vector<size_t>>(static_cast<size_t>(in_flight));
  const Office& office = bench.office;
  return [&client, &office, in_flight, hot, turns](int slot, Done done) {
    const size_t turn = (*turns)[static_cast<size_t>(slot)]++;
    const size_t own = office.opportunities.size() / static_cast<size_t>(in_flight);
    v1::MoveStageRequest request;
    request.set_request_id(Uuid::Random().ToString());
    request.set_name(office.opportunities[hot ? 0 : static_cast<size_t>(slot) * own + turn % own]);
    request.set_stage(office.stages[((hot ? turn : turn / own) + 1) % 2]);
    client.Call<v1::OpportunityService::Stub, v1::MoveStageRequest, v1::Opportunity>(
        client.opportunities(), &v1::OpportunityService::Stub::async_interface::MoveStage,
        std::move(request),
        [done = std::move(done)](const grpc::Status& status, const grpc::ClientContext&,
                                 const v1::Opportunity&) { done(status.ok()); });
  };
}

StartCall Boards(const Bench& bench, Client& client) {
  return [&client, &pipeline = bench.office.pipeline](int, Done done) {
    v1::GetPipelineBoardRequest request;
    request.set_pipeline(pipeline);
    request.set_cards_per_column(50);
    client.Call<v1::OpportunityService::Stub, v1::GetPipelineBoardRequest, v1::Board>(
        client.opportunities(), &v1::OpportunityService::Stub::async_interface::GetPipelineBoard,
        std::move(request),
        [done = std::move(done)](const grpc::Status& status, const grpc::ClientContext&,
                                 const v1::Board&) { done(status.ok()); });
  };
}

StartCall Dashboards(const Bench& bench, Client& client) {
  return [&client, &team = bench.office.team](int, Done done) {
    v1::GetTeamDashboardRequest request;
    request.set_team(team);
    client.Call<v1::DashboardService::Stub, v1::GetTeamDashboardRequest, v1::TeamDashboard>(
        client.dashboards(), &v1::DashboardService::Stub::async_interface::GetTeamDashboard,
        std::move(request),
        [done = std::move(done)](const grpc::Status& status, const grpc::ClientContext&,
                                 const v1::TeamDashboard&) { done(status.ok()); });
  };
}

// The rate of a slice; an error when calls failed.
absl::StatusOr<double> Rate(const Bench& bench, int in_flight, const StartCall& start) {
  const LoadResult result = RunClosedLoop({.in_flight = in_flight, .duration = bench.slice}, start);
  if (result.failures > 0 || result.calls == 0) return absl::InternalError("calls failed");
  return result.PerSecond();
}

absl::Status MeasureReport(const Bench& bench, const std::string& name, const StartCall& echo,
                           const StartCall& crmd) {
  std::vector<double> limits, rates, ratios;
  for (int round = 0; round < bench.rounds; ++round) {
    ASSIGN_OR_RETURN(const double limit, Rate(bench, kManyInFlight, echo));
    ASSIGN_OR_RETURN(const double rate, Rate(bench, kManyInFlight, crmd));
    limits.push_back(limit);
    rates.push_back(rate);
    ratios.push_back(rate / limit);
  }
  bench.report.Measured("echo_" + name + "_calls_per_s", Median(limits));
  bench.report.Measured(name + "_calls_per_s", Median(rates));
  bench.report.Ratio(name + "_vs_echo", Median(ratios));
  return absl::OkStatus();
}

}  // namespace

absl::Status MeasureCommands(const Bench& bench) {
  std::vector<double> limits, rates, ratios, hot_rates, hot_ratios;
  for (int round = 0; round < bench.rounds; ++round) {
    ASSIGN_OR_RETURN(const double limit,
                     Rate(bench, kManyInFlight, Moves(bench, bench.echo, kManyInFlight, false)));
    ASSIGN_OR_RETURN(const double rate,
                     Rate(bench, kManyInFlight, Moves(bench, bench.crmd, kManyInFlight, false)));
    ASSIGN_OR_RETURN(const double hot,
                     Rate(bench, kManyInFlight, Moves(bench, bench.crmd, kManyInFlight, true)));
    limits.push_back(limit);
    rates.push_back(rate);
    hot_rates.push_back(hot);
    ratios.push_back(rate / limit);
    hot_ratios.push_back(hot / rate);
  }
  bench.report.Measured("echo_calls_per_s", Median(limits));
  bench.report.Measured("commands_per_s", Median(rates));
  bench.report.Measured("hot_stream_commands_per_s", Median(hot_rates));
  bench.report.Ratio("commands_vs_echo", Median(ratios));
  bench.report.Ratio("hot_stream_vs_many", Median(hot_ratios));
  return absl::OkStatus();
}

absl::Status MeasureOneCaller(const Bench& bench) {
  std::vector<double> syncs, limits, times, over;
  for (int round = 0; round < bench.rounds; ++round) {
    ASSIGN_OR_RETURN(const int64_t sync_us, MeasureFdatasyncUs(bench.folder, 300));
    const LoadOptions one{.in_flight = 1, .duration = bench.slice};
    const auto p50 = [&](Client& client) {
      const LoadResult result = RunClosedLoop(one, Moves(bench, client, 1, false));
      return static_cast<double>(Percentile(result.latencies_us, 50));
    };
    const double limit = p50(bench.echo);
    const double time = p50(bench.crmd);
    syncs.push_back(static_cast<double>(sync_us));
    limits.push_back(limit);
    times.push_back(time);
    over.push_back((time - limit) / static_cast<double>(std::max<int64_t>(sync_us, 1)));
  }
  bench.report.Measured("fdatasync_us", Median(syncs));
  bench.report.Measured("echo_one_caller_p50_us", Median(limits));
  bench.report.Measured("one_caller_p50_us", Median(times));
  bench.report.Ratio("one_caller_over_echo_in_fdatasyncs", Median(over));
  return absl::OkStatus();
}

absl::Status MeasureReports(const Bench& bench) {
  RETURN_IF_ERROR(
      MeasureReport(bench, "board", Boards(bench, bench.echo), Boards(bench, bench.crmd)));
  return MeasureReport(bench, "dashboard", Dashboards(bench, bench.echo),
                       Dashboards(bench, bench.crmd));
}

}  // namespace crm::bench

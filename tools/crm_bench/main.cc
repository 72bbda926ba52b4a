// crm_bench: what crmd does against what this machine allows, measured in the same run. Exit codes:
// 0 measured, 1 failed, 2 wrong usage.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/this_thread.h"
#include "tools/crm_bench/echo_server.h"
#include "tools/crm_bench/suite.h"

namespace crm::bench {
namespace {

struct Options {
  SuiteOptions suite;
  std::string which = "quick";
  bool json = false;
  int slice_ms = 500;
  int64_t growth_events = 10'000'000;
};

int Run(Options& options) {
  SuiteOptions& suite = options.suite;
  suite.folder += "/crm_bench_XXXXXX";
  if (mkdtemp(suite.folder.data()) == nullptr) {
    std::cerr << "crm_bench: cannot make the folder " << suite.folder << "\n";
    return 1;
  }
  suite.slice = absl::Milliseconds(options.slice_ms);
  if (options.which == "full") {
    suite.growth_events = options.growth_events;
  } else {
    suite.peers.clear();
  }
  std::ostream* const lines = options.json ? nullptr : &std::cout;
  Report report(lines);
  Report large(lines, "large: ");
  const absl::Status measured = RunSuite(suite, {report, large});
  std::filesystem::remove_all(suite.folder);
  if (options.json) {
    nlohmann::json object = report.ToJson();
    if (suite.growth_events > 0) object["large"] = large.ToJson();
    std::cout << object.dump() << "\n";
  }
  if (measured.ok()) return 0;
  std::cerr << "crm_bench: " << measured.message() << "\n";
  return 1;
}

void Declare(CLI::App& app, Options& options) {
  SuiteOptions& suite = options.suite;
  app.add_option("--suite", options.which,
                 "quick: below a minute; full: growth and peers besides, about half an hour")
      ->capture_default_str()
      ->check(CLI::IsMember({"quick", "full"}));
  app.add_flag("--json", options.json, "One object instead of lines as they come");
  app.add_option("--crmd", suite.crmd, "The server to measure")->capture_default_str();
  app.add_option("--folder", suite.folder, "Where its data go: the disk that is measured")
      ->capture_default_str();
  app.add_option("--peers", suite.peers, "Folder of the peers' scripts; empty: leave them out")
      ->capture_default_str();
  app.add_option("--events", suite.events, "Length of the history")->capture_default_str();
  app.add_option("--growth-events", options.growth_events,
                 "Length of the history it is compared with")
      ->capture_default_str();
  app.add_option("--only", suite.only, "Measure nothing else, for a profile")
      ->check(CLI::IsMember(MeasureNames()));
  app.add_option("--opportunities", suite.opportunities, "How many are open")
      ->capture_default_str()
      ->check(CLI::Range(64, 100000));
  app.add_option("--rounds", suite.rounds, "Rounds of which the median counts")
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
  app.add_option("--slice-ms", options.slice_ms, "Length of each side of a round")
      ->capture_default_str()
      ->check(CLI::Range(100, 600000));
}

int Main(int argc, char** argv) {
  CLI::App app("Measures crmd against what this machine allows.", "crm_bench");
  Options options;
  SuiteOptions& suite = options.suite;
  suite.self = std::filesystem::read_symlink("/proc/self/exe");
  const std::filesystem::path programs = std::filesystem::path(suite.self).parent_path();
  suite.crmd = (programs / "crmd").string();
  // The programs lie in build/PRESET/bin of the source tree.
  suite.peers = (programs / "../../../tests/bench/peers").lexically_normal().string();
  suite.folder = "/var/tmp";
  suite.events = 100'000;
  suite.opportunities = 4'000;
  suite.rounds = 3;
  Declare(app, options);
  std::string answers;
  CLI::App& echo = *app.add_subcommand("echo", "")->group("");
  echo.add_option("answers", answers)->required();
  bool synced = false;
  echo.add_flag("--synced", synced);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : 2;
  }
  return echo.parsed() ? ServeEcho(answers, synced, std::cout) : Run(options);
}

}  // namespace
}  // namespace crm::bench

int main(int argc, char** argv) {
  crm::SkipDeadlockDetection();
  return crm::bench::Main(argc, argv);
}

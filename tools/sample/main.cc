// crm_sample: fills an organization with a year of believable work, through commands as any client
// sends them. Exit codes: 0 filled, 1 failed, 2 wrong usage.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <optional>
#include <string>

#include "tools/sample/fill.h"

namespace {

std::optional<absl::CivilDay> ReadDay(const std::string& text) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(text, &day)) return std::nullopt;
  return day;
}

void Describe(CLI::App& app, crm::sample::FillOptions& options, double& scale) {
  app.add_option("--target", options.target, "host:port of the server")->required();
  app.add_option("--token-file", options.token_file, "File with an administrator's token")
      ->required();
  app.add_option("--seed", options.seed, "Another seed, another sample")->capture_default_str();
  app.add_option_function<std::string>(
         "--end-date", [&options](const std::string& day) { options.end_date = ReadDay(day); },
         "The year of history ends before it (default: today)")
      ->check([](const std::string& day) {
        return ReadDay(day).has_value() ? "" : "'" + day + "' is not a day";
      })
      ->option_text("YYYY-MM-DD");
  app.add_option("--jobs", options.jobs, "Commands under way at a time")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--scale", scale, "Times as many records; 1: some 2,000 leads and opportunities")
      ->check(CLI::Range(0.01, 1000.0))
      ->capture_default_str();
  app.add_option("--member-token-file", options.member_token_file,
                 "File to hold a token of the head of sales; made unless it does");
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app("Fills an organization with a year of sample data. Doing it again changes nothing.",
               "crm_sample");
  crm::sample::FillOptions options;
  double scale = 1;
  Describe(app, options, scale);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  options.scale_percent = static_cast<int64_t>(scale * 100 + 0.5);
  const crm::SystemClock clock;
  const absl::Status filled = crm::sample::FillOrganization(
      options, clock, std::cout, {std::cerr, ::isatty(STDERR_FILENO) != 0});
  if (filled.ok()) return 0;
  std::cerr << "crm_sample: " << filled.message() << "\n";
  return 1;
}

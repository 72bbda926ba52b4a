#include "services/config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "eventstore/rocksdb/backup.h"

namespace crm::services {
namespace {

constexpr char kEnvironmentPrefix[] = "CRMD_";
constexpr int32_t kHourMs = 3'600'000;
constexpr int32_t kHourSeconds = 3'600;
constexpr int32_t kDaySeconds = 86'400;
constexpr int64_t kMebibyte = 1 << 20;
constexpr int32_t kGibibyte = 1 << 30;
constexpr int32_t kMillion = 1'000'000;

absl::Status Invalid(absl::string_view why) {
  return WithReason(absl::StatusCode::kInvalidArgument, "CONFIG_INVALID", why);
}

template <class LimitsT, class Visitor>
void VisitLimits(LimitsT& l, Visitor& visit) {
  visit.Number("max_connections", l.max_connections, 1, kMillion, "Open connections to the API");
  visit.Number("max_connection_idle_s", l.max_connection_idle_s, 1, kDaySeconds,
               "Seconds a connection may be without calls");
  visit.Number("max_connection_age_s", l.max_connection_age_s, 1, kDaySeconds,
               "Seconds after which a connection ends");
  visit.Number("max_connection_age_grace_s", l.max_connection_age_grace_s, 0, kDaySeconds,
               "Seconds its calls then have");
  visit.Number("handshake_timeout_s", l.handshake_timeout_s, 1, kHourSeconds,
               "Seconds a new connection has to begin");
  visit.Number("keepalive_interval_s", l.keepalive_interval_s, 1, kDaySeconds,
               "Seconds of silence after which a client is asked whether it is there");
  visit.Number("transport_bytes", l.transport_bytes, kMebibyte, int64_t{1} << 40,
               "Memory for requests that arrive");
  visit.Number("max_message_bytes", l.max_message_bytes, 1024, kGibibyte, "Largest request");
  visit.Number("max_concurrent_streams", l.max_concurrent_streams, 1, kMillion,
               "Open calls per connection");
  visit.Number("max_calls", l.max_calls, 1, kMillion, "Calls under way");
  visit.Number("default_deadline_s", l.default_deadline_s, 1, kHourSeconds,
               "Deadline of calls that set none");
  visit.Number("query_wait_ms", l.query_wait_ms, 0, kHourMs, "Longest wait for a view to catch up");
  visit.Number("worker_threads", l.worker_threads, 1, 1024, "Threads for long reads");
  visit.Number("worker_queue", l.worker_queue, 1, kMillion, "Long reads that may wait");
  visit.Number("max_subscriptions", l.max_subscriptions, 0, kMillion, "Open watch streams");
  visit.Number("max_subscriptions_per_member", l.max_subscriptions_per_member, 0, kMillion,
               "The same of one member");
  visit.Number("subscriber_timeout_s", l.subscriber_timeout_s, 1, kHourSeconds,
               "Seconds after which a subscriber that takes nothing is cut off");
  visit.Number("scratch_bytes", l.scratch_bytes, 0, int64_t{1} << 40,
               "Memory for past states of views");
}

// Every setting once: `visit` is called with key, value and a line for people; numbers also have
// an inclusive range.
template <class ConfigT, class Visitor>
void VisitSettings(ConfigT& c, Visitor visit) {
  visit.Text("data_dir", c.data_dir, "Folder of everything the server keeps");
  visit.Text("listen", c.listen, "host:port of the API");
  visit.Text("admin_listen", c.admin_listen, "host:port of the operator's API");
  visit.Text("metrics_listen", c.metrics_listen, "host:port of GET /metrics");
  visit.Flag("allow_plaintext_non_loopback", c.allow_plaintext_non_loopback,
             "Listen without TLS beyond this machine");
  visit.Text("bootstrap_token_file", c.bootstrap_token_file,
             "Where the first start puts the administrator's token; else on the terminal");
  visit.Text("bootstrap_display_name", c.bootstrap_display_name, "Name of the first organization");
  visit.Text("bootstrap_currency", c.bootstrap_currency, "Its currency (ISO 4217)");
  visit.Text("bootstrap_time_zone", c.bootstrap_time_zone, "Its time zone (IANA)");
  visit.Text("bootstrap_effective_time", c.bootstrap_effective_time,
             "When it began (RFC 3339), for imported history");
  visit.Text("bootstrap_administrator_email", c.bootstrap_administrator_email,
             "E-mail address of its administrator");
  visit.Text("bootstrap_administrator_display_name", c.bootstrap_administrator_display_name,
             "Name of its administrator");
  visit.Text("operator_token_file", c.operator_token_file,
             "Token of the operator; made at the first start");
  visit.Text("provider_secrets_dir", c.provider_secrets_dir,
             "Folder of payment providers' secrets; empty: no notices are taken");
  visit.Text("anchor", c.anchor, "When the anchor follows the log: interval (100 ms) or sync");
  visit.Number("request_retention_days", c.request_retention_days, 0, 36500,
               "Days a request id is remembered; 0: for ever");
  visit.Text("backup_dir", c.backup_dir, "Folder of the log's backups; empty: none are made");
  visit.Text("keys_backup_dir", c.keys_backup_dir, "Folder of the keys' backups, kept apart");
  visit.Text("log_level", c.log_level, "debug, info, warning or error");
  visit.Text("log_format", c.log_format, "text or json");
  visit.Number("drain_pre_stop_ms", c.drain_pre_stop_ms, 0, kHourMs,
               "Milliseconds of NOT_SERVING before calls are refused");
  visit.Number("drain_deadline_s", c.drain_deadline_s, 0, kHourSeconds,
               "Seconds calls have to finish when stopping");
  VisitLimits(c.limits, visit);
}

std::string FlagOf(absl::string_view key) {
  return absl::StrCat("--", absl::StrReplaceAll(key, {{"_", "-"}}));
}

std::string VariableOf(absl::string_view key) {
  return absl::StrCat(kEnvironmentPrefix, absl::AsciiStrToUpper(key));
}

// Declares each setting as an option of the command line. Given twice, the last value counts: the
// environment is put before the flags.
struct Declare {
  CLI::App& app;

  void Text(const char* key, std::string& value, const char* help) {
    Finish(key, app.add_option(FlagOf(key), value, help));
  }
  void Flag(const char* key, bool& value, const char* help) {
    Finish(key, app.add_flag(FlagOf(key), value, help));
  }
  template <class T>
  void Number(const char* key, T& value, int64_t least, int64_t most, const char* help) {
    Finish(key, app.add_option(FlagOf(key), value, help)->check(CLI::Range(least, most)));
  }
  void Finish(const char* key, CLI::Option* option) {
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
        ->capture_default_str()
        ->description(absl::StrCat(option->get_description(), " [", VariableOf(key), "]"));
  }
};

struct PrintToml {
  std::string& out;

  void Text(const char* key, const std::string& value, const char* help) {
    // As CLI11 reads it: a quoted text without escapes.
    const char* quote = absl::StrContains(value, '"') ? "'" : "\"";
    Line(key, absl::StrCat(quote, value, quote), help);
  }
  void Flag(const char* key, bool value, const char* help) {
    Line(key, value ? "true" : "false", help);
  }
  template <class T>
  void Number(const char* key, T value, int64_t, int64_t, const char* help) {
    Line(key, absl::StrCat(value), help);
  }
  void Line(const char* key, const std::string& value, const char* help) {
    absl::StrAppend(&out, "# ", help, "\n", key, " = ", value, "\n");
  }
};

struct ListKeys {
  std::vector<std::string>& keys;

  template <class... Rest>
  void Text(const char* key, Rest&&...) {
    keys.push_back(key);
  }
  template <class... Rest>
  void Flag(const char* key, Rest&&...) {
    keys.push_back(key);
  }
  template <class... Rest>
  void Number(const char* key, Rest&&...) {
    keys.push_back(key);
  }
};

// What came around the command line's own checks: numbers out of range, texts that no file can
// hold.
struct CheckRanges {
  absl::Status& status;

  void Text(const char* key, const std::string& value, const char*) {
    const bool plain = std::none_of(value.begin(), value.end(), [](char c) {
      return absl::ascii_iscntrl(static_cast<unsigned char>(c));
    });
    // No file could say it: to CLI11 a # begins a comment also between quotation marks, and such a
    // mark behind a backslash is one of the text. What begins with a mark is what it has left of
    // such a text.
    const bool quotable = (!absl::StrContains(value, '"') || !absl::StrContains(value, '\'')) &&
                          !absl::StrContains(value, '#') && !absl::StartsWith(value, "\"") &&
                          !absl::StartsWith(value, "'") && !absl::EndsWith(value, "\\");
    if (status.ok() && !(plain && quotable))
      status =
          Invalid(absl::StrCat(key,
                               " must hold no control characters, no #, nor both ' and \", nor "
                               "begin with one of them, nor end in a backslash"));
  }
  void Flag(const char*, bool, const char*) {}
  template <class T>
  void Number(const char* key, T value, int64_t least, int64_t most, const char*) {
    if (status.ok() && (value < least || value > most))
      status = Invalid(absl::StrCat(key, " must be from ", least, " to ", most));
  }
};

// Keys of the file are written with underscores, flags with hyphens. A key with hyphens becomes one
// that names no setting, which CLI11 refuses in the words of the name.
class TomlWithUnderscores : public CLI::ConfigTOML {
 public:
  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
    std::vector<CLI::ConfigItem> settings = CLI::ConfigTOML::from_config(input);
    for (CLI::ConfigItem& item : settings) {
      if (absl::StrContains(item.name, "-") && item.name != "--")
        item.name += " (keys are written with underscores)";
      absl::StrReplaceAll({{"_", "-"}}, &item.name);
    }
    return settings;
  }
};

bool IsLoopback(const std::string& host) {
  in_addr address = {};
  const bool is_ipv4 = inet_pton(AF_INET, host.c_str(), &address) == 1;
  return host == "localhost" || host == "[::1]" ||
         (is_ipv4 && (ntohl(address.s_addr) >> 24) == IN_LOOPBACKNET);
}

absl::Status CheckAddress(absl::string_view key, absl::string_view address, bool anywhere) {
  const size_t colon = address.rfind(':');
  int port = -1;
  if (colon == absl::string_view::npos || colon == 0 ||
      !absl::SimpleAtoi(address.substr(colon + 1), &port) || port < 0 || port > 65535)
    return Invalid(absl::StrCat(key, " must be host:port, not '", address, "'"));
  if (!anywhere && !IsLoopback(std::string(address.substr(0, colon))))
    return Invalid(absl::StrCat(key, " = '", address,
                                "' is reachable from other machines without TLS; if something in "
                                "front encrypts, say --allow-plaintext-non-loopback"));
  return absl::OkStatus();
}

// The environment as flags, to be put before the real ones. An empty variable counts as unset; one
// of ours that names no setting is a mistake.
absl::StatusOr<std::vector<std::string>> FlagsOf(
    const std::map<std::string, std::string>& environment) {
  std::map<std::string, std::string> flag_of_variable = {{"CRMD_CONFIG", "--config"}};
  for (const std::string& key : ConfigKeys()) flag_of_variable[VariableOf(key)] = FlagOf(key);
  std::vector<std::string> flags;
  for (const auto& [name, value] : environment) {
    if (!absl::StartsWith(name, kEnvironmentPrefix) || value.empty()) continue;
    const auto known = flag_of_variable.find(name);
    if (known == flag_of_variable.end())
      return Invalid(absl::StrCat("environment variable ", name, " names no setting"));
    flags.push_back(absl::StrCat(known->second, "=", value));
  }
  return flags;
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(const std::vector<std::string>& arguments,
                                             const std::map<std::string, std::string>& environment,
                                             const std::string& default_file) {
  CommandLine line;
  CLI::App app("crmd: an event-sourced CRM backend", "crmd");
  app.config_formatter(std::make_shared<TomlWithUnderscores>());
  app.allow_config_extras(false);
  app.set_config("--config", default_file, "TOML file with settings [CRMD_CONFIG]")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
      ->configurable(false);
  app.set_version_flag("--version", absl::StrCat("crmd ", CRMD_VERSION))->configurable(false);
  app.get_help_ptr()->configurable(false);
  bool print = false;
  bool check = false;
  app.add_flag("--print-config", print, "Print the effective settings and exit")
      ->configurable(false);
  app.add_flag("--check-config", check, "Check the settings and exit")->configurable(false);
  VisitSettings(line.config, Declare{app});

  ASSIGN_OR_RETURN(std::vector<std::string> all, FlagsOf(environment));
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<std::string> reversed(all.rbegin(), all.rend());  // as CLI11 takes them
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    return CommandLine{CommandLine::Action::kPrint, app.help(), {}};
  } catch (const CLI::CallForVersion& version) {
    return CommandLine{CommandLine::Action::kPrint, absl::StrCat(version.what(), "\n"), {}};
  } catch (const CLI::Error& error) {
    return Invalid(error.what());
  }
  RETURN_IF_ERROR(CheckConfig(line.config));
  if (print || check) line.action = CommandLine::Action::kPrint;
  if (print) line.text = ToToml(line.config);
  if (check && !print) line.text = "settings are valid\n";
  return line;
}

std::map<std::string, std::string> ProcessEnvironment() {
  std::map<std::string, std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const absl::string_view text = *entry;
    const size_t equals = text.find('=');
    if (equals != absl::string_view::npos)
      environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

absl::Status CheckConfig(const Config& config) {
  const bool anywhere = config.allow_plaintext_non_loopback;
  RETURN_IF_ERROR(CheckAddress("listen", config.listen, anywhere));
  RETURN_IF_ERROR(CheckAddress("admin_listen", config.admin_listen, anywhere));
  RETURN_IF_ERROR(CheckAddress("metrics_listen", config.metrics_listen, anywhere));
  if (config.data_dir.empty()) return Invalid("data_dir must not be empty");
  if (config.anchor != "interval" && config.anchor != "sync")
    return Invalid("anchor must be interval or sync");
  if (!log::ParseLevel(config.log_level))
    return Invalid("log_level must be debug, info, warning or error");
  if (!log::ParseFormat(config.log_format)) return Invalid("log_format must be text or json");
  const std::string& currency = config.bootstrap_currency;
  if (currency.size() != 3 ||
      currency.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string::npos)
    return Invalid("bootstrap_currency must be three upper-case letters (ISO 4217)");
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(config.bootstrap_time_zone, &zone))
    return Invalid(
        absl::StrCat("bootstrap_time_zone: no time zone '", config.bootstrap_time_zone, "'"));
  absl::Time began;
  std::string error;
  if (!config.bootstrap_effective_time.empty() &&
      !absl::ParseTime(absl::RFC3339_full, config.bootstrap_effective_time, &began, &error))
    return Invalid(absl::StrCat("bootstrap_effective_time: ", error));
  if (config.backup_dir.empty() != config.keys_backup_dir.empty())
    return Invalid("backup_dir and keys_backup_dir are set together, or neither");
  if (!config.backup_dir.empty()) {
    const absl::Status apart = eventstore::CheckBackupFolders(
        {config.backup_dir, config.keys_backup_dir}, config.data_dir);
    if (!apart.ok()) return Invalid(apart.message());
  }
  absl::Status ranges;
  VisitSettings(config, CheckRanges{ranges});
  return ranges;
}

std::vector<std::string> ConfigKeys() {
  std::vector<std::string> keys;
  const Config config;
  VisitSettings(config, ListKeys{keys});
  return keys;
}

std::string ToToml(const Config& config) {
  std::string out;
  VisitSettings(config, PrintToml{out});
  return out;
}

}  // namespace crm::services

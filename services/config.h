// The settings of a server: each declared once (config.cc), from, in this order of precedence, a
// flag (--data-dir), the environment (CRMD_DATA_DIR), a TOML file (data_dir), the default here.
// deploy/crmd.toml lists every key.
//
// No setting is a secret: tokens and keys are files, of which only the path is a setting, so the
// settings may be printed and logged.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/log.h"
#include "services/limits.h"

namespace crm::services {

struct Config {
  // Folder of everything the server keeps (eventstore/data_directory.h).
  std::string data_dir = "/var/lib/crmd";
  // host:port of the API; port 0 picks a free one. Plain text, so only loopback hosts are taken
  // unless allow_plaintext_non_loopback is set (TLS is then ended by something in front).
  std::string listen = "127.0.0.1:7420";
  // host:port of the operator's API, health and reflection; the same rule.
  std::string admin_listen = "127.0.0.1:7421";
  // host:port of GET /metrics (Prometheus); the same rule.
  std::string metrics_listen = "127.0.0.1:7422";
  bool allow_plaintext_non_loopback = false;

  // The first start makes an organization, and this file will hold its administrator's token.
  // Empty: the token is shown on the terminal, once; a first start without either is refused.
  std::string bootstrap_token_file;
  std::string bootstrap_display_name = "My organization";
  std::string bootstrap_currency = "USD";   // ISO 4217
  std::string bootstrap_time_zone = "UTC";  // IANA name
  std::string bootstrap_effective_time;     // RFC 3339, for imported history; empty: now
  std::string bootstrap_administrator_email = "administrator@example.com";
  std::string bootstrap_administrator_display_name = "Administrator";

  // File with the operator's token, made at the first start when it is missing. Empty: the
  // operator's API refuses everybody.
  std::string operator_token_file;

  // Folder of the secrets of payment providers, {organization}/{provider}, that sign their notices
  // (provider_secrets.h). Empty: no notice is taken.
  std::string provider_secrets_dir;

  // When the anchor follows the log (eventstore/anchor_keeper.h): "interval", at most 100 ms behind
  // what is acknowledged, or "sync", before anything is acknowledged.
  std::string anchor = "interval";
  // How long, in days, a request id is remembered, so that its repetition is answered again instead
  // of being done again; 0: for ever. Longer than any client repeats a call or an import; the index
  // is a third of what a command leaves on disk, so it should not only grow.
  int32_t request_retention_days = 90;
  // Folders of backups: of the log, and apart from it of the keys; neither in the other, nor in
  // data_dir. Empty, both: no backups.
  std::string backup_dir;
  std::string keys_backup_dir;

  std::string log_level = "info";   // debug, info, warning, error
  std::string log_format = "text";  // text, json

  // After SIGTERM: how long, in milliseconds, health says NOT_SERVING before calls are refused, so
  // that balancers see it first; and how long, in seconds, calls then have to finish.
  int32_t drain_pre_stop_ms = 0;
  int32_t drain_deadline_s = 30;

  Limits limits;
};

// What the command line asks for.
struct CommandLine {
  enum class Action {
    kServe,
    kPrint,  // print `text` and exit 0: --help, --version, --print-config, --check-config
  };
  Action action = Action::kServe;
  std::string text;
  Config config;
};

inline constexpr char kDefaultConfigFile[] = "/etc/crmd/crmd.toml";

// Reads the settings. `arguments` without the program's name; `environment` is CRMD_* at least.
// --config names the file; without it `default_file` is read if it exists. INVALID_ARGUMENT
// CONFIG_INVALID when something is unknown, unreadable or out of range (exit code 2).
absl::StatusOr<CommandLine> ParseCommandLine(const std::vector<std::string>& arguments,
                                             const std::map<std::string, std::string>& environment,
                                             const std::string& default_file = kDefaultConfigFile);

// This process's environment, for ParseCommandLine.
std::map<std::string, std::string> ProcessEnvironment();

// INVALID_ARGUMENT CONFIG_INVALID when a value is out of range or an address must not be used.
absl::Status CheckConfig(const Config& config);

// Every key, in the order of deploy/crmd.toml.
std::vector<std::string> ConfigKeys();

// The settings as a TOML file.
std::string ToToml(const Config& config);

}  // namespace crm::services

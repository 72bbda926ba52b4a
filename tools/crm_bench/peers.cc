#include "tools/crm_bench/peers.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"

namespace crm::bench {

absl::StatusOr<double> MeasurePeer(const PeerOptions& options, const std::string& script) {
  const std::string command =
      absl::StrCat("PEER_FOLDER='", options.data_folder, "' PEER_EVENT_BYTES=", options.event_bytes,
                   " PEER_CALLERS=", options.callers, " PEER_ROUNDS=", options.rounds, " '",
                   options.scripts, "/", script, "'");
  FILE* output = popen(command.c_str(), "r");
  if (output == nullptr) return absl::InternalError(absl::StrCat("cannot run ", script));
  std::string said;
  char bytes[4096];
  for (size_t size = 0; (size = fread(bytes, 1, sizeof(bytes), output)) > 0;)
    said.append(bytes, size);
  const int result = pclose(output);
  const nlohmann::json answer = nlohmann::json::parse(said, nullptr, /*allow_exceptions=*/false);
  if (result != 0 || !answer.is_object() || !answer.contains("events_per_s") ||
      !answer["events_per_s"].is_number() || answer["events_per_s"] <= 0)
    return absl::UnavailableError(absl::StrCat(script, " failed: ", said));
  return answer["events_per_s"].get<double>();
}

}  // namespace crm::bench

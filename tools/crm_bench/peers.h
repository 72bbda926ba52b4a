// Peers: what a team would otherwise pick, measured by scripts that install and start it themselves
// (tests/bench/peers).
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace crm::bench {

struct PeerOptions {
  std::string scripts;      // folder of the scripts
  std::string data_folder;  // on the disk that is measured
  int event_bytes = 0;
  int callers = 0;
  int rounds = 0;
};

// Runs a script and answers the events a second that it prints. UNAVAILABLE when it fails; what it
// said is on standard error.
absl::StatusOr<double> MeasurePeer(const PeerOptions& options, const std::string& script);

}  // namespace crm::bench

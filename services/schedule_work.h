// What the server does for each rule of domain/schedule/rules.h: it sends the record what is due as
// a command of the system, down the one road. The request id derives from rule, record and instant,
// so doing it twice does nothing the second time. It is true at the instant it was due, or as early
// after as the record's later facts allow.
//
// Thread-safe. Blocks until the outcome is durable.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "domain/schedule/rules.h"
#include "services/call.h"
#include "services/command_pipeline.h"

namespace crm::services {

struct ScheduledWork {
  std::string rule;
  // Whether it recorded something now; false: nothing was left to do.
  std::function<absl::StatusOr<bool>(const Call&, const domain::DueInstant&)> perform;
};

// One for every rule, in the order of the table.
std::vector<ScheduledWork> AllScheduledWork(CommandPipeline& pipeline);

}  // namespace crm::services

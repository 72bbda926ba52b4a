// What happened to a record, field by field. Not thread-safe.
#pragma once

#include "absl/status/status.h"
#include "tools/crmctl/session.h"

namespace crm::ctl {

// Calls ListChanges page by page and prints each change with the fields it changed; in JSON the
// changes as they come, in CSV one line per changed field.
absl::Status PrintHistory(Session& session, Message& request);

}  // namespace crm::ctl

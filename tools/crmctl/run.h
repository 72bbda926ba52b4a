// crmctl as a function: the command line is parsed against the tree of commands (command_tree.h),
// most of which is derived from the API's descriptors (verbs.h, request_flags.h); the chosen action
// runs in a Session, and what went wrong is reported with its exit code (failure.h).
//
// Used by main.cc and by tests, which bring an Environment of their own. Not thread-safe.
#pragma once

#include <string>
#include <vector>

#include "tools/crmctl/environment.h"
#include "tools/crmctl/failure.h"

namespace crm::ctl {

// Runs one command line (without the program's name) and writes to the environment's streams.
ExitCode RunCrmctl(const std::vector<std::string>& arguments, const Environment& environment);

}  // namespace crm::ctl

// crmctl as a function: parse, run, report. Used by main.cc and by tests.
#pragma once

#include <string>
#include <vector>

#include "tools/crmctl/environment.h"
#include "tools/crmctl/failure.h"

namespace crm::ctl {

// Runs one command line (without the program's name) and writes to the environment's streams.
ExitCode RunCrmctl(const std::vector<std::string>& arguments, const Environment& environment);

}  // namespace crm::ctl

// crmutil as a function: parses a command line, runs one command of the table (command.h) and
// prints its report, as indented text or, with --json, as one JSON object.
//
// Used by main.cc and by tests. Not thread-safe.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace crm::util {

enum class ExitCode {
  kOk = 0,
  kDamaged = 1,     // something is damaged, lost or does not agree; the report names it
  kUsage = 2,       // the command line is wrong
  kImpossible = 3,  // could not look: in use, no data directory, another format, disk error
};

// Runs one command line (without the program's name).
ExitCode RunCrmutil(const std::vector<std::string>& arguments, std::ostream& out,
                    std::ostream& err);

}  // namespace crm::util

// What crmctl takes from the process it runs in; tests bring their own.
#pragma once

#include <functional>
#include <iosfwd>
#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/clock.h"

namespace crm::ctl {

struct Environment {
  std::map<std::string, std::string> variables;
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  const Clock& clock;
  absl::TimeZone zone = absl::UTCTimeZone();  // in which people read instants
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  int columns = 80;  // of the terminal
  // True when the person pressed Ctrl-C: whatever follows or waits ends soon.
  std::function<bool()> interrupted = [] { return false; };

  // The variable's value; empty when it is not set.
  std::string Variable(const std::string& name) const {
    const auto found = variables.find(name);
    return found == variables.end() ? "" : found->second;
  }
};

}  // namespace crm::ctl

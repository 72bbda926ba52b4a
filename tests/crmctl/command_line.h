// Runs crmctl inside a test and keeps what it wrote.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "tools/crmctl/run.h"

namespace crm::ctl::testing {

struct Ran {
  ExitCode code = ExitCode::kOk;
  std::string out;
  std::string err;
};

class CommandLine {
 public:
  explicit CommandLine(const std::string& target) { variables_["CRMCTL_TARGET"] = target; }

  std::string& Variable(const std::string& name) { return variables_[name]; }
  void Input(const std::string& text) { input_ = text; }
  void Terminal(int columns) { columns_ = columns; }

  Ran Run(const std::vector<std::string>& arguments) {
    std::istringstream in(input_);
    std::ostringstream out;
    std::ostringstream err;
    const SystemClock clock;
    Environment environment{variables_, in, out, err, clock};
    environment.out_is_terminal = columns_ > 0;
    environment.columns = columns_;
    Ran ran;
    ran.code = RunCrmctl(arguments, environment);
    ran.out = out.str();
    ran.err = err.str();
    return ran;
  }

 private:
  // No file of the person who runs the tests is read.
  std::map<std::string, std::string> variables_ = {{"CRMCTL_CONFIG", "/nonexistent/contexts.toml"}};
  std::string input_;
  int columns_ = 0;
};

}  // namespace crm::ctl::testing

// crmutil: looks at, verifies and repairs the data directory of a stopped server. See `crmutil
// --help`.
#include <iostream>

#include "tools/crmutil/run.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  return static_cast<int>(crm::util::RunCrmutil({argv + 1, argv + argc}, std::cout, std::cerr));
}

// A report as text: one line per value, objects and lists indented below their name.
//
// Pure, thread-safe.
#pragma once

#include <string>

#include "tools/crmutil/command.h"

namespace crm::util {

std::string ReportText(const Report& report);

}  // namespace crm::util

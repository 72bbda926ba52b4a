// Which events an aggregate stores and a view hears, read off the variants in the headers of domain
// and projections: the same lists the compiler dispatches on.
//
// Pure functions over text; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "tests/architecture/source_text.h"

namespace crm::golden {

struct EventList {
  std::string name;                 // of the aggregate ("OpportunityGroup") or view ("lead_board")
  std::string path;                 // of its header
  std::vector<std::string> events;  // without package, in the order of the list
};

// The `using Event = std::variant<...>` of every aggregate, by path.
std::vector<EventList> AggregatesIn(const std::vector<architecture::SourceFile>& headers);

// The `using Events = ...` of every view, by path; lists that it joins are found in all headers.
std::vector<EventList> ViewsIn(const std::vector<architecture::SourceFile>& headers);

}  // namespace crm::golden

// T70, the property every view must have: replaying a history gives byte-identical rows at any page
// size, and also when the process restarts in the middle.
//
// Include from tests only.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "projections/view.h"
#include "tests/projections/view_scenario.h"

namespace crm::projections::testing {

// Key and bytes of every row of what serves.
using RowDump = std::vector<std::pair<std::string, std::string>>;

// A directory below the test's temporary one that does not exist yet.
std::string FreshDirectory();

// Builds the view in a store of its own, `page` events at a time; after `restart_after` pages
// (0: never) store and projector are closed and opened again.
RowDump Replay(const ViewDefinition& view, History& history, int64_t page, int restart_after);

// The same rows from a fold in memory, as an as-of query would make them.
RowDump FoldInMemory(const ViewDefinition& view, History& history);

// Fails, naming the page size, unless all of the above agree.
void ExpectReplayEquality(const ViewDefinition& view, History& history);

template <View V>
void ExpectReplayEquality(ViewScenario<V>& scenario) {
  ExpectReplayEquality(DefinitionOf<V>(), scenario.history());
}

}  // namespace crm::projections::testing

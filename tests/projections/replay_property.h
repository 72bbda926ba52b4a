// T70, the property every view must have: replaying a history gives byte-identical rows at any page
// size, however many changes are held before they are written, and also when the process restarts
// in the middle.
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

// Whether any file of the directory holds the text.
bool FilesHold(const std::string& directory, const std::string& text);

// How a history is replayed; as it stands, one commit at a time, each written at once.
struct ReplayManner {
  int64_t page = 1;              // events
  int64_t held = 1;              // see Projector::Options
  int64_t row_bytes = 16 << 20;  // see Projector::Options
  int restart_after = 0;         // pages; 0: never
};

// Builds the view in a store of its own; store and projector are closed and opened again where
// `how` says so.
RowDump Replay(const ViewDefinition& view, History& history, const ReplayManner& how);

// The same rows from a fold in memory, as an as-of query would make them.
RowDump FoldInMemory(const ViewDefinition& view, History& history);

// Fails, naming the manner, unless all of the above agree.
void ExpectReplayEquality(const ViewDefinition& view, History& history);

template <View V>
void ExpectReplayEquality(ViewScenario<V>& scenario) {
  ExpectReplayEquality(DefinitionOf<V>(), scenario.history());
}

}  // namespace crm::projections::testing

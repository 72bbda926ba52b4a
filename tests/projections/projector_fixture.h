// ProjectorTest: the toy view's projector over a store on disk and a log written by hand, stepped
// by the test. Include from tests only.
#pragma once

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "projections/projector.h"
#include "projections/view_store.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/toy_view.h"

namespace crm::projections::testing {

// One store on disk and one log; the projector is whatever the test opens over them.
class ProjectorTest : public ::testing::Test {
 protected:
  ProjectorTest() : directory_(FreshDirectory()) { OpenStore(); }

  void OpenStore() {
    projector_.reset();
    store_.reset();
    store_ = *ViewStore::Open(directory_, {.purge_in_background = false});
  }

  template <View V>
  void OpenProjector(int64_t page = 2) {
    Projector::Options options;
    options.page.max_events = page;
    OpenProjector<V>(options);
  }
  template <View V>
  void OpenProjector(Projector::Options options) {
    options.rows_compared_per_step = 3;
    decoder_.emplace(keys());
    projector_ =
        std::make_unique<Projector>(DefinitionOf<V>(), log_, *decoder_, *store_, gate_, options);
  }

  virtual KeyRing& keys() { return history_.keys(); }

  void StepToEnd(const Uuid& organization) {
    for (int steps = 0; projector_->Step(organization); ++steps) ASSERT_LT(steps, 1000);
  }
  void StepToEnd() { StepToEnd(history_.organization()); }

  ProjectionStatus Status(const Uuid& organization) {
    for (const ProjectionStatus& status : projector_->Status()) {
      if (status.organization == organization) return status;
    }
    ADD_FAILURE() << "no status";
    return {};
  }
  ProjectionStatus Status() { return Status(history_.organization()); }

  std::unique_ptr<ViewSnapshot> Snapshot(const Uuid& organization) {
    return *store_->Snapshot("toy", organization);
  }
  std::unique_ptr<ViewSnapshot> Snapshot() { return Snapshot(history_.organization()); }

  // The one generation that the store holds for the organization.
  Generation Stored(const Uuid& organization) {
    const std::vector<Generation> stored = *store_->ListGenerations("toy", organization);
    EXPECT_EQ(stored.size(), 1U);
    return stored.empty() ? Generation() : stored[0];
  }
  Generation Stored() { return Stored(history_.organization()); }

  int64_t Count(const std::string& name) { return CountOf(Snapshot()->rows(), name); }

  void GivenTeams(int count) {
    for (int i = 0; i < count; ++i) GivenTeam(history_, "a");
    history_.WriteTo(log_);
  }

  const std::string directory_;
  History history_;
  ScriptedLog log_;
  SystemClock clock_;
  AppliedGate gate_{clock_};
  std::unique_ptr<ViewStore> store_;
  std::optional<EventDecoder> decoder_;
  std::unique_ptr<Projector> projector_;
};

}  // namespace crm::projections::testing

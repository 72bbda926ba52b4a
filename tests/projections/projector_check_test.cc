// What is looked at before rows take over, and on request; and trying again after a stop.
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "tests/projections/projector_fixture.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::HasReason;
using ::crm::testing::IsOk;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

// The history's keys, with something that happens when one is asked for.
class WatchedKeyRing final : public KeyRing {
 public:
  explicit WatchedKeyRing(KeyRing& keys) : keys_(keys) {}

  std::function<absl::Status()> on_find = [] { return absl::OkStatus(); };

  absl::StatusOr<SealingKey> FindOrCreate(const Uuid& organization, const Uuid& subject) override {
    return keys_.FindOrCreate(organization, subject);
  }
  absl::StatusOr<std::optional<SealingKey>> Find(const Uuid& organization,
                                                 const Uuid& subject) override {
    RETURN_IF_ERROR(on_find());
    return keys_.Find(organization, subject);
  }
  absl::Status Destroy(const Uuid& organization, const Uuid& subject) override {
    return keys_.Destroy(organization, subject);
  }

 private:
  KeyRing& keys_;
};

class ProjectorCheckTest : public ProjectorTest {
 protected:
  KeyRing& keys() override { return watched_; }

  // Teams of names, and a person, all applied and serving.
  void GivenRows() {
    for (const char* name : {"a", "b", "b", "c"}) GivenTeam(history_, name);
    history_.Given({"customer", IdOf("c")}, Customer("Grace Hopper", IdOf("p")));
    history_.WriteTo(log_);
    OpenProjector<ToyView>();
    StepToEnd();
  }
  Generation Serving() {
    const auto generations = *store_->ListAllGenerations();
    for (const Generation& generation : generations) {
      if (generation.serving()) return generation;
    }
    ADD_FAILURE() << "nothing serves";
    return {};
  }
  // Changes rows in use behind the projector's back.
  void Tamper(const std::function<void(ViewTransaction&)>& change) {
    const Generation serving = Serving();
    const StoredRows stored = store_->Rows(serving);
    ViewTransaction rows(&stored);
    change(rows);
    ASSERT_THAT(store_->Commit(serving, rows), IsOk());
  }
  void TamperWithThreeRows() {
    Tamper([](ViewTransaction& rows) {
      Int64Value wrong;
      wrong.set_value(17);
      ToyView::kNames.Put(rows, {"b"}, wrong);
      ToyView::kNames.Put(rows, {"nobody"}, wrong);
      ToyView::kTeams.Erase(rows, {IdOf("a")});
    });
  }
  ComparisonReport Compare() {
    EXPECT_THAT(projector_->RequestComparison(history_.organization()), IsOk());
    EXPECT_EQ(Status().comparison->state, ComparisonState::kRunning);
    StepToEnd();
    return Status().comparison.value_or(ComparisonReport());
  }
  ComparisonReport Rebuild() {
    projector_->RequestRebuild(history_.organization());
    StepToEnd();
    return Status().cut_over.value_or(ComparisonReport());
  }

  WatchedKeyRing watched_{history_.keys()};
};

TEST_F(ProjectorCheckTest, RowsThatTheLogGivesAreEqual) {
  GivenRows();
  const ComparisonReport report = Compare();
  EXPECT_EQ(report.state, ComparisonState::kEqual);
  EXPECT_EQ(report.position, 5);
  EXPECT_EQ(report.found.rows, 7);  // 3 ids of teams, 3 names, a person
  EXPECT_EQ(report.found.total(), 0);
  EXPECT_NE(report.found.digest, Digest{});
  EXPECT_THAT(*store_->ListAllGenerations(), SizeIs(1)) << "what was folded is gone";
  EXPECT_EQ(NameOf(Status().state), "live");
  // The digest is of the rows, not of how they came about.
  OpenProjector<ToyView>(100);
  StepToEnd();
  EXPECT_EQ(Compare().found.digest, report.found.digest);
  GivenTeams(1);
  StepToEnd();
  EXPECT_NE(Compare().found.digest, report.found.digest);
}

// Mutation seen to fail: CompareNext without the comparison of encoded rows.
TEST_F(ProjectorCheckTest, EveryKindOfDifferenceIsFoundAndNamed) {
  GivenRows();
  TamperWithThreeRows();
  const ComparisonReport report = Compare();
  EXPECT_EQ(report.state, ComparisonState::kDifferent);
  EXPECT_EQ(report.found.differing, 1);
  EXPECT_EQ(report.found.missing, 1);
  EXPECT_EQ(report.found.extra, 1);
  ASSERT_THAT(report.differences, SizeIs(3));
  EXPECT_EQ(report.differences[0].kind, RowDifferenceKind::kMissing);
  EXPECT_EQ(report.differences[0].table, 1);
  EXPECT_EQ(report.differences[0].key, IdOf("a").ToString());
  EXPECT_EQ(report.differences[1].kind, RowDifferenceKind::kDiffering);
  EXPECT_EQ(report.differences[1].table, 2);
  EXPECT_EQ(report.differences[1].key, "text of 1 bytes") << "a key may hold a name";
  EXPECT_EQ(report.differences[2].kind, RowDifferenceKind::kExtra);
  EXPECT_EQ(report.differences[2].key, "text of 6 bytes");
  EXPECT_EQ(Count("b"), 17) << "a comparison changes nothing";
}

TEST_F(ProjectorCheckTest, OnlyTheFirstDifferencesAreKept) {
  GivenRows();
  Tamper([](ViewTransaction& rows) {
    for (int i = 0; i < 100; ++i) ToyView::kNames.Put(rows, {std::to_string(i)}, Int64Value());
  });
  const ComparisonReport report = Compare();
  EXPECT_EQ(report.found.extra, 100);
  EXPECT_THAT(report.differences, SizeIs(RowDifferences::kMaxShown));
}

TEST_F(ProjectorCheckTest, WhatServesGoesOnDuringAComparison) {
  GivenRows();
  ASSERT_THAT(projector_->RequestComparison(history_.organization()), IsOk());
  int given = 5;
  for (; projector_->Step(history_.organization()); ++given) {
    EXPECT_EQ(NameOf(Status().state), "live");
    EXPECT_EQ(Status().position, given);
    EXPECT_EQ(Status().rebuild_position, std::nullopt);
    GivenTeams(1);
  }
  EXPECT_EQ(Status().comparison->state, ComparisonState::kEqual);
  EXPECT_GT(given, 7) << "it took several steps";
  EXPECT_EQ(Status().position, given);
}

TEST_F(ProjectorCheckTest, ARestartForgetsAComparisonAndWhatItFolded) {
  GivenRows();
  ASSERT_THAT(projector_->RequestComparison(history_.organization()), IsOk());
  ASSERT_TRUE(projector_->Step(history_.organization()));
  ASSERT_THAT(*store_->ListAllGenerations(), SizeIs(2));
  OpenStore();
  OpenProjector<ToyView>();
  StepToEnd();
  EXPECT_THAT(*store_->ListAllGenerations(), SizeIs(1));
  EXPECT_EQ(Status().comparison, std::nullopt);
  EXPECT_EQ(Compare().state, ComparisonState::kEqual);
}

// Mutation seen to fail: ConcludeCheck that takes the first look for the last.
TEST_F(ProjectorCheckTest, AnErasureBetweenTheTwoFoldsIsNoDifference) {
  GivenRows();
  ASSERT_THAT(projector_->RequestComparison(history_.organization()), IsOk());
  watched_.on_find = [this, erased = false]() mutable {
    if (std::exchange(erased, true)) return absl::OkStatus();
    history_.Given({"person", IdOf("p")}, Erasure(IdOf("p")));
    history_.WriteTo(log_);
    return history_.keys().Destroy(history_.organization(), IdOf("p"));
  };
  StepToEnd();
  EXPECT_EQ(Status().comparison->state, ComparisonState::kEqual);
  EXPECT_EQ(Status().comparison->position, 6);
}

TEST_F(ProjectorCheckTest, ARebuildOfSoundRowsFindsThemEqual) {
  GivenRows();
  const uint32_t before = Serving().number();
  const ComparisonReport report = Rebuild();
  EXPECT_EQ(report.state, ComparisonState::kEqual);
  EXPECT_EQ(report.found.rows, 7);
  EXPECT_NE(Serving().number(), before);
}

// Mutation seen to fail: AdvanceBuilding that swaps without AdvanceCheck.
TEST_F(ProjectorCheckTest, ARebuildMendsRowsAndSaysWhatWasWrong) {
  GivenRows();
  TamperWithThreeRows();
  ::testing::internal::CaptureStderr();
  const ComparisonReport report = Rebuild();
  EXPECT_EQ(report.state, ComparisonState::kDifferent);
  EXPECT_EQ(report.found.total(), 3);
  EXPECT_THAT(report.differences, SizeIs(3));
  EXPECT_EQ(Count("b"), 2) << "what the log gives serves";
  EXPECT_EQ(Count("nobody"), 0);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("checked before they take over"), HasSubstr("differing=1"),
                    Not(HasSubstr("nobody"))));
  EXPECT_EQ(Rebuild().state, ComparisonState::kEqual);
}

// Both folds are compared where the one that serves stands, even when it stands still.
TEST_F(ProjectorCheckTest, RowsOfAStoppedViewAreComparedWhereItStopped) {
  GivenRows();
  GivenTeam(history_, "poison");
  history_.WriteTo(log_);
  StepToEnd();
  ASSERT_EQ(NameOf(Status().state), "stopped");
  const ComparisonReport report = Compare();
  EXPECT_EQ(report.state, ComparisonState::kEqual);
  EXPECT_EQ(report.position, 5);
  EXPECT_EQ(NameOf(Status().state), "stopped");
}

TEST_F(ProjectorCheckTest, RowsOfANewVersionAreReadBack) {
  GivenRows();
  OpenProjector<ToyViewV2>();
  StepToEnd();
  ASSERT_TRUE(Status().cut_over.has_value());
  EXPECT_EQ(Status().cut_over->state, ComparisonState::kReadBack);
  EXPECT_EQ(Status().cut_over->found.rows, 7);
  EXPECT_EQ(Status().cut_over->found.total(), 0);
}

TEST_F(ProjectorCheckTest, TheFirstBuildHasNothingToCompareWith) {
  GivenRows();
  EXPECT_EQ(Status().cut_over, std::nullopt);
}

// Mutation seen to fail: SwapIn that does not ask FindLoss.
TEST_F(ProjectorCheckTest, WhatWasBuiltFromALogThatIsNoMoreDoesNotTakeOver) {
  GivenRows();
  const uint32_t before = Serving().number();
  projector_->RequestRebuild(history_.organization());
  while (Status().rebuild_position != 5) ASSERT_TRUE(projector_->Step(history_.organization()));
  ASSERT_EQ(Serving().number(), before) << "its rows are still being compared";
  log_.Truncate(history_.organization(), 2);
  StepToEnd();
  EXPECT_EQ(Serving().number(), before);
  EXPECT_THAT(Status().warning, AllOf(HasSubstr("possible log loss"), HasSubstr("ends at 2")));
}

TEST_F(ProjectorCheckTest, AComparisonAndARebuildDoNotRunTogether) {
  GivenTeams(9);
  OpenProjector<ToyView>();
  EXPECT_THAT(projector_->RequestComparison(history_.organization()), HasReason("NOTHING_SERVES"));
  StepToEnd();
  projector_->RequestRebuild(history_.organization());
  EXPECT_THAT(projector_->RequestComparison(history_.organization()), HasReason("VIEW_REBUILDING"));
  StepToEnd();
  ASSERT_THAT(projector_->RequestComparison(history_.organization()), IsOk());
  ASSERT_TRUE(projector_->Step(history_.organization()));
  projector_->RequestRebuild(history_.organization());
  StepToEnd();
  EXPECT_EQ(Status().comparison->state, ComparisonState::kFailed);
  EXPECT_THAT(Status().comparison->problem, HasSubstr("rebuild"));
  EXPECT_EQ(Status().cut_over->state, ComparisonState::kEqual);
}

// Mutation seen to fail: TakeUp that leaves the problem of what serves.
TEST_F(ProjectorCheckTest, ResumeGoesOnWhereTheViewStopped) {
  GivenRows();
  watched_.on_find = [] { return absl::UnavailableError("the disk is full"); };
  history_.Given({"customer", IdOf("d")}, Customer("Ada Lovelace", IdOf("q")));
  GivenTeams(1);
  StepToEnd();
  ASSERT_EQ(NameOf(Status().state), "stopped");
  EXPECT_THAT(Status().problem, AllOf(HasSubstr("position 6"), HasSubstr("the disk is full")));
  const uint32_t number = Serving().number();
  projector_->RequestResume(history_.organization());
  StepToEnd();
  EXPECT_EQ(NameOf(Status().state), "stopped") << "nothing was mended yet";
  watched_.on_find = [] { return absl::OkStatus(); };
  StepToEnd();
  EXPECT_EQ(NameOf(Status().state), "stopped") << "nobody asked";
  projector_->RequestResume(history_.organization());
  StepToEnd();
  EXPECT_EQ(NameOf(Status().state), "live");
  EXPECT_EQ(Status().position, 7);
  EXPECT_EQ(Serving().number(), number) << "without building anything anew";
  EXPECT_EQ(Compare().state, ComparisonState::kEqual);
}

TEST_F(ProjectorCheckTest, ResumingAViewThatGoesOnChangesNothing) {
  GivenRows();
  const uint32_t number = Serving().number();
  projector_->RequestResume(history_.organization());
  StepToEnd();
  EXPECT_EQ(NameOf(Status().state), "live");
  EXPECT_EQ(Serving().number(), number);
}

}  // namespace
}  // namespace crm::projections::testing

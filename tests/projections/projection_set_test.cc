#include "projections/projection_set.h"

#include <future>
#include <memory>
#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/toy_view.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::HasReason;
using ::crm::testing::IsOk;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Never minds poison.
struct CalmView : ToyView {
  static constexpr absl::string_view kName = "calm";
  using Events = std::variant<TeamCreated>;
  static absl::Status Apply(const TeamCreated& event, const EventMetadata&, ViewTransaction& rows) {
    ASSIGN_OR_RETURN(Int64Value * count, kNames.Edit(rows, {event.display_name()}));
    count->set_value(count->value() + 1);
    return absl::OkStatus();
  }
};

class ProjectionSetTest : public ::testing::Test {
 protected:
  ProjectionSetTest() : store_(*ViewStore::Open(FreshDirectory())) {}

  void Start() {
    set_ = std::make_unique<ProjectionSet>(log_, history_.keys(), *store_, clock_,
                                           ProjectionSet::Options());
    set_->Add<ToyView>();
    set_->Add<CalmView>();
    ASSERT_THAT(set_->Start(), IsOk());
  }

  // Blocks until the view serves the position, or says why it never will.
  absl::Status WaitFor(absl::string_view view, Position position) {
    std::promise<absl::Status> answer;
    set_->WhenApplied(view, history_.organization(), position, clock_.Now() + absl::Seconds(30),
                      [&answer](absl::Status status) { answer.set_value(std::move(status)); });
    return answer.get_future().get();
  }

  int64_t Count(absl::string_view view, const std::string& name) {
    const auto reader = set_->Reader(view, history_.organization());
    EXPECT_THAT(reader, IsOk());
    return reader.ok() ? CountOf((*reader)->rows(), name) : -1;
  }

  void Add(absl::string_view name) {
    GivenTeam(history_, name);
    history_.WriteTo(log_);
  }

  History history_;
  ScriptedLog log_;
  SystemClock clock_;
  std::unique_ptr<ViewStore> store_;
  std::unique_ptr<ProjectionSet> set_;
};

TEST_F(ProjectionSetTest, CatchesUpAndThenFollowsTheLog) {
  Add("a");
  Start();
  ASSERT_THAT(WaitFor("toy", 1), IsOk());
  for (int i = 2; i <= 20; ++i) {
    Add("a");
    ASSERT_THAT(WaitFor("toy", i), IsOk());
    ASSERT_EQ(Count("toy", "a"), i);
  }
}

TEST_F(ProjectionSetTest, AnOrganizationThatAppearsLaterIsFollowedToo) {
  Start();
  EXPECT_THAT(set_->Reader("toy", history_.organization()), HasReason("VIEW_LAGGING"));
  Add("a");
  ASSERT_THAT(WaitFor("toy", 1), IsOk());
  EXPECT_EQ(Count("toy", "a"), 1);
}

TEST_F(ProjectionSetTest, APoisonedViewLeavesTheOthersRunning) {
  Add("a");
  Start();
  ASSERT_THAT(WaitFor("toy", 1), IsOk());
  Add("poison");
  Add("a");
  EXPECT_THAT(WaitFor("toy", 3), HasReason("VIEW_STOPPED"));
  ASSERT_THAT(WaitFor("calm", 3), IsOk());
  EXPECT_EQ(Count("calm", "a"), 2);
  EXPECT_EQ(Count("toy", "a"), 1);
  // Whoever waits is answered first; the status says so a moment later.
  const auto told = [](const std::vector<ProjectionStatus>& statuses) {
    return statuses.size() == 2 && statuses[0].state == ProjectionState::kLive &&
           statuses[1].state == ProjectionState::kStopped;
  };
  auto statuses = set_->Status();
  for (const absl::Time end = clock_.Now() + absl::Seconds(30);
       !told(statuses) && clock_.Now() < end; statuses = set_->Status())
    std::this_thread::yield();
  ASSERT_TRUE(told(statuses));
  EXPECT_EQ(statuses[0].view, "calm");
  EXPECT_EQ(statuses[1].lag, 2);
}

TEST_F(ProjectionSetTest, RebuildsOnRequest) {
  Add("a");
  Start();
  ASSERT_THAT(WaitFor("toy", 1), IsOk());
  const auto number = [this] {
    return store_->ListGenerations("toy", history_.organization())->back().number();
  };
  const uint32_t before = number();
  ASSERT_THAT(set_->Rebuild("toy", history_.organization()), IsOk());
  // The request is taken up before the event that follows it.
  Add("a");
  ASSERT_THAT(WaitFor("toy", 2), IsOk());
  EXPECT_GT(number(), before);
  EXPECT_EQ(Count("toy", "a"), 2);
}

TEST_F(ProjectionSetTest, NamesWhatDoesNotExist) {
  Add("a");
  Start();
  EXPECT_THAT(set_->Rebuild("tow", history_.organization()), HasReason("VIEW_NOT_FOUND"));
  EXPECT_THAT(set_->Reader("tow", history_.organization()), HasReason("VIEW_NOT_FOUND"));
  EXPECT_THAT(WaitFor("tow", 1), HasReason("VIEW_NOT_FOUND"));
  EXPECT_EQ(set_->Rebuild("toy", IdOf("nobody")).code(), absl::StatusCode::kNotFound);
}

TEST_F(ProjectionSetTest, StartDropsViewsAndOrganizationsThatAreNoMore) {
  ASSERT_THAT(store_->CreateGeneration("retired", 1, history_.organization()), IsOk());
  ASSERT_THAT(store_->CreateGeneration("toy", 1, IdOf("deleted")), IsOk());
  Start();
  EXPECT_THAT(*store_->ListAllGenerations(), IsEmpty());
}

TEST_F(ProjectionSetTest, StartDropsThePastStatesThatACrashLeft) {
  FoldRows left(*store_, "toy", history_.organization(), 0);
  ToyView::kTeams.Put(left.rows(), {IdOf("t")}, {});
  ASSERT_THAT(left.Bound(), IsOk());
  ASSERT_THAT(*store_->ListAllGenerations(), SizeIs(1));
  Start();
  EXPECT_THAT(*store_->ListAllGenerations(), IsEmpty());
}

TEST_F(ProjectionSetTest, ErasingAPersonDropsAsOfScratchesAndRows) {
  history_.Given({"customer", IdOf("c")}, Customer("Grace Hopper", IdOf("p")));
  history_.WriteTo(log_);
  Start();
  ASSERT_THAT(WaitFor("toy", 1), IsOk());
  const AsOfCut cut{.effective_before = absl::FromUnixSeconds(1'767'600'001)};
  const auto name_as_of = [&] {
    std::string name;
    EXPECT_THAT(
        set_->ReadAsOf("toy", history_.organization(), cut,
                       [&](const ViewReader& rows, Position) {
                         const auto row = ToyView::kPeople.Get(rows, {IdOf("p"), IdOf("c")});
                         name = (*row)->value();
                         return absl::OkStatus();
                       }),
        IsOk());
    return name;
  };
  EXPECT_EQ(name_as_of(), "Grace Hopper");
  ASSERT_THAT(history_.keys().Destroy(history_.organization(), IdOf("p")), IsOk());
  history_.Given({"person", IdOf("p")}, Erasure(IdOf("p")));
  history_.WriteTo(log_);
  ASSERT_THAT(WaitFor("toy", 2), IsOk());
  EXPECT_EQ(name_as_of(), "");
  const auto reader = set_->Reader("toy", history_.organization());
  EXPECT_EQ(*ToyView::kPeople.Get((*reader)->rows(), {IdOf("p"), IdOf("c")}), std::nullopt);
}

TEST_F(ProjectionSetTest, ClosingWithWorkUnderWayIsClean) {
  for (int i = 0; i < 200; ++i) GivenTeam(history_, "a");
  Start();
  history_.WriteTo(log_);
  set_.reset();
  Start();
  ASSERT_THAT(WaitFor("toy", 200), IsOk());
  EXPECT_EQ(Count("toy", "a"), 200);
}

}  // namespace
}  // namespace crm::projections::testing

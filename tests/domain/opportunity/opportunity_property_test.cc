// Any sequence of commands keeps the invariants of opportunities and their groups. Seeded: a
// failure names the seed and the command. ExampleWorld compares folding on with folding anew all
// along.
#include <random>
#include <variant>
#include <vector>

#include "domain/opportunity/opportunity_details.h"
#include "tests/support/opportunity_scenario.h"

namespace crm::testing {
namespace {

using domain::Opportunity;
using domain::OpportunityGroup;
using domain::OpportunityGroupId;
using domain::OpportunityId;
using domain::Pipeline;
using domain::Ref;

constexpr int kOpportunities = 4;
constexpr int kGroups = 2;
constexpr int kSeeds = 60;
constexpr int kCommandsPerSeed = 60;

class Story {
 public:
  explicit Story(uint32_t seed) : random_(seed) {
    for (int n = 1; n <= kOpportunities; ++n) {
      scenario_.GivenStream<Opportunity>(ExampleId<OpportunityId>(n), OpportunityOpenedExample());
    }
    GiveGroupOf(1, v1::GROUP_KIND_ALTERNATIVES);
    GiveGroupOf(2, v1::GROUP_KIND_SUB_PROJECTS);
  }

  // One random command; a refusal is as good as an answer.
  void Step() {
    switch (Pick(15)) {
      case 0:
        return Run<Opportunity>(WinOpportunityExample(One()));
      case 1:
        return Run<Opportunity>(LoseOpportunityExample("price", "", One()));
      case 2:
        return Run<Opportunity>(ExampleCommand<v1::ReopenOpportunityRequest>(One()));
      case 3:
        return Run<Opportunity>(PlaceOnStandbyExample(One()));
      case 4:
        return Run<Opportunity>(ExampleCommand<v1::ResumeOpportunityRequest>(One()));
      case 5:
        return Run<Opportunity>(ExampleCommand<v1::ArchiveOpportunityRequest>(One()));
      case 6:
        return Run<Opportunity>(ExampleCommand<v1::RestoreOpportunityRequest>(One()));
      case 7:
        return Run<Opportunity>(CreditContributorsExample({Pick(3), 1}, One()));
      case 8:
        return Run<Opportunity>(AssignOpportunityExample(Pick(2), Pick(3), One()));
      case 9:
        return Probability();
      case 10:
        return Run<OpportunityGroup>(OnGroup<v1::AddGroupMemberRequest>());
      case 11:
        return Run<OpportunityGroup>(OnGroup<v1::RemoveGroupMemberRequest>());
      case 12:
        return Run<OpportunityGroup>(OnGroup<v1::PreferGroupMemberRequest>());
      default:
        return Move();
    }
  }

  void ExpectInvariants() {
    std::vector<Ref<Opportunity>> opportunities;
    for (int n = 1; n <= kOpportunities; ++n) {
      opportunities.push_back(scenario_.CurrentOf<Opportunity>(ExampleId<OpportunityId>(n)));
      ExpectSound(opportunities.back());
    }
    for (int n = 1; n <= kGroups; ++n) {
      ExpectSound(scenario_.CurrentOf<OpportunityGroup>(ExampleId<OpportunityGroupId>(n)),
                  opportunities);
    }
  }

  // How many commands were followed, and how many refused.
  int done = 0;
  int refused = 0;

 private:
  void GiveGroupOf(int n, v1::GroupKind kind) {
    scenario_.GivenStream<OpportunityGroup>(
        ExampleId<OpportunityGroupId>(n),
        OpportunityGroupCreatedExample(kind, kind == v1::GROUP_KIND_SUB_PROJECTS));
  }

  int Pick(int below) { return static_cast<int>(random_() % static_cast<uint32_t>(below)); }
  int One() { return Pick(kOpportunities) + 1; }

  template <class Command>
  Command OnGroup() {
    Command command;
    command.set_name(ExampleName<OpportunityGroupId>(Pick(kGroups) + 1));
    command.set_opportunity(ExampleName<OpportunityId>(One()));
    return command;
  }

  void Probability() {
    auto command = ExampleCommand<v1::ReviseProbabilityRequest>(One());
    if (Pick(3) > 0) command.set_probability_bp(Pick(10'001));
    Run<Opportunity>(command);
  }

  void Move() {
    auto command = MoveStageExample(Pick(5) + 1, Pick(2) + 1, One());
    command.set_clear_probability(Pick(4) == 0);
    Run<Opportunity>(command);
  }

  template <class A, class Command>
  void Run(const Command& command) {
    SCOPED_TRACE(Readable(command));
    const auto decided = scenario_.world().Run<A>(command);
    ++(decided.ok() ? done : refused);
    EXPECT_FALSE(absl::IsInternal(decided.status())) << decided.status();
    ExpectInvariants();
  }

  void ExpectSound(const Ref<Opportunity>& opportunity) {
    const domain::OpportunityState& state = opportunity.state();
    const Ref<Pipeline> pipeline = scenario_.CurrentOf<Pipeline>(state.stage.pipeline);
    const domain::Stage* stage = pipeline->Find(state.stage.stage);
    ASSERT_NE(stage, nullptr);
    const bool won = state.phase == v1::OPPORTUNITY_STATE_WON;
    EXPECT_EQ(stage->kind, won ? v1::STAGE_KIND_WON : v1::STAGE_KIND_OPEN) << "I1";
    const v1::Opportunity shown = scenario_.world().Show(opportunity);
    if (!state.IsOpen()) {
      EXPECT_EQ(shown.probability_bp(), won ? 10'000 : 0) << "I5";
    }
    if (state.IsOpen() && !state.explicit_probability.has_value()) {
      EXPECT_EQ(shown.probability_bp(), stage->probability.basis_points()) << "I4";
    }
    EXPECT_EQ(state.reminder.has_value(), state.phase == v1::OPPORTUNITY_STATE_STANDBY) << "I7";
    EXPECT_EQ(state.close_time.has_value(), !state.IsOpen());
    EXPECT_EQ(!state.superseded_by.IsNil(), state.phase == v1::OPPORTUNITY_STATE_SUPERSEDED);
    for (const domain::Contribution& contribution : state.contributors) {
      EXPECT_GT(contribution.weight, 0) << "I10";
    }
  }

  static void ExpectSound(const Ref<OpportunityGroup>& group,
                          const std::vector<Ref<Opportunity>>& opportunities) {
    int open = 0;
    int won = 0;
    for (const Ref<Opportunity>& opportunity : opportunities) {
      const bool member = group->Has(opportunity.id);
      EXPECT_EQ(member, opportunity->group == group.id) << "I12";
      if (!member) continue;
      open += opportunity->IsOpen() ? 1 : 0;
      won += opportunity->phase == v1::OPPORTUNITY_STATE_WON ? 1 : 0;
    }
    if (group->kind == v1::GROUP_KIND_ALTERNATIVES && won > 0) {
      EXPECT_EQ(won, 1) << "I9";
      EXPECT_EQ(open, 0) << "I9";
    }
    EXPECT_TRUE(group->preferred.IsNil() || group->Has(group->preferred)) << "group I3";
  }

  OpportunityScenario scenario_;
  std::mt19937 random_;
};

TEST(OpportunityPropertyTest, AnySequenceOfCommandsKeepsTheInvariants) {
  int done = 0;
  int refused = 0;
  for (uint32_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Story story(seed);
    for (int i = 0; i < kCommandsPerSeed && !::testing::Test::HasFailure(); ++i) story.Step();
    done += story.done;
    refused += story.refused;
  }
  // Both roads were taken often enough to mean something.
  EXPECT_GT(done, kSeeds * kCommandsPerSeed / 3);
  EXPECT_GT(refused, kSeeds * kCommandsPerSeed / 10);
}

}  // namespace
}  // namespace crm::testing

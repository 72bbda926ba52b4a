// The scenario language itself: what it folds, what it compares, and what it does not let pass.
#include "tests/support/scenario.h"

#include "domain/rejection.h"
#include "gtest/gtest-spi.h"
#include "tests/support/examples.h"

namespace crm::testing {
namespace {

using domain::PipelineId;
using events::v1::PipelineCreated;
using events::v1::PipelineRenamed;

PipelineRenamed RenamedTo(absl::string_view name) {
  PipelineRenamed event;
  event.set_display_name(std::string(name));
  return event;
}

// The smallest aggregate with an effect and a refusal: archiving renames it and its neighbour.
struct Sign {
  using Id = PipelineId;
  struct State {
    std::string text;
  };
  using Event = std::variant<PipelineCreated, PipelineRenamed>;
  using Resource = v1::Pipeline;

  static State Evolve(State state, const Event& event, const domain::EventMetadata&) {
    std::visit([&](const auto& e) { state.text = e.display_name(); }, event);
    return state;
  }
  static domain::Scope ScopeOf(const State&) { return domain::Scope::Shared(); }
  static absl::StatusOr<Resource> Render(const domain::Ref<Sign>& sign, const domain::Lookup&) {
    v1::Pipeline pipeline;
    pipeline.set_display_name(sign->text);
    return pipeline;
  }
  static absl::StatusOr<domain::Decision<Event>> Decide(const State& state,
                                                        const v1::ArchivePipelineRequest&,
                                                        const domain::DecideContext& context) {
    ASSIGN_OR_RETURN(const bool may, context.Permits("pipeline.edit", ScopeOf(state)));
    if (!may) return domain::Refuse("NOT_ALLOWED", "no", {{"text", state.text}});
    domain::Decision<Event> decision;
    if (state.text == "closed") return decision;
    ASSIGN_OR_RETURN(const auto other, context.Require<Sign>(ExampleId<PipelineId>(2)));
    decision.Add(RenamedTo("closed")).Affect(other, RenamedTo("also closed"));
    return decision;
  }
};

v1::ArchivePipelineRequest Archive() {
  v1::ArchivePipelineRequest command;
  command.set_name(ExampleName<PipelineId>());
  return command;
}

TEST(ScenarioTest, TellsAStory) {
  Scenario<Sign>()
      .Given(PipelineCreatedExample())
      .GivenStream<Sign>(ExampleId<PipelineId>(2), PipelineCreatedExample(2))
      .When(Archive())
      .Then(RenamedTo("closed"))
      .ThenAlso<Sign>(ExampleId<PipelineId>(2), RenamedTo("also closed"))
      .ThenConsulted<Sign>(ExampleId<PipelineId>(2))
      .ThenState(::testing::Field(&Sign::State::text, "closed"))
      .When(Archive())
      .ThenNothing();
}

TEST(ScenarioTest, HearsRefusalsAndTheirMetadata) {
  Scenario<Sign>()
      .Given(PipelineCreatedExample())
      .Denying("pipeline.edit")
      .When(Archive())
      .ThenRejected("NOT_ALLOWED")
      .Naming("text", "Pipeline 1");
}

TEST(ScenarioTest, KnowsWhatIsNotEffectiveYet) {
  Scenario<Sign>()
      .GivenAt(kExampleBefore - absl::Hours(2))
      .Given(PipelineCreatedExample())
      .GivenAt(kExampleBefore)
      .GivenStream<Sign>(ExampleId<PipelineId>(2), PipelineCreatedExample(2))
      .At(kExampleBefore - absl::Hours(1))
      .When(Archive())
      .ThenRejected("REFERENCE_NOT_YET_EFFECTIVE");
}

void Two(Scenario<Sign>& scenario) {
  scenario.Given(PipelineCreatedExample())
      .GivenStream<Sign>(ExampleId<PipelineId>(2), PipelineCreatedExample(2));
}

TEST(ScenarioTest, FailsOnAnotherEvent) {
  EXPECT_NONFATAL_FAILURE(
      {
        Scenario<Sign> scenario;
        Two(scenario);
        scenario.When(Archive()).Then(RenamedTo("open")).Settled();
      },
      "modified: display_name: \"open\" -> \"closed\"");
}

TEST(ScenarioTest, FailsOnAnEffectNobodyMentions) {
  EXPECT_NONFATAL_FAILURE(
      {
        Scenario<Sign> scenario;
        Two(scenario);
        scenario.When(Archive()).Then(RenamedTo("closed"));
      },
      "also closed");
}

TEST(ScenarioTest, FailsOnARefusalNobodyExpects) {
  EXPECT_NONFATAL_FAILURE(
      {
        Scenario<Sign> scenario;
        scenario.Given(PipelineCreatedExample()).When(Archive());
      },
      "REFERENCE_NOT_FOUND");
}

}  // namespace
}  // namespace crm::testing

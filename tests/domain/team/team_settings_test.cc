// What a team is set to: alias, pipelines, policy, filters, target. Numbers are the invariants of
// domain/team/team.h.
#include "tests/domain/team/team_scenario.h"

namespace crm::domain {
namespace {

using testing::ExampleBytes;
using testing::ExampleId;
using testing::ExampleName;
using ::testing::Field;
using testing::From;

using TeamSettingsTest = TeamTest;

TEST_F(TeamSettingsTest, I4AnAliasIsUniqueWhileItIsHeld) {
  const auto claim = [](absl::string_view alias) {
    return ClaimOf(kOrganization, kTeamAliasClaim, alias);
  };
  const auto claimed = ClaimedBy(kTeamAliasClaim, StreamOf(ExampleId<TeamId>()));
  scenario_.GivenStream<Claim>(claim("south"),
                               ClaimedBy(kTeamAliasClaim, StreamOf(ExampleId<TeamId>(2))));
  GivenTeam()
      .When(AssignAlias("south", v1::ALIAS_POLICY_EVERYONE))
      .ThenRejected("TEAM_ALIAS_TAKEN")
      .Naming("team", ExampleName<TeamId>(2))
      .When(AssignAlias("north", v1::ALIAS_POLICY_UNSPECIFIED))
      .ThenRejected("ALIAS_POLICY_REQUIRED")
      .When(AssignAlias("north", v1::ALIAS_POLICY_EVERYONE))
      .Then(From<events::v1::TeamAliasRevised>("alias: 'north' policy: 1"))
      .ThenAlso<Claim>(claim("north"), claimed)
      .When(AssignAlias("north", v1::ALIAS_POLICY_EVERYONE))
      .ThenNothing()
      .When(AssignAlias("north", v1::ALIAS_POLICY_MEMBERS))
      .Then(From<events::v1::TeamAliasRevised>("alias: 'north' policy: 4"))
      .When(AssignAlias("nord", v1::ALIAS_POLICY_MEMBERS))
      .Then(From<events::v1::TeamAliasRevised>("alias: 'nord' policy: 4"))
      .ThenAlso<Claim>(claim("north"), events::v1::ValueReleased())
      .ThenAlso<Claim>(claim("nord"), claimed)
      .When(AssignAlias("", v1::ALIAS_POLICY_MEMBERS))
      .Then(events::v1::TeamAliasRevised())
      .ThenAlso<Claim>(claim("nord"), events::v1::ValueReleased())
      .When(AssignAlias("north", v1::ALIAS_POLICY_EVERYONE))
      .Then(From<events::v1::TeamAliasRevised>("alias: 'north' policy: 1"))
      .ThenAlso<Claim>(claim("north"), claimed);
}

TEST_F(TeamSettingsTest, I5PipelinesFitWhenChosen) {
  const std::string pipeline = ExampleName<PipelineId>(2);
  const std::string lead_pipeline = ExampleName<PipelineId>(3);
  scenario_.GivenStream<Pipeline>(ExampleId<PipelineId>(2), testing::PipelineCreatedExample(2))
      .GivenStream<Pipeline>(ExampleId<PipelineId>(3),
                             testing::PipelineCreatedExample(3, v1::PIPELINE_KIND_LEAD))
      .GivenStream<Pipeline>(ExampleId<PipelineId>(4), testing::PipelineCreatedExample(4),
                             events::v1::PipelineArchived());
  events::v1::TeamSettingsRevised revised;
  revised.set_pipeline_id(ExampleBytes<PipelineId>(2));
  revised.set_lead_pipeline_id(ExampleBytes<PipelineId>(3));
  events::v1::TeamSettingsRevised cleared;
  cleared.set_pipeline_id("");
  const auto choose = [](absl::string_view field, const std::string& name) {
    return Update(absl::StrCat(field, ": '", name, "'"));
  };
  GivenTeam()
      .When(choose("pipeline", lead_pipeline))
      .ThenRejected("PIPELINE_KIND_MISMATCH")
      .When(choose("lead_pipeline", pipeline))
      .ThenRejected("PIPELINE_KIND_MISMATCH")
      .When(choose("pipeline", ExampleName<PipelineId>(4)))
      .ThenRejected("PIPELINE_ARCHIVED")
      .When(choose("pipeline", ExampleName<PipelineId>(9)))
      .ThenRejected("REFERENCE_NOT_FOUND")
      .When(Update(absl::StrCat("pipeline: '", pipeline, "' lead_pipeline: '", lead_pipeline, "'")))
      .Then(revised)
      .When(Update("", "pipeline"))
      .Then(cleared)
      .ThenState(Field(&TeamState::pipeline, PipelineId()));
}

TEST_F(TeamSettingsTest, RevisesWhatDiffersAndTellsTheRegisterOfItsPolicy) {
  GivenTeam()
      .When(Update("display_name: 'Team 1' color_index: 7"))
      .Then(From<events::v1::TeamSettingsRevised>("color_index: 7"))
      .When(Update("color_index: 7"))
      .ThenNothing()
      .When(Update("privacy: TEAM_PRIVACY_ALL_SHARED assigners: REASSIGN_POLICY_LEADERS"))
      .Then(From<events::v1::TeamSettingsRevised>("privacy: 3 assigners: 2"))
      .ThenAlso<TeamRegister>(kRegister,
                              PolicyNoted(ExampleId<TeamId>(), v1::TEAM_PRIVACY_ALL_SHARED,
                                          v1::REASSIGN_POLICY_LEADERS))
      .When(Update("", "display_name"))
      .ThenRejected("DISPLAY_NAME_REQUIRED")
      .When(Update("leaders: 'members/x'", "leaders"))
      .ThenNothing();
}

TEST_F(TeamSettingsTest, FiltersAreReplacedWholeAndRemoved) {
  GivenTeam()
      .When(Update("assignment_filter { field_in { field: 'tag' values: 'big' } }"))
      .Then(From<events::v1::TeamSettingsRevised>(
          "assignment_filter { field_in { field: 'tag' values: 'big' } } "
          "assignment_filter_replaced: true"))
      .When(Update("assignment_filter { field_in { field: 'tag' values: 'big' } }"))
      .ThenNothing()
      .When(Update("assignment_filter { }"))
      .ThenRejected("FILTER_EMPTY")
      .When(Update("", "assignment_filter"))
      .Then(From<events::v1::TeamSettingsRevised>("assignment_filter_replaced: true"))
      .ThenState(Field(&TeamState::assignment_filter, ::testing::Eq(std::nullopt)));
}

TEST_F(TeamSettingsTest, I8TargetsAreInTheOrganizationsCurrency) {
  GivenTeam()
      .When(Update("monthly_target { currency_code: 'USD' units: 1 }"))
      .ThenRejected("TARGET_INVALID")
      .When(Update("monthly_target { currency_code: 'EUR' units: -1 }"))
      .ThenRejected("TARGET_INVALID")
      .When(Update("monthly_target { currency_code: 'EUR' nanos: 1 }"))
      .ThenRejected("AMOUNT_TOO_PRECISE")
      .When(Update("monthly_target { currency_code: 'EUR' units: 2 }"))
      .Then(From<events::v1::TeamSettingsRevised>(
          "monthly_target { currency_code: 'EUR' minor: 200 }"))
      .When(Update("", "monthly_target"))
      .Then(From<events::v1::TeamSettingsRevised>("monthly_target { }"))
      .ThenState(Field(&TeamState::monthly_target, ::testing::Eq(std::nullopt)));
}

}  // namespace
}  // namespace crm::domain

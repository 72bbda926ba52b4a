// Opportunity: birth, fields, amounts, probability, people. Numbers are the invariants of
// domain/opportunity/opportunity.h.
#include "domain/opportunity/opportunity.h"

#include "tests/support/opportunity_scenario.h"

namespace crm::testing {
namespace {

using domain::Contact;
using domain::ContactId;
using domain::Customer;
using domain::CustomerId;
using domain::MemberId;
using domain::Money;
using domain::OpportunityId;
using domain::Pipeline;
using domain::PipelineId;
using domain::StageId;
using domain::Team;
using domain::TeamId;
using ::testing::ElementsAre;
using ::testing::Property;
using ::testing::SizeIs;

v1::UpdateOpportunityRequest Update(const std::vector<std::string>& paths) {
  v1::UpdateOpportunityRequest command;
  command.mutable_opportunity()->set_name(ExampleName<OpportunityId>());
  for (const std::string& path : paths) command.mutable_update_mask()->add_paths(path);
  return command;
}

v1::ReviseProbabilityRequest Probable(std::optional<int> basis_points) {
  auto command = ExampleCommand<v1::ReviseProbabilityRequest>();
  if (basis_points.has_value()) command.set_probability_bp(*basis_points);
  return command;
}

v1::ReviseExpectedRevenueRequest Revenue(std::optional<int64_t> euros) {
  auto command = ExampleCommand<v1::ReviseExpectedRevenueRequest>();
  if (euros.has_value()) *command.mutable_expected_revenue() = EuroMoney(*euros);
  return command;
}

events::v1::ProbabilityRevised ProbabilityRevisedTo(events::v1::ProbabilitySource source, int bp,
                                                    int stage = kQualified) {
  events::v1::ProbabilityRevised event;
  event.set_source(source);
  event.set_probability_bp(bp);
  *event.mutable_at() = SnapshotExample(stage);
  return event;
}

// --- Birth ---

TEST(OpportunityTest, I1StartsInTheFirstOpenStageOfItsTeamsPipeline) {
  auto opened = OpportunityOpenedExample();
  opened.mutable_details()->set_forecast_category(v1::FORECAST_CATEGORY_PIPELINE);
  OpportunityScenario()
      .When(CreateOpportunityExample())
      .Then(opened)
      .ThenConsulted<Team>(ExampleId<TeamId>())
      .ThenConsulted<Pipeline>(ExampleId<PipelineId>())
      .ThenConsulted<Customer>(ExampleId<CustomerId>());
}

TEST(OpportunityTest, I1StartsInTheStageNamed) {
  auto command = CreateOpportunityExample();
  command.mutable_opportunity()->set_stage(NameOf(ExampleStage(kProposal, 2)));
  OpportunityScenario().When(command).ThenShows(
      Property(&v1::Opportunity::stage, NameOf(ExampleStage(kProposal, 2))));
}

TEST(OpportunityTest, I1NeedsAStageWhenNoTeamGivesOne) {
  auto command = CreateOpportunityExample();
  command.mutable_opportunity()->clear_team();
  OpportunityScenario().When(command).ThenRejected("STAGE_REQUIRED");
  events::v1::TeamSettingsRevised without_pipeline;
  without_pipeline.set_pipeline_id("");
  OpportunityScenario()
      .GivenStream<Team>(ExampleId<TeamId>(), without_pipeline)
      .When(CreateOpportunityExample())
      .ThenRejected("STAGE_REQUIRED");
}

TEST(OpportunityTest, I1IsNotBornWhereItCannotBeWorkedOn) {
  auto command = CreateOpportunityExample();
  command.mutable_opportunity()->set_stage(NameOf(ExampleStage(kWon)));
  OpportunityScenario().When(command).ThenRejected("STAGE_CLOSED_KIND");
  command.mutable_opportunity()->set_stage(NameOf(ExampleStage(kQualified, 3)));
  OpportunityScenario().When(command).ThenRejected("PIPELINE_KIND_MISMATCH");
  OpportunityScenario()
      .GivenStream<Pipeline>(ExampleId<PipelineId>(), events::v1::PipelineArchived())
      .When(CreateOpportunityExample())
      .ThenRejected("PIPELINE_ARCHIVED");
}

TEST(OpportunityTest, I2IsBornWithTheFieldsItsStageRequires) {
  events::v1::StageDetailsRevised demanding;
  demanding.set_stage_id(ExampleBytes<StageId>(10 + kQualified));
  demanding.set_required_fields_replaced(true);
  demanding.add_required_fields("contact");
  demanding.add_required_fields("expected_revenue");
  demanding.add_required_fields("contributors");
  auto command = CreateOpportunityExample();
  OpportunityScenario()
      .GivenStream<Pipeline>(ExampleId<PipelineId>(), demanding)
      .When(command)
      .ThenRejected("STAGE_FIELDS_MISSING")
      .Naming("fields", "contact,contributors");
  command.mutable_opportunity()->set_contact(ExampleName<ContactId>());
  v1::Contributor& contributor = *command.mutable_opportunity()->add_contributors();
  contributor.set_member(ExampleName<MemberId>(2));
  contributor.set_weight(1);
  OpportunityScenario()
      .GivenStream<Pipeline>(ExampleId<PipelineId>(), demanding)
      .When(command)
      .ThenShows(Property(&v1::Opportunity::contributors, SizeIs(1)));
}

TEST(OpportunityTest, I3AmountsAreKnownAndNotNegative) {
  auto command = CreateOpportunityExample();
  command.mutable_opportunity()->mutable_expected_revenue()->set_units(-1);
  OpportunityScenario().When(command).ThenRejected("AMOUNT_NEGATIVE");
  command.mutable_opportunity()->mutable_expected_revenue()->set_currency_code("EURO");
  OpportunityScenario().When(command).ThenRejected("CURRENCY_UNKNOWN");
  *command.mutable_opportunity()->mutable_expected_revenue() = EuroMoney(0);
  OpportunityScenario().When(command).ThenShows(
      Property(&v1::Opportunity::has_weighted_revenue, true));
}

TEST(OpportunityTest, I4MayBeBornWithAProbabilityOfZero) {
  auto command = CreateOpportunityExample();
  command.mutable_opportunity()->set_probability_bp(0);
  OpportunityScenario()
      .When(command)
      .ThenShows(Property(&v1::Opportunity::probability_bp, 0))
      .ThenShows(Property(&v1::Opportunity::probability_source, v1::PROBABILITY_SOURCE_EXPLICIT));
}

TEST(OpportunityTest, I13HasANameAndActiveParties) {
  auto command = CreateOpportunityExample();
  command.mutable_opportunity()->set_display_name("  ");
  OpportunityScenario().When(command).ThenRejected("DISPLAY_NAME_REQUIRED");
  OpportunityScenario()
      .GivenStream<Customer>(ExampleId<CustomerId>(), events::v1::CustomerArchived())
      .When(CreateOpportunityExample())
      .ThenRejected("CUSTOMER_ARCHIVED");
  command = CreateOpportunityExample();
  command.mutable_opportunity()->set_contact(ExampleName<ContactId>());
  OpportunityScenario()
      .GivenStream<Contact>(ExampleId<ContactId>(), events::v1::ContactArchived())
      .When(command)
      .ThenRejected("CONTACT_ARCHIVED");
  command.mutable_opportunity()->set_contact(ExampleName<ContactId>(9));
  OpportunityScenario().When(command).ThenRejected("REFERENCE_NOT_FOUND");
}

TEST(OpportunityTest, I10IsBornWithContributors) {
  auto command = CreateOpportunityExample();
  v1::Contributor& contributor = *command.mutable_opportunity()->add_contributors();
  contributor.set_member(ExampleName<MemberId>(2));
  contributor.set_weight(3);
  events::v1::ContributorsCredited credited;
  credited.add_contributors()->set_member_id(ExampleBytes<MemberId>(2));
  credited.mutable_contributors(0)->set_weight(3);
  *credited.mutable_at() = SnapshotExample();
  auto opened = OpportunityOpenedExample();
  opened.mutable_details()->set_forecast_category(v1::FORECAST_CATEGORY_PIPELINE);
  OpportunityScenario().When(command).Then(opened, credited);
}

// --- Descriptive fields ---

TEST(OpportunityTest, RevisesExactlyTheChangedFields) {
  auto command = Update({});
  command.mutable_opportunity()->set_display_name("Sixty desks");
  command.mutable_opportunity()->set_source("fair");
  command.mutable_opportunity()->set_customer(ExampleName<CustomerId>());  // as it was
  *command.mutable_opportunity()->mutable_expected_close_date() = ExampleDate(2026, 6, 30);
  events::v1::OpportunityDetailsRevised revised;
  for (const char* path : {"display_name", "expected_close_date", "source"}) {
    revised.add_fields(path);
  }
  revised.mutable_details()->set_display_name("Sixty desks");
  revised.mutable_details()->mutable_expected_close()->set_days(20'634);
  revised.mutable_details()->set_source("fair");
  *revised.mutable_at() = SnapshotExample();
  OpportunityScenario(kQualified)
      .When(command)
      .Then(revised)
      .ThenShows(Property(&v1::Opportunity::source, "fair"))
      .When(command)
      .ThenNothing();
}

TEST(OpportunityTest, ClearsWhatTheMaskNamesAndTheRequestLacks) {
  auto set = Update({});
  *set.mutable_opportunity()->mutable_expected_close_date() = ExampleDate(2026, 6, 30);
  set.mutable_opportunity()->add_tags("urgent");
  events::v1::OpportunityDetailsRevised cleared;
  for (const char* path : {"expected_close_date", "tags", "customer"}) cleared.add_fields(path);
  cleared.mutable_details();
  *cleared.mutable_at() = SnapshotExample();
  OpportunityScenario(kQualified)
      .When(set)
      .When(Update({"customer", "expected_close_date", "tags"}))
      .Then(cleared)
      .ThenShows(Property(&v1::Opportunity::customer, ""))
      .ThenShows(Property(&v1::Opportunity::has_expected_close_date, false));
}

TEST(OpportunityTest, UpdateLeavesOtherCommandsFieldsAlone) {
  OpportunityScenario(kQualified).When(Update({"owner"})).ThenRejected("FIELD_NOT_UPDATABLE");
  OpportunityScenario(kQualified).When(Update({"colour"})).ThenRejected("FIELD_UNKNOWN");
}

TEST(OpportunityTest, I13KeepsANameAndChecksNewParties) {
  OpportunityScenario(kQualified)
      .When(Update({"display_name"}))
      .ThenRejected("DISPLAY_NAME_REQUIRED");
  auto command = Update({"customer"});
  command.mutable_opportunity()->set_customer(ExampleName<CustomerId>(2));
  OpportunityScenario(kQualified)
      .GivenStream<Customer>(ExampleId<CustomerId>(2), events::v1::CustomerArchived())
      .When(command)
      .ThenRejected("CUSTOMER_ARCHIVED");
  // A customer archived since does not keep the rest from changing.
  auto rename = Update({"display_name"});
  rename.mutable_opportunity()->set_display_name("Sixty desks");
  OpportunityScenario(kQualified)
      .GivenStream<Customer>(ExampleId<CustomerId>(1), events::v1::CustomerArchived())
      .When(rename)
      .ThenShows(Property(&v1::Opportunity::display_name, "Sixty desks"));
}

// --- Amounts and probability ---

TEST(OpportunityTest, I3RevisesExpectedRevenue) {
  events::v1::ExpectedRevenueRevised revised;
  *revised.mutable_from() = Euros(10'000);
  *revised.mutable_to() = Euros(12'000);
  *revised.mutable_at() = SnapshotExample();
  OpportunityScenario(kQualified)
      .When(Revenue(12'000))
      .Then(revised)
      .When(Revenue(12'000))
      .ThenNothing()
      .When(Revenue(-1))
      .ThenRejected("AMOUNT_NEGATIVE")
      .When(Revenue(std::nullopt))
      .ThenShows(Property(&v1::Opportunity::has_expected_revenue, false));
}

TEST(OpportunityTest, I4EntersAProbabilityAndFollowsTheStageAgain) {
  OpportunityScenario(kQualified)
      .When(Probable(std::nullopt))
      .ThenNothing()
      .When(Probable(0))
      .Then(ProbabilityRevisedTo(events::v1::PROBABILITY_SOURCE_EXPLICIT, 0))
      .ThenShows(Property(&v1::Opportunity::probability_bp, 0))
      .When(Probable(0))
      .ThenNothing()
      .When(Probable(std::nullopt))
      .Then(ProbabilityRevisedTo(events::v1::PROBABILITY_SOURCE_STAGE, 1'000))
      .ThenShows(Property(&v1::Opportunity::probability_bp, 1'000));
}

TEST(OpportunityTest, I4FollowsTheStagesNewProbability) {
  events::v1::StageProbabilityRevised revised;
  revised.set_stage_id(ExampleBytes<StageId>(10 + kQualified));
  revised.set_probability_bp(2'000);
  OpportunityScenario(kQualified)
      .GivenStream<Pipeline>(ExampleId<PipelineId>(), revised)
      .ThenShows(Property(&v1::Opportunity::probability_bp, 2'000));
}

TEST(OpportunityTest, T51WeightsHalfUpToTheMinorUnit) {
  auto opened = OpportunityOpenedExample();
  opened.mutable_opened()->mutable_expected_revenue()->set_minor(1'250);
  OpportunityScenario scenario;
  const v1::Opportunity shown = scenario.Given(opened).When(Probable(100)).Shown();
  EXPECT_THAT(Money::FromProto(shown.weighted_revenue()),
              IsOkAndHolds(Money(*domain::Currency::Parse("EUR"), 13)));
}

TEST(OpportunityTest, T51AddsUpWeightedRevenue) {
  int64_t weighted = 0;
  const int cases[][2] = {{10'000, 2'000}, {5'000, 5'000}, {2'500, 8'000}};
  for (const auto& [euros, bp] : cases) {
    OpportunityScenario scenario(kQualified);
    const v1::Opportunity shown = scenario.When(Revenue(euros)).When(Probable(bp)).Shown();
    weighted += Money::FromProto(shown.weighted_revenue())->minor();
  }
  EXPECT_EQ(weighted, 650'000);
}

// --- People ---

TEST(OpportunityTest, AssignsTeamAndOwner) {
  events::v1::OpportunityAssigned assigned;
  assigned.mutable_to()->set_team_id(ExampleBytes<TeamId>());
  assigned.mutable_to()->set_owner_id(ExampleBytes<MemberId>(2));
  *assigned.mutable_at() = SnapshotExample();
  OpportunityScenario(kQualified)
      .When(AssignOpportunityExample(1, 1))
      .ThenNothing()
      .When(AssignOpportunityExample(1, 2))
      .Then(assigned)
      .ThenConsulted<Team>(ExampleId<TeamId>())
      .ThenShows(Property(&v1::Opportunity::owner, ExampleName<MemberId>(2)))
      .When(AssignOpportunityExample(0, 0))
      .ThenShows(Property(&v1::Opportunity::owner, ""));
}

TEST(OpportunityTest, AssigningKeepsTheContributors) {
  OpportunityScenario scenario(kQualified);
  scenario.When(CreditContributorsExample({1, 1})).When(AssignOpportunityExample(1, 2));
  ASSERT_THAT(scenario.decided(), SizeIs(1));
  const auto& assigned =
      dynamic_cast<const events::v1::OpportunityAssigned&>(*scenario.decided().front());
  EXPECT_THAT(assigned.to().contributor_ids(),
              ElementsAre(ExampleBytes<MemberId>(1), ExampleBytes<MemberId>(2)));
}

TEST(OpportunityTest, RefusesTeamsAndOwnersThatDoNotWork) {
  OpportunityScenario(kQualified)
      .GivenStream<Team>(ExampleId<TeamId>(), events::v1::TeamArchived())
      .When(AssignOpportunityExample(1, 2))
      .ThenRejected("TEAM_ARCHIVED");
  OpportunityScenario(kQualified)
      .GivenStream<domain::Member>(ExampleId<MemberId>(2), events::v1::MemberDeactivated())
      .When(AssignOpportunityExample(1, 2))
      .ThenRejected("MEMBER_INACTIVE");
  OpportunityScenario(kQualified)
      .When(AssignOpportunityExample(1, 9))
      .ThenRejected("REFERENCE_NOT_FOUND");
}

TEST(OpportunityTest, RefusesTeamsWhereTheyAreNotUsed) {
  events::v1::OrganizationSettingsRevised revised;
  revised.set_teams_enabled(false);
  OpportunityScenario(kQualified)
      .GivenStream<domain::Organization>(ExampleId<domain::OrganizationId>(), revised)
      .When(AssignOpportunityExample(1, 2))
      .ThenRejected("TEAMS_NOT_USED");
}

TEST(OpportunityTest, T50BringsTheOwnersTeamInSingleTeamOrganizations) {
  events::v1::MembershipPolicySwitched single;
  single.set_single_team(true);
  OpportunityScenario(kQualified)
      .GivenStream<domain::Organization>(ExampleId<domain::OrganizationId>(), single)
      .When(AssignOpportunityExample(0, 2))
      .ThenShows(Property(&v1::Opportunity::team, ExampleName<TeamId>()));
}

}  // namespace
}  // namespace crm::testing

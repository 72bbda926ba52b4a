// Invariants I1..I5 of domain/organization/organization.h.
#include "domain/organization/organization.h"

#include "domain/administrator_register/administrator_register.h"
#include "domain/claim/claim.h"
#include "domain/member/member.h"
#include "domain/team_register/team_register.h"
#include "domain/token/token.h"
#include "tests/support/born.h"
#include "tests/support/examples.h"
#include "tests/support/prototext.h"
#include "tests/support/scenario.h"

namespace crm::domain {
namespace {

using testing::AffiliationNotedExample;
using testing::Born;
using testing::ExampleBytes;
using testing::ExampleId;
using testing::ExampleName;
using testing::From;

using testing::OrganizationCreatedExample;
using testing::Scenario;
using testing::TeamRegisteredExample;

v1::CreateOrganizationRequest CreateExample() {
  auto command = From<v1::CreateOrganizationRequest>(R"(
    display_name: "Example" currency_code: "EUR" time_zone: "Europe/Berlin"
    administrator_display_name: "Ada" administrator_email: " Ada@Example.COM ")");
  command.set_secret_hash(std::string(32, 'x'));
  return command;
}

v1::UpdateOrganizationRequest Update(absl::string_view organization, absl::string_view path = "") {
  v1::UpdateOrganizationRequest command;
  *command.mutable_organization() = From<v1::Organization>(organization);
  if (!path.empty()) command.mutable_update_mask()->add_paths(std::string(path));
  return command;
}

v1::DefineLossReasonRequest Define(absl::string_view reason) {
  v1::DefineLossReasonRequest command;
  *command.mutable_loss_reason() = From<v1::LossReason>(reason);
  return command;
}

events::v1::MembershipPolicySwitched SwitchedToSingle() {
  return From<events::v1::MembershipPolicySwitched>("single_team: true");
}

TEST(OrganizationTest, I1BirthMakesEverythingInOneCommit) {
  const auto administrator = Born<MemberId>(1);
  Scenario<Organization> scenario;
  scenario.When(CreateExample());
  ASSERT_THAT(scenario.outcome(), testing::IsOk());
  ASSERT_EQ(scenario.decided().size(), 8u) << "created, settings, six loss reasons";

  const auto created = scenario.Current();
  EXPECT_EQ(created->currency, Currency::Parse("EUR"));
  EXPECT_EQ(created->zone().name(), "Europe/Berlin");
  EXPECT_EQ(created->administrator, administrator);
  ASSERT_EQ(created->loss_reasons.size(), 6u);
  EXPECT_EQ(created->loss_reasons.back().id, "other");
  EXPECT_TRUE(created->loss_reasons.back().requires_text);
  EXPECT_FALSE(created->FindLossReason("price")->requires_text);

  const auto member = scenario.CurrentOf<Member>(administrator);
  EXPECT_EQ(member->email, "Ada@example.com");
  EXPECT_TRUE(member->IsActiveAdministrator());
  const auto token = scenario.CurrentOf<Token>(*TokenIdOf(std::string(32, 'x')));
  EXPECT_EQ(token->member, administrator);
  EXPECT_TRUE(token->IsValidAt(absl::Now()));
  const auto claim = scenario.CurrentOf<Claim>(
      ClaimOf(ExampleId<OrganizationId>(), kMemberEmailClaim, "ada@example.com"));
  EXPECT_TRUE(claim->held);
  EXPECT_EQ(claim->holder, StreamOf(administrator));
  const auto administrators = scenario.CurrentOf<AdministratorRegister>(
      AdministratorRegisterOf(ExampleId<OrganizationId>()));
  EXPECT_TRUE(administrators->administrators.contains(administrator));

  testing::MemoryStreams streams(ExampleId<OrganizationId>());
  const auto response = *Organization::Respond(CreateExample(), created, Lookup(streams));
  EXPECT_EQ(response.organization(), ExampleName<OrganizationId>());
  EXPECT_EQ(response.administrator(), NameOf(administrator));
  EXPECT_EQ(response.token(), NameOf(token.id));
  scenario.Settled();
}

TEST(OrganizationTest, I1DefaultsAreWrittenOut) {
  Scenario<Organization> scenario;
  scenario.When(CreateExample());
  const auto* settings =
      dynamic_cast<const events::v1::OrganizationSettingsRevised*>(scenario.decided().at(1).get());
  ASSERT_NE(settings, nullptr);
  std::vector<const google::protobuf::FieldDescriptor*> set_fields;
  settings->GetReflection()->ListFields(*settings, &set_fields);
  EXPECT_EQ(static_cast<int>(set_fields.size()), settings->GetDescriptor()->field_count() - 2)
      << "all but display_name, which birth gives, and letterhead, which is the user's to write";
  EXPECT_EQ(settings->stagnation_threshold_days(), 14);
  EXPECT_TRUE(settings->leads_enabled());
  EXPECT_EQ(settings->fiscal_year_start_month(), 1);
  scenario.Settled();
}

TEST(OrganizationTest, I2RefusesWhatIsNoCurrencyZoneAddressOrSecret) {
  auto command = CreateExample();
  command.set_currency_code("XXX");
  Scenario<Organization>().When(command).ThenRejected("CURRENCY_UNKNOWN");
  command = CreateExample();
  command.set_time_zone("Berlin");
  Scenario<Organization>().When(command).ThenRejected("TIME_ZONE_UNKNOWN");
  command = CreateExample();
  command.set_administrator_email("ada");
  Scenario<Organization>().When(command).ThenRejected("EMAIL_INVALID");
  command = CreateExample();
  command.set_secret_hash("short");
  Scenario<Organization>().When(command).ThenRejected("SECRET_HASH_INVALID");
  command = CreateExample();
  command.set_display_name(" ");
  Scenario<Organization>().When(command).ThenRejected("DISPLAY_NAME_REQUIRED");
  command = CreateExample();
  command.set_administrator_display_name("");
  Scenario<Organization>().When(command).ThenRejected("DISPLAY_NAME_REQUIRED");
}

TEST(OrganizationTest, RevisesWhatDiffersAndNothingElse) {
  Scenario<Organization>()
      .Given(OrganizationCreatedExample())
      .When(Update("display_name: 'Example' leads_enabled: true stagnation_threshold_days: 7"))
      .Then(From<events::v1::OrganizationSettingsRevised>("stagnation_threshold_days: 7"))
      .When(Update("stagnation_threshold_days: 7"))
      .ThenNothing()
      .When(Update("", "leads_enabled"))
      .Then(From<events::v1::OrganizationSettingsRevised>("leads_enabled: false"))
      .ThenState(::testing::Field(&OrganizationState::leads_enabled, false));
}

TEST(OrganizationTest, ShowsEverySetting) {
  const auto everything = R"(
      display_name: "New" fiscal_year_start_month: 4 leads_enabled: false teams_enabled: false
      everything_shared: true reassign_policy: REASSIGN_POLICY_LEADERS
      rounding: ROUNDING_HALF_EVEN commission_waiting_days: 30 auto_invoice_on_acceptance: true
      stagnation_threshold_days: 21 reminder_days: 3 letterhead: "Main Street 1")";
  Scenario<Organization> scenario;
  scenario.Given(OrganizationCreatedExample()).When(Update(everything, "*"));
  ASSERT_THAT(scenario.outcome(), testing::IsOk());
  const v1::Organization shown = scenario.Shown();
  EXPECT_EQ(shown.display_name(), "New");
  EXPECT_EQ(shown.fiscal_year_start_month(), 4);
  EXPECT_FALSE(shown.leads_enabled());
  EXPECT_FALSE(shown.teams_enabled());
  EXPECT_TRUE(shown.everything_shared());
  EXPECT_EQ(shown.reassign_policy(), v1::REASSIGN_POLICY_LEADERS);
  EXPECT_EQ(shown.rounding(), v1::ROUNDING_HALF_EVEN);
  EXPECT_EQ(shown.commission_waiting_days(), 30);
  EXPECT_TRUE(shown.auto_invoice_on_acceptance());
  EXPECT_EQ(shown.stagnation_threshold_days(), 21);
  EXPECT_EQ(shown.reminder_days(), 3);
  EXPECT_EQ(shown.letterhead(), "Main Street 1");
  EXPECT_EQ(shown.currency_code(), "EUR");
  EXPECT_EQ(shown.time_zone(), "Europe/Berlin");
  EXPECT_EQ(shown.membership_policy(), v1::MEMBERSHIP_POLICY_MULTI_TEAM);
  EXPECT_EQ(shown.etag(), "\"2\"");
}

TEST(OrganizationTest, ClearedSettingsHaveTheirDefaults) {
  Scenario<Organization>()
      .Given(OrganizationCreatedExample(),
             From<events::v1::OrganizationSettingsRevised>(
                 "fiscal_year_start_month: 4 reassign_policy: 1 rounding: 2"))
      .When(Update("", "*"))
      .ThenRejected("DISPLAY_NAME_REQUIRED")
      .When(Update("", "fiscal_year_start_month"))
      .Then(From<events::v1::OrganizationSettingsRevised>("fiscal_year_start_month: 1"))
      .When(Update("", "reassign_policy"))
      .Then(From<events::v1::OrganizationSettingsRevised>("reassign_policy: 3"))
      .When(Update("", "rounding"))
      .Then(From<events::v1::OrganizationSettingsRevised>("rounding: 1"));
}

TEST(OrganizationTest, I2CurrencyAndZoneCannotBeChanged) {
  Scenario<Organization>()
      .Given(OrganizationCreatedExample())
      .When(Update("currency_code: 'USD' time_zone: 'UTC'", "currency_code"))
      .ThenNothing()
      .When(Update("currency_code: 'USD' time_zone: 'UTC'"))
      .ThenNothing()
      .When(Update("display_name: 'x'", "displayName"))
      .ThenRejected("FIELD_UNKNOWN");
}

TEST(OrganizationTest, I3SingleTeamIsRefusedWhileSomebodyHasTwo) {
  const auto command =
      From<v1::SwitchMembershipPolicyRequest>("membership_policy: MEMBERSHIP_POLICY_SINGLE_TEAM");
  const TeamRegisterId teams = TeamRegisterOf(ExampleId<OrganizationId>());
  Scenario<Organization>()
      .Given(OrganizationCreatedExample())
      .GivenStream<TeamRegister>(teams, AffiliationNotedExample(1, 1),
                                 AffiliationNotedExample(2, 1), AffiliationNotedExample(2, 2))
      .When(command)
      .ThenRejected("MEMBERS_IN_SEVERAL_TEAMS")
      .Naming("members", ExampleName<MemberId>(1))
      .Naming("member_count", "1");
  Scenario<Organization>()
      .Given(OrganizationCreatedExample())
      .GivenStream<TeamRegister>(teams, AffiliationNotedExample(1, 1),
                                 AffiliationNotedExample(2, 2))
      .When(command)
      .Then(SwitchedToSingle())
      .ThenConsulted<TeamRegister>(teams)
      .When(command)
      .ThenNothing()
      .When(From<v1::SwitchMembershipPolicyRequest>(
          "membership_policy: MEMBERSHIP_POLICY_MULTI_TEAM"))
      .Then(events::v1::MembershipPolicySwitched())
      .When(v1::SwitchMembershipPolicyRequest())
      .ThenRejected("MEMBERSHIP_POLICY_REQUIRED");
}

TEST(OrganizationTest, I5TeamsAreGivenUpWhenAllAreArchived) {
  const TeamRegisterId teams = TeamRegisterOf(ExampleId<OrganizationId>());
  const auto off = Update("", "teams_enabled");
  events::v1::TeamAvailabilityNoted archived;
  archived.set_team_id(ExampleBytes<TeamId>(1));
  Scenario<Organization>()
      .Given(OrganizationCreatedExample())
      .GivenStream<TeamRegister>(teams, TeamRegisteredExample(1), TeamRegisteredExample(2),
                                 archived)
      .When(off)
      .ThenRejected("TEAMS_IN_USE")
      .Naming("teams", ExampleName<TeamId>(2))
      .Naming("team_count", "1");
  Scenario<Organization>()
      .Given(OrganizationCreatedExample())
      .GivenStream<TeamRegister>(teams, TeamRegisteredExample(1), archived)
      .When(off)
      .Then(From<events::v1::OrganizationSettingsRevised>("teams_enabled: false"))
      .ThenConsulted<TeamRegister>(teams)
      .When(off)
      .ThenNothing()
      .When(Update("teams_enabled: true"))
      .Then(From<events::v1::OrganizationSettingsRevised>("teams_enabled: true"));
}

TEST(OrganizationTest, I4LossReasonsAreAddedAndReplacedInPlace) {
  const auto price =
      From<events::v1::LossReasonDefined>("reason { reason_id: 'price' display_name: 'Price' }");
  const auto dear = From<events::v1::LossReasonDefined>(
      "reason { reason_id: 'price' display_name: 'Too dear' requires_text: true archived: true }");
  const auto define_dear =
      Define("loss_reason_id: 'price' display_name: 'Too dear' requires_text: true archived: true");
  Scenario<Organization>()
      .Given(OrganizationCreatedExample())
      .When(Define("loss_reason_id: 'price' display_name: 'Price'"))
      .Then(price)
      .When(Define("loss_reason_id: 'timing' display_name: 'Timing'"))
      .Then(From<events::v1::LossReasonDefined>(
          "reason { reason_id: 'timing' display_name: 'Timing' }"))
      .When(define_dear)
      .Then(dear)
      .ThenState(
          ::testing::Field(&OrganizationState::loss_reasons,
                           ::testing::ElementsAre(LossReason{"price", "Too dear", true, true},
                                                  LossReason{"timing", "Timing", false, false})))
      .When(define_dear)
      .ThenNothing()
      .When(Define("loss_reason_id: 'other' display_name: 'Other'"))
      .ThenRejected("OTHER_REQUIRES_TEXT")
      .When(Define("loss_reason_id: 'price' display_name: ''"))
      .ThenRejected("DISPLAY_NAME_REQUIRED");
}

}  // namespace
}  // namespace crm::domain

// Invariants I1..I4 of domain/commission_policy/commission_policy.h.
#include "domain/commission_policy/commission_policy.h"

#include "domain/commission_register/commission_register.h"
#include "domain/member/member.h"
#include "domain/team/team.h"
#include "tests/support/born.h"
#include "tests/support/commission_examples.h"
#include "tests/support/examples.h"
#include "tests/support/prototext.h"
#include "tests/support/scenario.h"

namespace crm::domain {
namespace {

using ::testing::AllOf;
using testing::Born;
using testing::CommissionPolicyCreatedExample;
using testing::ExampleBytes;
using testing::ExampleId;
using testing::ExampleName;
using testing::FlatTermsExample;
using testing::From;
using testing::PolicyRegisteredExample;
using ::testing::Property;
using testing::Scenario;
using testing::VersionPublishedExample;

constexpr char kLadder[] = R"(
  kind: COMMISSION_KIND_LADDER currency_code: 'EUR' ladder {
    steps { upper { currency_code: 'EUR' units: 10000 } rate_ppm: 50000 }
    steps { lower { currency_code: 'EUR' units: 10000 }
            upper { currency_code: 'EUR' units: 30000 } rate_ppm: 70000 }
    steps { lower { currency_code: 'EUR' units: 30000 } rate_ppm: 100000 } })";

const CommissionRegisterId kRegister = CommissionRegisterOf(ExampleId<OrganizationId>());

v1::CreateCommissionPolicyRequest Create(absl::string_view terms) {
  v1::CreateCommissionPolicyRequest command;
  command.mutable_commission_policy()->set_display_name("Policy 1");
  *command.mutable_commission_policy()->mutable_terms() = From<v1::PolicyTerms>(terms);
  return command;
}

v1::PublishCommissionPolicyVersionRequest Publish(absl::string_view terms) {
  v1::PublishCommissionPolicyVersionRequest command;
  command.set_name(ExampleName<CommissionPolicyId>());
  *command.mutable_terms() = From<v1::PolicyTerms>(terms);
  return command;
}

template <class Command>
Command Named() {
  Command command;
  command.set_name(ExampleName<CommissionPolicyId>());
  return command;
}

// A policy as it was added: flat, for everybody.
Scenario<CommissionPolicy>& GivenPolicy(Scenario<CommissionPolicy>& scenario) {
  return scenario.Given(CommissionPolicyCreatedExample(), VersionPublishedExample())
      .GivenStream<CommissionRegister>(kRegister, PolicyRegisteredExample());
}

events::v1::CommissionPolicyRegistered Registered(const CommissionPolicyId& policy,
                                                  int version = 1) {
  auto registered = PolicyRegisteredExample(1, version);
  registered.set_policy_id(ToBytes(policy));
  return registered;
}

TEST(CommissionPolicyTest, I1ABornPolicyHasItsFirstVersion) {
  auto registered = Registered(Born<CommissionPolicyId>());
  registered.set_currency_code("EUR");
  registered.set_priority(3);
  auto terms = testing::LadderTermsExample();
  terms.set_priority(3);
  Scenario<CommissionPolicy>()
      .When(Create(absl::StrCat(kLadder, " priority: 3")))
      .Then(CommissionPolicyCreatedExample(), VersionPublishedExample(terms))
      .ThenAlso<CommissionRegister>(kRegister, registered)
      .ThenShows(AllOf(Property(&v1::CommissionPolicy::policy_version, 1),
                       Property(&v1::CommissionPolicy::display_name, "Policy 1")));
}

TEST(CommissionPolicyTest, ShowsWhatItWasGiven) {
  Scenario<CommissionPolicy> scenario;
  scenario.GivenStream<Member>(ExampleId<MemberId>(), testing::MemberCreatedExample())
      .GivenStream<Team>(ExampleId<TeamId>(), testing::TeamCreatedExample());
  auto given = From<v1::PolicyTerms>(R"(
    kind: COMMISSION_KIND_PRODUCT_LADDER currency_code: 'EUR'
    accumulation: ACCUMULATION_PER_PERIOD period: COMMISSION_PERIOD_FISCAL_QUARTER
    override_terms { rate_ppm: 20000 agent_commission_subtracted: true }
    recurring_cycles: 3 priority: 7
    valid_from_date { year: 2026 month: 1 day: 1 }
    valid_until_date { year: 2026 month: 1 day: 1 })");
  auto& entry = *given.add_product_terms();
  entry.set_category(ExampleName<ProductCategoryId>());
  *entry.mutable_ladder() = From<v1::Ladder>(R"(
    mode: LADDER_MODE_STEP_FIXED capped: true
    steps { upper { currency_code: 'EUR' units: 500 } amount { currency_code: 'EUR' units: 2 } })");
  given.add_members(ExampleName<MemberId>());
  given.add_teams(ExampleName<TeamId>());
  v1::CreateCommissionPolicyRequest command = Create("");
  *command.mutable_commission_policy()->mutable_terms() = given;
  scenario.When(command).Settled();
  const auto shown = scenario.Shown();
  EXPECT_EQ(shown.terms().DebugString(), given.DebugString());
}

TEST(CommissionPolicyTest, I1AVersionFollowsAnother) {
  Scenario<CommissionPolicy> scenario;
  GivenPolicy(scenario)
      .When(Publish("kind: COMMISSION_KIND_FLAT rate_ppm: 80000"))
      .Then(VersionPublishedExample(FlatTermsExample(80'000), 2))
      .ThenAlso<CommissionRegister>(kRegister, Registered(ExampleId<CommissionPolicyId>(), 2))
      .When(Publish("kind: COMMISSION_KIND_FLAT rate_ppm: 80000"))
      .ThenNothing();
  EXPECT_EQ(scenario.Current()->Find(1)->rate_ppm(), 50'000);
  EXPECT_EQ(scenario.Current()->Find(2)->rate_ppm(), 80'000);
  EXPECT_EQ(scenario.Current()->Find(3), nullptr);
  EXPECT_EQ(scenario.Current()->Find(0), nullptr);
}

TEST(CommissionPolicyTest, I2SaysWhatEarnsAndNothingElse) {
  const auto rejects = [](absl::string_view terms, absl::string_view reason,
                          absl::string_view field = "") {
    Scenario<CommissionPolicy> scenario;
    scenario.When(Create(terms)).ThenRejected(reason);
    if (!field.empty()) scenario.Naming("field", field);
  };
  rejects("", "COMMISSION_KIND_REQUIRED", "kind");
  rejects("kind: COMMISSION_KIND_FLAT ladder {}", "POLICY_TERMS_CONTRADICTORY", "ladder");
  rejects("kind: COMMISSION_KIND_LADDER rate_ppm: 1", "POLICY_TERMS_CONTRADICTORY", "rate_ppm");
  rejects("kind: COMMISSION_KIND_MARGIN product_terms {}", "POLICY_TERMS_CONTRADICTORY",
          "product_terms");
  rejects("kind: COMMISSION_KIND_FLAT margin_floor: MARGIN_FLOOR_LINE",
          "POLICY_TERMS_CONTRADICTORY", "margin_floor");
  rejects("kind: COMMISSION_KIND_FLAT period: COMMISSION_PERIOD_MONTH",
          "POLICY_TERMS_CONTRADICTORY", "period");
  rejects("kind: COMMISSION_KIND_FLAT rate_ppm: 1000001", "RATE_INVALID");
  rejects("kind: COMMISSION_KIND_FLAT override_terms { rate_ppm: -1 }", "RATE_INVALID");
  rejects("kind: COMMISSION_KIND_PRODUCT product_terms {}", "POLICY_TERMS_CONTRADICTORY",
          "product_terms");
  const std::string product =
      absl::StrCat("product_terms { product: '", ExampleName<ProductId>(), "' ");
  rejects(absl::StrCat("kind: COMMISSION_KIND_PRODUCT ", product, "} ", product, "}"),
          "POLICY_TERMS_CONTRADICTORY", "product_terms");
  rejects(absl::StrCat("kind: COMMISSION_KIND_PRODUCT ", product, "ladder {} }"),
          "POLICY_TERMS_CONTRADICTORY", "product_terms.ladder");
  rejects(absl::StrCat("kind: COMMISSION_KIND_PRODUCT_LADDER ", product, "rate_ppm: 1 }"),
          "POLICY_TERMS_CONTRADICTORY", "product_terms.rate_ppm");
  rejects(absl::StrCat("kind: COMMISSION_KIND_PRODUCT_LADDER ", product, "}"), "LADDER_EMPTY");
  rejects("kind: COMMISSION_KIND_FLAT currency_code: 'EUX'", "CURRENCY_UNKNOWN");
}

TEST(CommissionPolicyTest, I2LaddersHaveNoGapOverlapOrForgottenEnd) {
  const auto rejects = [](absl::string_view steps, absl::string_view reason) {
    Scenario<CommissionPolicy>()
        .When(Create(absl::StrCat("kind: COMMISSION_KIND_LADDER currency_code: 'EUR' ladder { ",
                                  steps, " }")))
        .ThenRejected(reason);
  };
  rejects("", "LADDER_EMPTY");
  rejects("steps { upper { currency_code: 'EUR' units: 5 } }", "LADDER_NOT_CAPPED");
  rejects("steps { upper { currency_code: 'EUR' units: 5 } } steps {}", "LADDER_OVERLAP");
  rejects(
      "steps { upper { currency_code: 'EUR' units: 5 } } "
      "steps { lower { currency_code: 'EUR' units: 6 } }",
      "LADDER_GAP");
  rejects("steps { lower { currency_code: 'EUR' units: 1 } }", "LADDER_GAP");
  rejects("steps {} steps {}", "LADDER_OVERLAP");
  rejects("capped: true steps { upper { currency_code: 'EUR' } }", "LADDER_OVERLAP");
  rejects("steps { amount { currency_code: 'EUR' units: 5 } }", "POLICY_TERMS_CONTRADICTORY");
  rejects("mode: LADDER_MODE_STEP_FIXED steps { rate_ppm: 5 }", "POLICY_TERMS_CONTRADICTORY");
  rejects("steps { upper { currency_code: 'USD' units: 5 } }", "CURRENCY_MISMATCH");
  rejects("steps { rate_ppm: 2000000 }", "RATE_INVALID");
}

TEST(CommissionPolicyTest, I2AmountsHaveACurrency) {
  Scenario<CommissionPolicy>()
      .When(Create("kind: COMMISSION_KIND_LADDER ladder { capped: true steps { "
                   "upper { currency_code: 'EUR' units: 5 } } }"))
      .ThenRejected("POLICY_CURRENCY_REQUIRED");
  Scenario<CommissionPolicy> any;
  any.When(Create("kind: COMMISSION_KIND_LADDER ladder { steps { rate_ppm: 1 } }")).Settled();
  EXPECT_THAT(any.outcome(), testing::IsOk()) << "a rate alone pays in any";
}

TEST(CommissionPolicyTest, RefusesWhatDoesNotExist) {
  Scenario<CommissionPolicy>()
      .When(Create(
          absl::StrCat("kind: COMMISSION_KIND_FLAT members: '", ExampleName<MemberId>(9), "'")))
      .ThenRejected("REFERENCE_NOT_FOUND");
  Scenario<CommissionPolicy>()
      .When(
          Create(absl::StrCat("kind: COMMISSION_KIND_FLAT teams: '", ExampleName<TeamId>(9), "'")))
      .ThenRejected("REFERENCE_NOT_FOUND");
  Scenario<CommissionPolicy>()
      .When(Create(absl::StrCat("kind: COMMISSION_KIND_PRODUCT product_terms { product: '",
                                ExampleName<ProductId>(9), "' rate_ppm: 1 }")))
      .ThenRejected("REFERENCE_NOT_FOUND");
  Scenario<CommissionPolicy>()
      .When(Create(R"(kind: COMMISSION_KIND_FLAT
                      valid_from_date { year: 2026 month: 4 day: 2 }
                      valid_until_date { year: 2026 month: 4 day: 1 })"))
      .ThenRejected("POLICY_VALIDITY_INVALID");
  v1::CreateCommissionPolicyRequest blank = Create("kind: COMMISSION_KIND_FLAT");
  blank.mutable_commission_policy()->set_display_name(" ");
  Scenario<CommissionPolicy>().When(blank).ThenRejected("DISPLAY_NAME_REQUIRED");
}

TEST(CommissionPolicyTest, I3PoliciesMustNotContradictEachOther) {
  Scenario<CommissionPolicy>()
      .GivenStream<CommissionRegister>(kRegister, PolicyRegisteredExample(2))
      .When(Create("kind: COMMISSION_KIND_FLAT rate_ppm: 50000"))
      .ThenRejected("POLICY_OVERLAPS")
      .Naming("commission_policy", ExampleName<CommissionPolicyId>(2));
  Scenario<CommissionPolicy> scenario;
  GivenPolicy(scenario)
      .GivenStream<CommissionRegister>(kRegister,
                                       [] {
                                         auto other = PolicyRegisteredExample(2);
                                         other.set_priority(1);
                                         return other;
                                       }())
      .When(Publish("kind: COMMISSION_KIND_FLAT rate_ppm: 50000 priority: 1"))
      .ThenRejected("POLICY_OVERLAPS");
}

TEST(CommissionPolicyTest, I4AnArchivedPolicyDoesNotChange) {
  auto archived = Registered(ExampleId<CommissionPolicyId>());
  archived.set_archived(true);
  v1::UpdateCommissionPolicyRequest rename;
  rename.mutable_commission_policy()->set_name(ExampleName<CommissionPolicyId>());
  rename.mutable_commission_policy()->set_display_name("Another");
  Scenario<CommissionPolicy> scenario;
  GivenPolicy(scenario)
      .When(Named<v1::ArchiveCommissionPolicyRequest>())
      .Then(events::v1::CommissionPolicyArchived())
      .ThenAlso<CommissionRegister>(kRegister, archived)
      .When(Named<v1::ArchiveCommissionPolicyRequest>())
      .ThenNothing()
      .When(Publish("kind: COMMISSION_KIND_FLAT rate_ppm: 1"))
      .ThenRejected("POLICY_ARCHIVED")
      .When(rename)
      .ThenRejected("POLICY_ARCHIVED")
      .When(Named<v1::RestoreCommissionPolicyRequest>())
      .Then(events::v1::CommissionPolicyRestored())
      .ThenAlso<CommissionRegister>(kRegister, Registered(ExampleId<CommissionPolicyId>()))
      .When(Named<v1::RestoreCommissionPolicyRequest>())
      .ThenNothing()
      .When(rename)
      .Then([] {
        events::v1::CommissionPolicyRenamed renamed;
        renamed.set_display_name("Another");
        return renamed;
      }())
      .When(rename)
      .ThenNothing();
}

TEST(CommissionPolicyTest, I4WhatTookItsPlaceHindersItsReturn) {
  auto archived = Registered(ExampleId<CommissionPolicyId>());
  archived.set_archived(true);
  Scenario<CommissionPolicy> scenario;
  scenario
      .Given(CommissionPolicyCreatedExample(), VersionPublishedExample(),
             events::v1::CommissionPolicyArchived())
      .GivenStream<CommissionRegister>(kRegister, PolicyRegisteredExample(), archived,
                                       PolicyRegisteredExample(2))
      .When(Named<v1::RestoreCommissionPolicyRequest>())
      .ThenRejected("POLICY_OVERLAPS");
}

}  // namespace
}  // namespace crm::domain

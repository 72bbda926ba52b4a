// CustomerOverview: figures per currency over what the caller sees.
#include "projections/customer_overview.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "crm/v1/opportunity_group_service.pb.h"
#include "domain/render.h"
#include "gmock/gmock.h"
#include "tests/projections/asking.h"
#include "tests/projections/record_events.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/view_scenario.h"

namespace crm::projections::testing {
namespace {

using domain::ContactId;
using domain::CustomerId;
using domain::LeadId;
using domain::OpportunityId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::Time kStart = absl::UnixEpoch() + absl::Hours(24 * 20000);

StreamId Opportunity(absl::string_view name) { return StreamNamed<OpportunityId>(name); }

template <class Id>
std::string NameOf(absl::string_view name) {
  return domain::NameOf(Named<Id>(name));
}

events::v1::PipelineCreated Sales() {
  events::v1::PipelineCreated event;
  event.set_kind(v1::PIPELINE_KIND_OPPORTUNITY);
  AddStage(event, "offer", 2500);
  return event;
}

events::v1::Amount Dollars(int64_t cents) {
  events::v1::Amount amount = Euros(cents);
  amount.set_currency_code("USD");
  return amount;
}

class CustomerOverviewTest : public ::testing::Test {
 protected:
  CustomerOverviewTest() {
    auto acme = Company("acme", "Acme");
    acme.set_lead_id(Bytes("origin"));
    scenario_.Given(StreamNamed<domain::PipelineId>("sales"), Sales(), {.at = kStart})
        .Given(StreamNamed<LeadId>("origin"), Captured("origin", "Anna", "Schmidt"))
        .Given(StreamNamed<CustomerId>("acme"), acme)
        .Given(Opportunity("small"), Opened("Small", "acme", Euros(10000)))
        .Given(Opportunity("large"), Opened("Large", "acme", Euros(90000)))
        .Given(Opportunity("won"), Opened("Won", "acme", Dollars(7000)))
        .Given(Opportunity("won"), events::v1::OpportunityWon())
        .Given(Opportunity("lost"), Opened("Lost", "acme", Euros(1)))
        .Given(Opportunity("lost"), events::v1::OpportunityLost())
        .Given(Opportunity("other"), Opened("Other", "zeta", Euros(500)));
  }

  v1::CustomerOverview Overview(const Asking& asking = {}, absl::string_view customer = "acme") {
    v1::GetCustomerOverviewRequest request;
    request.set_name(NameOf<CustomerId>(customer));
    return AnswerTo<CustomerOverview>(scenario_.Rows(), request, asking);
  }

  ViewScenario<CustomerOverview> scenario_;
};

TEST_F(CustomerOverviewTest, CountsAndSumsPerCurrency) {
  const v1::CustomerOverview overview = Overview();
  EXPECT_EQ(overview.open_count(), 2);
  EXPECT_EQ(overview.won_count(), 1);
  EXPECT_EQ(overview.lost_count(), 1);
  EXPECT_THAT(overview.open_opportunities(),
              ElementsAre(NameOf<OpportunityId>("large"), NameOf<OpportunityId>("small")));
  ASSERT_EQ(overview.totals_size(), 2);
  const auto& euros = overview.totals(0);
  EXPECT_EQ(euros.open_expected_revenue().currency_code(), "EUR");
  EXPECT_EQ(euros.open_expected_revenue().units(), 1000);
  EXPECT_EQ(euros.open_weighted_revenue().units(), 250);
  EXPECT_EQ(euros.won_revenue().units(), 0);
  const auto& dollars = overview.totals(1);
  EXPECT_EQ(dollars.won_revenue().units(), 70);
  EXPECT_EQ(dollars.won_revenue().currency_code(), "USD");
  EXPECT_EQ(dollars.open_expected_revenue().units(), 0);
  EXPECT_EQ(dollars.outstanding().currency_code(), "USD");
}

TEST_F(CustomerOverviewTest, AlternativesCountOnce) {
  events::v1::OpportunityGroupCreated group;
  group.set_kind(v1::GROUP_KIND_ALTERNATIVES);
  const StreamId stream = StreamNamed<domain::OpportunityGroupId>("either");
  scenario_.Given(stream, group);
  for (const char* name : {"small", "large"}) {
    events::v1::GroupMemberAdded added;
    added.set_opportunity_id(Bytes(name));
    events::v1::OpportunityGrouped grouped;
    grouped.set_group_id(Bytes("either"));
    scenario_.Given(stream, added).And(Opportunity(name), grouped);
  }
  EXPECT_EQ(Overview().open_count(), 2);
  EXPECT_EQ(Overview().totals(0).open_expected_revenue().units(), 900);
}

TEST_F(CustomerOverviewTest, AtMostAHundredOpenOpportunitiesAreNamed) {
  for (int i = 0; i < 100; ++i) {
    scenario_.Given(Opportunity(absl::StrCat("more", i)), Opened("More", "acme", Euros(20000 + i)));
  }
  const v1::CustomerOverview overview = Overview();
  EXPECT_EQ(overview.open_count(), 102);
  ASSERT_EQ(overview.open_opportunities_size(), 100);
  EXPECT_EQ(overview.open_opportunities(0), NameOf<OpportunityId>("large"));
  EXPECT_EQ(overview.open_opportunities(1), NameOf<OpportunityId>("more99"));
}

TEST_F(CustomerOverviewTest, OpportunitiesFollowTheirCustomer) {
  events::v1::OpportunityDetailsRevised revised;
  revised.add_fields("customer");
  revised.mutable_details()->set_customer_id(Bytes("zeta"));
  scenario_.Given(Opportunity("large"), revised)
      .Given(Opportunity("small"), events::v1::OpportunityArchived());
  EXPECT_EQ(Overview().open_count(), 0);
  EXPECT_EQ(Overview({}, "zeta").open_count(), 2);
}

TEST_F(CustomerOverviewTest, ContactsMainOneFirstThenInOrderOfLinking) {
  for (const char* name : {"carl", "dora", "emil"}) {
    scenario_.Given(StreamNamed<ContactId>(name), Contact(name, "A", "B"))
        .Given(StreamNamed<ContactId>(name), OfCustomer<events::v1::ContactLinked>("acme"));
  }
  events::v1::MainContactNamed main;
  main.set_contact_id(Bytes("emil"));
  // A second link of Carl's changes his roles, not his place.
  scenario_.Given(StreamNamed<CustomerId>("acme"), main)
      .Given(StreamNamed<ContactId>("carl"), OfCustomer<events::v1::ContactLinked>("acme"));
  EXPECT_THAT(
      Overview().contacts(),
      ElementsAre(NameOf<ContactId>("emil"), NameOf<ContactId>("carl"), NameOf<ContactId>("dora")));
  scenario_.Given(StreamNamed<ContactId>("carl"), OfCustomer<events::v1::ContactUnlinked>("acme"))
      .Given(StreamNamed<ContactId>("dora"), events::v1::ContactArchived());
  EXPECT_THAT(Overview().contacts(), ElementsAre(NameOf<ContactId>("emil")));
}

TEST_F(CustomerOverviewTest, LeadsItCameFromOrThatNameIt) {
  EXPECT_THAT(Overview().leads(), ElementsAre(NameOf<LeadId>("origin")));
  scenario_.Given(StreamNamed<LeadId>("later"), Captured("later", "Bert", "Oz"))
      .Given(StreamNamed<LeadId>("later"), OfCustomer<events::v1::LeadQualified>("acme"))
      .Given(StreamNamed<LeadId>("origin"), OfCustomer<events::v1::LeadConverted>("acme"));
  EXPECT_THAT(Overview().leads(),
              ::testing::UnorderedElementsAre(NameOf<LeadId>("origin"), NameOf<LeadId>("later")));
}

TEST_F(CustomerOverviewTest, LastActivityIsTheLatestOfWhatIsSeen) {
  const auto seconds = [](absl::Time time) { return absl::ToUnixSeconds(time); };
  const absl::Time later = kStart + absl::Hours(50);
  scenario_.Given(Opportunity("small"), events::v1::OpportunityPlacedOnStandby(), {.at = later});
  EXPECT_EQ(Overview().last_activity_time().seconds(), seconds(later));
  events::v1::OpportunityAssigned assigned;
  *assigned.mutable_to() = OwnedBy("bob");
  scenario_.Given(Opportunity("large"), assigned, {.at = later + absl::Hours(1)});
  EXPECT_EQ(Overview({.audience = Only("alice")}).last_activity_time().seconds(), seconds(later));
  EXPECT_EQ(Overview().last_activity_time().seconds(), seconds(later + absl::Hours(1)));
}

TEST_F(CustomerOverviewTest, OnlyWhatTheCallerSeesCounts) {
  events::v1::OpportunityAssigned assigned;
  *assigned.mutable_to() = OwnedBy("bob");
  scenario_.Given(Opportunity("large"), assigned);
  const v1::CustomerOverview overview = Overview({.audience = Only("bob")});
  EXPECT_THAT(overview.open_opportunities(), ElementsAre(NameOf<OpportunityId>("large")));
  EXPECT_EQ(overview.open_count(), 1);
  EXPECT_EQ(overview.won_count(), 0);
  EXPECT_THAT(overview.leads(), IsEmpty());
  ASSERT_EQ(overview.totals_size(), 1);
  EXPECT_EQ(overview.totals(0).open_expected_revenue().units(), 900);
}

TEST_F(CustomerOverviewTest, NothingIsKnownOfAStranger) {
  const v1::CustomerOverview overview = Overview({}, "stranger");
  EXPECT_EQ(overview.ByteSizeLong(), 0u);
}

TEST_F(CustomerOverviewTest, ReplaysEqually) {
  scenario_.Given(StreamNamed<ContactId>("carl"), Contact("carl", "Carl", "Zander"))
      .Given(StreamNamed<ContactId>("carl"), OfCustomer<events::v1::ContactLinked>("acme"));
  EXPECT_THAT(EveryByte(scenario_), ::testing::Not(::testing::HasSubstr("zander")));
  ExpectReplayEquality<CustomerOverview>(scenario_);
  scenario_.GivenErased(Named<domain::PersonId>("carl").uuid());
  ExpectReplayEquality<CustomerOverview>(scenario_);
}

}  // namespace
}  // namespace crm::projections::testing

// Directory: lists by name, filters, and what an erasure leaves of a member.
#include "projections/directory.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/projections/asking.h"
#include "tests/projections/record_events.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/view_scenario.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::StatusIs;
using domain::CommissionPolicyId;
using domain::MemberId;
using domain::PipelineId;
using domain::RoleId;
using domain::RoleKey;
using domain::TeamId;
using domain::TokenId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

events::v1::MemberCreated Member(const std::string& display_name) {
  events::v1::MemberCreated event;
  event.set_display_name(display_name);
  event.set_email(display_name + "@example.com");
  return event;
}

template <class Event>
Event WithMember(absl::string_view member) {
  Event event;
  event.set_member_id(Bytes(member));
  return event;
}

template <class Event>
Event WithName(const std::string& display_name) {
  Event event;
  event.set_display_name(display_name);
  return event;
}

class DirectoryTest : public ::testing::Test {
 protected:
  DirectoryTest() {
    scenario_.Given(StreamNamed<MemberId>("zoe"), Member("Zoë"))
        .Given(StreamNamed<MemberId>("adam"), Member("adam"))
        .Given(StreamNamed<MemberId>("olga"), Member("Ölga"))
        .Given(StreamNamed<TeamId>("north"), WithName<events::v1::TeamCreated>("North"))
        .Given(StreamNamed<TeamId>("east"), WithName<events::v1::TeamCreated>("East"))
        .Given(StreamNamed<TeamId>("north"), WithMember<events::v1::MembershipBegan>("adam"))
        .And(StreamNamed<TeamId>("north"), WithMember<events::v1::LeaderAppointed>("zoe"));
  }

  std::vector<MemberId> Members(const v1::ListMembersRequest& request = {}, int page_size = 50) {
    return SelectAll<Directory>(scenario_.Rows(), request, {.page_size = page_size});
  }
  std::vector<TeamId> Teams(const v1::ListTeamsRequest& request = {}) {
    return SelectAll<Directory>(scenario_.Rows(), request);
  }

  ViewScenario<Directory> scenario_;
};

TEST_F(DirectoryTest, MembersAreListedByNameWithoutCaseAndMarks) {
  const auto everyone =
      ElementsAre(Named<MemberId>("adam"), Named<MemberId>("olga"), Named<MemberId>("zoe"));
  EXPECT_THAT(Members(), everyone);
  EXPECT_THAT(Members({}, 1), everyone);
  EXPECT_THAT(Members({}, 2), everyone);
  EXPECT_THAT(Members({}, 3), everyone);
}

TEST_F(DirectoryTest, ARenamedMemberMoves) {
  scenario_.Given(StreamNamed<MemberId>("adam"),
                  WithName<events::v1::MemberDetailsRevised>("Zz Adam"));
  EXPECT_THAT(Members(), ElementsAre(Named<MemberId>("olga"), Named<MemberId>("zoe"),
                                     Named<MemberId>("adam")));
}

TEST_F(DirectoryTest, DeactivatedMembersAreShownOnRequest) {
  scenario_.Given(StreamNamed<MemberId>("olga"), events::v1::MemberDeactivated());
  EXPECT_THAT(Members(), ElementsAre(Named<MemberId>("adam"), Named<MemberId>("zoe")));
  v1::ListMembersRequest request;
  request.set_show_deactivated(true);
  EXPECT_EQ(Members(request).size(), 3u);
  scenario_.Given(StreamNamed<MemberId>("olga"), events::v1::MemberReactivated());
  EXPECT_EQ(Members().size(), 3u);
}

TEST_F(DirectoryTest, MembersOfATeamBelongToIt) {
  v1::ListMembersRequest request;
  request.set_team(domain::NameOf(Named<TeamId>("north")));
  // Zoë leads the team and does not belong to it.
  EXPECT_THAT(Members(request), ElementsAre(Named<MemberId>("adam")));
  scenario_.Given(StreamNamed<TeamId>("north"), WithMember<events::v1::MembershipEnded>("adam"));
  EXPECT_THAT(Members(request), IsEmpty());
}

TEST_F(DirectoryTest, AFilterThatNamesNoTeamIsRefused) {
  v1::ListMembersRequest request;
  request.set_team("teams/north");
  EXPECT_THAT(SelectRefusal<Directory>(scenario_.Rows(), request),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(DirectoryTest, TeamsOfAMemberAreThoseHeBelongsToOrLeads) {
  v1::ListTeamsRequest request;
  request.set_member(domain::NameOf(Named<MemberId>("zoe")));
  EXPECT_THAT(Teams(), ElementsAre(Named<TeamId>("east"), Named<TeamId>("north")));
  EXPECT_THAT(Teams(request), ElementsAre(Named<TeamId>("north")));
  scenario_.Given(StreamNamed<TeamId>("north"), WithMember<events::v1::LeaderDismissed>("zoe"));
  EXPECT_THAT(Teams(request), IsEmpty());
}

TEST_F(DirectoryTest, ArchivedTeamsAreShownOnRequest) {
  scenario_.Given(StreamNamed<TeamId>("east"), events::v1::TeamArchived());
  EXPECT_THAT(Teams(), ElementsAre(Named<TeamId>("north")));
  v1::ListTeamsRequest request;
  request.set_show_archived(true);
  EXPECT_THAT(Teams(request), ElementsAre(Named<TeamId>("east"), Named<TeamId>("north")));
  scenario_.Given(StreamNamed<TeamId>("east"), events::v1::TeamRestored())
      .Given(StreamNamed<TeamId>("east"), WithName<events::v1::TeamSettingsRevised>("Southeast"));
  EXPECT_THAT(Teams(), ElementsAre(Named<TeamId>("north"), Named<TeamId>("east")));
}

TEST_F(DirectoryTest, ShippedRolesComeFirstThenCustomOnesByName) {
  scenario_.Given(StreamNamed<RoleId>("r1"), WithName<events::v1::RoleCreated>("Tester"))
      .Given(StreamNamed<RoleId>("r2"), WithName<events::v1::RoleCreated>("auditor of tests"))
      .Given(StreamNamed<RoleId>("r1"), events::v1::RoleArchived());
  std::vector<RoleKey> expected;
  for (const domain::ShippedRole& role : domain::ShippedRoles()) {
    expected.push_back(RoleKey::FromStored(role.word));
  }
  expected.push_back(RoleKey::Custom(Named<RoleId>("r2")));
  expected.push_back(RoleKey::Custom(Named<RoleId>("r1")));
  for (const int page_size : {1, 4, 50}) {
    EXPECT_EQ(
        SelectAll<Directory>(scenario_.Rows(), v1::ListRolesRequest(), {.page_size = page_size}),
        expected);
  }
}

TEST_F(DirectoryTest, TokensAreListedByCreationTime) {
  scenario_.Given(StreamNamed<TokenId>("t1"), WithMember<events::v1::TokenCreated>("zoe"))
      .Given(StreamNamed<TokenId>("t2"), WithMember<events::v1::TokenCreated>("adam"))
      .Given(StreamNamed<TokenId>("t3"), WithMember<events::v1::TokenCreated>("zoe"))
      .Given(StreamNamed<TokenId>("t1"), events::v1::TokenRevoked());
  v1::ListTokensRequest request;
  EXPECT_THAT(SelectAll<Directory>(scenario_.Rows(), request),
              ElementsAre(Named<TokenId>("t2"), Named<TokenId>("t3")));
  request.set_member(domain::NameOf(Named<MemberId>("zoe")));
  request.set_show_revoked(true);
  EXPECT_THAT(SelectAll<Directory>(scenario_.Rows(), request, {.page_size = 1}),
              ElementsAre(Named<TokenId>("t1"), Named<TokenId>("t3")));
}

TEST_F(DirectoryTest, CommissionPoliciesAreListedByNameUntilTheyAreArchived) {
  events::v1::CommissionPolicyCreated created;
  created.set_display_name("Zeta");
  scenario_.Given(StreamNamed<CommissionPolicyId>("old"), created);
  created.set_display_name("Beta");
  scenario_.Given(StreamNamed<CommissionPolicyId>("new"), created);
  v1::ListCommissionPoliciesRequest request;
  EXPECT_THAT(SelectAll<Directory>(scenario_.Rows(), request),
              ElementsAre(Named<CommissionPolicyId>("new"), Named<CommissionPolicyId>("old")));
  events::v1::CommissionPolicyRenamed renamed;
  renamed.set_display_name("Alpha");
  scenario_.Given(StreamNamed<CommissionPolicyId>("old"), renamed);
  scenario_.Given(StreamNamed<CommissionPolicyId>("new"), events::v1::CommissionPolicyArchived());
  EXPECT_THAT(SelectAll<Directory>(scenario_.Rows(), request),
              ElementsAre(Named<CommissionPolicyId>("old")));
  request.set_show_archived(true);
  EXPECT_THAT(SelectAll<Directory>(scenario_.Rows(), request),
              ElementsAre(Named<CommissionPolicyId>("old"), Named<CommissionPolicyId>("new")));
  scenario_.Given(StreamNamed<CommissionPolicyId>("new"), events::v1::CommissionPolicyRestored());
  request.set_show_archived(false);
  EXPECT_EQ(SelectAll<Directory>(scenario_.Rows(), request).size(), 2u);
}

TEST_F(DirectoryTest, PipelinesAreListedByKind) {
  auto leads = WithName<events::v1::PipelineCreated>("Leads");
  leads.set_kind(v1::PIPELINE_KIND_LEAD);
  auto sales = WithName<events::v1::PipelineCreated>("Sales");
  sales.set_kind(v1::PIPELINE_KIND_OPPORTUNITY);
  scenario_.Given(StreamNamed<PipelineId>("sales"), sales)
      .Given(StreamNamed<PipelineId>("leads"), leads)
      .Given(StreamNamed<PipelineId>("leads"), WithName<events::v1::PipelineRenamed>("Zest"));
  v1::ListPipelinesRequest request;
  EXPECT_THAT(SelectAll<Directory>(scenario_.Rows(), request),
              ElementsAre(Named<PipelineId>("sales"), Named<PipelineId>("leads")));
  request.set_kind(v1::PIPELINE_KIND_LEAD);
  EXPECT_THAT(SelectAll<Directory>(scenario_.Rows(), request),
              ElementsAre(Named<PipelineId>("leads")));
  scenario_.Given(StreamNamed<PipelineId>("leads"), events::v1::PipelineArchived());
  EXPECT_THAT(SelectAll<Directory>(scenario_.Rows(), request), IsEmpty());
  scenario_.Given(StreamNamed<PipelineId>("leads"), events::v1::PipelineRestored());
  EXPECT_EQ(SelectAll<Directory>(scenario_.Rows(), request).size(), 1u);
}

TEST_F(DirectoryTest, NumberSeriesAreListedByNameAndArchivedOnesOnRequest) {
  using domain::InvoiceSeriesId;
  scenario_
      .Given(StreamNamed<InvoiceSeriesId>("b"), WithName<events::v1::InvoiceSeriesCreated>("B"))
      .Given(StreamNamed<InvoiceSeriesId>("a"), WithName<events::v1::InvoiceSeriesCreated>("Z"))
      .Given(StreamNamed<InvoiceSeriesId>("c"), WithName<events::v1::InvoiceSeriesCreated>("C"))
      .Given(StreamNamed<InvoiceSeriesId>("a"), WithName<events::v1::InvoiceSeriesRevised>("A"))
      .Given(StreamNamed<InvoiceSeriesId>("c"), events::v1::InvoiceSeriesArchived())
      .Given(StreamNamed<InvoiceSeriesId>("b"), events::v1::InvoiceSeriesArchived())
      .Given(StreamNamed<InvoiceSeriesId>("b"), events::v1::InvoiceSeriesRestored());
  v1::ListInvoiceSeriesRequest request;
  EXPECT_THAT(SelectAll<Directory>(scenario_.Rows(), request),
              ElementsAre(Named<InvoiceSeriesId>("a"), Named<InvoiceSeriesId>("b")));
  request.set_show_archived(true);
  EXPECT_THAT(SelectAll<Directory>(scenario_.Rows(), request),
              ElementsAre(Named<InvoiceSeriesId>("a"), Named<InvoiceSeriesId>("b"),
                          Named<InvoiceSeriesId>("c")));
  ExpectReplayEquality<Directory>(scenario_);
}

TEST_F(DirectoryTest, TemplatesAreListedByNameAndArchivedOnesOnRequest) {
  using domain::ProposalTemplateId;
  const StreamId chairs = StreamNamed<ProposalTemplateId>("chairs");
  const StreamId desks = StreamNamed<ProposalTemplateId>("desks");
  scenario_.Given(desks, WithName<events::v1::ProposalTemplateCreated>("B"))
      .Given(chairs, WithName<events::v1::ProposalTemplateCreated>("Z"))
      .Given(chairs, WithName<events::v1::ProposalTemplateRevised>("A"))
      .Given(desks, events::v1::ProposalTemplateArchived());
  v1::ListProposalTemplatesRequest request;
  EXPECT_THAT(SelectAll<Directory>(scenario_.Rows(), request),
              ElementsAre(Named<ProposalTemplateId>("chairs")));
  scenario_.Given(desks, events::v1::ProposalTemplateRestored());
  EXPECT_THAT(SelectAll<Directory>(scenario_.Rows(), request),
              ElementsAre(Named<ProposalTemplateId>("chairs"), Named<ProposalTemplateId>("desks")));
}

TEST_F(DirectoryTest, TaxesAreListedByNameAndArchivedOnesOnRequest) {
  using domain::TaxId;
  scenario_.Given(StreamNamed<TaxId>("b"), WithName<events::v1::TaxCreated>("B"))
      .Given(StreamNamed<TaxId>("a"), WithName<events::v1::TaxCreated>("Z"))
      .Given(StreamNamed<TaxId>("a"), WithName<events::v1::TaxRevised>("A"))
      .Given(StreamNamed<TaxId>("b"), events::v1::TaxArchived());
  v1::ListTaxesRequest request;
  EXPECT_THAT(SelectAll<Directory>(scenario_.Rows(), request), ElementsAre(Named<TaxId>("a")));
  scenario_.Given(StreamNamed<TaxId>("b"), events::v1::TaxRestored());
  EXPECT_THAT(SelectAll<Directory>(scenario_.Rows(), request),
              ElementsAre(Named<TaxId>("a"), Named<TaxId>("b")));
  ExpectReplayEquality<Directory>(scenario_);
}

TEST_F(DirectoryTest, AnErasedMemberStaysWithoutAName) {
  scenario_.Given(domain::StreamOf(Named<domain::PersonId>("adam")), ErasureOf("adam"));
  EXPECT_THAT(Members(), ElementsAre(Named<MemberId>("olga"), Named<MemberId>("zoe"),
                                     Named<MemberId>("adam")));
  const auto name = Directory::kMemberNames.Get(scenario_.Rows(), {Named<MemberId>("adam")});
  ASSERT_TRUE(name.ok());
  EXPECT_FALSE(name->has_value());
  ExpectReplayEquality<Directory>(scenario_);
  scenario_.GivenErased(Named<MemberId>("adam").uuid());
  EXPECT_EQ(Members().back(), Named<MemberId>("adam"));
  ExpectReplayEquality<Directory>(scenario_);
}

}  // namespace
}  // namespace crm::projections::testing

#include "projections/proposal_list.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/projections/asking.h"
#include "tests/projections/money_events.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/view_scenario.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::HasReason;
using domain::ProposalId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

events::v1::ProposalDrafted Drafted(const std::string& open_till = {},
                                    const std::string& customer = {},
                                    const std::string& team = "north",
                                    const std::string& owner = "ann") {
  events::v1::ProposalDrafted drafted;
  *drafted.mutable_at()->mutable_ownership() = OwnershipOf(team, owner);
  drafted.mutable_recipient()->set_customer_id(BytesOf(customer));
  if (!open_till.empty()) {
    drafted.mutable_details()->mutable_open_till()->set_days(DayOf(open_till));
  }
  return drafted;
}

class ProposalListTest : public ::testing::Test {
 protected:
  ProposalListTest() {
    scenario_.Given(OrganizationStream(), Founded("America/Bogota"), {.at = TimeAt("2026-01-01")});
    Tell("2026-02-02", "early", Drafted("2026-03-31", "acme"));
    Tell("2026-03-02", "late", Drafted({}, "beta", "south", "bob"));
    Tell("2026-03-03", "draft", Drafted("2026-03-10", "acme"));
    Tell("2026-03-04", "early", events::v1::ProposalSent());
    Tell("2026-03-04", "late", events::v1::ProposalSent());
  }
  template <class E>
  void Tell(const std::string& time, const std::string& proposal, const E& event) {
    scenario_.Given({"proposal", testing::Named(proposal)}, event, {.at = TimeAt(time)});
  }
  std::vector<ProposalId> List(const v1::ListProposalsRequest& request = {}, Asking asking = {},
                               const std::string& at = "2026-03-20") {
    asking.at = TimeAt(at);
    return SelectAll<ProposalList>(scenario_.Rows(), request, asking);
  }
  static ProposalId Id(const std::string& name) { return ProposalId(testing::Named(name)); }
  static v1::ListProposalsRequest Pending() {
    v1::ListProposalsRequest request;
    request.mutable_filter()->set_pending(true);
    return request;
  }
  static v1::ListProposalsRequest Expired() {
    v1::ListProposalsRequest request;
    request.mutable_filter()->set_expired(true);
    return request;
  }

  ViewScenario<ProposalList> scenario_;
};

TEST_F(ProposalListTest, ListsThoseDraftedLastFirst) {
  for (const int page_size : {1, 2, 50}) {
    EXPECT_THAT(List({}, {.page_size = page_size}),
                ElementsAre(Id("draft"), Id("late"), Id("early")));
  }
  EXPECT_THAT(SelectRefusal<ProposalList>(scenario_.Rows(), v1::ListProposalsRequest(), "x"),
              HasReason("PAGE_TOKEN_INVALID"));
  ExpectReplayEquality(scenario_);
}

// T43: the last day is the organization's, to its end; a draft may expire, too.
TEST_F(ProposalListTest, T43ExpiresAfterItsLastDay) {
  EXPECT_THAT(List(Pending()), ElementsAre(Id("late"), Id("early")));
  EXPECT_THAT(List(Expired()), ElementsAre(Id("draft")));
  EXPECT_THAT(List(Expired(), {}, "2026-04-01T04:30:00"), ElementsAre(Id("draft")));
  EXPECT_THAT(List(Expired(), {}, "2026-04-01T05:00:00"), ElementsAre(Id("draft"), Id("early")));
  EXPECT_THAT(List(Pending(), {}, "2026-04-01T05:00:00"), ElementsAre(Id("late")));
  events::v1::ProposalExtended extended;
  extended.mutable_to()->set_days(DayOf("2026-04-30"));
  Tell("2026-04-02", "early", extended);
  EXPECT_THAT(List(Pending(), {}, "2026-04-02"), ElementsAre(Id("late"), Id("early")));
  Tell("2026-04-03", "early", events::v1::ProposalExtended());
  EXPECT_THAT(List(Expired(), {}, "2027-01-01"), ElementsAre(Id("draft")));
}

TEST_F(ProposalListTest, WhatIsClosedIsNeitherPendingNorExpired) {
  Tell("2026-03-05", "early", events::v1::ProposalAccepted());
  Tell("2026-03-05", "late", events::v1::ProposalDeclined());
  Tell("2026-03-05", "draft", events::v1::ProposalSuperseded());
  EXPECT_THAT(List(Pending(), {}, "2026-12-31"), IsEmpty());
  EXPECT_THAT(List(Expired(), {}, "2026-12-31"), IsEmpty());
  v1::ListProposalsRequest request;
  request.mutable_filter()->add_states(v1::PROPOSAL_STATE_ACCEPTED);
  request.mutable_filter()->add_states(v1::PROPOSAL_STATE_REVISED);
  EXPECT_THAT(List(request), ElementsAre(Id("draft"), Id("early")));
  EXPECT_THAT(List(request, {.page_size = 1}), ElementsAre(Id("draft"), Id("early")));
  ExpectReplayEquality(scenario_);
}

TEST_F(ProposalListTest, AnArchivedOneIsListedOnlyWhenAskedFor) {
  Tell("2026-03-05", "early", events::v1::ProposalArchived());
  EXPECT_THAT(List(), ElementsAre(Id("draft"), Id("late")));
  EXPECT_THAT(List(Pending()), ElementsAre(Id("late")));
  v1::ListProposalsRequest request;
  request.mutable_filter()->set_show_archived(true);
  EXPECT_THAT(List(request), ElementsAre(Id("draft"), Id("late"), Id("early")));
  Tell("2026-03-06", "early", events::v1::ProposalRestored());
  EXPECT_THAT(List(Pending()), ElementsAre(Id("late"), Id("early")));
  ExpectReplayEquality(scenario_);
}

TEST_F(ProposalListTest, Filters) {
  v1::ListProposalsRequest request;
  const auto listed = [&] {
    const auto found = List(request);
    EXPECT_EQ(List(request, {.page_size = 1}), found) << "whatever the size of a page";
    request.Clear();
    return found;
  };
  request.mutable_filter()->set_customer(ResourceOf<domain::CustomerId>("acme"));
  EXPECT_THAT(listed(), ElementsAre(Id("draft"), Id("early")));
  request.mutable_filter()->set_customer(ResourceOf<domain::CustomerId>("acme"));
  request.mutable_filter()->set_pending(true);
  EXPECT_THAT(listed(), ElementsAre(Id("early")));
  request.mutable_filter()->set_team(ResourceOf<domain::TeamId>("south"));
  EXPECT_THAT(listed(), ElementsAre(Id("late")));
  request.mutable_filter()->set_owner(ResourceOf<domain::MemberId>("ann"));
  EXPECT_THAT(listed(), ElementsAre(Id("draft"), Id("early")));
  *request.mutable_filter()->mutable_create_date_from() = DateOf(2026, 3, 2);
  *request.mutable_filter()->mutable_create_date_to() = DateOf(2026, 3, 2);
  EXPECT_THAT(listed(), ElementsAre(Id("late")));
  request.mutable_filter()->set_opportunity(ResourceOf<domain::OpportunityId>("deal"));
  EXPECT_THAT(listed(), IsEmpty());
  events::v1::ProposalDetailsRevised revised;
  revised.add_fields("opportunity");
  revised.mutable_details()->set_opportunity_id(BytesOf("deal"));
  Tell("2026-03-05", "late", revised);
  request.mutable_filter()->set_opportunity(ResourceOf<domain::OpportunityId>("deal"));
  EXPECT_THAT(listed(), ElementsAre(Id("late")));
  request.mutable_filter()->set_team("x");
  EXPECT_THAT(SelectRefusal<ProposalList>(scenario_.Rows(), request), HasReason("INVALID_NAME"));
}

TEST_F(ProposalListTest, IsSeenByWhomeverItIsOrWhoIsCredited) {
  EXPECT_THAT(List({}, {.audience = Only("bob")}), ElementsAre(Id("late")));
  EXPECT_THAT(List({}, {.audience = Only("eve")}), IsEmpty());
  events::v1::ProposalContentRevised revised;
  revised.mutable_content()->add_lines()->add_credited()->set_member_id(BytesOf("eve"));
  Tell("2026-03-05", "draft", revised);
  EXPECT_THAT(List({}, {.audience = Only("eve")}), ElementsAre(Id("draft")));
  events::v1::ProposalAssigned assigned;
  *assigned.mutable_to() = OwnershipOf("south", "bob");
  Tell("2026-03-06", "draft", assigned);
  EXPECT_THAT(List({}, {.audience = Only("eve")}), ElementsAre(Id("draft")));
  EXPECT_THAT(List({}, {.audience = Only("ann")}), ElementsAre(Id("early")));
  events::v1::ProposalReaddressed readdressed;
  readdressed.mutable_recipient()->set_customer_id(BytesOf("beta"));
  Tell("2026-03-07", "draft", readdressed);
  v1::ListProposalsRequest request;
  request.mutable_filter()->set_customer(ResourceOf<domain::CustomerId>("beta"));
  EXPECT_THAT(List(request), ElementsAre(Id("draft"), Id("late")));
  ExpectReplayEquality(scenario_);
}

}  // namespace
}  // namespace crm::projections::testing

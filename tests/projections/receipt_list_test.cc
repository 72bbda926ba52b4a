#include "projections/receipt_list.h"

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
using domain::CommissionReceiptId;
using ::testing::ElementsAre;

class ReceiptListTest : public ::testing::Test {
 protected:
  ReceiptListTest() {
    scenario_.Given(OrganizationStream(), Founded("Asia/Tokyo"), {.at = TimeAt("2026-01-01")});
    Issue("early", "ann", "2026-03-05");
    Issue("south", "bob", "2026-03-07");
    Issue("late", "ann", "2026-03-31T15:00:00");  // the first of April in Tokyo
  }
  void Issue(const std::string& name, const std::string& agent, const std::string& time) {
    events::v1::CommissionReceiptIssued issued;
    issued.set_agent_id(BytesOf(agent));
    *issued.mutable_ownership() = OwnershipOf(agent == "ann" ? "north" : "south", agent);
    scenario_.Given({"commission_receipt", testing::Named(name)}, issued, {.at = TimeAt(time)});
  }
  std::vector<CommissionReceiptId> List(const v1::ListCommissionReceiptsRequest& request = {},
                                        const Asking& asking = {}) {
    return SelectAll<ReceiptList>(scenario_.Rows(), request, asking);
  }
  static CommissionReceiptId Id(const std::string& name) {
    return CommissionReceiptId(testing::Named(name));
  }

  ViewScenario<ReceiptList> scenario_;
};

TEST_F(ReceiptListTest, ListsTheNewestDayFirst) {
  for (const int page_size : {1, 2, 50}) {
    EXPECT_THAT(List({}, {.page_size = page_size}),
                ElementsAre(Id("late"), Id("south"), Id("early")));
  }
  EXPECT_THAT(
      SelectRefusal<ReceiptList>(scenario_.Rows(), v1::ListCommissionReceiptsRequest(), "x"),
      HasReason("PAGE_TOKEN_INVALID"));
  ExpectReplayEquality(scenario_);
}

// T69: the day of issue is the organization's.
TEST_F(ReceiptListTest, T69FiltersByTheOrganizationsDay) {
  v1::ListCommissionReceiptsRequest request;
  *request.mutable_issue_date_from() = DateOf(2026, 4, 1);
  EXPECT_THAT(List(request), ElementsAre(Id("late")));
  request.Clear();
  *request.mutable_issue_date_to() = DateOf(2026, 3, 31);
  EXPECT_THAT(List(request), ElementsAre(Id("south"), Id("early")));
  request.Clear();
  request.set_agent(ResourceOf<domain::MemberId>("ann"));
  EXPECT_THAT(List(request, {.page_size = 1}), ElementsAre(Id("late"), Id("early")));
  request.set_unpaid(true);
  scenario_.Given({"commission_receipt", testing::Named("early")},
                  events::v1::CommissionReceiptPaid(), {.at = TimeAt("2026-04-02")});
  EXPECT_THAT(List(request), ElementsAre(Id("late")));
  ExpectReplayEquality(scenario_);
}

TEST_F(ReceiptListTest, AgentsSeeTheirOwn) {
  EXPECT_THAT(List({}, {.audience = Only("bob")}), ElementsAre(Id("south")));
  domain::Audience leader = Only("eve");
  leader.teams.insert(domain::TeamId(testing::Named("north")));
  EXPECT_THAT(List({}, {.audience = leader}), ElementsAre(Id("late"), Id("early")));
  v1::ListCommissionReceiptsRequest request;
  request.set_agent(ResourceOf<domain::MemberId>("ann"));
  EXPECT_THAT(List(request, {.audience = Only("bob")}), ::testing::IsEmpty());
}

}  // namespace
}  // namespace crm::projections::testing

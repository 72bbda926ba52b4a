#include "projections/contract_list.h"

#include <string>
#include <vector>

#include "domain/render.h"
#include "gmock/gmock.h"
#include "tests/projections/asking.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/story_names.h"
#include "tests/projections/view_scenario.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::HasReason;
using domain::ContractId;
using domain::CustomerId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

events::v1::Day Day(int year, int month, int day) {
  return domain::StoredDay(absl::CivilDay(year, month, day));
}

struct Terms {
  std::string customer = "acme";
  std::string type = "upkeep";
  std::string team = "north";
  std::string owner = "ann";
};

class ContractListTest : public ::testing::Test {
 protected:
  ContractListTest() {
    events::v1::OrganizationCreated organization;
    organization.set_time_zone("Europe/Berlin");
    scenario_.Given({"organization", Uuid::FromName({}, "organization")}, organization);
  }
  static StreamId Stream(const std::string& name) { return {"contract", testing::Named(name)}; }
  template <class E>
  void Tell(const std::string& name, const E& event = {}) {
    scenario_.Given(Stream(name), event);
  }
  events::v1::ContractDrafted Drafted(const Terms& terms) {
    events::v1::ContractDrafted drafted;
    drafted.mutable_details()->set_contract_type(terms.type);
    drafted.mutable_recipient()->set_customer_id(BytesOf(terms.customer));
    *drafted.mutable_at()->mutable_ownership() = OwnershipOf(terms.team, terms.owner);
    return drafted;
  }
  void Draft(const std::string& name, const events::v1::Day& end, const Terms& terms = {}) {
    events::v1::ContractDrafted drafted = Drafted(terms);
    *drafted.mutable_details()->mutable_end() = end;
    Tell(name, drafted);
  }
  void DraftEndless(const std::string& name) { Tell(name, Drafted({})); }
  void Sign(const std::string& name) { Tell<events::v1::ContractSigned>(name); }

  std::vector<ContractId> List(const v1::ListContractsRequest& request = {},
                               const Asking& asking = {}) {
    return SelectAll<ContractList>(scenario_.Rows(), request, asking);
  }
  std::vector<ContractId> In(v1::ContractState state) {
    v1::ListContractsRequest request;
    request.add_states(state);
    return List(request);
  }
  std::vector<ContractId> Expiring(int days, absl::Time at) {
    v1::ListContractsRequest request;
    request.set_expiring_days(days);
    return List(request, {.at = at});
  }
  static ContractId Id(const std::string& name) { return ContractId(testing::Named(name)); }

  ViewScenario<ContractList> scenario_;
};

TEST_F(ContractListTest, TheFirstToEndIsFirst) {
  DraftEndless("endless");
  Draft("late", Day(2026, 12, 31));
  Draft("soon", Day(2026, 3, 31));
  for (const int page_size : {1, 2, 50}) {
    EXPECT_THAT(List({}, {.page_size = page_size}),
                ElementsAre(Id("soon"), Id("late"), Id("endless")));
  }
  events::v1::ContractDetailsRevised revised;
  revised.add_fields("end");
  Tell("soon", revised);
  EXPECT_THAT(List({}).front(), Id("late"));
  EXPECT_THAT(SelectRefusal<ContractList>(scenario_.Rows(), v1::ListContractsRequest(), "x"),
              HasReason("PAGE_TOKEN_INVALID"));
  ExpectReplayEquality(scenario_);
}

TEST_F(ContractListTest, ByState) {
  for (const std::string name : {"a", "b", "c", "d", "e"}) Draft(name, Day(2026, 3, 31));
  for (const std::string name : {"b", "c", "d"}) Tell<events::v1::ContractApproved>(name);
  for (const std::string name : {"c", "d"}) Tell<events::v1::ContractSent>(name);
  Sign("d");
  Tell<events::v1::ContractVoided>("e");
  EXPECT_THAT(In(v1::CONTRACT_STATE_DRAFT), ElementsAre(Id("a")));
  EXPECT_THAT(In(v1::CONTRACT_STATE_APPROVED), ElementsAre(Id("b")));
  EXPECT_THAT(In(v1::CONTRACT_STATE_SENT), ElementsAre(Id("c")));
  EXPECT_THAT(In(v1::CONTRACT_STATE_SIGNED), ElementsAre(Id("d")));
  EXPECT_THAT(In(v1::CONTRACT_STATE_VOID), ElementsAre(Id("e")));
  // What is signed is what was approved.
  events::v1::ContractDetailsRevised revised;
  revised.add_fields("text");
  Tell("c", revised);
  EXPECT_THAT(In(v1::CONTRACT_STATE_SENT), IsEmpty());
  events::v1::ContractDetailsRevised named;
  named.add_fields("notice_days");
  Tell("d", named);
  EXPECT_THAT(In(v1::CONTRACT_STATE_SIGNED), ElementsAre(Id("d")));
  events::v1::ContractTerminated terminated;
  *terminated.mutable_last_day() = Day(2026, 2, 1);
  Tell("d", terminated);
  EXPECT_THAT(In(v1::CONTRACT_STATE_TERMINATED), ElementsAre(Id("d")));
  EXPECT_EQ(List({}).front(), Id("d")) << "it ended early";
  ExpectReplayEquality(scenario_);
}

// T43: the last day counts in full, in the organization's zone.
TEST_F(ContractListTest, T43ExpiringWithinDaysOfToday) {
  Draft("signed", Day(2026, 3, 31));
  Draft("draft", Day(2026, 3, 31));
  Sign("signed");
  const absl::Time last_minute = TimeAt("2026-03-31T21:59:00");  // 23:59 in Berlin
  EXPECT_THAT(Expiring(1, last_minute), ElementsAre(Id("signed")));
  EXPECT_THAT(Expiring(1, last_minute + absl::Minutes(1)), IsEmpty());
  EXPECT_THAT(Expiring(30, TimeAt("2026-03-02T00:30:00")), ElementsAre(Id("signed")));
  EXPECT_THAT(Expiring(29, TimeAt("2026-03-02T00:30:00")), IsEmpty());
  events::v1::ContractRenewed renewed;
  *renewed.mutable_to_end() = Day(2027, 3, 31);
  Tell("signed", renewed);
  EXPECT_THAT(Expiring(30, TimeAt("2026-03-02T00:30:00")), IsEmpty());
  v1::ListContractsRequest drafts;
  drafts.set_expiring_days(30);
  drafts.add_states(v1::CONTRACT_STATE_DRAFT);
  EXPECT_THAT(List(drafts, {.at = last_minute}), IsEmpty()) << "a draft does not expire";
}

TEST_F(ContractListTest, Filters) {
  Draft("a", Day(2026, 3, 31));
  Draft("b", Day(2026, 4, 30), {.customer = "beta", .type = "rent", .owner = "bob"});
  DraftEndless("c");
  v1::ListContractsRequest request;
  request.set_customer(ResourceOf<CustomerId>("acme"));
  for (const int page_size : {1, 50}) {
    EXPECT_THAT(List(request, {.page_size = page_size}), ElementsAre(Id("a"), Id("c")));
  }
  request.Clear();
  request.set_contract_type("rent");
  EXPECT_THAT(List(request), ElementsAre(Id("b")));
  request.Clear();
  request.set_owner(ResourceOf<domain::MemberId>("bob"));
  EXPECT_THAT(List(request), ElementsAre(Id("b")));
  request.Clear();
  request.set_team(ResourceOf<domain::TeamId>("south"));
  EXPECT_THAT(List(request), IsEmpty());
  request.Clear();
  *request.mutable_end_date_from() = DateOf(2026, 4, 1);
  EXPECT_THAT(List(request), ElementsAre(Id("b"), Id("c")));
  *request.mutable_end_date_to() = DateOf(2026, 4, 30);
  EXPECT_THAT(List(request), ElementsAre(Id("b")));
  *request.mutable_end_date_to() = DateOf(2026, 2, 30);
  EXPECT_THAT(SelectRefusal<ContractList>(scenario_.Rows(), request), HasReason("DATE_INVALID"));
}

TEST_F(ContractListTest, ShowsWhatTheCallerMaySee) {
  Draft("a", Day(2026, 3, 31));
  Draft("b", Day(2026, 4, 30), {.owner = "bob"});
  EXPECT_THAT(List({}, {.audience = Only("bob")}), ElementsAre(Id("b")));
  events::v1::ContractAssigned assigned;
  *assigned.mutable_to() = OwnershipOf("north", "bob");
  Tell("a", assigned);
  EXPECT_THAT(List({}, {.audience = Only("bob")}), ElementsAre(Id("a"), Id("b")));
  EXPECT_THAT(List({}, {.audience = Only("nobody")}), IsEmpty());
}

}  // namespace
}  // namespace crm::projections::testing

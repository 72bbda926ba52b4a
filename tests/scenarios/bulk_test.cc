// Many records in one command: all of them, or none with a reason for each.
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using ::testing::IsEmpty;

class BulkTest : public ::testing::Test {
 protected:
  static std::string Names(const std::vector<v1::Opportunity>& opportunities) {
    std::string text;
    for (const auto& opportunity : opportunities)
      absl::StrAppend(&text, With("names", opportunity.name()));
    return text;
  }
  std::string To(absl::string_view owner, absl::string_view team) const {
    return absl::StrCat("transfer { ", office_.OwnedBy(owner, team), "} ");
  }

  SystemClock clock_;
  RunningServer server_{clock_};
  SalesOffice office_{server_};
};

TEST_F(BulkTest, ATransferIsOneCommitAndAnsweredAgain) {
  std::vector<v1::Opportunity> mills;
  for (int i = 0; i < 120; ++i) {
    mills.push_back(office_.Open(office_.ada, absl::StrCat("Mill ", i), 10,
                                 office_.OwnedBy(office_.ada_name, office_.north)));
  }
  const int64_t head = office_.HeadPosition();
  const std::string transfer = absl::StrCat(With("request_id", Uuid::Random().ToString()),
                                            Names(mills), To(office_.ben_name, office_.north));
  const auto moved = office_.leah.Try(&Opportunities::ApplyOpportunityAction, transfer);
  ASSERT_THAT(moved, Succeeded());
  EXPECT_TRUE(moved.response.committed());
  ASSERT_EQ(moved.response.results_size(), 120);
  for (const auto& result : moved.response.results()) EXPECT_THAT(result.reason(), IsEmpty());

  const auto events = office_.administrator.Do(
      &Events::ReadEvents, absl::StrCat("page_size: 500 from_position: ", head + 1));
  ASSERT_GE(events.events_size(), 120);
  EXPECT_EQ(events.events(0).commit_size(), events.events_size());

  const auto again = office_.leah.Try(&Opportunities::ApplyOpportunityAction, transfer);
  ASSERT_THAT(again, Succeeded());
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.response.DebugString(), moved.response.DebugString());
  EXPECT_EQ(office_.HeadPosition(), events.head_position());
  EXPECT_EQ(
      office_.ben.Do(&Opportunities::ListOpportunities, "page_size: 1000").opportunities_size(),
      120);
}

// What the filter named has moved on when the request comes again.
TEST_F(BulkTest, ABulkByFilterIsAnsweredAgainToo) {
  for (int i = 0; i < 3; ++i) {
    office_.Open(office_.ada, absl::StrCat("Mill ", i), 10,
                 office_.OwnedBy(office_.ada_name, office_.north));
  }
  const std::string transfer =
      absl::StrCat(With("request_id", Uuid::Random().ToString()), "filter { ",
                   With("owner", office_.ada_name), "} ", To(office_.ben_name, office_.north));
  const auto moved = office_.leah.Try(&Opportunities::ApplyOpportunityAction, transfer);
  ASSERT_THAT(moved, Succeeded());
  ASSERT_EQ(moved.response.results_size(), 3);
  const auto again = office_.leah.Try(&Opportunities::ApplyOpportunityAction, transfer);
  ASSERT_THAT(again, Succeeded());
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.response.DebugString(), moved.response.DebugString());
}

// A page of the log ends between commits where it can.
TEST_F(BulkTest, PagesOfTheLogKeepACommitWhole) {
  std::vector<v1::Opportunity> mills;
  for (int i = 0; i < 30; ++i) {
    mills.push_back(office_.Open(office_.ada, absl::StrCat("Mill ", i), 10,
                                 office_.OwnedBy(office_.ada_name, office_.north)));
  }
  const int64_t head = office_.HeadPosition();
  office_.leah.Do(&Opportunities::ApplyOpportunityAction,
                  absl::StrCat(Names(mills), To(office_.ben_name, office_.north)));
  const auto page = [&](int64_t from) {
    return office_.administrator.Do(&Events::ReadEvents,
                                    absl::StrCat("page_size: 20 from_position: ", from));
  };
  const auto before = page(head - 2);
  EXPECT_EQ(before.events_size(), 3);
  EXPECT_EQ(before.next_position(), head + 1);
  const auto part = page(head + 1);
  EXPECT_EQ(part.events_size(), 20) << "a commit larger than a page has to be split";
  EXPECT_EQ(part.next_position(), head + 21);
}

TEST_F(BulkTest, OneRefusalUndoesTheRest) {
  std::vector<v1::Opportunity> mills;
  for (int i = 0; i < 5; ++i) {
    mills.push_back(office_.Open(office_.ada, absl::StrCat("Mill ", i), 10,
                                 office_.OwnedBy(office_.ada_name, office_.north)));
  }
  // Two that Ada may not touch, and one that is over.
  mills.push_back(
      office_.Open(office_.cleo, "Dock", 10, office_.OwnedBy(office_.cleo_name, office_.south)));
  office_.ada.Do(&Opportunities::WinOpportunity, NameIs(mills[1]));
  const int64_t head = office_.HeadPosition();
  const auto refused =
      office_.ada.Try(&Opportunities::ApplyOpportunityAction,
                      absl::StrCat(Names(mills), "lose { loss_reason_id: 'price' } "));
  ASSERT_THAT(refused, Succeeded());
  EXPECT_FALSE(refused.response.committed());
  ASSERT_EQ(refused.response.results_size(), 6);
  for (int i = 0; i < 6; ++i) {
    const auto& result = refused.response.results(i);
    EXPECT_EQ(result.opportunity(), mills[static_cast<size_t>(i)].name());
    EXPECT_EQ(result.reason().empty(), i != 1 && i != 5) << i << " " << result.reason();
  }
  EXPECT_EQ(refused.response.results(5).reason(), "PERMISSION_DENIED");
  EXPECT_EQ(office_.HeadPosition(), head);
  EXPECT_EQ(office_.ada.Do(&Opportunities::GetOpportunity, NameIs(mills[0])).state(),
            v1::OPPORTUNITY_STATE_OPEN);
}

// Members of 60 and 30 leads, and nine leads: six and three, in the order A B A B A A B A A.
TEST_F(BulkTest, T47TwiceTheMaximumTwiceTheLeads) {
  std::string first, second;
  const ApiCaller a = Hire(office_.administrator, "First", "sales_agent", &first);
  const ApiCaller b = Hire(office_.administrator, "Second", "sales_agent", &second);
  const auto terms = [](const std::string& member, int maximum) {
    return absl::StrCat("memberships { ", With("member", member), "maximum_leads: ", maximum, " }");
  };
  const std::string team = office_.CreateTeam("Inbound", terms(first, 60) + terms(second, 30));
  std::string names;
  for (int i = 0; i < 9; ++i) {
    names += With("names", office_.administrator
                               .Do(&Leads::CaptureLead, absl::StrCat("lead { given_name: 'G", i,
                                                                     "' ", With("team", team), "}"))
                               .name());
  }
  const auto routed = office_.administrator.Do(&Leads::ApplyLeadAction, names + "route {}");
  ASSERT_TRUE(routed.committed()) << routed.ShortDebugString();
  std::string order;
  for (const auto& result : routed.results()) order += result.owner() == first ? 'A' : 'B';
  // The first of equals goes by id; what is assigned in one commit still has an order.
  EXPECT_EQ(order, first < second ? "ABABAABAA" : "BAABAABAA");
}

// 29 of 30 taken: one more is assigned, two stay with the reason.
TEST_F(BulkTest, T47TheMaximumIsAHardCap) {
  std::string name;
  const ApiCaller a = Hire(office_.administrator, "First", "sales_agent", &name);
  const std::string team = office_.CreateTeam(
      "Inbound", absl::StrCat("memberships { ", With("member", name), "maximum_leads: 30 }"));
  std::string first, second;
  for (int i = 0; i < 32; ++i) {
    (i < 29 ? first : second) += With(
        "names", office_.administrator
                     .Do(&Leads::CaptureLead,
                         absl::StrCat("lead { given_name: 'G", i, "' ", With("team", team), "}"))
                     .name());
  }
  ASSERT_TRUE(office_.administrator.Do(&Leads::ApplyLeadAction, first + "route {}").committed());
  const auto routed = office_.administrator.Do(&Leads::ApplyLeadAction, second + "route {}");
  ASSERT_TRUE(routed.committed()) << routed.ShortDebugString();
  ASSERT_EQ(routed.results_size(), 3);
  EXPECT_EQ(routed.results(0).owner(), name);
  for (int i = 1; i < 3; ++i) {
    EXPECT_THAT(routed.results(i).owner(), IsEmpty());
    const auto lead =
        office_.administrator.Do(&Leads::GetLead, With("name", routed.results(i).lead()));
    EXPECT_EQ(lead.assignment().unassigned_reason(), "CAPACITY");
  }
  EXPECT_EQ(a.Do(&Leads::ListLeads, "page_size: 100").leads_size(), 30);
}

}  // namespace
}  // namespace crm::testing

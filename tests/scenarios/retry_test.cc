// A client that does not know whether it was heard asks again: the answer is the same and nothing
// happens twice.
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

class RetryTest : public ::testing::Test {
 protected:
  std::string Captures(const std::string& request_id, absl::string_view family_name) const {
    return absl::StrCat(With("request_id", request_id), "lead { given_name: 'Grace' ",
                        With("family_name", family_name), OwnedByAda(), "}");
  }
  std::string OwnedByAda() const { return office_.OwnedBy(office_.ada_name, office_.north); }

  SystemClock clock_;
  RunningServer server_{clock_};
  SalesOffice office_{server_};
};

TEST_F(RetryTest, TheSameRequestIsAnsweredAgainAlsoAfterARestart) {
  const std::string id = Uuid::Random().ToString();
  const auto first = office_.ada.Try(&Leads::CaptureLead, Captures(id, "Hopper"));
  ASSERT_THAT(first, Succeeded());
  EXPECT_FALSE(first.replayed);
  const int64_t head = office_.HeadPosition();

  const auto again = office_.ada.Try(&Leads::CaptureLead, Captures(id, "Hopper"));
  ASSERT_THAT(again, Succeeded());
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.response.DebugString(), first.response.DebugString());

  // What happened since does not change the answer.
  office_.ada.Do(&Leads::JunkLead, NameIs(first.response) + With("reason", "spam"));
  server_.Restart();
  const ApiCaller ada = server_.Reconnect(office_.ada);
  const auto restarted = ada.Try(&Leads::CaptureLead, Captures(id, "Hopper"));
  ASSERT_THAT(restarted, Succeeded());
  EXPECT_TRUE(restarted.replayed);
  EXPECT_EQ(restarted.response.DebugString(), first.response.DebugString());
  EXPECT_EQ(ada.Do(&Leads::GetLead, NameIs(first.response)).state(), v1::LEAD_STATE_JUNK);
  office_.administrator = server_.Reconnect(office_.administrator);
  EXPECT_EQ(office_.HeadPosition(), head + 1);
}

TEST_F(RetryTest, AnIdNamesOneInputForEver) {
  const std::string id = Uuid::Random().ToString();
  ASSERT_THAT(office_.ada.Try(&Leads::CaptureLead, Captures(id, "Hopper")), Succeeded());
  const int64_t head = office_.HeadPosition();
  const auto reused = Refused(grpc::StatusCode::INVALID_ARGUMENT, "REQUEST_ID_REUSED");
  EXPECT_THAT(office_.ada.Try(&Leads::CaptureLead, Captures(id, "Lovelace")), reused);
  EXPECT_THAT(office_.ada.Try(
                  &Customers::CreateCustomer,
                  absl::StrCat(With("request_id", id), "customer { kind: CUSTOMER_KIND_COMPANY ",
                               "display_name: 'Hopper Ltd' }")),
              reused);
  EXPECT_EQ(office_.HeadPosition(), head);
}

TEST_F(RetryTest, IdsOfOthersAreNoneOfMyConcern) {
  const std::string id = Uuid::Random().ToString();
  const auto by_ada = office_.ada.Try(&Leads::CaptureLead, Captures(id, "Hopper"));
  const auto by_admin = office_.administrator.Try(&Leads::CaptureLead, Captures(id, "Hopper"));
  ASSERT_THAT(by_ada, Succeeded());
  ASSERT_THAT(by_admin, Succeeded());
  EXPECT_FALSE(by_admin.replayed);
  EXPECT_NE(by_admin.response.name(), by_ada.response.name());
}

TEST_F(RetryTest, WhatIsOnlyValidatedIsNotRecorded) {
  const std::string id = Uuid::Random().ToString();
  const int64_t head = office_.HeadPosition();
  const auto tried =
      office_.ada.Try(&Leads::CaptureLead, absl::StrCat("validate_only: true ", Captures(id, "X")));
  ASSERT_THAT(tried, Succeeded());
  EXPECT_EQ(tried.response.family_name(), "X");
  EXPECT_EQ(tried.response.owner(), office_.ada_name);
  EXPECT_EQ(office_.HeadPosition(), head);
  EXPECT_EQ(office_.ada.Do(&Leads::ListLeads).leads_size(), 0);
  // The id was not used up, and neither was what would have been refused.
  const auto done = office_.ada.Try(&Leads::CaptureLead, Captures(id, "X"));
  ASSERT_THAT(done, Succeeded());
  EXPECT_FALSE(done.replayed);
  EXPECT_THAT(office_.ada.Try(&Leads::MoveLeadStage,
                              absl::StrCat("validate_only: true ", NameIs(done.response),
                                           With("stage", office_.stages.at("New")))),
              ::testing::Not(Succeeded()));
}

TEST_F(RetryTest, WhoeverReadAnOlderVersionIsToldSo) {
  const v1::Opportunity opened = office_.Open(office_.ada, "Mill", 100, OwnedByAda());
  office_.Move(office_.ada, opened, "Talks");
  const int64_t head = office_.HeadPosition();
  const std::string moves = absl::StrCat(NameIs(opened), With("stage", office_.stages.at("Offer")));
  EXPECT_THAT(
      office_.ada.Try(&Opportunities::MoveStage, absl::StrCat(moves, With("etag", opened.etag()))),
      Refused(grpc::StatusCode::ABORTED, "ETAG_MISMATCH"));
  EXPECT_EQ(office_.HeadPosition(), head);
  const auto current = office_.ada.Do(&Opportunities::GetOpportunity, NameIs(opened));
  const auto moved =
      office_.ada.Try(&Opportunities::MoveStage, absl::StrCat(moves, With("etag", current.etag())));
  ASSERT_THAT(moved, Succeeded());
  EXPECT_NE(moved.response.etag(), current.etag());
}

}  // namespace
}  // namespace crm::testing

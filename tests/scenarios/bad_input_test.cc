// Whatever a client sends, it is told what is wrong with it, and nothing is recorded.
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using grpc::StatusCode;

class BadInputTest : public ::testing::Test {
 protected:
  BadInputTest() : head_(office_.HeadPosition()) {}
  // Nothing was recorded, and the server still answers.
  void TearDown() override { EXPECT_EQ(office_.HeadPosition(), head_); }

  // A field's violation.
  template <class Answered>
  static void ExpectBadRequest(const Answered& answer) {
    EXPECT_EQ(answer.status.error_code(), StatusCode::INVALID_ARGUMENT) << Ending(answer);
    EXPECT_FALSE(answer.reason.empty());
    EXPECT_TRUE(answer.bad_request) << Ending(answer);
  }

  SystemClock clock_;
  RunningServer server_{clock_};
  SalesOffice office_{server_};
  int64_t head_;
};

TEST_F(BadInputTest, TooLargeRequestsAreRefused) {
  v1::CaptureLeadRequest request;
  request.mutable_lead()->set_given_name(std::string(5 * 1024 * 1024, 'x'));
  EXPECT_EQ(office_.ada.Try(&Leads::CaptureLead, request).status.error_code(),
            StatusCode::RESOURCE_EXHAUSTED);
  request.mutable_lead()->set_given_name(std::string(1024 * 1024, 'x'));
  ExpectBadRequest(office_.ada.Try(&Leads::CaptureLead, request));
}

// Texts are Unicode: bytes that are none must not reach the log, from which they could not be read.
TEST_F(BadInputTest, InvalidUtf8IsRefused) {
  for (const char* bytes : {"\xff\xfe",
                            "Gr\xe4"
                            "fe",
                            "\xed\xa0\x80", "\xc0\xaf"}) {
    v1::CaptureLeadRequest capture;
    capture.mutable_lead()->set_given_name(bytes);
    const auto unparsable = Refused(StatusCode::INVALID_ARGUMENT, "REQUEST_UNPARSABLE");
    EXPECT_THAT(office_.ada.Try(&Leads::CaptureLead, capture), unparsable);
    v1::GetLeadRequest get;
    get.set_name(absl::StrCat("leads/", bytes));
    EXPECT_THAT(office_.ada.Try(&Leads::GetLead, get), unparsable);
    v1::SearchRecordsRequest search;
    search.set_query(bytes);
    EXPECT_THAT(office_.ada.Try(&Search::SearchRecords, search), unparsable);
  }
}

// What would command a terminal, or end a string for others, is in no name.
TEST_F(BadInputTest, ControlCharactersAreRefused) {
  const std::vector<std::string> texts = {std::string("G\0race", 6), "\x1b[2J", "Grace\x7f",
                                          "Gr\xc2\x9b"
                                          "ace"};
  for (const std::string& bytes : texts) {
    v1::CaptureLeadRequest capture;
    capture.mutable_lead()->set_given_name(bytes);
    ExpectBadRequest(office_.ada.Try(&Leads::CaptureLead, capture));
    v1::SearchRecordsRequest search;
    search.set_query(bytes);
    ExpectBadRequest(office_.ada.Try(&Search::SearchRecords, search));
  }
}

TEST_F(BadInputTest, UnknownEnumValuesAreRefused) {
  v1::CreateCustomerRequest request;
  request.mutable_customer()->set_display_name("Mill");
  request.mutable_customer()->set_kind(static_cast<v1::CustomerKind>(99));
  ExpectBadRequest(office_.ada.Try(&Customers::CreateCustomer, request));
  v1::ListOpportunitiesRequest list;
  list.set_order_by(static_cast<v1::OpportunityOrder>(99));
  ExpectBadRequest(office_.ada.Try(&Opportunities::ListOpportunities, list));
  list.Clear();
  list.mutable_filter()->add_states(static_cast<v1::OpportunityState>(99));
  ExpectBadRequest(office_.ada.Try(&Opportunities::ListOpportunities, list));
}

TEST_F(BadInputTest, WrongNamesAreRefused) {
  ExpectBadRequest(office_.ada.Try(&Opportunities::GetOpportunity, "name: 'leads/1'"));
  ExpectBadRequest(office_.ada.Try(&Opportunities::GetOpportunity, "name: ''"));
  const auto no_uuid = office_.ada.Try(&Opportunities::GetOpportunity, "name: 'opportunities/x'");
  EXPECT_THAT(no_uuid, Refused(StatusCode::INVALID_ARGUMENT, "INVALID_NAME"));
  EXPECT_EQ(office_.ada
                .Try(&Opportunities::GetOpportunity,
                     With("name", absl::StrCat("opportunities/", Uuid::Random().ToString())))
                .status.error_code(),
            StatusCode::NOT_FOUND);
  EXPECT_THAT(
      office_.ada.Try(&Opportunities::CreateOpportunity,
                      "opportunity { display_name: 'X' " + With("stage", office_.stages.at("New")) +
                          With("customer", "customers/" + Uuid::Random().ToString()) + "}"),
      Refused(StatusCode::NOT_FOUND, "REFERENCE_NOT_FOUND"));
}

TEST_F(BadInputTest, ARequestIdIsAUuid) {
  ExpectBadRequest(
      office_.ada.Try(&Leads::CaptureLead, "request_id: 'again' lead { given_name: 'Grace' }"));
}

TEST_F(BadInputTest, PageTokensBelongToTheirQuestion) {
  ExpectBadRequest(office_.ada.Try(&Members::ListMembers, "page_size: -1"));
  ExpectBadRequest(office_.ada.Try(&Members::ListMembers, "page_size: 1001"));
  const auto first = office_.ada.Do(&Members::ListMembers, "page_size: 2");
  ASSERT_FALSE(first.next_page_token().empty());
  const std::string token = With("page_token", first.next_page_token());
  const auto second = office_.ada.Do(&Members::ListMembers, "page_size: 2 " + token);
  EXPECT_NE(second.members(0).name(), first.members(0).name());
  const auto mismatch = Refused(StatusCode::INVALID_ARGUMENT, "PAGE_TOKEN_MISMATCH");
  EXPECT_THAT(office_.ada.Try(&Members::ListMembers, "show_deactivated: true " + token), mismatch);
  EXPECT_THAT(office_.ada.Try(&Teams::ListTeams, token), mismatch);
  EXPECT_THAT(office_.ada.Try(&Members::ListMembers, "page_token: 'nonsense'"),
              Refused(StatusCode::INVALID_ARGUMENT, "PAGE_TOKEN_INVALID"));
}

TEST_F(BadInputTest, ImpossibleTimesAreRefused) {
  const std::string new_mill =
      "opportunity { display_name: 'X' " + With("stage", office_.stages.at("New")) + "} ";
  for (const char* time : {"seconds: 253402300800", "seconds: -62135596801", "nanos: -1",
                           "seconds: 9223372036854775807"}) {
    const auto answer = office_.administrator.Try(
        &Opportunities::CreateOpportunity, absl::StrCat(new_mill, "effective_time { ", time, " }"));
    EXPECT_EQ(answer.status.error_code(), StatusCode::INVALID_ARGUMENT) << time << Ending(answer);
    const auto read = office_.administrator.Try(
        &Opportunities::ListOpportunities, absl::StrCat("as_of { as_of_time { ", time, " } }"));
    EXPECT_EQ(read.status.error_code(), StatusCode::INVALID_ARGUMENT) << time << Ending(read);
  }
  for (const char* date : {"year: 2026 month: 2 day: 30", "year: 2026 month: 13 day: 1",
                           "year: -1 month: 1 day: 1", "year: 2026"}) {
    const auto answer = office_.administrator.Try(
        &Opportunities::CreateOpportunity,
        absl::StrCat("opportunity { display_name: 'X' ", With("stage", office_.stages.at("New")),
                     "expected_close_date { ", date, " } }"));
    EXPECT_EQ(answer.status.error_code(), StatusCode::INVALID_ARGUMENT) << date << Ending(answer);
  }
}

TEST_F(BadInputTest, ImpossibleAmountsAreRefused) {
  for (const char* money :
       {"currency_code: 'XXXX' units: 1", "currency_code: '' units: 1",
        "currency_code: 'USD' units: 9223372036854775807", "currency_code: 'USD' nanos: 1",
        "currency_code: 'USD' units: 1 nanos: -10000000"}) {
    const auto answer = office_.ada.Try(
        &Opportunities::CreateOpportunity,
        absl::StrCat("opportunity { display_name: 'X' ", With("stage", office_.stages.at("New")),
                     "expected_revenue { ", money, " } }"));
    EXPECT_EQ(answer.status.error_code(), StatusCode::INVALID_ARGUMENT) << money << Ending(answer);
  }
}

// Also whoever is refused learns how far the answer looked.
TEST_F(BadInputTest, RefusalsSayWhatTheyReflect) {
  const auto denied = office_.ada.Try(&Events::ReadEvents);
  EXPECT_THAT(denied, Refused(StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
  EXPECT_GT(denied.position, 0);
  EXPECT_LE(denied.position, head_);
  const auto invalid = office_.ada.Try(&Members::ListMembers, "page_size: -1");
  EXPECT_GT(invalid.position, 0);
  const auto hidden = office_.cleo.Try(&Opportunities::GetOpportunity,
                                       With("name", "opportunities/" + Uuid::Random().ToString()));
  EXPECT_EQ(hidden.status.error_code(), StatusCode::NOT_FOUND);
  EXPECT_GT(hidden.position, 0);
  const auto stranger = server_.Anonymous().Try(&Members::ListMembers);
  EXPECT_THAT(stranger, Refused(StatusCode::UNAUTHENTICATED, "CREDENTIAL_MISSING"));
  EXPECT_EQ(stranger.position, 0);
}

TEST_F(BadInputTest, MetadataThatIsNoPositionIsRefused) {
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + office_.ada.token());
  context.AddMetadata("crm-min-position", "soon");
  v1::Member member;
  const grpc::Status status = Members(server_.Channel()).GetCurrentMember(&context, {}, &member);
  EXPECT_THAT(EndingOf(status, context), Refused(StatusCode::INVALID_ARGUMENT, "POSITION_INVALID"));
}

}  // namespace
}  // namespace crm::testing

// A contract over the wire, from its draft to its end: who approves and signs it, once however
// often it is sent; on whose day its value counts; when its owner is told that it ends.
#include "crm/v1/contract_service.grpc.pb.h"
#include "crm/v1/goal_service.grpc.pb.h"
#include "crm/v1/public_document_service.grpc.pb.h"
#include "crm/v1/schedule_service.grpc.pb.h"
#include "domain/document/public_link.h"
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using Contracts = v1::ContractService::Stub;
using Documents = v1::PublicDocumentService::Stub;
using Goals = v1::GoalService::Stub;
using Schedules = v1::ScheduleService::Stub;
using domain::ContractId;
using domain::FormatPublicLink;
using domain::OrganizationId;
using grpc::StatusCode;
using ::testing::HasSubstr;
using ::testing::Not;

class ContractsTest : public ::testing::Test {
 protected:
  ContractsTest() {
    customer_ = office_.administrator
                    .Do(&Customers::CreateCustomer,
                        absl::StrCat("customer { kind: CUSTOMER_KIND_COMPANY display_name: 'Mill' ",
                                     With("account_manager", office_.ada_name),
                                     With("team", office_.north), "}"))
                    .name();
  }

  v1::Contract Drafted(absl::string_view more = "") const {
    return office_.ada.Do(
        &Contracts::CreateContract,
        absl::StrCat("contract { display_name: 'Upkeep' contract_type: 'upkeep' tags: 'urgent' ",
                     "text: 'We keep the desks.' ", Usd("value", 1'200), "recipient { ",
                     With("customer", customer_), "} ",
                     office_.OwnedBy(office_.ada_name, office_.north), more, "}"));
  }
  v1::Contract Sent(absl::string_view more = "") const {
    const v1::Contract drafted = Drafted(more);
    office_.leah.Do(&Contracts::ApproveContract, NameIs(drafted));
    return office_.leah.Do(&Contracts::SendContract, NameIs(drafted));
  }
  OrganizationId Organization() const {
    return services::ParseToken(office_.administrator.token())->organization;
  }
  // A new link of the contract, as request text.
  std::string Link(const v1::Contract& contract) const {
    const std::string secret = RandomBytes(domain::kLinkSecretSize);
    auto request = From<v1::CreateContractLinkRequest>(NameIs(contract));
    request.set_secret_hash(std::string(AsView(Sha256(secret))));
    office_.leah.Do(&Contracts::CreateContractLink, request);
    return With("link",
                FormatPublicLink(Organization(), domain::kContractLink,
                                 domain::ParseName<ContractId>(contract.name())->uuid(), secret));
  }
  v1::Contract Get(const v1::Contract& contract) const {
    return office_.ada.Do(&Contracts::GetContract, NameIs(contract));
  }
  // An organization of its own, as its administrator.
  ApiCaller InZone(absl::string_view zone) const {
    const std::string secret = RandomBytes(32);
    auto request = From<v1::CreateOrganizationRequest>(
        absl::StrCat("display_name: 'Mill' currency_code: 'USD' ", With("time_zone", zone),
                     "administrator_display_name: 'Ada' administrator_email: 'ada@mill.example'"));
    request.set_secret_hash(std::string(AsView(Sha256(secret))));
    const auto made =
        server_.Operator().Do(&v1::OperatorService::Stub::CreateOrganization, request);
    return {server_.Channel(),
            services::FormatToken(*domain::ParseName<OrganizationId>(made.organization()), secret),
            std::make_shared<std::atomic<int64_t>>(0)};
  }
  // Of all, in a month of 2026.
  static v1::Goal ContractGoal(const ApiCaller& caller, int month, int last) {
    return caller.Do(
        &Goals::CreateGoal,
        absl::StrCat("goal { display_name: 'Signed' kind: GOAL_KIND_CONTRACT_VALUE ",
                     Usd("target", 1'000), "first_date { year: 2026 month: ", month,
                     " day: 1 } last_date { year: 2026 month: ", month, " day: ", last, " } }"));
  }
  static int64_t Reached(const ApiCaller& caller, const v1::Goal& goal) {
    return caller.Do(&Goals::GetGoalProgress, NameIs(goal)).current().units();
  }

  ManualClock clock_{absl::FromCivil(absl::CivilHour(2026, 3, 2, 9), absl::UTCTimeZone())};
  RunningServer server_{clock_};
  SalesOffice office_{server_};
  ApiCaller anybody_ = server_.Anonymous();
  std::string customer_;
};

TEST_F(ContractsTest, WhoDraftsDoesNotApprove) {
  const v1::Contract drafted = Drafted();
  EXPECT_THAT(office_.ada.Try(&Contracts::ApproveContract, NameIs(drafted)),
              Refused(StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
  EXPECT_THAT(office_.cleo.Try(&Contracts::GetContract, NameIs(drafted)),
              Refused(StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
  EXPECT_THAT(office_.leah.Try(&Contracts::SendContract, NameIs(drafted)),
              Refused(StatusCode::FAILED_PRECONDITION, "APPROVAL_REQUIRED"));
  office_.leah.Do(&Contracts::ApproveContract, NameIs(drafted));
  EXPECT_EQ(office_.avi.Do(&Contracts::GetContract, NameIs(drafted)).state(),
            v1::CONTRACT_STATE_APPROVED);
}

TEST_F(ContractsTest, ASignatureIsOneHoweverOftenItIsSent) {
  const v1::Contract contract = Sent();
  const std::string link = Link(contract);
  const auto seen = anybody_.Try(&Documents::ViewPublicDocument, link);
  ASSERT_THAT(seen, Succeeded());
  EXPECT_EQ(seen.position, 0);
  const v1::PublicDocument& document = seen.response.document();
  EXPECT_EQ(document.state(), v1::PUBLIC_DOCUMENT_STATE_OPEN);
  EXPECT_EQ(document.text(), "We keep the desks.");
  EXPECT_EQ(document.recipient_company_name(), "Mill");
  for (const char* inside : {"members/", "customers/", "teams/", "urgent"}) {
    EXPECT_THAT(document.ShortDebugString(), Not(HasSubstr(inside)));
  }
  const std::string sign = link + With("person_name", "Ann Lee") + With("signature", "M0 0L9 9");
  const std::string retried = sign + With("request_id", Uuid::Random().ToString());
  const auto first = anybody_.Try(&Documents::SignPublicDocument, retried);
  ASSERT_THAT(first, Succeeded());
  EXPECT_EQ(first.response.document().state(), v1::PUBLIC_DOCUMENT_STATE_SIGNED);
  const int64_t head = office_.HeadPosition();
  const auto again = anybody_.Try(&Documents::SignPublicDocument, retried);
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.response.SerializeAsString(), first.response.SerializeAsString());
  EXPECT_THAT(anybody_.Try(&Documents::SignPublicDocument, sign),
              Refused(StatusCode::FAILED_PRECONDITION, "CONTRACT_SIGNED"));
  EXPECT_EQ(office_.HeadPosition(), head);
  EXPECT_EQ(Get(contract).signer_person_name(), "Ann Lee");
  EXPECT_EQ(Get(contract).signature(), "M0 0L9 9");
  // A list shows who signed, and neither text nor signature.
  const auto list =
      office_.ada.Do(&Contracts::ListContracts, "states: CONTRACT_STATE_SIGNED page_size: 10");
  ASSERT_EQ(list.contracts_size(), 1);
  EXPECT_EQ(list.contracts(0).signer_person_name(), "Ann Lee");
  EXPECT_EQ(list.contracts(0).text() + list.contracts(0).signature(), "");
  // The event says who, and that no member did it.
  const auto read = office_.administrator.Do(&Events::ReadEvents,
                                             "page_size: 10 filter { types: 'ContractSigned' }");
  ASSERT_EQ(read.events_size(), 1);
  EXPECT_EQ(read.events(0).actor(), "");
  EXPECT_THAT(read.events(0).data_json(), HasSubstr("Ann Lee"));
}

// A drawn signature is a path and nothing else.
TEST_F(ContractsTest, ASignatureIsBounded) {
  const std::string sign = Link(Sent()) + With("person_name", "Ann Lee");
  for (const std::string& drawn :
       {std::string("<script>"), std::string("M0 0\"/>"), "M" + std::string(20'000, '0')}) {
    EXPECT_THAT(anybody_.Try(&Documents::SignPublicDocument, sign + With("signature", drawn)),
                Refused(StatusCode::INVALID_ARGUMENT, "INVALID_REQUEST"));
  }
}

// Whatever is wrong with a link, and whatever is asked through it: the same answer to the byte.
TEST_F(ContractsTest, AGuessLearnsNothing) {
  const v1::Contract contract = Sent();
  const auto id = domain::ParseName<ContractId>(contract.name())->uuid();
  const std::string secret = RandomBytes(domain::kLinkSecretSize);
  const std::string replaced = Link(contract);
  const std::string link = Link(contract);
  const v1::Contract changed = Sent();
  const std::string of_changed = Link(changed);
  office_.leah.Do(&Contracts::UpdateContract,
                  absl::StrCat("contract { ", NameIs(changed), "text: 'We keep half of them.' }"));
  const v1::Contract gone = Sent();
  const std::string of_void = Link(gone);
  office_.leah.Do(&Contracts::VoidContract, NameIs(gone));
  const OrganizationId nowhere(Uuid::Random());
  const std::vector<std::string> links = {
      With("link", ""),
      With("link", FormatPublicLink(Organization(), 'c', id, secret)),
      With("link", FormatPublicLink(Organization(), 'p', id, secret)),
      With("link", FormatPublicLink(Organization(), 'c', Uuid::Random(), secret)),
      With("link", FormatPublicLink(nowhere, 'c', id, secret)),
      replaced,
      of_changed,
      of_void};
  std::set<std::string> told;
  const auto ask = [&](auto rpc, const std::string& text) {
    const auto answer = anybody_.Try(rpc, text);
    EXPECT_THAT(answer, Refused(StatusCode::NOT_FOUND, "LINK_INVALID")) << text;
    EXPECT_EQ(answer.position, 0) << text;
    told.insert(absl::StrCat(answer.status.error_code(), answer.status.error_message(), "/",
                             answer.status.error_details()));
  };
  const int64_t head = office_.HeadPosition();
  for (const std::string& text : links) {
    ask(&Documents::ViewPublicDocument, text);
    ask(&Documents::SignPublicDocument, text);
  }
  // A good one does nothing that is for another kind of document.
  ask(&Documents::AcceptPublicDocument, link + With("person_name", "Ann Lee"));
  EXPECT_EQ(told.size(), 1u) << "one answer for all of them";
  EXPECT_EQ(office_.HeadPosition(), head);
}

// T69: signed at 22:30 UTC on 31 March, which is April in Helsinki and March in New York.
TEST_F(ContractsTest, T69SignedValueCountsOnTheDayOfTheOrganization) {
  struct Office {
    ApiCaller administrator;
    v1::Goal march, april;
    v1::Contract contract;
  };
  const auto open = [&](absl::string_view zone) {
    Office office{InZone(zone), {}, {}, {}};
    office.march = ContractGoal(office.administrator, 3, 31);
    office.april = ContractGoal(office.administrator, 4, 30);
    office.contract = office.administrator.Do(
        &Contracts::CreateContract,
        absl::StrCat("contract { display_name: 'Upkeep' ", Usd("value", 1'200), "}"));
    office.administrator.Do(&Contracts::ApproveContract, NameIs(office.contract));
    return office;
  };
  const Office east = open("Europe/Helsinki");
  const Office west = open("America/New_York");
  clock_.Set(absl::FromCivil(absl::CivilMinute(2026, 3, 31, 22, 30), absl::UTCTimeZone()));
  for (const Office* office : {&east, &west}) {
    office->administrator.Do(&Contracts::SignContract, NameIs(office->contract));
  }
  EXPECT_EQ(Reached(east.administrator, east.march), 0);
  EXPECT_EQ(Reached(east.administrator, east.april), 1'200);
  EXPECT_EQ(Reached(west.administrator, west.march), 1'200);
  EXPECT_EQ(Reached(west.administrator, west.april), 0);
}

TEST_F(ContractsTest, ItsOwnerIsToldOnceAndItIsRenewed) {
  const v1::Contract contract = Sent(
      "start_date { year: 2026 month: 1 day: 1 } end_date { year: 2026 month: 3 day: 31 } "
      "notice_days: 10 ");
  EXPECT_EQ(office_.administrator.Do(&Schedules::ListDueWork).due_work_size(), 0);
  office_.leah.Do(&Contracts::SignContract, NameIs(contract));
  const auto due = office_.administrator.Do(&Schedules::ListDueWork);
  ASSERT_EQ(due.due_work_size(), 1);
  EXPECT_EQ(due.due_work(0).rule(), "contract_expiry_notice/1");
  EXPECT_EQ(due.due_work(0).record(), contract.name());
  EXPECT_EQ(office_.ada.Do(&Contracts::ListContracts, "expiring_days: 30").contracts_size(), 1);
  const v1::Contract renewed = office_.leah.Do(
      &Contracts::RenewContract,
      NameIs(contract) + "end_date { year: 2027 month: 3 day: 31 } " + Usd("value", 1'300));
  EXPECT_EQ(renewed.renewals_size(), 1);
  EXPECT_EQ(renewed.renewals(0).value().units(), 1'200);
  EXPECT_EQ(office_.ada.Do(&Contracts::ListContracts, "expiring_days: 30").contracts_size(), 0);
  const v1::Contract ended = office_.leah.Do(
      &Contracts::TerminateContract,
      NameIs(contract) + "last_date { year: 2026 month: 6 day: 30 } " + With("reason", "Moved"));
  EXPECT_EQ(ended.state(), v1::CONTRACT_STATE_TERMINATED);
  EXPECT_EQ(office_.administrator.Do(&Schedules::ListDueWork).due_work_size(), 0);
}

}  // namespace
}  // namespace crm::testing

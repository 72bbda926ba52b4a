// Invariants I1..I7 and I9 of domain/contract/contract.h; I8 is in contract_link_test.cc.
#include "domain/proposal/proposal.h"
#include "domain/render.h"
#include "tests/domain/contract/contract_story.h"

namespace crm::domain {
namespace {

using testing::Chairs;
using ::testing::ElementsAre;

class ContractTest : public ContractStory {};

TEST_F(ContractTest, TakesFromTheOpportunityWhatItIsNotTold) {
  Draft();
  const v1::Contract shown = Shown();
  EXPECT_EQ(shown.display_name(), "Fifty desks");
  EXPECT_EQ(shown.recipient().customer(), ExampleName<CustomerId>());
  EXPECT_EQ(shown.recipient().company_name(), "Customer 1");
  EXPECT_EQ(shown.opportunity(), ExampleName<OpportunityId>());
  EXPECT_EQ(shown.state(), v1::CONTRACT_STATE_DRAFT);
  EXPECT_EQ(shown.value().units(), 1'200);
  EXPECT_FALSE(shown.expired());
  const auto& drafted = Decided<events::v1::ContractDrafted>();
  EXPECT_EQ(drafted.at().base_minor(), 120'000);
  EXPECT_FALSE(drafted.subject_id().empty());
}

TEST_F(ContractTest, TakesFromTheProposalItsNetTotalAndCustomer) {
  Scenario<Proposal> proposals;
  testing::GiveOffice(proposals.world());
  proposals.When(From<v1::CreateProposalRequest>(absl::StrCat(
      "proposal { content { ", Chairs(2), " } ", Naming<OpportunityId>("opportunity"), " }")));
  ASSERT_THAT(proposals.outcome(), IsOk());
  const ProposalId proposal = proposals.Current().id;
  scenario_.world().Append(StreamOf(proposal), *proposals.decided().front(), kExampleNow);
  proposals.Settled();

  const std::string named = absl::StrCat("proposal: '", NameOf(proposal), "' ");
  Rejects(Create(named + Naming<OpportunityId>("opportunity")), "SOURCE_AMBIGUOUS");
  Run(Create(named));
  const v1::Contract shown = Shown();
  EXPECT_EQ(shown.proposal(), NameOf(proposal));
  EXPECT_EQ(shown.display_name(), "Fifty desks");
  EXPECT_EQ(shown.value().units(), 198);
  EXPECT_EQ(shown.opportunity(), ExampleName<OpportunityId>());
  EXPECT_EQ(shown.recipient().customer(), ExampleName<CustomerId>());
  scenario_.world().Append(StreamOf(proposal), events::v1::ProposalDeclined(), kExampleNow);
  Rejects(Create(named), "SOURCE_CLOSED");
}

TEST_F(ContractTest, I1WhatIsSignedIsWhatWasApproved) {
  Draft();
  Rejects(Of<v1::SendContractRequest>(), "APPROVAL_REQUIRED");
  Rejects(Of<v1::SignContractRequest>(), "APPROVAL_REQUIRED");
  Member<v1::ApproveContractRequest>();
  const std::string approved = Shown().content_hash();
  EXPECT_EQ(approved.size(), 32u);
  EXPECT_EQ(Shown().state(), v1::CONTRACT_STATE_APPROVED);
  scenario_.When(Of<v1::ApproveContractRequest>()).ThenNothing();
  Member<v1::SendContractRequest>();
  EXPECT_EQ(Shown().state(), v1::CONTRACT_STATE_SENT);
  // The words are not what is agreed.
  Run(Update("display_name: 'Upkeep' tags: 'elm'", "display_name tags"));
  EXPECT_EQ(Shown().state(), v1::CONTRACT_STATE_SENT);
  const char* const changes[][2] = {{"text: 'We keep tables.'", "text"},
                                    {"value { currency_code: 'EUR' units: 900 }", "value"},
                                    {"start_date { year: 2026 month: 2 day: 1 }", "start_date"},
                                    {"", "end_date"}};
  for (const auto& [fields, path] : changes) {
    Run(Update(fields, path));
    EXPECT_EQ(Shown().state(), v1::CONTRACT_STATE_DRAFT) << path;
    EXPECT_EQ(Shown().content_hash(), "") << path;
    Rejects(Of<v1::SignContractRequest>(), "APPROVAL_REQUIRED");
    Member<v1::ApproveContractRequest>();
    EXPECT_NE(Shown().content_hash(), approved) << path;
  }
  const std::string last = Shown().content_hash();
  Member<v1::SignContractRequest>();
  const auto& signed_now = Decided<events::v1::ContractSigned>();
  EXPECT_EQ(signed_now.content_hash(), last);
  EXPECT_EQ(signed_now.value().minor(), 90'000);
  EXPECT_EQ(signed_now.contract_type(), "upkeep");
  EXPECT_FALSE(signed_now.has_caller());
}

// Whoever checks a signature years later makes the same bytes.
TEST_F(ContractTest, I1TheHashIsOfValueDaysAndTextAlone) {
  const auto details = From<events::v1::ContractDetails>(
      "display_name: 'x' value { currency_code: 'EUR' minor: 120000 } start { days: 20454 } "
      "text: 'We keep chairs.' tags: 'oak'");
  const std::string bytes = absl::StrCat("\x1a\x09\x0a\x03", "EUR", "\x10\xc0\xa9\x07", "\x22\x04",
                                         "\x08\xe6\x9f\x01", "\x3a\x0f", "We keep chairs.");
  EXPECT_EQ(ContentHashOf(details), std::string(AsView(Sha256(bytes))));
}

TEST_F(ContractTest, I2IsSignedOnceAndThenFrozen) {
  Signed();
  EXPECT_EQ(Shown().state(), v1::CONTRACT_STATE_SIGNED);
  EXPECT_TRUE(Shown().has_sign_time());
  Rejects(Of<v1::SignContractRequest>(), "CONTRACT_SIGNED");
  Rejects(Of<v1::ApproveContractRequest>(), "CONTRACT_SIGNED");
  Rejects(Of<v1::SendContractRequest>(), "CONTRACT_SIGNED");
  Rejects(Of<v1::VoidContractRequest>(), "CONTRACT_SIGNED");
  Rejects(Update(Worth(1), "value"), "CONTRACT_SIGNED");
  Rejects(Update("text: 'x'", "text"), "CONTRACT_SIGNED");
  Rejects(Update("contract_type: 'rent'", "contract_type"), "CONTRACT_SIGNED");
  Rejects(Update("", "end_date"), "CONTRACT_SIGNED");
  Run(Update("display_name: 'Upkeep' notice_days: 10", "display_name notice_days opportunity"));
  EXPECT_EQ(Decided<events::v1::ContractDetailsRevised>().fields_size(), 3);
  EXPECT_EQ(Shown().state(), v1::CONTRACT_STATE_SIGNED);
  EXPECT_EQ(Shown().content_hash().size(), 32u);
}

TEST_F(ContractTest, I3ARenewalKeepsWhatWasBefore) {
  Sent();
  Rejects(Of<v1::RenewContractRequest>(), "CONTRACT_NOT_SIGNED");
  Member<v1::SignContractRequest>();
  const std::string hash = Shown().content_hash();
  Rejects(Of<v1::RenewContractRequest>(Date("end_date", 2026, 12, 30)), "PERIOD_INVALID");
  Rejects(Of<v1::RenewContractRequest>("value { currency_code: 'EUR' units: -1 }"),
          "AMOUNT_NEGATIVE");
  scenario_.When(Of<v1::RenewContractRequest>(Date("end_date", 2026, 12, 31))).ThenNothing();
  Member<v1::RenewContractRequest>(Date("end_date", 2027, 12, 31) + Worth(1'300));
  Member<v1::RenewContractRequest>();
  const v1::Contract shown = Shown();
  EXPECT_FALSE(shown.has_end_date());
  EXPECT_EQ(shown.value().units(), 1'300);
  EXPECT_EQ(shown.content_hash(), hash) << "of what was signed";
  ASSERT_EQ(shown.renewals_size(), 2);
  EXPECT_EQ(shown.renewals(0).end_date().year(), 2026);
  EXPECT_EQ(shown.renewals(0).value().units(), 1'200);
  EXPECT_EQ(shown.renewals(1).end_date().year(), 2027);
  Rejects(Of<v1::RenewContractRequest>(Date("end_date", 2030, 1, 1)), "PERIOD_INVALID");
}

TEST_F(ContractTest, I3AnExpiredOneGoesOn) {
  Signed(Date("end_date", 2026, 3, 31));
  scenario_.At(InBerlin(4, 2));
  scenario_.world().streams.AskAbout(InBerlin(4, 2));
  EXPECT_TRUE(Shown().expired());
  Member<v1::RenewContractRequest>(Date("end_date", 2027, 3, 31));
  EXPECT_FALSE(Shown().expired());
}

TEST_F(ContractTest, I4EndsEarlyOnce) {
  Sent();
  const auto terminate = [&](int year, int month, int day) {
    return Of<v1::TerminateContractRequest>(
        absl::StrCat(Date("last_date", year, month, day), "reason: 'They moved away'"));
  };
  Rejects(terminate(2026, 6, 30), "CONTRACT_NOT_SIGNED");
  Member<v1::SignContractRequest>();
  Rejects(terminate(2025, 12, 31), "PERIOD_INVALID");
  Rejects(terminate(2027, 1, 1), "PERIOD_INVALID");
  Run(terminate(2026, 6, 30));
  EXPECT_EQ(Shown().state(), v1::CONTRACT_STATE_TERMINATED);
  EXPECT_EQ(Shown().last_date().month(), 6);
  EXPECT_EQ(Shown().end_date().month(), 12);
  EXPECT_EQ(Shown().end_reason(), "They moved away");
  scenario_.world().streams.AskAbout(InBerlin(6, 30, 23, 59));
  EXPECT_FALSE(Shown().expired());
  scenario_.world().streams.AskAbout(InBerlin(7, 1));
  EXPECT_TRUE(Shown().expired());
  Rejects(terminate(2026, 6, 30), "CONTRACT_ENDED");
  Rejects(Of<v1::RenewContractRequest>(), "CONTRACT_ENDED");
  Rejects(Update("display_name: 'x'", "display_name"), "CONTRACT_ENDED");
}

TEST_F(ContractTest, I4OneThatWasNotSignedIsVoid) {
  Linked();
  Member<v1::VoidContractRequest>("reason: 'Not wanted'");
  EXPECT_EQ(Shown().state(), v1::CONTRACT_STATE_VOID);
  Rejects(Of<v1::VoidContractRequest>(), "CONTRACT_ENDED");
  Rejects(Of<v1::ApproveContractRequest>(), "CONTRACT_ENDED");
  Rejects(Of<v1::SignContractRequest>(), "CONTRACT_ENDED");
  Rejects(NewLink(), "CONTRACT_ENDED");
  scenario_.By(MemberId());
  Rejects(View(), "LINK_INVALID");
  Rejects(Sign(), "LINK_INVALID");
}

TEST_F(ContractTest, I5DaysAndValueMakeSense) {
  Rejects(Create("display_name: 'x' value { currency_code: 'EUR' units: -1 }"), "AMOUNT_NEGATIVE");
  Rejects(
      Create("display_name: 'x' " + Date("start_date", 2026, 2, 2) + Date("end_date", 2026, 2, 1)),
      "PERIOD_INVALID");
  Rejects(Create(""), "DISPLAY_NAME_REQUIRED");
  Draft();
  Rejects(Update(Date("end_date", 2025, 12, 31), "end_date"), "PERIOD_INVALID");
  Run(Create("display_name: 'Nothing said'"));
  EXPECT_FALSE(Shown().has_value());
  EXPECT_FALSE(Shown().has_end_date());
}

TEST_F(ContractTest, IsSentToSomebody) {
  Run(Create("display_name: 'To nobody'"));
  contract_ = scenario_.Current().id;
  Member<v1::ApproveContractRequest>();
  Rejects(Of<v1::SendContractRequest>(), "RECIPIENT_REQUIRED");
}

TEST_F(ContractTest, I7ItsOwnerIsToldOnceOfALastDay) {
  const auto on = [&](int month, int day) -> Scenario<Contract>& {
    return scenario_.At(InBerlin(month, day))
        .When(DueInstant{InBerlin(month, day), std::string(kContractExpiryNotice),
                         StreamOf(contract_)});
  };
  const auto told = [](int year, int month, int day) {
    events::v1::ContractExpiryNoticed noticed;
    *noticed.mutable_end() = StoredDay(absl::CivilDay(year, month, day));
    return noticed;
  };
  Sent();  // 30 days before 31 December
  on(12, 1).ThenNothing();
  scenario_.At(kExampleNow);
  Member<v1::SignContractRequest>();
  on(11, 30).ThenNothing();
  on(12, 1).Then(told(2026, 12, 31));
  on(12, 1).ThenNothing();
  Run(Update("notice_days: 20", "notice_days"));
  on(12, 11).ThenNothing();
  Member<v1::RenewContractRequest>(Date("end_date", 2027, 1, 1));
  on(12, 12).Then(told(2027, 1, 1));
  Member<v1::RenewContractRequest>(Date("end_date", 2027, 1, 11));
  Member<v1::TerminateContractRequest>(Date("last_date", 2027, 1, 1));
  on(12, 22).ThenNothing();
}

TEST_F(ContractTest, I7NeverWithoutDaysOrEnd) {
  Signed();
  Run(Update("", "notice_days"));
  const DueInstant last{InBerlin(12, 31), std::string(kContractExpiryNotice), StreamOf(contract_)};
  scenario_.At(InBerlin(12, 31)).When(last).ThenNothing();
}

TEST_F(ContractTest, I9ARevisionNamesWhatChanged) {
  Draft();
  scenario_.When(Update("contract_type: 'upkeep'", "contract_type")).ThenNothing();
  Run(Update("notice_days: 10 contract_type: 'rent'", "notice_days contract_type text"));
  EXPECT_THAT(Decided<events::v1::ContractDetailsRevised>().fields(),
              ElementsAre("contract_type", "notice_days", "text"));
  EXPECT_EQ(Shown().text(), "");
}

TEST_F(ContractTest, IsGivenToSomebodyElse) {
  Draft();
  Member<v1::AssignContractRequest>(Naming<MemberId>("owner", 2));
  EXPECT_EQ(Shown().owner(), ExampleName<MemberId>(2));
  scenario_.When(Of<v1::AssignContractRequest>(Naming<MemberId>("owner", 2))).ThenNothing();
}

}  // namespace
}  // namespace crm::domain

// Invariants I1..I3 of domain/commission_receipt/commission_receipt.h; worked case T28.
#include "domain/commission_receipt/commission_receipt.h"

#include "domain/commission_book/commission.h"
#include "domain/commission_book/commission_balance.h"
#include "domain/member/member.h"
#include "domain/organization/organization.h"
#include "tests/support/commission_examples.h"
#include "tests/support/examples.h"
#include "tests/support/prototext.h"
#include "tests/support/scenario.h"

namespace crm::domain {
namespace {

using events::v1::CommissionReceiptIssued;
using events::v1::CommissionReceiptPaid;
using testing::ExampleBytes;
using testing::ExampleId;
using testing::ExampleName;
using testing::From;
using testing::IsOk;
using testing::Scenario;

const absl::CivilDay kToday(2026, 3, 16);  // of kExampleNow

class CommissionReceiptTest : public ::testing::Test {
 protected:
  CommissionReceiptTest() {
    scenario_
        .GivenStream<Organization>(ExampleId<OrganizationId>(),
                                   testing::OrganizationCreatedExample())
        .GivenStream<Member>(ExampleId<MemberId>(), testing::MemberCreatedExample());
  }
  // An entry of the n-th commission of the first member, in EUR.
  void Earn(int n, int64_t minor, absl::CivilDay due = kToday) {
    events::v1::CommissionRecognized entry;
    entry.set_agent_id(ExampleBytes<MemberId>());
    entry.set_amount_minor(minor);
    *entry.mutable_due() = StoredDay(due);
    entry.mutable_ownership()->set_team_id(ExampleBytes<TeamId>(n));
    scenario_.GivenStream<Commission>(ExampleId<CommissionId>(n), entry);
    scenario_.GivenStream<CommissionBalance>(Balance(), Accrued(ExampleId<CommissionId>(n), entry));
  }
  CommissionBalanceId Balance() const {
    return CommissionBalanceOf(ExampleId<OrganizationId>(), ExampleId<MemberId>(), "EUR");
  }
  static v1::CreateCommissionReceiptRequest Create(absl::string_view more = "") {
    return From<v1::CreateCommissionReceiptRequest>(
        absl::StrCat("commission_receipt { agent: '", ExampleName<MemberId>(), "' ",
                     "currency_code: 'EUR' ", more, " }"));
  }
  static std::string Item(int n) {
    return absl::StrCat("items { commission: '", ExampleName<CommissionId>(n), "' } ");
  }
  CommissionReceiptIssued Issued() {
    EXPECT_THAT(scenario_.outcome(), IsOk());
    EXPECT_EQ(scenario_.decided().size(), 1U);
    return dynamic_cast<const CommissionReceiptIssued&>(*scenario_.decided().front());
  }

  Scenario<CommissionReceipt> scenario_;
};

TEST_F(CommissionReceiptTest, T28EachItemIsInOneReceiptOnce) {
  Earn(1, 2'333);
  Earn(2, 2'334);
  Earn(3, 2'333);
  scenario_.When(Create());
  const CommissionReceiptIssued issued = Issued();
  EXPECT_EQ(issued.total_minor(), 7'000);
  ASSERT_EQ(issued.items_size(), 3);
  EXPECT_EQ(issued.items(0).version(), 1);
  scenario_.Settled();
  EXPECT_TRUE(scenario_.CurrentOf<CommissionBalance>(Balance())->open.empty());
  scenario_.When(Create()).ThenRejected("RECEIPT_NOT_PAYABLE");
  scenario_.When(Create(Item(1))).ThenRejected("COMMISSION_NOT_OPEN");
}

TEST_F(CommissionReceiptTest, I1TakesEverythingDueUntilADay) {
  Earn(1, 100);
  Earn(2, 200, kToday - 1);
  Earn(3, 400, kToday + 1);
  scenario_.When(Create("due_date { year: 2026 month: 3 day: 17 }")).ThenRejected("DUE_DATE_AHEAD");
  scenario_.When(Create());
  EXPECT_EQ(Issued().total_minor(), 300);
  EXPECT_EQ(Issued().items(0).commission_id(), ExampleBytes<CommissionId>(2)) << "by due day";
  EXPECT_EQ(Issued().ownership().team_id(), ExampleBytes<TeamId>(1)) << "of the newest";
  scenario_.Settled();
}

TEST_F(CommissionReceiptTest, I1TakesWhatIsNamed) {
  Earn(1, 100);
  Earn(2, 200, kToday - 1);
  Earn(3, 400, kToday + 1);
  scenario_.When(Create(Item(3))).ThenRejected("COMMISSION_NOT_OPEN");
  scenario_.When(Create(Item(4))).ThenRejected("COMMISSION_NOT_OPEN");
  scenario_.When(Create(Item(1) + Item(1))).ThenRejected("ITEM_REPEATED");
  scenario_.When(Create(absl::StrCat(Item(1), "due_date { year: 2026 month: 3 day: 15 }")))
      .ThenRejected("COMMISSION_NOT_OPEN");
  scenario_.When(Create(Item(1)));
  EXPECT_EQ(Issued().total_minor(), 100);
  scenario_.Settled();
}

TEST_F(CommissionReceiptTest, I2WhatWasClawedBackIsCarriedOver) {
  Earn(1, 100);
  Earn(2, -100);
  scenario_.When(Create()).ThenRejected("RECEIPT_NOT_PAYABLE");
  Earn(3, 250);
  scenario_.When(Create());
  EXPECT_EQ(Issued().total_minor(), 250);
  EXPECT_EQ(Issued().items_size(), 3);
  scenario_.Settled();
}

TEST_F(CommissionReceiptTest, I3IsPaidOnce) {
  Earn(1, 100);
  scenario_.When(Create());
  Issued();
  scenario_.Settled();
  const auto pay = [name = NameOf(scenario_.Current().id)](absl::string_view more) {
    return From<v1::PayCommissionReceiptRequest>(
        absl::StrCat("name: '", name, "' reference: 'March' ", more));
  };
  scenario_.When(pay("expense { currency_code: 'EUR' }")).ThenRejected("AMOUNT_NOT_POSITIVE");
  scenario_.When(pay("expense { currency_code: 'EUR' units: 1 }"));
  ASSERT_THAT(scenario_.outcome(), IsOk());
  const auto paid = dynamic_cast<const CommissionReceiptPaid&>(*scenario_.decided().front());
  EXPECT_EQ(DayFromStored(paid.paid()), kToday);
  EXPECT_EQ(paid.reference(), "March");
  EXPECT_EQ(paid.expense().minor(), 100);
  scenario_.When(pay("")).ThenRejected("RECEIPT_PAID");
}

TEST_F(CommissionReceiptTest, CorrectionOfWhatWasTakenWaitsForTheNext) {
  Earn(1, 100);
  scenario_.When(Create());
  Issued();
  scenario_.Settled();
  Earn(1, -30);
  Earn(2, 50);
  scenario_.When(Create());
  EXPECT_EQ(Issued().total_minor(), 20);
  scenario_.Settled();
}

}  // namespace
}  // namespace crm::domain

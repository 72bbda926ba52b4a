#include "projections/invoice_money.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/projections/money_events.h"

namespace crm::projections::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using views::v1::InvoiceMoney;

// One invoice, "A", told event by event.
class InvoiceMoneyTest : public ::testing::Test {
 protected:
  template <class E>
  void Tell(const StreamId& stream, const E& event, const std::string& time) {
    domain::EventMetadata metadata;
    metadata.stream = stream;
    metadata.effective_time = TimeAt(time);
    const Uuid invoice = Named("A");
    FoldMoney(money_, event, InvoiceFold{invoice, metadata, zone_});
  }
  // Day of the month and parts of the members, "a" to "c", of each movement of money.
  std::vector<std::pair<int, std::vector<int64_t>>> Parts() {
    std::vector<std::pair<int, std::vector<int64_t>>> parts;
    CreditSplit split(money_);
    for (const auto& movement : money_.movements()) {
      if (movement.paid_minor() == 0) continue;
      std::vector<int64_t> of_members(3);
      const auto added = split.Add(movement.paid_minor());
      EXPECT_TRUE(added.ok());
      for (const MemberPart& part : *added) {
        for (size_t i = 0; i < 3; ++i) {
          if (part.member_id == BytesOf(std::string(1, static_cast<char>('a' + i)))) {
            of_members[i] = part.minor;
          }
        }
      }
      parts.emplace_back(NumberedDay(movement.day()).day(), of_members);
    }
    return parts;
  }

  domain::Zone zone_ = *domain::Zone::Load("Europe/Berlin");
  InvoiceMoney money_;
};

TEST_F(InvoiceMoneyTest, T37SettlementAtAnyInstant) {
  Tell(InvoiceStream("A"), Issued({.base_minor = 10'000}), "2026-03-02");
  EXPECT_EQ(StandingOf(money_).due_minor, 10'000);
  Tell(PaymentStream("P"), Paid({{"A", 4'000}}), "2026-03-11");
  EXPECT_EQ(StandingOf(money_).paid_minor, 4'000);
  EXPECT_FALSE(StandingOf(money_).settled());
  const auto rest = Paid({{"A", 6'000}}, 1'000, {{"A", 1'000}});
  Tell(PaymentStream("Q"), rest, "2026-03-12");
  EXPECT_TRUE(StandingOf(money_).settled());
  EXPECT_EQ(StandingOf(money_).overpaid_minor, 1'000);
  Tell(PaymentStream("Q"), WentBack(rest), "2026-03-20");
  EXPECT_EQ(StandingOf(money_).due_minor, 6'000);
  EXPECT_EQ(StandingOf(money_).overpaid_minor, 0);
}

// A reversal takes off what is on the invoice, not what was paid on it once.
TEST_F(InvoiceMoneyTest, AReversalLeavesOutWhatACreditNoteReleased) {
  Tell(InvoiceStream("A"), Issued({.base_minor = 10'000}), "2026-03-02");
  const auto paid = Paid({{"A", 10'000}});
  Tell(PaymentStream("P"), paid, "2026-03-03");
  Tell(CreditNoteStream("N"), Credited("A", {.base_minor = 3'000}, {{"P", 3'000}}), "2026-03-04");
  EXPECT_TRUE(StandingOf(money_).settled());
  EXPECT_EQ(StandingOf(money_).paid_minor, 7'000);
  Tell(PaymentStream("P"), WentBack(paid), "2026-03-05");
  EXPECT_EQ(StandingOf(money_).paid_minor, 0);
  EXPECT_EQ(StandingOf(money_).due_minor, 7'000);
}

// What was over by an invoice and is used elsewhere, or paid back, is over no more.
TEST_F(InvoiceMoneyTest, T37WhatWasOverIsUsed) {
  Tell(InvoiceStream("A"), Issued({.base_minor = 10'000}), "2026-03-02");
  Tell(PaymentStream("P"), Paid({{"A", 10'000}}, 900, {{"A", 900}}), "2026-03-03");
  auto applied = Applied("B", 500, 400);
  applied.add_excesses()->set_invoice_id(BytesOf("A"));
  applied.mutable_excesses(0)->set_amount_minor(500);
  Tell(PaymentStream("P"), applied, "2026-03-04");
  EXPECT_EQ(StandingOf(money_).paid_minor, 10'000) << "the credit paid another one";
  EXPECT_EQ(StandingOf(money_).overpaid_minor, 400);
  events::v1::CreditRefunded refunded;
  *refunded.mutable_excesses() = applied.excesses();
  refunded.mutable_excesses(0)->set_amount_minor(400);
  Tell(PaymentStream("P"), refunded, "2026-03-05");
  EXPECT_EQ(StandingOf(money_).overpaid_minor, 0);
}

// T60: a part each, and the parts of all payments are the split of their sum.
TEST_F(InvoiceMoneyTest, T60SplitsOverTheWholeSum) {
  Tell(InvoiceStream("A"),
       Issued({.base_minor = 10'000, .credits = {{"a", 1}, {"b", 1}, {"c", 1}}}), "2026-03-02");
  Tell(PaymentStream("P"), Paid({{"A", 100}}), "2026-03-10");
  Tell(PaymentStream("Q"), Paid({{"A", 100}}), "2026-03-11");
  EXPECT_THAT(Parts(),
              ElementsAre(Pair(10, ElementsAre(34, 33, 33)), Pair(11, ElementsAre(33, 34, 33))));
}

// Whatever becomes known first, the same money is of the same day and member. Seen to fail when
// movements are only appended.
TEST_F(InvoiceMoneyTest, TheOrderOfRecordingChangesNothing) {
  const auto tell_all = [this](std::vector<int> order) {
    money_.Clear();
    Tell(InvoiceStream("A"),
         Issued({.base_minor = 10'000, .credits = {{"a", 2}, {"b", 3}, {"c", 2}}}), "2026-03-02");
    for (const int day : order) {
      Tell(PaymentStream(std::to_string(day)), Paid({{"A", 101 + day}}),
           "2026-03-" + std::to_string(day));
    }
    return money_.SerializeAsString();
  };
  std::vector<int> days = {10, 11, 12, 13};
  const std::string in_order = tell_all(days);
  while (std::next_permutation(days.begin(), days.end())) {
    EXPECT_EQ(tell_all(days), in_order);
  }
}

TEST_F(InvoiceMoneyTest, AMemberCreditedWithALineIsWeighedByBases) {
  auto issued = Issued({.base_minor = 10'000, .credits = {{"a", 5}, {"b", 0}}});
  issued.mutable_content()->mutable_lines(0)->add_credited()->set_member_id(BytesOf("b"));
  issued.mutable_credits(0)->add_shares()->set_base_minor(7'500);
  issued.mutable_credits(1)->add_shares()->set_base_minor(2'500);
  Tell(InvoiceStream("A"), issued, "2026-03-02");
  Tell(PaymentStream("P"), Paid({{"A", 400}}), "2026-03-10");
  EXPECT_THAT(Parts(), ElementsAre(Pair(10, ElementsAre(300, 100, 0))));
}

TEST_F(InvoiceMoneyTest, DaysAreThoseOfTheOrganization) {
  Tell(InvoiceStream("A"), Issued({}), "2026-03-02");
  // 23:30 UTC is the next day in Berlin.
  Tell(PaymentStream("P"), Paid({{"A", 100}}), "2026-03-09T23:30:00");
  EXPECT_EQ(money_.movements(0).day(), DayOf("2026-03-10"));
}

TEST_F(InvoiceMoneyTest, CountsOnlyWhatIsAskedFor) {
  EXPECT_FALSE(IsAsked(money_));
  Tell(InvoiceStream("A"), Issued({}), "2026-03-02");
  EXPECT_TRUE(IsAsked(money_));
  Tell(InvoiceStream("A"), Voided(), "2026-03-03");
  EXPECT_FALSE(IsAsked(money_));
}

TEST_F(InvoiceMoneyTest, EventsNameTheInvoicesTheyBearOn) {
  domain::EventMetadata metadata;
  metadata.stream = InvoiceStream("A");
  EXPECT_THAT(InvoicesOf(events::v1::InvoiceVoided(), metadata), IsEmpty()) << "a draft";
  EXPECT_THAT(InvoicesOf(Voided(), metadata), ElementsAre(Named("A")));
  EXPECT_THAT(InvoicesOf(Paid({{"A", 1}, {"B", 1}}, 2, {{"B", 1}, {"C", 1}}), metadata),
              ElementsAre(Named("A"), Named("B"), Named("C")));
  events::v1::CreditRefunded refunded;
  EXPECT_THAT(InvoicesOf(refunded, metadata), IsEmpty());
  refunded.add_excesses()->set_invoice_id(BytesOf("C"));
  EXPECT_THAT(InvoicesOf(refunded, metadata), ElementsAre(Named("C")));
}

}  // namespace
}  // namespace crm::projections::testing

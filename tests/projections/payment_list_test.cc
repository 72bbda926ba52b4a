#include "projections/payment_list.h"

#include <algorithm>
#include <string>
#include <vector>

#include "domain/types/money.h"
#include "gmock/gmock.h"
#include "tests/projections/asking.h"
#include "tests/projections/money_events.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/view_scenario.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::HasReason;
using domain::CustomerId;
using domain::PaymentId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

events::v1::PaymentRecorded Of(const std::string& customer, const std::string& date,
                               events::v1::PaymentRecorded paid) {
  paid.set_customer_id(BytesOf(customer));
  paid.mutable_received()->set_days(DayOf(date));
  return paid;
}

class PaymentListTest : public ::testing::Test {
 protected:
  // Recorded in another order than they are dated.
  PaymentListTest() {
    auto south = Of("beta", "2026-03-07", Paid({{"C", 50}}, 25, {}, "USD"));
    *south.mutable_ownership() = OwnershipOf("south", "bob");
    scenario_.Given(PaymentStream("late"), Of("acme", "2026-03-20", Paid({{"A", 70}}, 30)))
        .Given(PaymentStream("early"), Of("acme", "2026-03-05", Paid({{"A", 30}, {"B", 10}})))
        .Given(PaymentStream("south"), south);
  }
  std::vector<PaymentId> List(const v1::ListPaymentsRequest& request, const Asking& asking = {}) {
    return SelectAll<PaymentList>(scenario_.Rows(), request, asking);
  }
  // "customer: amount currency ... (payments)", in the order of the answer.
  std::vector<std::string> Credits(const Asking& asking = {}) {
    std::vector<std::string> lines;
    std::string after;
    do {
      QueryContext context(asking.audience, asking.at, asking.page_size, after);
      const auto page =
          PaymentList::Answer(v1::ListCustomerCreditsRequest(), scenario_.Rows(), context);
      EXPECT_TRUE(page.ok()) << page.status();
      for (const v1::CustomerCredit& credit : page->credits()) {
        std::string line = credit.customer() == ResourceOf<CustomerId>("acme") ? "acme:" : "beta:";
        for (const auto& proto : credit.amounts()) {
          const auto money = domain::Money::FromProto(proto);
          line += " " + money->ToDecimal() + " " + std::string(money->currency().code());
        }
        lines.push_back(line + " (" + std::to_string(credit.payment_count()) + ")");
      }
      after = context.next();
    } while (!after.empty());
    std::sort(lines.begin(), lines.end());
    return lines;
  }
  static PaymentId Id(const std::string& name) { return PaymentId(testing::Named(name)); }

  ViewScenario<PaymentList> scenario_;
};

TEST_F(PaymentListTest, ListsTheNewestDayFirst) {
  for (const int page_size : {1, 2, 50}) {
    EXPECT_THAT(List({}, {.page_size = page_size}),
                ElementsAre(Id("late"), Id("south"), Id("early")));
  }
  EXPECT_THAT(SelectRefusal<PaymentList>(scenario_.Rows(), v1::ListPaymentsRequest(), "x"),
              HasReason("PAGE_TOKEN_INVALID"));
}

TEST_F(PaymentListTest, Filters) {
  v1::ListPaymentsRequest request;
  request.set_customer(ResourceOf<CustomerId>("acme"));
  for (const int page_size : {1, 50}) {
    EXPECT_THAT(List(request, {.page_size = page_size}), ElementsAre(Id("late"), Id("early")));
  }
  request.set_credit_left(true);
  EXPECT_THAT(List(request), ElementsAre(Id("late")));
  request.Clear();
  request.set_invoice(ResourceOf<domain::InvoiceId>("B"));
  EXPECT_THAT(List(request), ElementsAre(Id("early")));
  request.Clear();
  request.set_team(ResourceOf<domain::TeamId>("south"));
  EXPECT_THAT(List(request), ElementsAre(Id("south")));
  request.Clear();
  *request.mutable_payment_date_from() = DateOf(2026, 3, 7);
  EXPECT_THAT(List(request), ElementsAre(Id("late"), Id("south")));
  *request.mutable_payment_date_to() = DateOf(2026, 3, 19);
  EXPECT_THAT(List(request), ElementsAre(Id("south")));
  *request.mutable_payment_date_to() = DateOf(2026, 2, 30);
  EXPECT_THAT(SelectRefusal<PaymentList>(scenario_.Rows(), request), HasReason("DATE_INVALID"));
}

TEST_F(PaymentListTest, ShowsWhatTheCallerMaySee) {
  const domain::Audience bob = Only("bob");
  EXPECT_THAT(List({}, {.audience = bob}), ElementsAre(Id("south")));
  EXPECT_THAT(Credits({.audience = bob}), ElementsAre("beta: 0.25 USD (1)"));
  EXPECT_THAT(List({}, {.audience = Only("nobody")}), IsEmpty());
}

TEST_F(PaymentListTest, SumsWhatIsLeftOverByCustomer) {
  scenario_.Given(PaymentStream("more"), Of("acme", "2026-03-21", Paid({}, 500, {}, "USD")));
  for (const int page_size : {1, 50}) {
    EXPECT_THAT(Credits({.page_size = page_size}),
                ElementsAre("acme: 0.30 EUR 5.00 USD (2)", "beta: 0.25 USD (1)"));
  }
}

TEST_F(PaymentListTest, CreditGoesAsItCame) {
  scenario_.Given(PaymentStream("late"), Applied("D", 20, 10));
  EXPECT_THAT(Credits(), ElementsAre("acme: 0.10 EUR (1)", "beta: 0.25 USD (1)"));
  v1::ListPaymentsRequest on_d;
  on_d.set_invoice(ResourceOf<domain::InvoiceId>("D"));
  EXPECT_THAT(List(on_d), ElementsAre(Id("late")));
  scenario_.Given(CreditNoteStream("N"),
                  Credited("A", {.base_minor = 40}, {{"early", 30}, {"late", 10}}));
  EXPECT_THAT(Credits(), ElementsAre("acme: 0.50 EUR (2)", "beta: 0.25 USD (1)"));
  events::v1::CreditRefunded refunded;
  refunded.set_amount_minor(30);
  scenario_.Given(PaymentStream("early"), refunded);
  EXPECT_THAT(Credits(), ElementsAre("acme: 0.20 EUR (1)", "beta: 0.25 USD (1)"));
  scenario_.Given(PaymentStream("late"), WentBack(Paid({{"A", 70}}, 30)))
      .Given(PaymentStream("south"), WentBack(Paid({{"C", 50}}, 25)));
  EXPECT_THAT(Credits(), IsEmpty());
  ExpectReplayEquality(scenario_);
}

}  // namespace
}  // namespace crm::projections::testing

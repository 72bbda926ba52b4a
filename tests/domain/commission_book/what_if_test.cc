// W1..W3 of domain/commission_book/what_if.h: under the terms that were frozen it says what was
// recognised, cause by cause, in whatever order things became known.
#include "domain/commission_book/what_if.h"

#include <deque>
#include <map>
#include <random>
#include <tuple>

#include "domain/commission_book/recognition.h"
#include "domain/commission_policy/commission_policy.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/commission_examples.h"
#include "tests/support/example_world.h"
#include "tests/support/examples.h"
#include "tests/support/seed.h"

namespace crm::domain {
namespace {

using events::v1::CommissionRecognized;
using events::v1::InvoiceIssued;
using events::v1::PolicyTerms;
using testing::ExampleBytes;
using testing::ExampleId;

// Agent, role, invoice, instant.
using Earnings = std::map<std::tuple<MemberId, int, InvoiceId, int64_t>, int64_t>;

absl::Time March(int64_t day) {
  return absl::FromCivil(absl::CivilHour(2026, 3, 1, 12), absl::UTCTimeZone()) +
         absl::Hours(24 * (day - 1));
}
absl::CivilDay DayOf(int64_t day) { return absl::CivilDay(2026, 3, 1) + (day - 1); }

// The same causes on both roads.
class Roads {
 public:
  explicit Roads(const PolicyTerms& terms) : terms_(terms) {
    world_.Append(StreamOf(ExampleId<CommissionPolicyId>(1)),
                  testing::VersionPublishedExample(terms), testing::kExampleBefore);
  }

  // Of two agents, and a leader.
  void Issue(int invoice, int64_t total_minor) {
    InvoiceIssued& issued = issued_.emplace_back(testing::InvoiceIssuedExample(total_minor));
    issued.clear_credits();
    for (int member = 1; member <= 2; ++member) {
      events::v1::FrozenCredit credit = testing::FrozenCreditExample(issued.content(), member, {1});
      for (events::v1::CreditedShare& share : *credit.mutable_shares()) {
        share.set_base_minor(share.base_minor() * (member == 1 ? 3 : 1) / 4);
      }
      *issued.add_credits() = credit;
    }
    issued.set_override_leader_id(ExampleBytes<MemberId>(3));
    invoices_.push_back({ExampleId<InvoiceId>(invoice), March(1), &issued, {}});
  }

  // On the invoice's place; a reversal is of a payment of `paid_day`.
  void Pay(size_t place, int64_t day, int64_t paid_minor, int payment, int64_t paid_day) {
    WhatIfInvoice& invoice = invoices_[place];
    invoice.causes.push_back({.instant = March(day),
                              .recorded = {++position_, 0},
                              .paid_minor = paid_minor,
                              .paid_day = DayOf(paid_day)});
    world_.streams.ForgetConsulted();
    const DecideContext context(world_.caller, testing::kExampleNow, std::nullopt, world_.streams,
                                world_.rights);
    Recognition recognition(context, settings_);
    ASSERT_THAT(recognition.Enter({invoice.id, invoice.issue_time, *invoice.issued},
                                  {.cause = StreamOf(ExampleId<PaymentId>(payment)),
                                   .reversal = paid_minor < 0,
                                   .instant = March(day),
                                   .paid_minor = paid_minor,
                                   .paid_day = DayOf(paid_day),
                                   .fiscal_year_start = {}}),
                testing::IsOk());
    ASSERT_THAT(recognition.Conclude(), testing::IsOk());
    Decision<CommissionPolicy::Event> decision;
    recognition.ApplyTo(decision);
    for (const Effect& effect : decision.effects()) Record(effect);
  }

  // What sums to nothing is left out.
  Earnings Recognised() const { return Kept(recognised_); }
  Earnings Simulated() const {
    Earnings simulated;
    const auto earnings = ReckonWhatIf(terms_, invoices_);
    EXPECT_THAT(earnings, testing::IsOk());
    for (const WhatIfEarning& earning : *earnings) {
      const WhatIfInvoice& invoice = invoices_[earning.invoice];
      simulated[{earning.agent, earning.role, invoice.id,
                 absl::ToUnixMicros(invoice.causes[earning.cause].instant)}] +=
          earning.amount_minor;
    }
    return Kept(simulated);
  }

 private:
  static Earnings Kept(Earnings earnings) {
    std::erase_if(earnings, [](const auto& entry) { return entry.second == 0; });
    return earnings;
  }
  void Record(const Effect& effect) {
    for (const auto& event : effect.events) {
      world_.Append(effect.stream, *event, effect.effective_time.value_or(testing::kExampleNow));
      const auto* entry = dynamic_cast<const CommissionRecognized*>(event.get());
      if (entry == nullptr) continue;
      recognised_[{FromBytes<MemberId>(entry->agent_id()), entry->role(),
                   FromBytes<InvoiceId>(entry->cause().invoice_id()),
                   entry->cause().instant_us()}] += entry->amount_minor();
    }
  }

  const PolicyTerms terms_;
  testing::ExampleWorld world_;
  OrganizationState settings_ = [] {
    OrganizationState settings;
    settings.time_zone = "UTC";
    return settings;
  }();
  std::deque<InvoiceIssued> issued_;  // stable
  std::vector<WhatIfInvoice> invoices_;
  int64_t position_ = 0;
  Earnings recognised_;
};

TEST(WhatIfTest, UnderTheFrozenTermsItSaysWhatWasRecognised) {
  std::mt19937_64 random(testing::DrawSeed());
  const auto draw = [&](int64_t most) {
    return std::uniform_int_distribution<int64_t>(1, most)(random);
  };
  for (const bool per_period : {false, true}) {
    for (const bool subtracted : {false, true}) {
      PolicyTerms terms = testing::LadderTermsExample(per_period);
      terms.mutable_override()->set_rate_ppm(20'000);
      terms.mutable_override()->set_agent_commission_subtracted(subtracted);
      Roads roads(terms);
      constexpr size_t kInvoices = 3;
      for (size_t i = 0; i < kInvoices; ++i) {
        roads.Issue(static_cast<int>(i) + 1, 1'000'000 + draw(3'000'000));
      }
      for (int payment = 1; payment <= 12; ++payment) {
        const auto place = static_cast<size_t>(draw(kInvoices)) - 1;
        const int64_t day = 1 + draw(60);
        const int64_t paid_minor = draw(300'000);
        roads.Pay(place, day, paid_minor, payment, day);
        if (draw(4) == 1) roads.Pay(place, day + draw(30), -paid_minor, payment, day);
      }
      EXPECT_FALSE(roads.Recognised().empty());
      EXPECT_EQ(roads.Simulated(), roads.Recognised()) << per_period << subtracted;
    }
  }
}

}  // namespace
}  // namespace crm::domain

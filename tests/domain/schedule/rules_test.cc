// The table of rules: which instants are due. Worked case T43.
#include "domain/schedule/rules.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/example_ids.h"

namespace crm::domain {
namespace {

using ::testing::Eq;
using testing::ExampleId;
using ::testing::Optional;
using ::testing::SizeIs;

const Zone& Berlin() {
  static const auto& zone = *new Zone(*Zone::Load("Europe/Berlin"));
  return zone;
}
absl::Time Midnight(int month, int day) {
  return Berlin().StartOf(absl::CivilDay(2026, month, day));
}

ScheduleSettings Settings() {
  return {.zone = Berlin(),
          .reminder_days = 4,
          .invoice_reminder_after_days = 7,
          .invoice_reminder_every_days = 14};
}

std::optional<absl::Time> Next(absl::string_view rule, absl::CivilDay day, absl::Time from,
                               const ScheduleSettings& settings = Settings()) {
  return FindScheduleRule(rule)->next(day, from, settings);
}

TEST(ScheduleRulesTest, T43ANoticeComesSoManyDaysBeforeTheLast) {
  const absl::CivilDay last(2026, 3, 31);
  EXPECT_THAT(Next(kProposalExpiryNotice, last, absl::InfinitePast()), Optional(Midnight(3, 27)));
  EXPECT_THAT(Next(kProposalExpiryNotice, last, Midnight(3, 27)), Optional(Midnight(3, 27)));
  EXPECT_THAT(Next(kProposalExpiryNotice, last, Midnight(3, 27) + absl::Microseconds(1)),
              Eq(std::nullopt));
}

TEST(ScheduleRulesTest, RemindersComeAfterSoManyDaysAndThenEverySoMany) {
  const absl::CivilDay due(2026, 3, 1);
  EXPECT_THAT(Next(kInvoiceReminder, due, absl::InfinitePast()), Optional(Midnight(3, 8)));
  EXPECT_THAT(Next(kInvoiceReminder, due, Midnight(3, 8)), Optional(Midnight(3, 8)));
  EXPECT_THAT(Next(kInvoiceReminder, due, Midnight(3, 8) + absl::Microseconds(1)),
              Optional(Midnight(3, 22)));
  EXPECT_THAT(Next(kInvoiceReminder, due, Midnight(3, 22)), Optional(Midnight(3, 22)));
  // The clocks go forward on 29 March: midnight stays midnight.
  EXPECT_THAT(Next(kInvoiceReminder, due, Midnight(3, 22) + absl::Hours(1)),
              Optional(Midnight(4, 5)));
  EXPECT_THAT(Next(kInvoiceReminder, due, Midnight(12, 1)), Optional(Midnight(12, 13)));
}

TEST(ScheduleRulesTest, RemindersMayBeNoneOrOne) {
  const absl::CivilDay due(2026, 3, 1);
  ScheduleSettings settings = Settings();
  settings.invoice_reminder_every_days = 0;
  EXPECT_THAT(Next(kInvoiceReminder, due, absl::InfinitePast(), settings),
              Optional(Midnight(3, 8)));
  EXPECT_THAT(Next(kInvoiceReminder, due, Midnight(3, 9), settings), Eq(std::nullopt));
  settings.invoice_reminder_after_days = 0;
  EXPECT_THAT(Next(kInvoiceReminder, due, absl::InfinitePast(), settings), Eq(std::nullopt));
}

TEST(ScheduleRulesTest, StandbyIsDueOnItsDay) {
  EXPECT_THAT(Next(kOpportunityStandby, absl::CivilDay(2026, 4, 1), absl::InfinitePast()),
              Optional(Midnight(4, 1)));
}

TEST(ScheduleRulesTest, EveryRuleHasAWordOfItsOwn) {
  std::set<absl::string_view> words;
  for (const ScheduleRule& rule : ScheduleRules()) words.insert(rule.word);
  EXPECT_THAT(words, SizeIs(ScheduleRules().size()));
  EXPECT_EQ(FindScheduleRule("tea_time/1"), nullptr);
}

TEST(ScheduleRulesTest, RuleRecordAndInstantMakeOneRequest) {
  const DueInstant instant = {.due = Midnight(3, 27),
                              .rule = std::string(kProposalExpiryNotice),
                              .subject = StreamOf(ExampleId<ProposalId>())};
  const Uuid organization = ExampleId<OrganizationId>().uuid();
  EXPECT_EQ(InstantFromStored(StoredInstant(instant)), instant);
  EXPECT_EQ(RecordNameOf(instant), NameOf(ExampleId<ProposalId>()));
  EXPECT_EQ(RequestIdOf(organization, instant), RequestIdOf(organization, instant));
  DueInstant later = instant;
  later.due += absl::Microseconds(1);
  DueInstant other = instant;
  other.subject = StreamOf(ExampleId<ProposalId>(2));
  DueInstant ruled = instant;
  ruled.rule = std::string(kInvoiceReminder);
  for (const DueInstant& different : {later, other, ruled}) {
    EXPECT_NE(RequestIdOf(organization, different), RequestIdOf(organization, instant));
    EXPECT_NE(DueOf(different), DueOf(instant));
  }
}

}  // namespace
}  // namespace crm::domain

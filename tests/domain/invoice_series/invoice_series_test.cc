// Invariants I1..I4 of domain/invoice_series/invoice_series.h, and I1 of number_register.h.
#include "domain/invoice_series/invoice_series.h"

#include "tests/support/born.h"
#include "tests/support/prototext.h"
#include "tests/support/scenario.h"

namespace crm::domain {
namespace {

using testing::Born;
using testing::ExampleId;
using testing::ExampleName;
using testing::From;
using testing::HasReason;
using testing::Scenario;

const OrganizationId kOrganization = ExampleId<OrganizationId>();
const ClaimId kPreferred = PreferredSeriesClaim(kOrganization, v1::SERIES_KIND_INVOICE);
constexpr absl::CivilDay kMarch(2026, 3, 16);

events::v1::ValueClaimed HeldBy(const InvoiceSeriesId& series) {
  return ClaimedBy(kPreferredSeriesClaim, StreamOf(series));
}
v1::CreateInvoiceSeriesRequest Create(absl::string_view fields) {
  return From<v1::CreateInvoiceSeriesRequest>(absl::StrCat("invoice_series { ", fields, " }"));
}
template <class Command>
Command ForSeries(int n = 1) {
  return From<Command>(absl::StrCat("name: '", ExampleName<InvoiceSeriesId>(n), "'"));
}
v1::UpdateInvoiceSeriesRequest Update(absl::string_view fields) {
  return From<v1::UpdateInvoiceSeriesRequest>(
      absl::StrCat("invoice_series { name: '", ExampleName<InvoiceSeriesId>(), "' ", fields, " }"));
}
events::v1::InvoiceSeriesCreated Invoices() {
  return From<events::v1::InvoiceSeriesCreated>(
      "display_name: 'Invoices' format: 'INV-{yyyy}-{n:5}' yearly: true kind: 1");
}

// The first series is not preferred: the second is.
struct SeriesScenario : Scenario<InvoiceSeries> {
  SeriesScenario() {
    Given(Invoices());
    GivenStream<Claim>(kPreferred, HeldBy(ExampleId<InvoiceSeriesId>(2)));
  }
};

TEST(InvoiceSeriesTest, I3TheFirstOfItsKindIsPreferred) {
  Scenario<InvoiceSeries> scenario;
  scenario.When(Create("display_name: ' Invoices ' format: 'INV-{yyyy}-{n:5}' yearly: true"))
      .Then(Invoices(), events::v1::InvoiceSeriesPreferred())
      .ThenAlso<Claim>(kPreferred, HeldBy(Born<InvoiceSeriesId>()));
  EXPECT_TRUE(scenario.Shown().preferred());
  EXPECT_EQ(scenario.Shown().kind(), v1::SERIES_KIND_INVOICE) << "the default";
  SeriesScenario()
      .When(Create("display_name: 'Invoices' format: 'INV-{yyyy}-{n:5}' yearly: true"))
      .Then(Invoices());
  // Of another kind it is the first.
  auto notes = Invoices();
  notes.set_kind(v1::SERIES_KIND_CREDIT_NOTE);
  SeriesScenario()
      .When(Create("display_name: 'Invoices' format: 'INV-{yyyy}-{n:5}' yearly: true "
                   "kind: SERIES_KIND_CREDIT_NOTE"))
      .Then(notes, events::v1::InvoiceSeriesPreferred())
      .ThenAlso<Claim>(PreferredSeriesClaim(kOrganization, v1::SERIES_KIND_CREDIT_NOTE),
                       HeldBy(Born<InvoiceSeriesId>()));
}

TEST(InvoiceSeriesTest, I3PreferringOneMovesTheClaim) {
  SeriesScenario scenario;
  EXPECT_FALSE(scenario.Shown().preferred());
  scenario.When(ForSeries<v1::PreferInvoiceSeriesRequest>())
      .Then(events::v1::InvoiceSeriesPreferred())
      .ThenAlso<Claim>(kPreferred, HeldBy(ExampleId<InvoiceSeriesId>()));
  EXPECT_TRUE(scenario.Shown().preferred());
  scenario.When(ForSeries<v1::PreferInvoiceSeriesRequest>()).ThenNothing();
}

TEST(InvoiceSeriesTest, I1I2HasANameAndAFormat) {
  Scenario<InvoiceSeries>()
      .When(Create("display_name: ' ' format: '{n}'"))
      .ThenRejected("DISPLAY_NAME_REQUIRED");
  Scenario<InvoiceSeries>()
      .When(Create("display_name: 'Invoices' format: '{n}' yearly: true"))
      .ThenRejected("FORMAT_INVALID");
  SeriesScenario().When(Update("format: '{n}'")).ThenRejected("FORMAT_INVALID");
  SeriesScenario().When(Update("display_name: ' '")).ThenRejected("DISPLAY_NAME_REQUIRED");
}

TEST(InvoiceSeriesTest, ARevisionNamesWhatChanged) {
  SeriesScenario()
      .When(Update("display_name: 'Invoices' format: '{yy}/{n}'"))
      .Then(From<events::v1::InvoiceSeriesRevised>("format: '{yy}/{n}'"))
      .When(Update("display_name: ' Bills '"))
      .Then(From<events::v1::InvoiceSeriesRevised>("display_name: 'Bills'"))
      .When(Update("display_name: 'Bills' format: '{yy}/{n}'"))
      .ThenNothing();
  auto yearly = Update("");
  yearly.mutable_update_mask()->add_paths("yearly");
  SeriesScenario().When(yearly).ThenRejected("FIELD_NOT_UPDATABLE");
}

TEST(InvoiceSeriesTest, I4ThePreferredOneIsNotArchived) {
  Scenario<InvoiceSeries>()
      .Given(Invoices())
      .GivenStream<Claim>(kPreferred, HeldBy(ExampleId<InvoiceSeriesId>()))
      .When(ForSeries<v1::ArchiveInvoiceSeriesRequest>())
      .ThenRejected("SERIES_PREFERRED");
}

TEST(InvoiceSeriesTest, I4AnArchivedSeriesChangesNothing) {
  SeriesScenario scenario;
  scenario.When(ForSeries<v1::ArchiveInvoiceSeriesRequest>())
      .Then(events::v1::InvoiceSeriesArchived())
      .When(ForSeries<v1::ArchiveInvoiceSeriesRequest>())
      .ThenNothing()
      .When(ForSeries<v1::PreferInvoiceSeriesRequest>())
      .ThenRejected("SERIES_ARCHIVED")
      .When(Update("display_name: 'Bills'"))
      .ThenRejected("SERIES_ARCHIVED")
      .When(ForSeries<v1::RestoreInvoiceSeriesRequest>())
      .Then(events::v1::InvoiceSeriesRestored())
      .When(ForSeries<v1::RestoreInvoiceSeriesRequest>())
      .ThenNothing();
}

// What a document does that takes a number: decided on the series' own stream here, as any
// aggregate may.
class NumberingTest : public ::testing::Test {
 protected:
  NumberingTest() { world_.Append(StreamOf(id_), Invoices(), testing::kExampleBefore); }

  absl::StatusOr<DocumentNumber> Take(absl::CivilDay day, FiscalYearStart start = {}) {
    const DecideContext context(world_.caller, testing::kExampleNow, std::nullopt, world_.streams,
                                world_.rights);
    Decision<InvoiceSeries::Event> decision;
    absl::StatusOr<DocumentNumber> number = NumberDocument(
        world_.Load<InvoiceSeries>(id_), StreamOf(holder_), day, start, context, decision);
    for (const Effect& effect : decision.effects()) {
      EXPECT_TRUE(effect.bookkeeping);
      for (const auto& event : effect.events) {
        world_.Append(effect.stream, *event, testing::kExampleNow);
      }
    }
    return number;
  }

  const InvoiceSeriesId id_ = ExampleId<InvoiceSeriesId>();
  const InvoiceId holder_ = ExampleId<InvoiceId>();
  testing::ExampleWorld world_;
};

// Mutation seen to fail: RegisterFor that forgets the year.
TEST_F(NumberingTest, BeginsAnewInEveryFiscalYear) {
  EXPECT_EQ(Take(kMarch)->text, "INV-2026-00001");
  const DocumentNumber second = *Take(kMarch);
  EXPECT_EQ(second.text, "INV-2026-00002");
  EXPECT_EQ(second.ordinal, 2);
  EXPECT_EQ(Take(absl::CivilDay(2025, 12, 31))->text, "INV-2025-00001");
  EXPECT_EQ(Take(kMarch)->text, "INV-2026-00003") << "numbers go by recording, not by date";
  const auto april = *FiscalYearStart::FromMonth(4);
  EXPECT_EQ(Take(kMarch, april)->text, "INV-2025-00002");
}

TEST_F(NumberingTest, ASeriesThatNeverBeginsAnewHasOneRegister) {
  auto endless = Invoices();
  endless.set_yearly(false);
  const auto other = ExampleId<InvoiceSeriesId>(2);
  world_.Append(StreamOf(other), endless, testing::kExampleBefore);
  const Ref<InvoiceSeries> series = world_.Load<InvoiceSeries>(other);
  EXPECT_EQ(RegisterFor(series, kMarch, {}), RegisterFor(series, absl::CivilDay(2025, 1, 1), {}));
}

TEST_F(NumberingTest, AnArchivedSeriesGivesNone) {
  world_.Append(StreamOf(id_), events::v1::InvoiceSeriesArchived(), testing::kExampleBefore);
  EXPECT_THAT(Take(kMarch), HasReason("SERIES_ARCHIVED"));
}

}  // namespace
}  // namespace crm::domain

// Invariants I1..I3 of domain/tax/tax.h.
#include "domain/tax/tax.h"

#include "tests/support/prototext.h"
#include "tests/support/scenario.h"

namespace crm::domain {
namespace {

using testing::ExampleName;
using testing::From;
using testing::Scenario;

v1::CreateTaxRequest Create(absl::string_view fields) {
  return From<v1::CreateTaxRequest>(absl::StrCat("tax { ", fields, " }"));
}
v1::UpdateTaxRequest Update(absl::string_view fields) {
  return From<v1::UpdateTaxRequest>(
      absl::StrCat("tax { name: '", ExampleName<TaxId>(), "' ", fields, " }"));
}
template <class Command>
Command ForTax() {
  return From<Command>(absl::StrCat("name: '", ExampleName<TaxId>(), "'"));
}
events::v1::TaxCreated Vat() {
  return From<events::v1::TaxCreated>("display_name: 'VAT 20 %' rate_ppm: 200000");
}

TEST(TaxTest, CreatedAsSent) {
  Scenario<Tax> scenario;
  scenario.When(Create("display_name: ' VAT 20 % ' rate_ppm: 200000")).Then(Vat());
  EXPECT_EQ(scenario.Shown().display_name(), "VAT 20 %");
  EXPECT_EQ(scenario.Shown().rate_ppm(), 200'000);
  EXPECT_EQ(scenario.Shown().etag(), "\"1\"");
}

TEST(TaxTest, I1I2HasANameAndARate) {
  Scenario<Tax>().When(Create("rate_ppm: 1")).ThenRejected("DISPLAY_NAME_REQUIRED");
  Scenario<Tax>()
      .When(Create("display_name: 'VAT' rate_ppm: 1000001"))
      .ThenRejected("TAX_RATE_INVALID");
  Scenario<Tax>().When(Create("display_name: 'VAT' rate_ppm: -1")).ThenRejected("TAX_RATE_INVALID");
  Scenario<Tax>()
      .When(Create("display_name: 'None' rate_ppm: 0"))
      .Then(From<events::v1::TaxCreated>("display_name: 'None'"));
  Scenario<Tax>().Given(Vat()).When(Update("rate_ppm: 1000001")).ThenRejected("TAX_RATE_INVALID");
  Scenario<Tax>()
      .Given(Vat())
      .When(Update("display_name: ' '"))
      .ThenRejected("DISPLAY_NAME_REQUIRED");
}

TEST(TaxTest, ARevisionNamesWhatChanged) {
  auto none = Update("");
  none.mutable_update_mask()->add_paths("rate_ppm");
  Scenario<Tax>()
      .Given(Vat())
      .When(Update("display_name: 'VAT 20 %' rate_ppm: 210000"))
      .Then(From<events::v1::TaxRevised>("rate_ppm: 210000"))
      .When(Update("display_name: 'VAT' rate_ppm: 210000"))
      .Then(From<events::v1::TaxRevised>("display_name: 'VAT'"))
      .When(Update("display_name: 'VAT'"))
      .ThenNothing()
      .When(none)
      .Then(From<events::v1::TaxRevised>("rate_ppm: 0"));
}

TEST(TaxTest, I3AnArchivedTaxDoesNotChange) {
  Scenario<Tax>()
      .Given(Vat())
      .When(ForTax<v1::ArchiveTaxRequest>())
      .Then(events::v1::TaxArchived())
      .When(ForTax<v1::ArchiveTaxRequest>())
      .ThenNothing()
      .When(Update("rate_ppm: 1"))
      .ThenRejected("TAX_ARCHIVED")
      .When(ForTax<v1::RestoreTaxRequest>())
      .Then(events::v1::TaxRestored())
      .When(ForTax<v1::RestoreTaxRequest>())
      .ThenNothing();
}

}  // namespace
}  // namespace crm::domain

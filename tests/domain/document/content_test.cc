// Rules C1..C4 of domain/document/content.h; worked case T15's half of it: what a line took of its
// product stays.
#include "domain/document/content.h"

#include "gmock/gmock.h"
#include "tests/support/document_examples.h"

namespace crm::domain {
namespace {

using testing::Chairs;
using testing::ExampleBytes;
using testing::ExampleId;
using testing::ExampleName;
using testing::From;
using testing::HasReason;
using testing::IsOk;
using testing::kExampleBefore;
using testing::kExampleNow;
using testing::Naming;
using testing::Work;

using Stored = events::v1::DocumentContent;

class ContentTest : public ::testing::Test {
 protected:
  ContentTest() { testing::GiveOffice(world_); }

  absl::StatusOr<Stored> Enter(absl::string_view content, const Stored& before = {}) {
    world_.caller.request_id = testing::ExampleRequestId(++commands_);
    const DecideContext context(world_.caller, kExampleNow, std::nullopt, world_.streams,
                                world_.rights);
    return ContentFrom(From<v1::DocumentContent>(content), before, context);
  }
  Stored Entered(absl::string_view content, const Stored& before = {}) {
    const absl::StatusOr<Stored> stored = Enter(content, before);
    EXPECT_THAT(stored, IsOk()) << content;
    return stored.value_or(Stored());
  }
  template <class Id>
  void Happened(const google::protobuf::Message& event) {
    world_.Append(StreamOf(ExampleId<Id>()), event, kExampleNow);
  }
  // `before`'s first line again, by its key.
  static std::string Again(const Stored& before) {
    return absl::StrCat("lines { line_key: '", ShownContent(before).lines(0).line_key(), "' ",
                        Naming<ProductId>("product"), "quantity_e6: 3000000 } ");
  }

  testing::ExampleWorld world_;
  int commands_ = 0;
};

TEST_F(ContentTest, TakesWhatTheProductSays) {
  const Stored content = Entered(Chairs(2));
  const events::v1::DocumentLine& line = content.lines(0);
  EXPECT_EQ(line.description(), "Chair");
  EXPECT_EQ(line.unit_price().minor(), 9'900);
  EXPECT_EQ(line.list_price().minor(), 9'900);
  EXPECT_EQ(line.unit_cost().minor(), 5'500);
  EXPECT_EQ(line.tax_id(), ExampleBytes<TaxId>());
  EXPECT_EQ(line.tax_rate_ppm(), 200'000);
  EXPECT_EQ(content.currency_code(), "EUR") << "the organization's";
  EXPECT_EQ(content.base_minor(), 19'800);
  EXPECT_EQ(content.tax_minor(), 3'960);
  EXPECT_EQ(content.total_minor(), 23'760);
}

TEST_F(ContentTest, KeepsTheListPriceBesideTheAgreedOne) {
  const Stored content =
      Entered(absl::StrCat("lines { ", Naming<ProductId>("product"),
                           "description: 'Oak chair' quantity_e6: 1000000 "
                           "unit_price { currency_code: 'EUR' units: 80 } discount_ppm: 100000 } ",
                           Work(50),
                           "discount { currency_code: 'EUR' units: 10 } "
                           "adjustment { currency_code: 'EUR' units: -1 } note: 'Thanks'"));
  EXPECT_EQ(content.lines(0).description(), "Oak chair");
  EXPECT_EQ(content.lines(0).list_price().minor(), 9'900);
  EXPECT_EQ(content.lines(0).net_minor(), 7'200);
  EXPECT_EQ(content.subtotal_minor(), 12'200);
  EXPECT_EQ(content.base_minor(), 12'200 - 1'000 - 100);
  int64_t bases = 0;
  for (const auto& line : content.lines()) bases += line.base_minor();
  EXPECT_EQ(bases, content.base_minor());
  const v1::DocumentContent shown = ShownContent(content);
  EXPECT_EQ(shown.adjustment().units(), -1);
  EXPECT_EQ(shown.note(), "Thanks");
  EXPECT_EQ(shown.discount_timing(), v1::DISCOUNT_TIMING_BEFORE_TAX);
  EXPECT_EQ(shown.lines(0).list_price().units(), 99);
  EXPECT_EQ(shown.tax_totals(0).tax_rate_ppm(), 200'000);
}

// Mutation that was seen to fail: Kept() that finds nothing.
TEST_F(ContentTest, C1ALineThatStaysKeepsWhatItTook) {
  const Stored before = Entered(Chairs(1));
  Happened<ProductId>(From<events::v1::ProductRepriced>("to { currency_code: 'EUR' minor: 1 }"));
  Happened<ProductId>(
      From<events::v1::ProductCostRevised>("to { currency_code: 'EUR' minor: 9000 }"));
  Happened<TaxId>(From<events::v1::TaxRevised>("rate_ppm: 100000"));
  Happened<ProductId>(events::v1::ProductArchived());
  Happened<TaxId>(events::v1::TaxArchived());
  const Stored after = Entered(Again(before), before);
  EXPECT_EQ(after.lines(0).line_id(), before.lines(0).line_id());
  EXPECT_EQ(after.lines(0).list_price().minor(), 9'900);
  EXPECT_EQ(after.lines(0).unit_cost().minor(), 5'500) << "T15";
  EXPECT_EQ(after.lines(0).tax_rate_ppm(), 200'000);
  EXPECT_EQ(after.lines(0).quantity_e6(), 3'000'000);
  EXPECT_THAT(Enter(Chairs(1), before), HasReason("PRODUCT_ARCHIVED")) << "a new line";
}

TEST_F(ContentTest, C1NewLinesTakeWhatIsOffered) {
  EXPECT_THAT(Enter(absl::StrCat("lines { ", Naming<ProductId>("product", 9), "quantity_e6: 1 }")),
              HasReason("REFERENCE_NOT_FOUND"));
  Happened<TaxId>(events::v1::TaxArchived());
  EXPECT_THAT(Enter(Chairs(1)), HasReason("TAX_ARCHIVED"));
}

TEST_F(ContentTest, C2OneCurrency) {
  EXPECT_THAT(Enter("lines { description: 'Work' quantity_e6: 1 "
                    "unit_price { currency_code: 'USD' units: 1 } }"),
              HasReason("CURRENCY_MISMATCH"));
  EXPECT_THAT(Enter(absl::StrCat(Work(1), "adjustment { currency_code: 'USD' units: 1 }")),
              HasReason("CURRENCY_MISMATCH"));
  EXPECT_THAT(Enter("currency_code: 'XXQ' lines { description: 'Work' quantity_e6: 1 }"),
              HasReason("CURRENCY_UNKNOWN"));
  EXPECT_THAT(Enter(absl::StrCat("currency_code: 'USD' ", Chairs(1))), HasReason("PRICE_REQUIRED"))
      << "its price is in euros";
  const Stored dollars =
      Entered(absl::StrCat("currency_code: 'USD' lines { ", Naming<ProductId>("product"),
                           "quantity_e6: 1000000 "
                           "unit_price { currency_code: 'USD' units: 110 } }"));
  EXPECT_FALSE(dollars.lines(0).has_list_price());
  EXPECT_FALSE(dollars.lines(0).has_unit_cost());
}

TEST_F(ContentTest, C3ALineSaysWhatItIs) {
  EXPECT_THAT(Enter("lines { quantity_e6: 1 unit_price { currency_code: 'EUR' units: 1 } }"),
              HasReason("LINE_DESCRIPTION_REQUIRED"));
  EXPECT_THAT(Enter("lines { description: 'Work' quantity_e6: 1 }"), HasReason("PRICE_REQUIRED"));
  EXPECT_THAT(Enter(""), HasReason("LINES_REQUIRED"));
  EXPECT_THAT(Enter(Chairs(0)), HasReason("QUANTITY_INVALID"));
}

TEST_F(ContentTest, LinesHaveKeys) {
  const Stored content = Entered(absl::StrCat(Work(1), Work(2)));
  EXPECT_NE(content.lines(0).line_id(), content.lines(1).line_id());
  EXPECT_THAT(Enter(absl::StrCat(Again(Entered(Chairs(1))), Again(Entered(Chairs(1))))), IsOk());
  const std::string again = Again(content);
  EXPECT_THAT(Enter(absl::StrCat(again, again)), HasReason("LINE_REPEATED"));
  EXPECT_THAT(Enter("lines { line_key: 'abc' description: 'x' quantity_e6: 1 }"),
              HasReason("LINE_KEY_INVALID"));
}

TEST_F(ContentTest, C4TheProfileStays) {
  const Stored before = Entered(Work(1));
  EXPECT_EQ(before.profile().tax_level(), v1::TAX_LEVEL_LINE);
  Happened<OrganizationId>(testing::SettingsRevised(
      absl::StrCat("tax_level: ", v1::TAX_LEVEL_DOCUMENT, " rounding: ", v1::ROUNDING_HALF_EVEN)));
  EXPECT_EQ(Entered(Work(2), before).profile().tax_level(), v1::TAX_LEVEL_LINE);
  const Stored fresh = Entered(Work(1));
  EXPECT_EQ(fresh.profile().tax_level(), v1::TAX_LEVEL_DOCUMENT);
  EXPECT_EQ(fresh.profile().rounding(), v1::ROUNDING_HALF_EVEN);
}

// The profile decides: T29 per line 15.34, per document 15.33.
TEST_F(ContentTest, T29TheTaxLevelIsTheProfiles) {
  Happened<TaxId>(From<events::v1::TaxRevised>("rate_ppm: 230000"));
  const auto line = [](absl::string_view price) {
    return absl::StrCat("lines { description: 'x' quantity_e6: 1000000 ", Naming<TaxId>("tax"),
                        "unit_price { currency_code: 'EUR' ", price, " } } ");
  };
  const std::string lines = line("units: 55 nanos: 550000000") + line("units: 11 nanos: 110000000");
  EXPECT_EQ(Entered(lines).tax_minor(), 1'534);
  Happened<OrganizationId>(
      testing::SettingsRevised(absl::StrCat("tax_level: ", v1::TAX_LEVEL_DOCUMENT)));
  const Stored whole = Entered(lines);
  EXPECT_EQ(whole.tax_minor(), 1'533);
  EXPECT_EQ(whole.lines(0).tax_minor() + whole.lines(1).tax_minor(), 1'533);
}

TEST_F(ContentTest, CreditsMembersWithLines) {
  const auto credited = [](int member, int weight) {
    return absl::StrCat(
        "lines { description: 'x' quantity_e6: 1000000 "
        "unit_price { currency_code: 'EUR' units: 1 } contributors { ",
        Naming<MemberId>("member", member), "weight: ", weight, " } }");
  };
  const Stored content = Entered(credited(2, 3));
  EXPECT_EQ(content.lines(0).credited(0).member_id(), ExampleBytes<MemberId>(2));
  EXPECT_EQ(ShownContent(content).lines(0).contributors(0).weight(), 3);
  EXPECT_THAT(Enter(credited(2, 0)), HasReason("CONTRIBUTOR_WEIGHT_INVALID"));
  EXPECT_THAT(Enter(credited(9, 1)), HasReason("REFERENCE_NOT_FOUND"));
}

}  // namespace
}  // namespace crm::domain

// Invariants I1..I6 of domain/product/product.h.
#include "domain/product/product.h"

#include "domain/claim/claim.h"
#include "domain/tax/tax.h"
#include "tests/support/born.h"
#include "tests/support/prototext.h"
#include "tests/support/scenario.h"

namespace crm::domain {
namespace {

using testing::Born;
using testing::ExampleId;
using testing::ExampleName;
using testing::From;
using testing::IsOk;
using testing::kExampleNow;
using testing::Scenario;

ClaimId SkuClaim(absl::string_view sku) {
  return ClaimOf(ExampleId<OrganizationId>(), kProductSkuClaim, sku);
}
events::v1::ValueClaimed ClaimedByProduct(const ProductId& product) {
  return ClaimedBy(kProductSkuClaim, StreamOf(product));
}

v1::CreateProductRequest CreateProduct(absl::string_view more = "") {
  return From<v1::CreateProductRequest>(
      absl::StrCat("product { display_name: ' Chair ' ", more, " }"));
}
v1::UpdateProductRequest UpdateProduct(absl::string_view fields, int n = 1) {
  return From<v1::UpdateProductRequest>(
      absl::StrCat("product { name: '", ExampleName<ProductId>(n), "' ", fields, " }"));
}
template <class Command>
Command ForProduct(absl::string_view more = "") {
  return From<Command>(absl::StrCat("name: '", ExampleName<ProductId>(), "' ", more));
}

events::v1::ProductCreated Chair() {
  return From<events::v1::ProductCreated>(
      "details { display_name: 'Chair' sku: 'CH-1' unit: 'piece' } "
      "price { currency_code: 'EUR' minor: 9900 } cost { currency_code: 'EUR' minor: 5500 }");
}

// The first product is the chair CH-1 and holds its code.
struct ProductScenario : Scenario<Product> {
  ProductScenario() {
    Given(Chair());
    GivenStream<Claim>(SkuClaim("ch-1"), ClaimedByProduct(ExampleId<ProductId>()));
  }
};

TEST(ProductTest, CreatedAsSent) {
  Scenario<Product> scenario;
  scenario.When(
      CreateProduct("sku: 'CH-1' description: 'Oak' non_commissionable: true stocked: true "
                    "unit: 'piece' price { currency_code: 'EUR' units: 99 } "
                    "cost { currency_code: 'EUR' units: 55 nanos: 500000000 }"));
  ASSERT_THAT(scenario.outcome(), IsOk());
  scenario.ThenAlso<Claim>(SkuClaim("ch-1"), ClaimedByProduct(scenario.Current().id));
  const v1::Product shown = scenario.Shown();
  EXPECT_EQ(shown.display_name(), "Chair");
  EXPECT_EQ(shown.sku(), "CH-1");
  EXPECT_EQ(shown.description(), "Oak");
  EXPECT_TRUE(shown.non_commissionable());
  EXPECT_TRUE(shown.stocked());
  EXPECT_EQ(shown.unit(), "piece");
  EXPECT_EQ(shown.price().units(), 99);
  EXPECT_EQ(shown.cost().nanos(), 500'000'000);
  EXPECT_EQ(shown.etag(), "\"1\"");
  EXPECT_EQ(shown.create_time().seconds(), absl::ToUnixSeconds(kExampleNow));
}

TEST(ProductTest, MayHaveNothingButAName) {
  Scenario<Product> scenario;
  scenario.When(CreateProduct());
  ASSERT_THAT(scenario.outcome(), IsOk());
  EXPECT_FALSE(scenario.Shown().has_price());
  EXPECT_FALSE(scenario.Shown().has_cost());
}

TEST(ProductTest, I1HasAName) {
  Scenario<Product>()
      .When(From<v1::CreateProductRequest>("product { display_name: '  ' }"))
      .ThenRejected("DISPLAY_NAME_REQUIRED");
  auto nameless = UpdateProduct("");
  nameless.mutable_update_mask()->add_paths("display_name");
  ProductScenario().When(nameless).ThenRejected("DISPLAY_NAME_REQUIRED");
}

// Mutation seen to fail: SkuKey that keeps the case.
TEST(ProductTest, I2ACodeIsUniqueWithoutCase) {
  Scenario<Product>()
      .GivenStream<Claim>(SkuClaim("ch-1"), ClaimedByProduct(ExampleId<ProductId>(7)))
      .When(CreateProduct("sku: 'Ch-1'"))
      .ThenRejected("SKU_TAKEN")
      .Naming("product", ExampleName<ProductId>(7));
  ProductScenario()
      .GivenStream<Claim>(SkuClaim("ch-2"), ClaimedByProduct(ExampleId<ProductId>(7)))
      .When(UpdateProduct("sku: 'CH-2'"))
      .ThenRejected("SKU_TAKEN");
}

TEST(ProductTest, I2AnotherCodeFreesTheOneBefore) {
  ProductScenario()
      .When(UpdateProduct("sku: 'CH-2'"))
      .Then(From<events::v1::ProductDetailsRevised>("fields: 'sku' details { sku: 'CH-2' }"))
      .ThenAlso<Claim>(SkuClaim("ch-1"), events::v1::ValueReleased())
      .ThenAlso<Claim>(SkuClaim("ch-2"), ClaimedByProduct(ExampleId<ProductId>()));
  auto none = UpdateProduct("");
  none.mutable_update_mask()->add_paths("sku");
  ProductScenario()
      .When(none)
      .Then(From<events::v1::ProductDetailsRevised>("fields: 'sku' details {}"))
      .ThenAlso<Claim>(SkuClaim("ch-1"), events::v1::ValueReleased());
  // The same code in another case stays claimed.
  ProductScenario()
      .When(UpdateProduct("sku: 'ch-1'"))
      .Then(From<events::v1::ProductDetailsRevised>("fields: 'sku' details { sku: 'ch-1' }"));
}

TEST(ProductTest, I3PriceAndCostAreNotNegativeAndInOneCurrency) {
  constexpr char kEuro[] = "{ currency_code: 'EUR' units: 1 }";
  constexpr char kDollar[] = "{ currency_code: 'USD' units: 1 }";
  constexpr char kDebt[] = "{ currency_code: 'EUR' units: -1 }";
  Scenario<Product>()
      .When(CreateProduct(absl::StrCat("price ", kDebt)))
      .ThenRejected("AMOUNT_NEGATIVE");
  Scenario<Product>()
      .When(CreateProduct(absl::StrCat("cost ", kDebt)))
      .ThenRejected("AMOUNT_NEGATIVE");
  Scenario<Product>()
      .When(CreateProduct(absl::StrCat("price ", kEuro, " cost ", kDollar)))
      .ThenRejected("CURRENCY_MISMATCH");
  ProductScenario()
      .When(ForProduct<v1::RepriceProductRequest>(absl::StrCat("price ", kDollar)))
      .ThenRejected("CURRENCY_MISMATCH");
  ProductScenario()
      .When(ForProduct<v1::ReviseProductCostRequest>(absl::StrCat("cost ", kDollar)))
      .ThenRejected("CURRENCY_MISMATCH");
  ProductScenario()
      .When(ForProduct<v1::RepriceProductRequest>(absl::StrCat("price ", kDebt)))
      .ThenRejected("AMOUNT_NEGATIVE");
}

TEST(ProductTest, PriceAndCostSayWhatTheyWere) {
  ProductScenario()
      .When(ForProduct<v1::RepriceProductRequest>("price { currency_code: 'EUR' units: 120 }"))
      .Then(From<events::v1::ProductRepriced>("from { currency_code: 'EUR' minor: 9900 } "
                                              "to { currency_code: 'EUR' minor: 12000 }"))
      .When(ForProduct<v1::RepriceProductRequest>())
      .Then(From<events::v1::ProductRepriced>("from { currency_code: 'EUR' minor: 12000 }"))
      .When(ForProduct<v1::RepriceProductRequest>())
      .ThenNothing()
      .When(ForProduct<v1::ReviseProductCostRequest>("cost { currency_code: 'USD' units: 60 }"))
      .Then(From<events::v1::ProductCostRevised>("from { currency_code: 'EUR' minor: 5500 } "
                                                 "to { currency_code: 'USD' minor: 6000 }"));
}

TEST(ProductTest, I4WhatIsArchivedDoesNotChange) {
  const auto archived = [] {
    auto scenario = std::make_unique<ProductScenario>();
    scenario->Given(events::v1::ProductArchived());
    return scenario;
  };
  archived()->When(UpdateProduct("unit: 'pair'")).ThenRejected("PRODUCT_ARCHIVED");
  archived()->When(ForProduct<v1::RepriceProductRequest>()).ThenRejected("PRODUCT_ARCHIVED");
  archived()->When(ForProduct<v1::ReviseProductCostRequest>()).ThenRejected("PRODUCT_ARCHIVED");
  archived()->When(ForProduct<v1::ArchiveProductRequest>()).ThenNothing();
  archived()
      ->When(ForProduct<v1::RestoreProductRequest>())
      .Then(events::v1::ProductRestored())
      .When(ForProduct<v1::RestoreProductRequest>())
      .ThenNothing()
      .When(ForProduct<v1::ArchiveProductRequest>())
      .Then(events::v1::ProductArchived());
}

TEST(ProductTest, I5TheTaxIsOfferedWhenItIsChosen) {
  const auto vat = From<events::v1::TaxCreated>("display_name: 'VAT' rate_ppm: 200000");
  const std::string taxed = absl::StrCat("tax: '", ExampleName<TaxId>(), "'");
  ProductScenario().When(UpdateProduct(taxed)).ThenRejected("REFERENCE_NOT_FOUND");
  ProductScenario scenario;
  scenario.GivenStream<Tax>(ExampleId<TaxId>(), vat).When(UpdateProduct(taxed));
  EXPECT_EQ(scenario.Shown().tax(), ExampleName<TaxId>());
  ASSERT_THAT(scenario.outcome(), IsOk());
  // A tax that is archived later stays, and is not chosen anew.
  scenario.GivenStream<Tax>(ExampleId<TaxId>(), events::v1::TaxArchived())
      .When(UpdateProduct(absl::StrCat(taxed, " unit: 'pair'")))
      .Then(From<events::v1::ProductDetailsRevised>("fields: 'unit' details { unit: 'pair' }"))
      .When(CreateProduct(taxed))
      .ThenRejected("TAX_ARCHIVED");
}

TEST(ProductTest, I6ARevisionNamesExactlyWhatChanged) {
  ProductScenario()
      .When(UpdateProduct("display_name: 'Chair' unit: 'pair' stocked: true"))
      .Then(From<events::v1::ProductDetailsRevised>(
          "fields: 'stocked' fields: 'unit' details { unit: 'pair' stocked: true }"));
  ProductScenario().When(UpdateProduct("display_name: 'Chair'")).ThenNothing();
  auto price = UpdateProduct("");
  price.mutable_update_mask()->add_paths("price");
  ProductScenario().When(price).ThenRejected("FIELD_NOT_UPDATABLE");
}

}  // namespace
}  // namespace crm::domain

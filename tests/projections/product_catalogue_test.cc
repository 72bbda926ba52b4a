#include "projections/product_catalogue.h"

#include <vector>

#include "gmock/gmock.h"
#include "tests/projections/asking.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/view_scenario.h"
#include "tests/support/prototext.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::From;
using domain::ProductId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::Time kMonday = absl::UnixEpoch() + absl::Hours(24 * 20000);

StreamId Product(absl::string_view name) { return domain::StreamOf(Named<ProductId>(name)); }

events::v1::ProductCreated Called(absl::string_view name, absl::string_view sku) {
  return From<events::v1::ProductCreated>(
      absl::StrCat("details { display_name: '", name, "' sku: '", sku, "' }"));
}

class ProductCatalogueTest : public ::testing::Test {
 protected:
  ProductCatalogueTest() {
    scenario_.Given(Product("table"), Called("Table", "T-1"), {.at = kMonday})
        .Given(Product("chair"), Called("chair", "CH-1"), {.at = kMonday + absl::Hours(1)})
        .Given(Product("bench"), Called("Bench", ""), {.at = kMonday + absl::Hours(2)});
  }
  std::vector<ProductId> List(absl::string_view request, int page_size = 50) {
    return SelectAll<ProductCatalogue>(scenario_.Rows(), From<v1::ListProductsRequest>(request),
                                       {.page_size = page_size});
  }
  ViewScenario<ProductCatalogue> scenario_;
};

TEST_F(ProductCatalogueTest, ListsByNameWithoutCase) {
  for (const int page_size : {1, 2, 3, 50}) {
    EXPECT_THAT(List("", page_size),
                ElementsAre(Named<ProductId>("bench"), Named<ProductId>("chair"),
                            Named<ProductId>("table")));
  }
}

TEST_F(ProductCatalogueTest, FindsTextInNameAndCode) {
  EXPECT_THAT(List("text: 'ch'"),
              ElementsAre(Named<ProductId>("bench"), Named<ProductId>("chair")));
  EXPECT_THAT(List("text: 't-1'"), ElementsAre(Named<ProductId>("table")));
  EXPECT_THAT(List("text: 'sofa'"), IsEmpty());
  scenario_.Given(Product("table"),
                  From<events::v1::ProductDetailsRevised>(
                      "fields: 'display_name' fields: 'sku' details { display_name: 'Sofa' }"),
                  {.at = kMonday + absl::Hours(3)});
  EXPECT_THAT(List("text: 'sofa'"), ElementsAre(Named<ProductId>("table")));
  EXPECT_THAT(List("text: 't-1'"), IsEmpty());
}

TEST_F(ProductCatalogueTest, ArchivedOnesAreShownWhenAskedFor) {
  scenario_.Given(Product("chair"), events::v1::ProductArchived(),
                  {.at = kMonday + absl::Hours(3)});
  EXPECT_THAT(List("text: 'ch'"), ElementsAre(Named<ProductId>("bench")));
  EXPECT_THAT(List("text: 'ch' show_archived: true"),
              ElementsAre(Named<ProductId>("bench"), Named<ProductId>("chair")));
  scenario_.Given(Product("chair"), events::v1::ProductRestored(),
                  {.at = kMonday + absl::Hours(4)});
  EXPECT_THAT(List("text: 'ch'"),
              ElementsAre(Named<ProductId>("bench"), Named<ProductId>("chair")));
  ExpectReplayEquality<ProductCatalogue>(scenario_);
}

}  // namespace
}  // namespace crm::projections::testing

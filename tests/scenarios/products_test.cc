// Products: who keeps the catalogue, one code for one product whoever is faster, prices of the
// past.
#include <future>
#include <vector>

#include "crm/v1/product_service.grpc.pb.h"
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using Products = v1::ProductService::Stub;
using ::testing::ElementsAre;

class ProductsTest : public ::testing::Test {
 protected:
  v1::Product Create(absl::string_view fields) const {
    return office_.administrator.Do(&Products::CreateProduct,
                                    absl::StrCat("product { ", fields, " }"));
  }
  std::vector<std::string> NamesSeenBy(const ApiCaller& caller, absl::string_view request) const {
    std::vector<std::string> names;
    const auto listed = caller.Do(&Products::ListProducts, request);
    for (const v1::Product& product : listed.products()) {
      names.push_back(product.display_name());
    }
    return names;
  }

  ManualClock clock_{absl::FromCivil(absl::CivilHour(2026, 3, 2, 9), absl::UTCTimeZone())};
  RunningServer server_{clock_};
  SalesOffice office_{server_};
};

TEST_F(ProductsTest, EverybodySeesTheCatalogueThatAdministratorsKeep) {
  const v1::Product chair =
      Create(absl::StrCat("display_name: 'Chair' sku: 'CH-1' ", Usd("price", 99)));
  Create("display_name: 'Bench'");
  EXPECT_THAT(NamesSeenBy(office_.ada, ""), ElementsAre("Bench", "Chair"));
  EXPECT_THAT(NamesSeenBy(office_.avi, "text: 'ch-1'"), ElementsAre("Chair"));
  EXPECT_THAT(office_.leah.Try(&Products::ArchiveProduct, NameIs(chair)),
              Refused(grpc::StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
  office_.administrator.Do(&Products::ArchiveProduct, NameIs(chair));
  EXPECT_THAT(NamesSeenBy(office_.ada, ""), ElementsAre("Bench"));
  EXPECT_TRUE(office_.ada.Do(&Products::GetProduct, NameIs(chair)).has_archive_time());
}

TEST_F(ProductsTest, OfManyWhoWantOneCodeAtOnceOneGetsIt) {
  std::vector<std::future<std::string>> outcomes;
  for (int i = 0; i < 8; ++i) {
    outcomes.push_back(std::async(std::launch::async, [this] {
      return office_.administrator
          .Try(&Products::CreateProduct, "product { display_name: 'Chair' sku: 'CH-1' }")
          .reason;
    }));
  }
  int created = 0;
  for (std::future<std::string>& outcome : outcomes) {
    const std::string reason = outcome.get();
    if (reason.empty()) {
      ++created;
    } else {
      EXPECT_EQ(reason, "SKU_TAKEN");
    }
  }
  EXPECT_EQ(created, 1);
  EXPECT_THAT(NamesSeenBy(office_.ada, ""), ElementsAre("Chair"));
}

TEST_F(ProductsTest, ThePriceOfThePastIsKept) {
  const v1::Product chair = Create(absl::StrCat("display_name: 'Chair' ", Usd("price", 99)));
  clock_.Advance(absl::Hours(48));
  office_.administrator.Do(&Products::RepriceProduct,
                           absl::StrCat(NameIs(chair), Usd("price", 120)));
  EXPECT_EQ(office_.ada.Do(&Products::GetProduct, NameIs(chair)).price().units(), 120);
  EXPECT_EQ(
      office_.ada
          .Do(&Products::GetProduct,
              absl::StrCat(NameIs(chair), "as_of { as_of_date { year: 2026 month: 3 day: 3 } }"))
          .price()
          .units(),
      99);
}

}  // namespace
}  // namespace crm::testing

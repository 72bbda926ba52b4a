// Number series: one of a kind is preferred, whoever is faster, and says so everywhere.
#include <future>
#include <vector>

#include "crm/v1/invoice_series_service.grpc.pb.h"
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using Series = v1::InvoiceSeriesService::Stub;
using ::testing::ElementsAre;

constexpr char kYearly[] =
    "invoice_series { display_name: 'Invoices' format: 'INV-{yyyy}-{n:5}' "
    "yearly: true }";

class NumberSeriesTest : public ::testing::Test {
 protected:
  std::vector<v1::InvoiceSeries> List(absl::string_view request = "") const {
    const auto listed = office_.ada.Do(&Series::ListInvoiceSeries, request);
    return {listed.invoice_series().begin(), listed.invoice_series().end()};
  }
  std::vector<std::string> Preferred() const {
    std::vector<std::string> names;
    for (const v1::InvoiceSeries& series : List()) {
      if (series.preferred()) names.push_back(series.name());
    }
    return names;
  }

  ManualClock clock_{absl::FromCivil(absl::CivilHour(2026, 3, 2, 9), absl::UTCTimeZone())};
  RunningServer server_{clock_};
  SalesOffice office_{server_};
};

TEST_F(NumberSeriesTest, OneOfAKindIsPreferred) {
  const v1::InvoiceSeries first = office_.administrator.Do(&Series::CreateInvoiceSeries, kYearly);
  const v1::InvoiceSeries second = office_.administrator.Do(
      &Series::CreateInvoiceSeries, "invoice_series { display_name: 'Shop' format: 'S{n}' }");
  EXPECT_TRUE(first.preferred());
  EXPECT_FALSE(second.preferred());
  EXPECT_THAT(office_.administrator.Try(&Series::ArchiveInvoiceSeries, NameIs(first)),
              Refused(grpc::StatusCode::FAILED_PRECONDITION, "SERIES_PREFERRED"));
  EXPECT_THAT(office_.leah.Try(&Series::PreferInvoiceSeries, NameIs(second)),
              Refused(grpc::StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
  EXPECT_TRUE(office_.administrator.Do(&Series::PreferInvoiceSeries, NameIs(second)).preferred());
  EXPECT_THAT(Preferred(), ElementsAre(second.name()));
  office_.administrator.Do(&Series::ArchiveInvoiceSeries, NameIs(first));
  EXPECT_EQ(List().size(), 1u);
  EXPECT_EQ(List("show_archived: true").size(), 2u);
}

TEST_F(NumberSeriesTest, OfManyFirstOnesOneIsPreferred) {
  std::vector<std::future<bool>> created;
  for (int i = 0; i < 8; ++i) {
    created.push_back(std::async(std::launch::async, [this] {
      return office_.administrator.Do(&Series::CreateInvoiceSeries, kYearly).preferred();
    }));
  }
  int preferred = 0;
  for (std::future<bool>& answer : created) preferred += answer.get() ? 1 : 0;
  EXPECT_EQ(preferred, 1);
  EXPECT_EQ(Preferred().size(), 1u);
  EXPECT_EQ(List().size(), 8u);
}

}  // namespace
}  // namespace crm::testing

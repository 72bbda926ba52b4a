// A payment that a provider reports, over the wire: once however often it is reported, and only
// when the provider signed it and the caller may record payments.
#include <filesystem>
#include <fstream>

#include "base/hmac.h"
#include "crm/v1/invoice_service.grpc.pb.h"
#include "crm/v1/payment_callback_service.grpc.pb.h"
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using Callbacks = v1::PaymentCallbackService::Stub;
using Invoices = v1::InvoiceService::Stub;
using grpc::StatusCode;

constexpr char kSecret[] = "a secret of the provider";

class ProviderNoticeTest : public ::testing::Test {
 protected:
  ProviderNoticeTest() {
    const std::string folder = absl::StrCat(
        folder_ / "", services::ParseToken(office_.administrator.token())->organization.ToString());
    std::filesystem::create_directories(folder);
    std::ofstream(folder + "/acme_pay") << kSecret;
    const std::string customer =
        office_.administrator
            .Do(&Customers::CreateCustomer,
                "customer { kind: CUSTOMER_KIND_COMPANY display_name: 'Mill' }")
            .name();
    const v1::Invoice drafted = office_.administrator.Do(
        &Invoices::CreateInvoice,
        absl::StrCat("invoice { recipient { ", With("customer", customer), "} content { ",
                     "currency_code: 'USD' lines { description: 'Desks' quantity_e6: 1000000 ",
                     Usd("unit_price", 100), "} } }"));
    invoice_ = office_.administrator.Do(&Invoices::IssueInvoice, NameIs(drafted)).name();
  }

  v1::ReceiveProviderNoticeRequest Paid(int units, const std::string& secret = kSecret) const {
    v1::ReceiveProviderNoticeRequest notice;
    notice.set_provider("acme_pay");
    notice.set_payload(
        absl::StrCat(R"({"externalId":"tx-1","amount":{"currencyCode":"USD","units":")", units,
                     R"("},"invoice":")", invoice_, R"("})"));
    notice.set_signature(std::string(AsView(HmacSha256(secret, notice.payload()))));
    return notice;
  }
  int64_t Due() const {
    return office_.administrator.Do(&Invoices::GetInvoice, With("name", invoice_)).due().units();
  }

  ScratchFolder folder_;
  ManualClock clock_{absl::FromCivil(absl::CivilHour(2026, 3, 2, 9), absl::UTCTimeZone())};
  RunningServer server_{
      clock_, [this](services::Config& config) { config.provider_secrets_dir = folder_ / ""; }};
  SalesOffice office_{server_};
  ApiCaller gateway_ = Hire(office_.administrator, "Gateway", "integration");
  std::string invoice_;
};

TEST_F(ProviderNoticeTest, IsOnePaymentHoweverOftenItIsReported) {
  const auto first = gateway_.Try(&Callbacks::ReceiveProviderNotice, Paid(60));
  ASSERT_THAT(first, Succeeded());
  EXPECT_EQ(first.response.payment().external_id(), "tx-1");
  EXPECT_EQ(Due(), 40);
  const int64_t head = office_.HeadPosition();
  // Under another request id.
  const auto again = gateway_.Try(&Callbacks::ReceiveProviderNotice, Paid(60));
  ASSERT_THAT(again, Succeeded());
  EXPECT_EQ(again.response.payment().name(), first.response.payment().name());
  EXPECT_EQ(office_.HeadPosition(), head);
  EXPECT_EQ(Due(), 40);
  EXPECT_THAT(gateway_.Try(&Callbacks::ReceiveProviderNotice, Paid(61)),
              Refused(StatusCode::FAILED_PRECONDITION, "NOTICE_CONTRADICTED"));
}

TEST_F(ProviderNoticeTest, WantsARightAndASignature) {
  EXPECT_THAT(office_.ada.Try(&Callbacks::ReceiveProviderNotice, Paid(60)),
              Refused(StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
  EXPECT_THAT(gateway_.Try(&Callbacks::ReceiveProviderNotice, Paid(60, "a guess of somebody")),
              Refused(StatusCode::PERMISSION_DENIED, "NOTICE_SIGNATURE_INVALID"));
  auto unknown = Paid(60);
  unknown.set_provider("other_pay");
  EXPECT_THAT(gateway_.Try(&Callbacks::ReceiveProviderNotice, unknown),
              Refused(StatusCode::PERMISSION_DENIED, "NOTICE_SIGNATURE_INVALID"));
  // Signed for one organization, it is none of another's.
  EXPECT_THAT(server_.Organization("Other").Try(&Callbacks::ReceiveProviderNotice, Paid(60)),
              Refused(StatusCode::PERMISSION_DENIED, "NOTICE_SIGNATURE_INVALID"));
  EXPECT_EQ(Due(), 100);
}

}  // namespace
}  // namespace crm::testing

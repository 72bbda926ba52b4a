#include "services/provider_secrets.h"

#include <filesystem>
#include <fstream>

#include "base/hmac.h"
#include "tests/support/example_ids.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace crm::services {
namespace {

using domain::OrganizationId;
using testing::ExampleId;
using testing::HasReason;
using testing::IsOk;

constexpr char kSecret[] = "a secret of the provider";

class ProviderSecretsTest : public ::testing::Test {
 protected:
  ProviderSecretsTest() { Write("acme_pay", kSecret); }

  void Write(const std::string& provider, const std::string& secret) const {
    const std::string folder = folder_ / ExampleId<OrganizationId>().ToString();
    std::filesystem::create_directories(folder);
    std::ofstream(folder + "/" + provider) << secret << "\n";
  }
  static v1::ReceiveProviderNoticeRequest Signed(const std::string& secret,
                                                 const std::string& provider = "acme_pay") {
    v1::ReceiveProviderNoticeRequest notice;
    notice.set_provider(provider);
    notice.set_payload("{}");
    notice.set_signature(std::string(AsView(HmacSha256(secret, notice.payload()))));
    return notice;
  }
  absl::Status Check(const v1::ReceiveProviderNoticeRequest& notice, int organization = 1) const {
    return ProviderSecrets(folder_ / "").Check(ExampleId<OrganizationId>(organization), notice);
  }

  testing::ScratchFolder folder_;
};

TEST_F(ProviderSecretsTest, TakesWhatTheProviderSigned) {
  EXPECT_THAT(Check(Signed(kSecret)), IsOk());
  Write("acme_pay", "another secret of it");
  EXPECT_THAT(Check(Signed("another secret of it")), IsOk()) << "replaced while it runs";
}

// A provider that is not known, a secret too short to be one, and a wrong signature are the same.
TEST_F(ProviderSecretsTest, RefusesEverythingElseInOneWay) {
  auto changed = Signed(kSecret);
  changed.set_payload("{ }");
  Write("short", "short");
  const absl::Status refused = Check(changed);
  EXPECT_THAT(refused, HasReason("NOTICE_SIGNATURE_INVALID"));
  for (const absl::Status& status :
       {Check(Signed("guess")), Check(Signed(kSecret), 2), Check(Signed("", "unknown")),
        Check(Signed("short", "short")),
        ProviderSecrets("").Check(ExampleId<OrganizationId>(), Signed(""))}) {
    EXPECT_EQ(status.ToString(), refused.ToString());
  }
}

}  // namespace
}  // namespace crm::services

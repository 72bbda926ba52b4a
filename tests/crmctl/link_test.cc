// crmctl proposal link and contract link, and what whoever holds a link types.
#include "absl/strings/escaping.h"
#include "base/hash.h"
#include "crm/v1/contract_service.pb.h"
#include "crm/v1/organization_service.pb.h"
#include "crm/v1/proposal_service.pb.h"
#include "crm/v1/public_document_service.pb.h"
#include "tests/crmctl/run_fixture.h"

namespace crm::ctl {
namespace {

using ::testing::HasSubstr;
using testing::Ran;
using testing::RunTest;
using ::testing::StartsWith;

class LinkTest : public RunTest {
 protected:
  LinkTest() {
    crm::v1::Organization organization;
    organization.set_name("organizations/01234567-89AB-4def-8123-456789abcdef");
    server_.Return("GetOrganization", organization);
    crm::v1::Proposal proposal;
    proposal.set_name("proposals/11111111-2222-4333-8444-555555555555");
    server_.Return("CreateProposalLink", proposal);
    crm::v1::Contract contract;
    contract.set_name("contracts/11111111-2222-4333-8444-555555555555");
    server_.Return("CreateContractLink", contract);
    server_.Return("SignPublicDocument", crm::v1::SignPublicDocumentResponse());
    crm::v1::ViewPublicDocumentResponse viewed;
    viewed.mutable_document()->set_display_name("Forty chairs");
    server_.Return("ViewPublicDocument", viewed);
    server_.Return("DeclinePublicDocument", crm::v1::DeclinePublicDocumentResponse());
  }
};

TEST_F(LinkTest, OnlyTheHashOfTheSecretIsSent) {
  const Ran ran = cli_.Run({"proposal", "link", "proposals/11111111-2222-4333-8444-555555555555",
                            "--expire-date", "2026-12-31"});
  ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err;
  const std::string prefix =
      "crmp_0123456789ab4def8123456789abcdef_p11111111222243338444555555555555_";
  ASSERT_THAT(ran.out, StartsWith(prefix));
  std::string secret;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(
      ran.out.substr(prefix.size(), ran.out.size() - prefix.size() - 1), &secret));
  EXPECT_EQ(secret.size(), 32U);
  const auto request = Last<crm::v1::CreateProposalLinkRequest>("CreateProposalLink");
  EXPECT_EQ(request.secret_hash(), std::string(AsView(Sha256(secret))));
  EXPECT_EQ(request.expire_date().day(), 31);
}

TEST_F(LinkTest, ALinkIsLookedAtAndAnswered) {
  const Ran ran = cli_.Run({"link", "view", "crmp_x"});
  ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("Forty chairs"));
  ASSERT_EQ(cli_.Run({"link", "decline", "crmp_x", "Ann Lee", "Too dear"}).code, ExitCode::kOk);
  const auto request = Last<crm::v1::DeclinePublicDocumentRequest>("DeclinePublicDocument");
  EXPECT_EQ(request.link(), "crmp_x");
  EXPECT_EQ(request.person_name(), "Ann Lee");
  EXPECT_EQ(request.reason(), "Too dear");
}

TEST_F(LinkTest, AContractHasALetterOfItsOwn) {
  const Ran ran = cli_.Run({"contract", "link", "contracts/11111111-2222-4333-8444-555555555555"});
  ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("crmp_0123456789ab4def8123456789abcdef_"
                                  "c11111111222243338444555555555555_"));
  ASSERT_EQ(cli_.Run({"link", "sign", "crmp_x", "Ann Lee"}).code, ExitCode::kOk);
  const auto request = Last<crm::v1::SignPublicDocumentRequest>("SignPublicDocument");
  EXPECT_EQ(request.person_name(), "Ann Lee");
}

}  // namespace
}  // namespace crm::ctl

// Invariant I8 of domain/contract/contract.h, and signing through the link; worked case T43.
#include "tests/domain/contract/contract_story.h"

namespace crm::domain {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ContractLinkTest : public ContractStory {};

TEST_F(ContractLinkTest, T43IsSignedUntilTheEndOfItsLastDay) {
  for (const bool in_time : {false, true}) {
    scenario_.At(kExampleNow);
    Linked(Date("end_date", 2026, 3, 31));
    const absl::Time when = in_time ? InBerlin(3, 31, 23, 59) : InBerlin(4, 1);
    scenario_.At(when);
    scenario_.world().streams.AskAbout(when);
    EXPECT_EQ(Document().state(),
              in_time ? v1::PUBLIC_DOCUMENT_STATE_OPEN : v1::PUBLIC_DOCUMENT_STATE_EXPIRED);
    EXPECT_EQ(Shown().expired(), !in_time);
    if (!in_time) {
      Rejects(Sign(), "CONTRACT_EXPIRED");
      scenario_.By(ExampleId<MemberId>());
      Rejects(Of<v1::SignContractRequest>(), "CONTRACT_EXPIRED");
      Rejects(Of<v1::SendContractRequest>(), "CONTRACT_EXPIRED");
      continue;
    }
    Run(Sign());
    EXPECT_EQ(Document().state(), v1::PUBLIC_DOCUMENT_STATE_SIGNED);
  }
}

TEST_F(ContractLinkTest, I8IsOpenedOnceItWasSent) {
  Approved();
  Rejects(NewLink(), "CONTRACT_NOT_SENT");
  Member<v1::SendContractRequest>();
  EXPECT_FALSE(Shown().linked());
  Run(NewLink(Date("expire_date", 2026, 3, 20)));
  EXPECT_TRUE(Shown().linked());
  EXPECT_EQ(Shown().link_expire_date().day(), 20);
  scenario_.When(NewLink(Date("expire_date", 2026, 3, 20))).ThenNothing();
  Rejects(NewLink(Date("expire_date", 2026, 3, 15)), "LINK_EXPIRY_PASSED");
  Member<v1::RevokeContractLinkRequest>();
  EXPECT_FALSE(Shown().linked());
  scenario_.When(Of<v1::RevokeContractLinkRequest>()).ThenNothing();
  Member<v1::SignContractRequest>();
  Rejects(NewLink(), "CONTRACT_SIGNED");
}

TEST_F(ContractLinkTest, I8ALinkThatOpensNothingDoesNotSayWhy) {
  Linked("", Date("expire_date", 2026, 3, 16));
  const std::string ours = Link();
  const auto text = ParsePublicLink(ours);
  ASSERT_TRUE(text.has_value());
  const auto is_open = [&] {
    return CheckContractLink(*text, Lookup(scenario_.world().streams)).ok();
  };
  const absl::Status same = LinkInvalid();
  const auto refused = [&](const std::string& link) {
    scenario_.By(MemberId());
    scenario_.When(Through<v1::ViewPublicDocumentRequest>(link));
    EXPECT_EQ(scenario_.outcome().ToString(), same.ToString()) << link;
    scenario_.When(Through<v1::SignPublicDocumentRequest>(link, "person_name: 'Ann Lee'"));
    EXPECT_EQ(scenario_.outcome().ToString(), same.ToString()) << link;
  };
  const OrganizationId here = ExampleId<OrganizationId>();
  refused("");
  refused(FormatPublicLink(ExampleId<OrganizationId>(2), 'c', contract_.uuid(), secret_));
  refused(FormatPublicLink(here, 'p', contract_.uuid(), secret_));
  refused(FormatPublicLink(here, 'c', contract_.uuid(), std::string(kLinkSecretSize, 'g')));
  EXPECT_TRUE(is_open());
  Run(View());
  scenario_.At(kExampleNow + absl::Hours(24));
  refused(ours);  // past its last day
  scenario_.At(kExampleNow);
  scenario_.By(ExampleId<MemberId>());
  Run(Update(Worth(900), "value"));
  EXPECT_FALSE(is_open());
  refused(ours);  // being changed
  Member<v1::ApproveContractRequest>();
  refused(ours);
  Member<v1::SendContractRequest>();
  scenario_.By(MemberId());
  Run(View());
  Member<v1::RevokeContractLinkRequest>();
  EXPECT_FALSE(is_open());
  refused(ours);
}

TEST_F(ContractLinkTest, I8IsViewedOnceALinkAndDay) {
  Linked();
  Run(View());
  EXPECT_EQ(Decided<events::v1::ContractViewed>().ordinal(), 1);
  scenario_.When(View()).ThenNothing();
  scenario_.At(kExampleNow + absl::Hours(24));
  Run(View());
  EXPECT_EQ(Shown().view_count(), 2);
  EXPECT_TRUE(Shown().has_last_view_time());
}

TEST_F(ContractLinkTest, I8OnlyThePaperIsSeen) {
  Linked();
  const v1::PublicDocument document = Document();
  EXPECT_EQ(document.state(), v1::PUBLIC_DOCUMENT_STATE_OPEN);
  EXPECT_EQ(document.display_name(), "Fifty desks");
  EXPECT_EQ(document.text(), "We keep chairs.");
  EXPECT_EQ(document.value().units(), 1'200);
  EXPECT_EQ(document.recipient_company_name(), "Customer 1");
  EXPECT_EQ(document.content_hash(), Shown().content_hash());
  EXPECT_FALSE(document.organization_display_name().empty());
  const std::string text = document.ShortDebugString();
  for (const char* inside : {"members/", "customers/", "opportunities/", "upkeep", "oak"}) {
    EXPECT_THAT(text, Not(HasSubstr(inside)));
  }
}

TEST_F(ContractLinkTest, IsSignedThroughTheLinkByName) {
  Linked();
  const std::string seen = Document().content_hash();
  auto other = Sign();
  other.set_content_hash(std::string(32, 'x'));
  Rejects(other, "CONTENT_CHANGED");
  auto sign = Sign("signature: 'M0 0L9 9'");
  sign.set_content_hash(seen);
  Run(sign);
  const auto& signed_now = Decided<events::v1::ContractSigned>();
  EXPECT_EQ(signed_now.caller().display_name(), "Ann Lee");
  EXPECT_EQ(signed_now.caller().link_hash(), std::string(AsView(Sha256(secret_))));
  EXPECT_EQ(signed_now.content_hash(), seen);
  EXPECT_FALSE(signed_now.subject_id().empty());
  EXPECT_EQ(Shown().signer_person_name(), "Ann Lee");
  EXPECT_EQ(Shown().signature(), "M0 0L9 9");
  EXPECT_EQ(Document().state(), v1::PUBLIC_DOCUMENT_STATE_SIGNED);
  EXPECT_EQ(Document().signer_person_name(), "Ann Lee");
  Rejects(Sign(), "CONTRACT_SIGNED");
  const auto row = Contract::RenderRow(contract_, Lookup(scenario_.world().streams));
  ASSERT_THAT(row, IsOk());
  EXPECT_EQ(row->text() + row->signature(), "");
  EXPECT_EQ(row->signer_person_name(), "Ann Lee");
}

}  // namespace
}  // namespace crm::domain

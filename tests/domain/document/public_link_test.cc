// The text of a public link, and when a link opens (domain/document/public_link.h).
#include "domain/document/public_link.h"

#include "gtest/gtest.h"
#include "tests/support/example_ids.h"
#include "tests/support/status_matchers.h"

namespace crm::domain {
namespace {

using testing::ExampleId;

const std::string kSecret(kLinkSecretSize, 's');
const absl::CivilDay kToday(2026, 3, 16);

std::string Example() {
  return FormatPublicLink(ExampleId<OrganizationId>(), kProposalLink,
                          ExampleId<ProposalId>().uuid(), kSecret);
}

TEST(PublicLinkTest, ComesBackFromItsText) {
  const auto link = ParsePublicLink(Example());
  ASSERT_TRUE(link.has_value());
  EXPECT_EQ(link->organization, ExampleId<OrganizationId>());
  EXPECT_EQ(link->kind, 'p');
  EXPECT_EQ(link->document, ExampleId<ProposalId>().uuid());
  EXPECT_EQ(link->secret_hash, Sha256(kSecret));
}

TEST(PublicLinkTest, AnythingElseIsNoLink) {
  const std::string text = Example();
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(ParsePublicLink(text.substr(0, size)).has_value()) << size;
  }
  for (const size_t at : {size_t{0}, size_t{4}, size_t{10}, size_t{37}, size_t{38}, size_t{50},
                          size_t{71}, text.size() - 3}) {
    std::string changed = text;
    changed[at] = '!';
    EXPECT_FALSE(ParsePublicLink(changed).has_value()) << changed;
  }
  EXPECT_FALSE(ParsePublicLink(text + "AAAA").has_value());
  EXPECT_FALSE(ParsePublicLink("crm_" + text.substr(5)).has_value());
}

TEST(PublicLinkTest, OpensThroughItsLastDay) {
  LinkState link;
  EXPECT_FALSE(link.exists());
  EXPECT_FALSE(link.Opens(Sha256(kSecret), kToday)) << "there is none";
  EXPECT_FALSE(link.Opens(Digest{}, kToday));
  link.secret_hash = std::string(AsView(Sha256(kSecret)));
  EXPECT_TRUE(link.Opens(Sha256(kSecret), kToday));
  EXPECT_FALSE(link.Opens(Sha256("another"), kToday));
  link.last_day = kToday;
  EXPECT_TRUE(link.Opens(Sha256(kSecret), kToday));
  EXPECT_FALSE(link.Opens(Sha256(kSecret), kToday + 1));
}

}  // namespace
}  // namespace crm::domain

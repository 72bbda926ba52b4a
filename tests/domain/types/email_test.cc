#include "domain/types/email.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace crm::domain {
namespace {

using crm::testing::HasReason;
using crm::testing::IsOkAndHolds;

TEST(EmailTest, LowersTheDomainAndKeepsTheLocalPart) {
  EXPECT_THAT(NormalizeEmail("  Ada.Lovelace+crm@Mail.EXAMPLE.Com\n"),
              IsOkAndHolds(std::string("Ada.Lovelace+crm@mail.example.com")));
  EXPECT_THAT(NormalizeEmail("o'brien@example.ie"),
              IsOkAndHolds(std::string("o'brien@example.ie")));
  EXPECT_THAT(NormalizeEmail("jürgen@müller.example"),
              IsOkAndHolds(std::string("jürgen@müller.example")));
}

TEST(EmailTest, RefusesWhatNoHostWouldDeliver) {
  for (const char* text :
       {"", "ada", "@example.com", "ada@", "ada@example", "ada@exa mple.com", "a da@example.com",
        ".ada@example.com", "ada.@example.com", "a..da@example.com", "ada@-example.com",
        "ada@example-.com", "ada@example..com", "ada@192.168.0.1", "ada@b@example.com",
        "\"a b\"@example.com", "ada@example.com,bob@example.com"}) {
    EXPECT_THAT(NormalizeEmail(text), HasReason("EMAIL_INVALID")) << text;
  }
}

TEST(EmailTest, KeepsToTheLengthsOfRfc5321) {
  const std::string local(64, 'a');
  EXPECT_THAT(NormalizeEmail(local + "@example.com"), crm::testing::IsOk());
  EXPECT_THAT(NormalizeEmail(local + "a@example.com"), HasReason("EMAIL_INVALID"));
  EXPECT_THAT(NormalizeEmail("a@" + std::string(64, 'b') + ".com"), HasReason("EMAIL_INVALID"));
  std::string host;
  for (int i = 0; i < 5; ++i) host += std::string(50, 'b') + ".";
  EXPECT_THAT(NormalizeEmail("abc@" + host + "com"), HasReason("EMAIL_INVALID"));
}

TEST(EmailTest, TheRefusalDoesNotRepeatThePersonalText) {
  EXPECT_EQ(NormalizeEmail("secret.person").status().ToString().find("secret"), std::string::npos);
}

TEST(EmailTest, KeysIgnoreCase) {
  EXPECT_EQ(EmailKey("Ada@example.com"), EmailKey("ADA@EXAMPLE.com"));
}

TEST(EmailTest, FindsTheDomainOfAddressesAndSites) {
  EXPECT_EQ(DomainKey("ada@Example.com"), "example.com");
  EXPECT_EQ(DomainKey("https://www.Example.com:8443/about?x=1#y"), "example.com");
  EXPECT_EQ(DomainKey("shop.example.com/cart"), "shop.example.com");
  EXPECT_EQ(DomainKey("localhost"), "");
  EXPECT_EQ(DomainKey("sales/de#1@example.com"), "example.com");
  EXPECT_EQ(DomainKey(""), "");
}

}  // namespace
}  // namespace crm::domain

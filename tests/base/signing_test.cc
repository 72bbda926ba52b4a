#include "base/signing.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"

namespace crm {
namespace {

TEST(SigningTest, OnlyTheSameMessageUnderTheSameKeyVerifies) {
  const SigningPair pair = SigningPair::Generate();
  std::string signature = pair.Sign("message");
  ASSERT_EQ(signature.size(), kSignatureBytes);
  EXPECT_TRUE(IsSignedBy(pair.public_key(), "message", signature));
  EXPECT_FALSE(IsSignedBy(pair.public_key(), "messagf", signature));
  EXPECT_FALSE(IsSignedBy(SigningPair::Generate().public_key(), "message", signature));
  EXPECT_FALSE(IsSignedBy(pair.public_key().substr(1), "message", signature));
  EXPECT_FALSE(IsSignedBy(pair.public_key(), "message", signature.substr(1)));
  for (char& byte : signature) {
    byte = static_cast<char>(byte ^ 1);
    EXPECT_FALSE(IsSignedBy(pair.public_key(), "message", signature));
    byte = static_cast<char>(byte ^ 1);
  }
}

// RFC 8032, section 7.1, test 2.
TEST(SigningTest, AgreesWithTheStandard) {
  EXPECT_TRUE(IsSignedBy(
      absl::HexStringToBytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
      "\x72",
      absl::HexStringToBytes("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                             "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")));
}

TEST(SigningTest, KeysSurviveTheirTexts) {
  const SigningPair pair = SigningPair::Generate();
  const auto read = SigningPair::FromPem(pair.ToPem());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->public_key(), pair.public_key());
  EXPECT_TRUE(IsSignedBy(pair.public_key(), "m", read->Sign("m")));
  EXPECT_EQ(PublicKeyFromPem(PublicKeyToPem(pair.public_key())), pair.public_key());
  EXPECT_EQ(PublicKeyFromPem(pair.ToPem()), std::nullopt);
  EXPECT_EQ(PublicKeyFromPem("nonsense"), std::nullopt);
  EXPECT_FALSE(SigningPair::FromPem(PublicKeyToPem(pair.public_key())).has_value());
  EXPECT_FALSE(SigningPair::FromPem("nonsense").has_value());
}

}  // namespace
}  // namespace crm

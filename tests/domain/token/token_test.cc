// Invariants I1..I3 of domain/token/token.h.
#include "domain/token/token.h"

#include "domain/member/member.h"
#include "tests/support/examples.h"
#include "tests/support/prototext.h"
#include "tests/support/scenario.h"

namespace crm::domain {
namespace {

using testing::ExampleBytes;
using testing::ExampleId;
using testing::ExampleName;
using testing::kExampleNow;
using testing::MemberCreatedExample;
using testing::Scenario;

const std::string& SecretHash() {
  static const auto& hash = *new std::string("0123456789abcdef0123456789ABCDEF");
  return hash;
}

v1::CreateTokenRequest CreateExample() {
  v1::CreateTokenRequest command;
  command.mutable_token()->set_member(ExampleName<MemberId>());
  command.mutable_token()->set_display_name("Laptop");
  command.set_secret_hash(SecretHash());
  return command;
}

events::v1::TokenCreated CreatedExample() {
  events::v1::TokenCreated created;
  created.set_member_id(ExampleBytes<MemberId>());
  created.set_display_name("Laptop");
  created.set_secret_hash(SecretHash());
  return created;
}

TEST(TokenTest, I1TheStreamIsNamedByTheHash) {
  EXPECT_EQ(TokenIdOf(SecretHash())->uuid().ToBytes(), SecretHash().substr(0, 16));
  EXPECT_THAT(TokenIdOf("short").status(), testing::HasReason("SECRET_HASH_INVALID"));
  EXPECT_TRUE((Creates<Token, v1::CreateTokenRequest>())) << "so a known hash is refused";
}

TEST(TokenTest, I2IsMadeForAnActiveMember) {
  Scenario<Token>()
      .GivenStream<Member>(ExampleId<MemberId>(), MemberCreatedExample())
      .When(CreateExample())
      .Then(CreatedExample());
  Scenario<Token>()
      .GivenStream<Member>(ExampleId<MemberId>(), MemberCreatedExample(),
                           events::v1::MemberDeactivated())
      .When(CreateExample())
      .ThenRejected("MEMBER_INACTIVE");
  Scenario<Token>().When(CreateExample()).ThenRejected("REFERENCE_NOT_FOUND");
  auto command = CreateExample();
  command.mutable_token()->clear_member();
  Scenario<Token>().When(command).ThenRejected("INVALID_NAME");
}

TEST(TokenTest, I2DoesNotExpireBeforeItBegins) {
  auto command = CreateExample();
  command.mutable_token()->mutable_expire_time()->set_seconds(absl::ToUnixSeconds(kExampleNow));
  auto created = CreatedExample();
  created.set_expire_time_us(absl::ToUnixMicros(kExampleNow + absl::Seconds(1)));
  Scenario<Token> scenario;
  scenario.GivenStream<Member>(ExampleId<MemberId>(), MemberCreatedExample())
      .When(command)
      .ThenRejected("TOKEN_ALREADY_EXPIRED");
  command.mutable_token()->mutable_expire_time()->set_seconds(absl::ToUnixSeconds(kExampleNow) + 1);
  scenario.When(command).Then(created);
  const TokenState state = scenario.Current().state();
  EXPECT_TRUE(state.IsValidAt(kExampleNow));
  EXPECT_FALSE(state.IsValidAt(kExampleNow + absl::Seconds(1))) << "refused from expire_time on";
  EXPECT_EQ(scenario.Shown().expire_time().seconds(), absl::ToUnixSeconds(kExampleNow) + 1);
}

TEST(TokenTest, I3RevocationIsForEver) {
  v1::RevokeTokenRequest revoke;
  revoke.set_name(ExampleName<TokenId>());
  Scenario<Token> scenario;
  scenario.Given(CreatedExample())
      .When(revoke)
      .Then(events::v1::TokenRevoked())
      .When(revoke)
      .ThenNothing();
  EXPECT_FALSE(scenario.Current()->IsValidAt(kExampleNow));
  EXPECT_EQ(scenario.Shown().revoke_time().seconds(), absl::ToUnixSeconds(kExampleNow));
  EXPECT_FALSE(scenario.Shown().has_expire_time());
}

TEST(TokenTest, WhatDoesNotExistIsNotValid) { EXPECT_FALSE(TokenState().IsValidAt(kExampleNow)); }

}  // namespace
}  // namespace crm::domain

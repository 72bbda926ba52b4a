// Tokens and contexts: what is sent, what is kept, and who may read it.
#include <sys/stat.h>

#include <filesystem>

#include "absl/strings/escaping.h"
#include "base/hash.h"
#include "base/uuid.h"
#include "crm/v1/organization_service.pb.h"
#include "crm/v1/token_service.pb.h"
#include "tests/crmctl/run_fixture.h"

namespace crm::ctl {
namespace {

using testing::As;
using testing::FakeServer;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Ran;
using testing::RunTest;
using ::testing::StartsWith;

class TokenTest : public RunTest {
 protected:
  TokenTest() {
    crm::v1::Organization organization;
    organization.set_name("organizations/01234567-89AB-4def-8123-456789abcdef");
    server_.Return("GetOrganization", organization);
    crm::v1::Token token;
    token.set_name("tokens/1");
    server_.Return("CreateToken", token);
    folder_ = std::filesystem::temp_directory_path() / Uuid::Random().ToString();
    cli_.Variable("CRMCTL_CONFIG") = (folder_ / "contexts.toml").string();
  }
  ~TokenTest() override { std::filesystem::remove_all(folder_); }

  static mode_t Mode(const std::filesystem::path& file) {
    struct stat info {};
    EXPECT_EQ(::stat(file.c_str(), &info), 0) << file;
    return info.st_mode & 0777U;
  }

  std::filesystem::path folder_;
};

TEST_F(TokenTest, OnlyTheHashOfTheSecretIsSent) {
  const Ran ran = cli_.Run({"token", "create", "--member", "Moses Frase", "--display-name", "CI"});
  ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err;
  const std::string prefix = "crm_0123456789ab4def8123456789abcdef_";
  ASSERT_THAT(ran.out, StartsWith(prefix));
  const std::string encoded = ran.out.substr(prefix.size(), ran.out.size() - prefix.size() - 1);
  EXPECT_EQ(encoded.size(), 43U);
  std::string secret;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(encoded, &secret));
  const auto request = Last<crm::v1::CreateTokenRequest>("CreateToken");
  EXPECT_EQ(request.secret_hash(), std::string(AsView(Sha256(secret))));
  EXPECT_EQ(request.token().member(), "members/1");
}

TEST_F(TokenTest, ASavedTokenIsPrivateAndUsedFromThenOn) {
  const Ran ran = cli_.Run({"token", "create", "--member", "Moses Frase", "--display-name", "CI",
                            "--save-context", "prod"});
  ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err;
  EXPECT_THAT(ran.out, Not(HasSubstr("crm_")));
  EXPECT_EQ(Mode(folder_ / "contexts.toml"), 0600U);
  EXPECT_EQ(Mode(folder_ / "prod.token"), 0600U);
  cli_.Variable("CRMCTL_TARGET") = "";
  ASSERT_EQ(cli_.Run({"opportunity", "get", "opportunities/1"}).code, ExitCode::kOk);
  EXPECT_THAT(server_.LastMetadata().at("authorization"), StartsWith("Bearer crm_0123"));
}

TEST_F(TokenTest, AContextsTokenGoesNowhereElse) {
  FakeServer other;
  cli_.Input("secret\n");
  ASSERT_EQ(
      cli_.Run({"context", "set", "prod", "--target", other.target(), "--token-from-input"}).code,
      ExitCode::kOk);
  ASSERT_EQ(cli_.Run({"--target", server_.target(), "opportunity", "get", "opportunities/1"}).code,
            ExitCode::kOk);
  EXPECT_EQ(server_.LastMetadata().count("authorization"), 0U);
}

TEST_F(TokenTest, ContextsAreListedUsedAndDeleted) {
  cli_.Variable("CRMCTL_TARGET") = "";
  for (const char* name : {"one", "two"}) {
    ASSERT_EQ(cli_.Run({"context", "set", name, "--target", "h:1"}).code, ExitCode::kOk);
  }
  EXPECT_EQ(cli_.Run({"context", "use", "two"}).code, ExitCode::kOk);
  EXPECT_THAT(cli_.Run({"context", "list"}).out, HasSubstr("*        two"));
  EXPECT_EQ(cli_.Run({"context", "use", "three"}).code, ExitCode::kNotFound);
  EXPECT_EQ(cli_.Run({"context", "delete", "two"}).code, ExitCode::kOk);
  EXPECT_THAT(cli_.Run({"context", "list"}).out, Not(HasSubstr("two")));
  EXPECT_EQ(cli_.Run({"context", "set", "../x", "--target", "h:1"}).code, ExitCode::kUsage);
}

}  // namespace
}  // namespace crm::ctl

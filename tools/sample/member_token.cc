#include "tools/sample/member_token.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/hash.h"
#include "base/status_macros.h"
#include "base/uuid.h"
#include "crm/v1/token_service.grpc.pb.h"

namespace crm::sample {
namespace {

constexpr size_t kSecretSize = 32;
constexpr absl::Duration kDeadline = absl::Seconds(30);
constexpr Uuid kTokenNamespace = {{0x3b, 0x90, 0x6c, 0x1d, 0x7e, 0x42, 0x4f, 0x5b, 0xa8, 0x13, 0x61,
                                   0x2f, 0xc4, 0x0d, 0x9e, 0x58}};

std::string TokenText(absl::string_view organization, absl::string_view secret) {
  absl::ConsumePrefix(&organization, "organizations/");
  return absl::StrCat("crm_", absl::StrReplaceAll(organization, {{"-", ""}}), "_",
                      absl::WebSafeBase64Escape(secret));
}

// The secret of a token of this organization; UNKNOWN when the text is something else.
absl::StatusOr<std::string> SecretOf(absl::string_view text, absl::string_view organization) {
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('_', 2));
  std::string secret;
  const bool is_token = parts.size() == 3 && absl::WebSafeBase64Unescape(parts[2], &secret) &&
                        secret.size() == kSecretSize && TokenText(organization, secret) == text;
  if (is_token) return secret;
  return absl::UnknownError("no token of this organization");
}

absl::Status WriteSecret(const std::string& file, const std::string& text) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written =
      descriptor >= 0 && ::fchmod(descriptor, 0600) == 0 &&
      ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(descriptor) == 0;
  const int error = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (written) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("cannot write ", file, ": ", strerror(error)));
}

absl::Status CreateToken(const MemberTokenRequest& wanted, absl::string_view secret,
                         const Clock& clock) {
  const Digest digest = Sha256(secret);
  v1::CreateTokenRequest request;
  // The same secret is the same request, another one is another.
  request.set_request_id(Uuid::FromName(kTokenNamespace, AsView(digest)).ToString());
  request.mutable_token()->set_member(wanted.member);
  request.mutable_token()->set_display_name("crm_sample");
  request.set_secret_hash(std::string(AsView(digest)));
  grpc::ClientContext context;
  context.AddMetadata("authorization", absl::StrCat("Bearer ", wanted.token));
  context.set_deadline(absl::ToChronoTime(clock.Now() + kDeadline));
  v1::Token token;
  const grpc::Status status =
      v1::TokenService::NewStub(wanted.channel)->CreateToken(&context, request, &token);
  if (status.ok()) return absl::OkStatus();
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      absl::StrCat("CreateToken: ", status.error_message()));
}

}  // namespace

absl::StatusOr<std::string> ReadToken(const std::string& file) {
  std::ifstream stream(file);
  const std::string text((std::istreambuf_iterator<char>(stream)),
                         std::istreambuf_iterator<char>());
  const absl::string_view token = absl::StripAsciiWhitespace(text);
  if (!token.empty()) return std::string(token);
  return absl::InvalidArgumentError(absl::StrCat(file, " holds no token, or cannot be read"));
}

absl::Status ProvideMemberToken(const MemberTokenRequest& request, const Clock& clock) {
  std::string secret;
  if (const absl::StatusOr<std::string> known = ReadToken(request.file); known.ok()) {
    secret = SecretOf(*known, request.organization).value_or("");
  }
  if (secret.empty()) {
    secret = RandomBytes(kSecretSize);
    RETURN_IF_ERROR(WriteSecret(request.file, TokenText(request.organization, secret)));
  }
  return CreateToken(request, secret, clock);
}

}  // namespace crm::sample

#include "services/provider_secrets.h"

#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/hmac.h"
#include "base/reason.h"

namespace crm::services {
namespace {

constexpr size_t kShortestSecret = 16;

std::string SecretIn(const std::string& path) {
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  return std::string(absl::StripAsciiWhitespace(content.str()));
}

}  // namespace

absl::Status ProviderSecrets::Check(const domain::OrganizationId& organization,
                                    const v1::ReceiveProviderNoticeRequest& notice) const {
  std::string secret;
  if (!folder_.empty()) {
    secret = SecretIn(absl::StrCat(folder_, "/", organization.ToString(), "/", notice.provider()));
  }
  // Reckoned without a secret too, so that the time does not say whether there is one.
  const Digest expected = HmacSha256(secret, notice.payload());
  const bool same = ConstantTimeEquals(AsView(expected), notice.signature());
  if (same && secret.size() >= kShortestSecret) return absl::OkStatus();
  return WithReason(absl::StatusCode::kPermissionDenied, "NOTICE_SIGNATURE_INVALID",
                    "this is no notice of a provider known here");
}

}  // namespace crm::services

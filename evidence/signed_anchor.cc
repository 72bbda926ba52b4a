#include "evidence/signed_anchor.h"

#include <algorithm>
#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/reason.h"
#include "base/status_macros.h"

namespace crm::evidence {
namespace {

constexpr char kFirstLine[] = "crmd signed anchor 1";
constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int32_t kNanosPerMicro = 1'000;
constexpr int64_t kMaxSeconds = 253'402'300'799;  // the year 9999, as Timestamp has it

absl::Status Malformed(absl::string_view why) {
  return WithReason(absl::StatusCode::kDataLoss, "ANCHOR_MALFORMED",
                    absl::StrCat("this is no anchor: ", why));
}

void AppendNumber(std::string& bytes, int64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<char>(static_cast<uint64_t>(number) >> shift));
}

}  // namespace

absl::StatusOr<Uuid> OrganizationOf(absl::string_view name) {
  absl::string_view id = name;
  const std::optional<Uuid> uuid =
      absl::ConsumePrefix(&id, "organizations/") ? Uuid::Parse(id) : std::nullopt;
  // One spelling only, so that no two texts mean the same anchor.
  if (uuid && uuid->ToString() == id) return *uuid;
  return Malformed(absl::StrCat("'", absl::CEscape(name), "' names no organization"));
}

absl::StatusOr<Digest> DigestOf(absl::string_view bytes, absl::string_view malformed,
                                absl::string_view field) {
  Digest digest;
  if (bytes.size() != digest.size()) {
    return WithReason(absl::StatusCode::kDataLoss, malformed,
                      absl::StrCat(field, " has ", bytes.size(), " bytes instead of 32"));
  }
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

absl::StatusOr<std::string> AnchorBytes(const v1::SignedAnchor& anchor) {
  ASSIGN_OR_RETURN(const Uuid organization, OrganizationOf(anchor.organization()));
  if (anchor.position() < 1) return Malformed("its position is not positive");
  ASSIGN_OR_RETURN(const Digest chain_hash,
                   DigestOf(anchor.chain_hash(), "ANCHOR_MALFORMED", "chain_hash"));
  ASSIGN_OR_RETURN(const Digest root,
                   DigestOf(anchor.merkle_root(), "ANCHOR_MALFORMED", "merkle_root"));
  const auto& time = anchor.record_time();
  if (time.nanos() < 0 || time.nanos() >= kMicrosPerSecond * kNanosPerMicro ||
      time.nanos() % kNanosPerMicro != 0 || time.seconds() < -kMaxSeconds ||
      time.seconds() > kMaxSeconds)
    return Malformed("its record time is not in whole microseconds");
  if (anchor.public_key().size() != kPublicKeyBytes) return Malformed("it names no public key");
  std::string bytes = absl::StrCat(kFirstLine, organization.ToBytes());
  AppendNumber(bytes, anchor.position());
  absl::StrAppend(&bytes, AsView(chain_hash), AsView(root));
  AppendNumber(bytes, time.seconds() * kMicrosPerSecond + time.nanos() / kNanosPerMicro);
  absl::StrAppend(&bytes, AsView(Sha256(anchor.public_key())));
  return bytes;
}

absl::Status SignAnchor(const SigningPair& pair, v1::SignedAnchor& anchor) {
  anchor.set_public_key(pair.public_key());
  ASSIGN_OR_RETURN(const std::string bytes, AnchorBytes(anchor));
  anchor.set_signature(pair.Sign(bytes));
  return absl::OkStatus();
}

absl::Status CheckAnchor(const v1::SignedAnchor& anchor, absl::string_view public_key) {
  ASSIGN_OR_RETURN(const std::string bytes, AnchorBytes(anchor));
  if (!public_key.empty() && public_key != anchor.public_key()) {
    return WithReason(
        absl::StatusCode::kDataLoss, "ANCHOR_KEY_DIFFERS",
        absl::StrCat("the anchor names the key ", absl::BytesToHexString(anchor.public_key()),
                     ", not ", absl::BytesToHexString(public_key)));
  }
  if (IsSignedBy(anchor.public_key(), bytes, anchor.signature())) return absl::OkStatus();
  return WithReason(absl::StatusCode::kDataLoss, "ANCHOR_SIGNATURE_WRONG",
                    absl::StrCat("the anchor at position ", anchor.position(),
                                 " does not bear the signature of the key it names"));
}

}  // namespace crm::evidence

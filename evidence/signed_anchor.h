// Signed anchors: what a server vouches for, and how that is checked without it. The message is
// crm.v1.SignedAnchor; the bytes that are signed are laid out here and in docs/log_format.md.
//
//   "crmd signed anchor 1" || organization 16 || position u64 || chain hash 32 || Merkle root 32
//   || record time u64 (microseconds since 1970) || SHA-256 of the public key 32
//
// Integers are big-endian. KEPT OUTSIDE: NEVER CHANGE; another layout is another first line.
// Pure functions, thread-safe. Errors are DATA_LOSS with the reasons named below.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/hash.h"
#include "base/signing.h"
#include "base/uuid.h"
#include "crm/v1/event_service.pb.h"

namespace crm::evidence {

// The id in `organizations/{id}`; ANCHOR_MALFORMED when there is none.
absl::StatusOr<Uuid> OrganizationOf(absl::string_view name);

// A hash field of a message; `malformed` is the reason when it has not 32 bytes.
absl::StatusOr<Digest> DigestOf(absl::string_view bytes, absl::string_view malformed,
                                absl::string_view field);

// What the signature is over. ANCHOR_MALFORMED when a field cannot be what a server wrote.
absl::StatusOr<std::string> AnchorBytes(const v1::SignedAnchor& anchor);

// Fills public key and signature; everything else must be there.
absl::Status SignAnchor(const SigningPair& pair, v1::SignedAnchor& anchor);

// That the holder of `public_key` signed it. ANCHOR_MALFORMED; ANCHOR_KEY_DIFFERS when the anchor
// names another key; ANCHOR_SIGNATURE_WRONG. An empty `public_key` takes the one the anchor names,
// which says only that nobody changed the anchor without signing it anew.
absl::Status CheckAnchor(const v1::SignedAnchor& anchor, absl::string_view public_key);

}  // namespace crm::evidence

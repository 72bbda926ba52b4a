#include "evidence/range_proof.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/merkle_tree.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "evidence/signed_anchor.h"

namespace crm::evidence {
namespace {

using log::v1::RecordedEvent;

constexpr char kMalformed[] = "PROOF_MALFORMED";

absl::Status Fail(absl::string_view reason, absl::string_view why,
                  const ReasonMetadata& metadata = {}) {
  return WithReason(absl::StatusCode::kDataLoss, reason, why, metadata);
}

absl::Status MustBeAbout(absl::string_view organization, int64_t anchor_position,
                         const v1::SignedAnchor& anchor) {
  if (organization != anchor.organization()) {
    return Fail("PROOF_FOREIGN", absl::StrCat("the proof is about ", organization,
                                              " and the anchor about ", anchor.organization()));
  }
  if (anchor_position != anchor.position()) {
    return Fail("PROOF_FOREIGN", absl::StrCat("the proof is for an anchor at position ",
                                              anchor_position, ", not ", anchor.position()));
  }
  return absl::OkStatus();
}

template <class Path>
absl::StatusOr<std::vector<Digest>> DigestsOf(const Path& path) {
  std::vector<Digest> digests;
  for (const std::string& node : path) {
    ASSIGN_OR_RETURN(digests.emplace_back(), DigestOf(node, kMalformed, "a node of the path"));
  }
  return digests;
}

absl::Status MustBelong(const RecordedEvent& event, int64_t position, const Uuid& organization) {
  if (event.position() == position && event.organization() == organization.ToBytes())
    return absl::OkStatus();
  return Fail("EVENT_MISPLACED",
              absl::StrCat(
                  "the event at position ", position, " says that it is at ", event.position(),
                  event.organization() == organization.ToBytes() ? "" : " of another organization"),
              {{"position", absl::StrCat(position)}});
}

absl::Status CheckShape(const v1::RangeProof& proof) {
  if (proof.from_position() < 1 || proof.to_position() < proof.from_position() ||
      proof.to_position() - proof.from_position() != proof.events_size() - 1) {
    return Fail(kMalformed,
                absl::StrCat("the proof of positions ", proof.from_position(), " to ",
                             proof.to_position(), " holds ", proof.events_size(), " events"));
  }
  if (proof.to_position() > proof.anchor_position())
    return Fail(kMalformed, "the anchor lies before the end of the range");
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckRangeProof(const v1::RangeProof& proof, const v1::SignedAnchor& anchor,
                             EventVisitor visit) {
  RETURN_IF_ERROR(CheckShape(proof));
  RETURN_IF_ERROR(MustBeAbout(proof.organization(), proof.anchor_position(), anchor));
  ASSIGN_OR_RETURN(const Uuid organization, OrganizationOf(proof.organization()));
  ASSIGN_OR_RETURN(Digest hash, DigestOf(proof.hash_before(), kMalformed, "hash_before"));
  int64_t position = proof.from_position();
  RecordedEvent event;
  for (const std::string& bytes : proof.events()) {
    hash = Sha256(AsView(hash), bytes);
    if (!event.ParseFromString(bytes)) {
      return Fail("EVENT_MISPLACED",
                  absl::StrCat("what stands at position ", position, " is no event"),
                  {{"position", absl::StrCat(position)}});
    }
    RETURN_IF_ERROR(MustBelong(event, position, organization));
    event.set_hash(std::string(AsView(hash)));
    visit(event);
    ++position;
  }
  ASSIGN_OR_RETURN(const std::vector<Digest> path, DigestsOf(proof.audit_path()));
  const std::optional<Digest> root = RootOfAuditPath(
      MerkleLeafHash(AsView(hash)), proof.to_position() - 1, anchor.position(), path);
  const bool head = proof.to_position() == anchor.position();
  if (root && AsView(*root) == absl::string_view(anchor.merkle_root()) &&
      (!head || AsView(hash) == absl::string_view(anchor.chain_hash())))
    return absl::OkStatus();
  return Fail("PROOF_WRONG",
              absl::StrCat("positions ", proof.from_position(), " to ", proof.to_position(),
                           " are not what the anchor at position ", anchor.position(),
                           " covers: an event, the hash before them or the path was changed"));
}

absl::Status CheckConsistency(const v1::ConsistencyProof& proof, const v1::SignedAnchor& first,
                              const v1::SignedAnchor& second) {
  RETURN_IF_ERROR(MustBeAbout(proof.organization(), proof.first_position(), first));
  RETURN_IF_ERROR(MustBeAbout(proof.organization(), proof.second_position(), second));
  ASSIGN_OR_RETURN(const std::vector<Digest> path, DigestsOf(proof.path()));
  ASSIGN_OR_RETURN(const Digest first_root,
                   DigestOf(first.merkle_root(), "ANCHOR_MALFORMED", "merkle_root"));
  ASSIGN_OR_RETURN(const Digest second_root,
                   DigestOf(second.merkle_root(), "ANCHOR_MALFORMED", "merkle_root"));
  if (IsConsistent(first.position(), first_root, second.position(), second_root, path))
    return absl::OkStatus();
  return Fail("PROOF_WRONG",
              absl::StrCat("the log at position ", second.position(),
                           " does not begin with the one anchored at ", first.position()));
}

}  // namespace crm::evidence

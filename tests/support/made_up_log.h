// MadeUpLog: the chain hashes and the tree of a log that nobody wrote, and what a server would say
// of it: signed anchors and proofs, made here from the hashes as the server makes them from
// records. Read-only; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/merkle_tree.h"
#include "base/signing.h"
#include "base/uuid.h"
#include "crm/log/v1/log.pb.h"
#include "crm/v1/event_service.pb.h"
#include "evidence/signed_anchor.h"

namespace crm::testing {

inline const Uuid kMadeUpOrganization = Uuid::FromName(Uuid{}, "organization");

class MadeUpLog {
 public:
  explicit MadeUpLog(int64_t size, absl::string_view flavour = "event") {
    for (int64_t position = 1; position <= size; ++position) {
      log::v1::RecordedEvent event;
      event.set_position(position);
      event.set_organization(kMadeUpOrganization.ToBytes());
      event.set_data(absl::StrCat(flavour, " ", position));
      events_.push_back(event.SerializeAsString());
      hashes_.push_back(Sha256(AsView(hashes_.back()), events_.back()));
      leaves_.push_back(MerkleLeafHash(AsView(hashes_.back())));
    }
  }

  v1::SignedAnchor Anchor(int64_t position) const {
    v1::SignedAnchor anchor;
    anchor.set_organization(absl::StrCat("organizations/", kMadeUpOrganization.ToString()));
    anchor.set_position(position);
    anchor.set_chain_hash(std::string(AsView(hashes_[static_cast<size_t>(position)])));
    anchor.set_merkle_root(std::string(AsView(Fold({0, position}))));
    anchor.mutable_record_time()->set_seconds(1'700'000'000);
    anchor.mutable_record_time()->set_nanos(123'456'000);
    evidence::SignAnchor(pair_, anchor).IgnoreError();  // whoever checks it notices
    return anchor;
  }

  v1::RangeProof Proof(int64_t from, int64_t to, int64_t anchored) const {
    v1::RangeProof proof;
    proof.set_organization(absl::StrCat("organizations/", kMadeUpOrganization.ToString()));
    proof.set_from_position(from);
    proof.set_to_position(to);
    proof.set_hash_before(std::string(AsView(hashes_[static_cast<size_t>(from - 1)])));
    for (int64_t position = from; position <= to; ++position)
      proof.add_events(events_[static_cast<size_t>(position - 1)]);
    proof.set_anchor_position(anchored);
    for (const LeafRange& range : AuditPathRanges(to - 1, anchored))
      proof.add_audit_path(std::string(AsView(Fold(range))));
    return proof;
  }

  v1::ConsistencyProof Consistency(int64_t first, int64_t second) const {
    v1::ConsistencyProof proof;
    proof.set_organization(absl::StrCat("organizations/", kMadeUpOrganization.ToString()));
    proof.set_first_position(first);
    proof.set_second_position(second);
    for (const LeafRange& range : ConsistencyRanges(first, second))
      proof.add_path(std::string(AsView(Fold(range))));
    return proof;
  }

  // The bytes of the event at a position.
  const std::string& event(int64_t position) const {
    return events_[static_cast<size_t>(position - 1)];
  }
  const std::string& public_key() const { return pair_.public_key(); }

 private:
  Digest Fold(LeafRange range) const {
    MerkleHasher hasher;
    for (int64_t i = range.begin; i < range.end; ++i)
      hasher.AddLeaf(leaves_[static_cast<size_t>(i)]);
    return hasher.Root();
  }

  const SigningPair pair_ = SigningPair::Generate();
  std::vector<std::string> events_;
  std::vector<Digest> hashes_ = {Digest{}};  // by position
  std::vector<Digest> leaves_;
};

}  // namespace crm::testing
